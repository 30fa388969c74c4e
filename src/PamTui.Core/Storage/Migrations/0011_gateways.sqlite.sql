-- Which gateways live: each says so every few seconds, and the sessions of one that does so no more are over.
CREATE TABLE nodes (
    name TEXT PRIMARY KEY,
    expires INTEGER NOT NULL
);

-- Whose turn it is with the accounts of a resource: of several rounds one rotates them, one account at a time.
CREATE TABLE resource_turns (
    resource_id INTEGER PRIMARY KEY REFERENCES resources (id) ON DELETE CASCADE,
    token TEXT NOT NULL,
    expires INTEGER NOT NULL
);

-- From where the target sees certificates used; NULL: from the gateway's own end of the connection.
ALTER TABLE resources ADD COLUMN source_address TEXT;
