-- Half-filled forms, one of each kind for a person, for a day. What was typed is sealed, in secrets. No user: whoever owns the data folder.
CREATE TABLE drafts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
    form TEXT NOT NULL,
    saved INTEGER NOT NULL
);
CREATE UNIQUE INDEX drafts_once ON drafts (coalesce(user_id, 0), form);
CREATE INDEX drafts_by_user ON drafts (user_id);
CREATE INDEX drafts_by_age ON drafts (saved);

CREATE TRIGGER drafts_gone AFTER DELETE ON drafts BEGIN
    DELETE FROM secrets WHERE owner_kind = 'draft' AND owner_id = old.id;
END;
