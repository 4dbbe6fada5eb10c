-- Topics that the forum shows to its moderators only.

ALTER TABLE topic ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;
