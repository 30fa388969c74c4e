-- Who connects by such a grant may only read; of a session: it was begun so.
ALTER TABLE grants ADD COLUMN read_only INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN read_only INTEGER NOT NULL DEFAULT 0;
