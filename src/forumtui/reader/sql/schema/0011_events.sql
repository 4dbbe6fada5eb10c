-- What happened to a topic, where a post tells just that; and whether only the staff sees a post.
ALTER TABLE post ADD COLUMN event TEXT;
ALTER TABLE post ADD COLUMN whisper INTEGER NOT NULL DEFAULT 0;
