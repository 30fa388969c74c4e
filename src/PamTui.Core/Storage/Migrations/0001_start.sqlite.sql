-- Times are microseconds since 1970 UTC. AUTOINCREMENT: an id is never given twice, so nothing that names a removed row can come to mean another one.

CREATE TABLE vault (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    root_key TEXT NOT NULL,
    key_ring TEXT NOT NULL,
    generation INTEGER NOT NULL,
    audit_head TEXT NOT NULL,
    created INTEGER NOT NULL
);

CREATE TABLE resources (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    database_name TEXT,
    tls_mode TEXT NOT NULL,
    tls_ca TEXT,
    trust_on_first_use INTEGER NOT NULL,
    description TEXT NOT NULL,
    rotation_account_id INTEGER REFERENCES accounts (id) ON DELETE SET NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
);

CREATE TABLE host_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    resource_id INTEGER NOT NULL REFERENCES resources (id) ON DELETE CASCADE,
    key_type TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    trust_source TEXT NOT NULL,
    added INTEGER NOT NULL,
    UNIQUE (resource_id, fingerprint)
);

-- resource and kind repeat the resource's own: neither can change, and a page in name order needs no join.
CREATE TABLE accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    resource_id INTEGER NOT NULL REFERENCES resources (id) ON DELETE CASCADE,
    resource TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    username TEXT NOT NULL,
    credential TEXT NOT NULL,
    credential_version INTEGER NOT NULL,
    alias TEXT UNIQUE,
    privilege TEXT NOT NULL,
    description TEXT NOT NULL,
    check_state TEXT NOT NULL,
    last_checked INTEGER,
    last_check_error TEXT,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    UNIQUE (resource, name)
);
CREATE INDEX accounts_by_name ON accounts (name, resource);
CREATE INDEX accounts_by_resource ON accounts (resource_id);
-- Each ends in the order of a page, so that a page of many rows needs no sorting.
CREATE INDEX accounts_by_username ON accounts (username, resource, name);
CREATE INDEX accounts_by_kind ON accounts (kind, resource, name);
CREATE INDEX accounts_by_check ON accounts (check_state, resource, name);

-- own = 0: an account's pair that comes from its resource, kept here so that one index answers a filter.
CREATE TABLE metadata (
    owner_kind TEXT NOT NULL,
    owner_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    own INTEGER NOT NULL,
    PRIMARY KEY (owner_kind, owner_id, key)
) WITHOUT ROWID;
CREATE INDEX metadata_by_pair ON metadata (owner_kind, key, value, owner_id);

CREATE TABLE secrets (
    owner_kind TEXT NOT NULL,
    owner_id INTEGER NOT NULL,
    field TEXT NOT NULL,
    version INTEGER NOT NULL,
    key_version INTEGER NOT NULL,
    wrapped_key BLOB NOT NULL,
    nonce BLOB NOT NULL,
    ciphertext BLOB NOT NULL,
    tag BLOB NOT NULL,
    PRIMARY KEY (owner_kind, owner_id, field)
);
CREATE INDEX secrets_by_key ON secrets (key_version);

CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    disabled INTEGER NOT NULL,
    password_version INTEGER NOT NULL,
    has_password INTEGER NOT NULL,
    created INTEGER NOT NULL
);

CREATE TABLE user_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    key_type TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    line TEXT NOT NULL,
    comment TEXT NOT NULL,
    added INTEGER NOT NULL,
    UNIQUE (user_id, fingerprint)
);

CREATE TABLE groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE members (
    group_id INTEGER NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, user_id)
) WITHOUT ROWID;
CREATE INDEX members_by_user ON members (user_id);

-- Exactly one grantee, and exactly one of account, resource and filter.
CREATE TABLE grants (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
    group_id INTEGER REFERENCES groups (id) ON DELETE CASCADE,
    account_id INTEGER REFERENCES accounts (id) ON DELETE CASCADE,
    resource_id INTEGER REFERENCES resources (id) ON DELETE CASCADE,
    filter TEXT,
    capabilities INTEGER NOT NULL,
    from_at INTEGER NOT NULL,
    until_at INTEGER,
    created_by TEXT NOT NULL,
    CHECK ((user_id IS NULL) <> (group_id IS NULL)),
    CHECK ((account_id IS NOT NULL) + (resource_id IS NOT NULL) + (filter IS NOT NULL) = 1)
);
CREATE INDEX grants_by_user ON grants (user_id);
CREATE INDEX grants_by_group ON grants (group_id);
CREATE INDEX grants_by_account ON grants (account_id);
CREATE INDEX grants_by_resource ON grants (resource_id);

-- No foreign keys: history outlives what it names.
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL,
    user_name TEXT NOT NULL,
    account_id INTEGER NOT NULL,
    account TEXT NOT NULL,
    resource TEXT NOT NULL,
    source TEXT NOT NULL,
    node TEXT NOT NULL,
    grant_id INTEGER,
    started INTEGER NOT NULL,
    ended INTEGER,
    end_reason TEXT,
    kill_reason TEXT,
    bytes_in INTEGER NOT NULL,
    bytes_out INTEGER NOT NULL
);
CREATE INDEX sessions_live ON sessions (node) WHERE ended IS NULL;
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_account ON sessions (account_id);

CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    source TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    details TEXT NOT NULL,
    hash BLOB NOT NULL
);
CREATE INDEX audit_by_target ON audit (target, sequence);
CREATE INDEX audit_by_actor ON audit (actor, sequence);
CREATE INDEX audit_by_action ON audit (action, sequence);
