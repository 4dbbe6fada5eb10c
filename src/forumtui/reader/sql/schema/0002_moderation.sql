-- What moderators do to posts, how one becomes a member, and texts that a moderator decided against:
-- rejections counts them, because each used up the key that the text was sent under.

ALTER TABLE post ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN registration TEXT NOT NULL DEFAULT '';
ALTER TABLE outgoing ADD COLUMN rejections INTEGER NOT NULL DEFAULT 0;
