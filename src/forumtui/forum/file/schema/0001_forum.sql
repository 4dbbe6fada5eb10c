-- A whole forum in one file.  Times: ms since 1970 UTC, null where unknown.
-- ft_fold() is registered on every connection (forumtui.text.fold).
-- n: the number of a row's last change in the feed, which counts up in forum.feed.
-- origin: where an imported row came from; digest: what it looked like there, so that a repeat changes nothing.

CREATE TABLE forum (
  id       INTEGER PRIMARY KEY CHECK (id = 1),
  uuid     TEXT NOT NULL,
  epoch    TEXT NOT NULL,
  title    TEXT NOT NULL,
  tagline  TEXT NOT NULL DEFAULT '',
  notice   TEXT NOT NULL DEFAULT '',
  version  TEXT NOT NULL DEFAULT '',
  updated  TEXT NOT NULL DEFAULT '',
  feed     INTEGER NOT NULL DEFAULT 0,
  boards_n INTEGER NOT NULL DEFAULT 0              -- last change of a board, a member's role or this row
) STRICT;

CREATE TABLE page (
  slug     TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  title    TEXT NOT NULL,
  source   TEXT NOT NULL,
  format   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE member (
  id          INTEGER PRIMARY KEY,
  name        TEXT NOT NULL UNIQUE CHECK (name <> ''),
  role        TEXT NOT NULL DEFAULT 'Member',
  role_given  INTEGER NOT NULL DEFAULT 0 CHECK (role_given IN (0, 1)),  -- by the forum's keeper: imports leave it alone
  joined      INTEGER,
  about       TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE board (
  id            INTEGER PRIMARY KEY,
  parent_id     INTEGER REFERENCES board,
  position      INTEGER NOT NULL DEFAULT 0,
  title         TEXT NOT NULL CHECK (title <> ''),
  description   TEXT NOT NULL DEFAULT '',
  leader_id     INTEGER REFERENCES member,
  leader_wanted INTEGER NOT NULL DEFAULT 0 CHECK (leader_wanted IN (0, 1)),
  links         TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(links)),   -- [[title, address], ...]
  further_study TEXT NOT NULL DEFAULT '',
  notice        TEXT NOT NULL DEFAULT '',
  topics        INTEGER NOT NULL DEFAULT 0,
  origin        TEXT UNIQUE,
  digest        BLOB
) STRICT;

CREATE TABLE topic (
  id          INTEGER PRIMARY KEY,
  board_id    INTEGER NOT NULL REFERENCES board,
  title       TEXT NOT NULL,
  author_id   INTEGER REFERENCES member,
  created     INTEGER,
  last_post   INTEGER,
  posts       INTEGER NOT NULL DEFAULT 0,
  last_number INTEGER NOT NULL DEFAULT 0,          -- of the newest post; the next one gets a higher one
  pinned      INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1)),
  closed      INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1)),
  tags        TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tags)),
  n           INTEGER NOT NULL,
  origin      TEXT UNIQUE,
  digest      BLOB,
  -- topics without any time come after all others, in the order of their arrival
  activity    INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(last_post, created, -4611686018427387904 - id)) VIRTUAL
) STRICT;
CREATE INDEX topic_latest ON topic (pinned DESC, activity DESC, id DESC);
CREATE INDEX topic_board  ON topic (board_id, pinned DESC, activity DESC, id DESC);
CREATE INDEX topic_feed   ON topic (n);

CREATE TABLE post (
  id              INTEGER PRIMARY KEY,
  topic_id        INTEGER NOT NULL REFERENCES topic,
  number          INTEGER NOT NULL,                -- also the order within the topic
  subject         TEXT,
  parent_id       INTEGER REFERENCES post DEFERRABLE INITIALLY DEFERRED,
  parent_origin   TEXT,                            -- a parent that was not imported yet
  author_id       INTEGER REFERENCES member,
  created         INTEGER,
  edited          INTEGER,
  deleted         INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  marks           INTEGER NOT NULL DEFAULT 0,      -- 1 best practice, 2 expert tip, 4 accepted
  likes_elsewhere INTEGER,                         -- as imported; null where that is unknown
  likes_here      INTEGER NOT NULL DEFAULT 0,
  source          TEXT,                            -- null: a placeholder
  format          TEXT NOT NULL DEFAULT 'markdown',
  mentions        TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(mentions)),
  n               INTEGER NOT NULL,
  origin          TEXT UNIQUE,
  digest          BLOB,
  UNIQUE (topic_id, number)
) STRICT;
CREATE INDEX post_feed   ON post (n);
CREATE INDEX post_marked ON post (topic_id, id) WHERE marks <> 0;
CREATE INDEX post_orphan ON post (parent_origin) WHERE parent_origin IS NOT NULL;

CREATE TABLE liked (
  post_id   INTEGER NOT NULL REFERENCES post,
  member_id INTEGER NOT NULL REFERENCES member,
  PRIMARY KEY (post_id, member_id)
) STRICT, WITHOUT ROWID;

-- Every act carried out, for ever, under the key its author's program gave it.
CREATE TABLE act (
  member_id INTEGER NOT NULL REFERENCES member,
  origin    TEXT NOT NULL,
  digest    BLOB NOT NULL,
  outcome   TEXT NOT NULL,
  topic_id  INTEGER,
  post_id   INTEGER,
  done      INTEGER NOT NULL,
  UNIQUE (member_id, origin)
) STRICT;

CREATE VIEW post_fold AS
  SELECT id, ft_fold(subject) AS subject, ft_fold(source) AS source FROM post WHERE source IS NOT NULL;
CREATE VIRTUAL TABLE post_fts USING fts5 (
  subject, source, content='post_fold', content_rowid='id', tokenize="unicode61 remove_diacritics 2"
);
-- New posts are indexed by whoever inserts them: from a trigger, FTS5 writes a segment for every single row,
-- which halves the speed of an import.
CREATE TRIGGER post_changed AFTER UPDATE OF subject, source ON post BEGIN
  INSERT INTO post_fts (post_fts, rowid, subject, source)
    SELECT 'delete', old.id, ft_fold(old.subject), ft_fold(old.source) WHERE old.source IS NOT NULL;
  INSERT INTO post_fts (rowid, subject, source)
    SELECT new.id, ft_fold(new.subject), ft_fold(new.source) WHERE new.source IS NOT NULL;
END;
