-- When a session of the account last began, kept beside it so that a list in that order is walked along an index.
ALTER TABLE accounts ADD COLUMN last_used INTEGER;
UPDATE accounts SET last_used = (SELECT max(s.started) FROM sessions s WHERE s.account_id = accounts.id);

CREATE TRIGGER accounts_used AFTER INSERT ON sessions BEGIN
    UPDATE accounts SET last_used = new.started WHERE id = new.account_id;
END;

-- Each ends in the order of a page, as the older ones do.
CREATE INDEX accounts_by_last_used ON accounts (last_used, resource, name);
CREATE INDEX accounts_by_checked ON accounts (last_checked, resource, name);

-- A list of resources in the order of what their accounts are like reads no account.
DROP INDEX accounts_by_resource;
CREATE INDEX accounts_by_resource ON accounts (resource_id, check_state, last_checked, last_used);

-- The accounts that a user used, without reading his sessions.
DROP INDEX sessions_by_user;
CREATE INDEX sessions_by_user ON sessions (user_id, account_id, started);

-- What a person keeps for himself. No user: whoever owns the data folder and works at the machine.
CREATE TABLE favourites (
    user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    added INTEGER NOT NULL
);
CREATE UNIQUE INDEX favourites_once ON favourites (coalesce(user_id, 0), account_id);
CREATE INDEX favourites_by_user ON favourites (user_id);
CREATE INDEX favourites_by_account ON favourites (account_id);

CREATE TABLE saved_filters (
    user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    filter TEXT NOT NULL,
    saved INTEGER NOT NULL
);
CREATE UNIQUE INDEX saved_filters_once ON saved_filters (coalesce(user_id, 0), name);
CREATE INDEX saved_filters_by_user ON saved_filters (user_id);

CREATE INDEX audit_by_time ON audit (at, sequence);
