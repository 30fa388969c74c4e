-- What a text search reads of an account, one value in one narrow row: 100,000 of them are read in a few milliseconds, for a
-- frequent word as for a rare one. No field can hold the line feed between them, so nothing is found across two fields.
-- Triggers keep it in step: no statement on accounts can forget it.
CREATE TABLE account_search (
    account_id INTEGER PRIMARY KEY,
    text TEXT NOT NULL
);

INSERT INTO account_search (account_id, text)
SELECT id, name || char(10) || coalesce(alias, '') || char(10) || resource || char(10) || username || char(10) || description FROM accounts;

CREATE TRIGGER account_search_insert AFTER INSERT ON accounts BEGIN
    INSERT INTO account_search (account_id, text)
    VALUES (new.id, new.name || char(10) || coalesce(new.alias, '') || char(10) || new.resource || char(10) || new.username || char(10) || new.description);
END;

CREATE TRIGGER account_search_update AFTER UPDATE OF id, name, alias, resource, username, description ON accounts BEGIN
    UPDATE account_search SET account_id = new.id,
        text = new.name || char(10) || coalesce(new.alias, '') || char(10) || new.resource || char(10) || new.username || char(10) || new.description
    WHERE account_id = old.id;
END;

CREATE TRIGGER account_search_delete AFTER DELETE ON accounts BEGIN
    DELETE FROM account_search WHERE account_id = old.id;
END;
