-- What a person set for himself. No user: whoever owns the data folder.
CREATE TABLE settings (
    user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT NOT NULL
);
CREATE UNIQUE INDEX settings_once ON settings (coalesce(user_id, 0), name);
CREATE INDEX settings_by_user ON settings (user_id);

-- When each user of a list last signed in, one step each.
CREATE INDEX audit_by_sign_in ON audit (actor, at) WHERE action = 'signin';
