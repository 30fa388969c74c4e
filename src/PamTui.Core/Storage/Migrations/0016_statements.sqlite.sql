-- The log of what a session asked of its database: batches, each sealed with the session's own key, which is in secrets as every other.
-- closed: the audit row that says how many there are. removed: when the batches went, as the log of all had grown too large.
CREATE TABLE statement_logs (
    session_id INTEGER PRIMARY KEY,
    batches INTEGER NOT NULL,
    statements INTEGER NOT NULL,
    errors INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    closed INTEGER,
    removed INTEGER
);
-- The oldest log that is still there, without reading those that are not.
CREATE INDEX statement_logs_kept ON statement_logs (session_id) WHERE removed IS NULL;

CREATE TABLE statement_batches (
    session_id INTEGER NOT NULL,
    first INTEGER NOT NULL,
    statements INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (session_id, first)
);

-- What all batches take, kept beside them so that no write adds them up.
CREATE TABLE statement_total (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    bytes INTEGER NOT NULL
);
INSERT INTO statement_total (id, bytes) VALUES (1, 0);
