-- Whether somebody who may say so said which user of the target an account is: an admin, or the target itself by letting it in. What
-- members saved without a sign-in cannot be told from what admins did, so of older accounts only those count that have signed in.
ALTER TABLE accounts ADD COLUMN vouched INTEGER NOT NULL DEFAULT 0;
UPDATE accounts SET vouched = 1 WHERE check_state = 'verified' OR credential = 'certificate';
