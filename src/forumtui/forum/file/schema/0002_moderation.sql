-- Moderation: hidden posts, boards for members only, what waits for moderators, the audit log.

ALTER TABLE forum ADD COLUMN registration TEXT NOT NULL DEFAULT 'invitation';
ALTER TABLE forum ADD COLUMN members_only INTEGER NOT NULL DEFAULT 0 CHECK (members_only IN (0, 1));
ALTER TABLE forum ADD COLUMN approval TEXT NOT NULL DEFAULT 'nobody';
ALTER TABLE forum ADD COLUMN guests_n INTEGER NOT NULL DEFAULT 0;  -- last time that boards or topics were closed or opened to guests

ALTER TABLE member ADD COLUMN suspended INTEGER NOT NULL DEFAULT 0 CHECK (suspended IN (0, 1));

ALTER TABLE board ADD COLUMN members_only INTEGER NOT NULL DEFAULT 0 CHECK (members_only IN (0, 1));  -- and those below
CREATE INDEX board_private ON board (id) WHERE members_only = 1;
CREATE INDEX board_below   ON board (parent_id);
CREATE INDEX board_led     ON board (leader_id) WHERE leader_id IS NOT NULL;

ALTER TABLE post ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1));
CREATE INDEX post_author ON post (author_id);

-- What waits for moderators, and what became of it.
CREATE TABLE queue (
  id        INTEGER PRIMARY KEY,
  kind      TEXT NOT NULL CHECK (kind IN ('report', 'held', 'volunteer')),
  member_id INTEGER NOT NULL REFERENCES member,    -- who reported, wrote or volunteered
  created   INTEGER NOT NULL,
  board_id  INTEGER REFERENCES board,              -- null where the topic knows it, because topics move
  topic_id  INTEGER REFERENCES topic,
  post_id   INTEGER REFERENCES post,               -- the reported one, or the one that a held edit changes
  text      TEXT NOT NULL,                         -- the reason given, or the held text
  origin    TEXT,                                  -- the key under which a held act waits in the table act
  act       TEXT,                                  -- the held act itself, as JSON
  decided   INTEGER,                               -- null while it waits
  approved  INTEGER CHECK (approved IN (0, 1)),
  CHECK ((kind = 'held') = (origin IS NOT NULL AND act IS NOT NULL)),
  CHECK (board_id IS NOT NULL OR topic_id IS NOT NULL)
) STRICT;
CREATE INDEX queue_waiting ON queue (id) WHERE decided IS NULL;
CREATE UNIQUE INDEX queue_report ON queue (post_id, member_id) WHERE kind = 'report';
CREATE UNIQUE INDEX queue_volunteer ON queue (board_id, member_id) WHERE kind = 'volunteer' AND decided IS NULL;

ALTER TABLE act ADD COLUMN reason TEXT;            -- why it was rejected, where that is its outcome

CREATE TABLE log (
  id        INTEGER PRIMARY KEY,
  created   INTEGER NOT NULL,
  member    TEXT NOT NULL,                         -- '' for the keeper of the file
  operation TEXT NOT NULL,
  detail    TEXT NOT NULL,
  topic_id  INTEGER,
  post_id   INTEGER,
  board_id  INTEGER
) STRICT;

DROP TRIGGER post_changed;
DROP VIEW post_fold;
CREATE VIEW post_fold AS
  SELECT id, ft_fold(subject) AS subject, ft_fold(source) AS source FROM post WHERE source IS NOT NULL AND NOT hidden;
CREATE TRIGGER post_changed AFTER UPDATE OF subject, source, hidden ON post BEGIN
  INSERT INTO post_fts (post_fts, rowid, subject, source)
    SELECT 'delete', old.id, ft_fold(old.subject), ft_fold(old.source) WHERE old.source IS NOT NULL AND NOT old.hidden;
  INSERT INTO post_fts (rowid, subject, source)
    SELECT new.id, ft_fold(new.subject), ft_fold(new.source) WHERE new.source IS NOT NULL AND NOT new.hidden;
END;
