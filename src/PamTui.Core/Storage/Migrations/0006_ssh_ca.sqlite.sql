-- The gateway's SSH CAs: the public halves. The private ones are in secrets, as every other; a retired CA has none any more.
CREATE TABLE ssh_authorities (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    public_key BLOB NOT NULL,
    fingerprint TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    created INTEGER NOT NULL,
    activated INTEGER,
    retired INTEGER
);
CREATE UNIQUE INDEX ssh_authorities_current ON ssh_authorities (state) WHERE state IN ('next', 'current');

-- A certificate names its session before the target has let it in, so a number may be taken before there is a row.
INSERT INTO sqlite_sequence (name, seq) SELECT 'sessions', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'sessions');
