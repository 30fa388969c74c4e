-- The ledger: one row a rotation, which walks from state to state, one transaction a step. An account has one that is not over at most.
CREATE TABLE rotations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    way TEXT NOT NULL,
    rotation_account TEXT,
    started_by TEXT NOT NULL,
    planned INTEGER NOT NULL,
    staged INTEGER,
    applied INTEGER,
    verified INTEGER,
    ended INTEGER,
    error TEXT,
    old_version INTEGER NOT NULL,
    new_version INTEGER NOT NULL
);
CREATE INDEX rotations_by_account ON rotations (account_id, id);
CREATE UNIQUE INDEX rotations_open ON rotations (account_id) WHERE ended IS NULL;

-- Who works on an account's rotation. The token tells the owner from whoever took over after it.
CREATE TABLE leases (
    account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    token TEXT NOT NULL,
    node TEXT NOT NULL,
    place TEXT NOT NULL,
    process INTEGER NOT NULL,
    process_started INTEGER NOT NULL,
    taken INTEGER NOT NULL,
    expires INTEGER NOT NULL
);

-- What the latest rotation came to, kept beside the account so that a list and a filter need no second table.
ALTER TABLE accounts ADD COLUMN rotation_state TEXT;
ALTER TABLE accounts ADD COLUMN rotation_error TEXT;
ALTER TABLE accounts ADD COLUMN rotated INTEGER;

-- NULL: the account asks its resource, the resource the default.
ALTER TABLE accounts ADD COLUMN password_length INTEGER;
ALTER TABLE accounts ADD COLUMN password_classes TEXT;
ALTER TABLE accounts ADD COLUMN password_without TEXT;
ALTER TABLE resources ADD COLUMN password_length INTEGER;
ALTER TABLE resources ADD COLUMN password_classes TEXT;
ALTER TABLE resources ADD COLUMN password_without TEXT;
