-- What the last sign-in with the credential came to, and since when. Of checks that failed before it is not known
-- how: they count as rejected, so that nothing signs in by itself until a person has looked.
ALTER TABLE accounts ADD COLUMN health TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE accounts ADD COLUMN health_since INTEGER;
UPDATE accounts SET health = 'healthy', health_since = last_checked WHERE check_state = 'verified';
UPDATE accounts SET health = 'rejected', health_since = last_checked WHERE check_state = 'failed';

-- Whose turn it is comes out of this index; those that are off the schedule are not in it.
CREATE INDEX accounts_by_last_check ON accounts (last_checked) WHERE health IN ('healthy', 'unreachable');

-- One process at a time goes round the accounts, so that no target sees two sign-ins at once.
CREATE TABLE health_round (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    token TEXT NOT NULL,
    expires INTEGER NOT NULL
);
