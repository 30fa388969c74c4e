-- Sessions since some moment, newest first or counted.
CREATE INDEX sessions_by_start ON sessions (started);
