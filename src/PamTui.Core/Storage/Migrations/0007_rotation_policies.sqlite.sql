-- When credentials change by themselves. Exactly one of account, resource and filter; of those that reach an account the lowest position holds.
CREATE TABLE rotation_policies (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    position INTEGER NOT NULL UNIQUE,
    account_id INTEGER REFERENCES accounts (id) ON DELETE CASCADE,
    resource_id INTEGER REFERENCES resources (id) ON DELETE CASCADE,
    filter TEXT,
    enabled INTEGER NOT NULL,
    interval_seconds INTEGER NOT NULL,
    open_hours TEXT,
    jitter_seconds INTEGER NOT NULL,
    waits_for_sessions INTEGER NOT NULL,
    by_itself INTEGER NOT NULL,
    after_reveal_seconds INTEGER,
    hook TEXT,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    CHECK ((account_id IS NOT NULL) + (resource_id IS NOT NULL) + (filter IS NOT NULL) = 1)
);
CREATE INDEX rotation_policies_by_account ON rotation_policies (account_id);
CREATE INDEX rotation_policies_by_resource ON rotation_policies (resource_id);

-- Attempts that failed since the last success, or since a person last tried, and when the last of them did.
ALTER TABLE accounts ADD COLUMN rotation_failures INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN rotation_failed INTEGER;

-- When somebody last saw the credential.
ALTER TABLE accounts ADD COLUMN revealed INTEGER;

-- What is due is what is oldest: it is asked for twice a minute.
CREATE INDEX accounts_by_age ON accounts (coalesce(rotated, created));
CREATE INDEX accounts_revealed ON accounts (revealed) WHERE revealed IS NOT NULL;

-- The hook that a rotation owes, kept with it so that a crash between the two forgets nothing. NULL: none.
ALTER TABLE rotations ADD COLUMN hook_state TEXT;
ALTER TABLE rotations ADD COLUMN hook_tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rotations ADD COLUMN hook_tried INTEGER;
ALTER TABLE rotations ADD COLUMN hook_error TEXT;
ALTER TABLE rotations ADD COLUMN hook_output TEXT;
CREATE INDEX rotations_hooks ON rotations (hook_state, account_id) WHERE hook_state IN ('pending', 'failed');
