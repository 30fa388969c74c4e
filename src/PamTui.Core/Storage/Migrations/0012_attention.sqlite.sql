-- What needs attention is asked for by every home screen: few rows, each found by an index of its own.
CREATE INDEX accounts_by_health ON accounts (health, resource, name);
CREATE INDEX accounts_by_rotation ON accounts (rotation_state, resource, name);
CREATE INDEX accounts_failing ON accounts (rotation_failures) WHERE rotation_failures > 0;
