-- Topics that only moderators see, until they are restored; boards do not count them.

ALTER TABLE topic ADD COLUMN removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1));
