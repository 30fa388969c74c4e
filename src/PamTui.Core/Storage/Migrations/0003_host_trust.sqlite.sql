-- CAs whose host certificates a resource may show, and keys that a target offered and nobody has accepted. Apart from host_keys, so that
-- neither can be taken for a pinned key.
CREATE TABLE host_authorities (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    resource_id INTEGER NOT NULL REFERENCES resources (id) ON DELETE CASCADE,
    key_type TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    trust_source TEXT NOT NULL,
    added INTEGER NOT NULL,
    UNIQUE (resource_id, fingerprint)
);

CREATE TABLE offered_host_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    resource_id INTEGER NOT NULL REFERENCES resources (id) ON DELETE CASCADE,
    key_type TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    trust_source TEXT NOT NULL,
    added INTEGER NOT NULL,
    UNIQUE (resource_id, fingerprint)
);
