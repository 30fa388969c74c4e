-- Where each gateway listens, by its own word: ADDRESS:PORT, several with a blank between. No forwarding may lead there.
ALTER TABLE nodes ADD COLUMN listens TEXT NOT NULL DEFAULT '';
