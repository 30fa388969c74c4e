-- Where a grant lets forward raw TCP to: HOST:PORT, several with a blank between. Of a session: where it leads; it has no account (account_id 0).
ALTER TABLE grants ADD COLUMN forward_to TEXT;
ALTER TABLE sessions ADD COLUMN forward_to TEXT;
