-- The reader's library.  Times: ms since 1970 UTC, null where unknown.  id: the forum's own, as text; key: ours.

CREATE TABLE account (
  key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, driver TEXT NOT NULL, location TEXT NOT NULL,
  identity TEXT NOT NULL UNIQUE, options TEXT NOT NULL DEFAULT '{}', listed INTEGER NOT NULL, plugged INTEGER NOT NULL DEFAULT 1,
  position INTEGER NOT NULL DEFAULT 0, joined INTEGER, added INTEGER NOT NULL, opened INTEGER NOT NULL,
  title TEXT NOT NULL DEFAULT '', tagline TEXT NOT NULL DEFAULT '', notice TEXT NOT NULL DEFAULT '', version TEXT NOT NULL DEFAULT '',
  updated TEXT NOT NULL DEFAULT '', pages TEXT NOT NULL DEFAULT '', me TEXT NOT NULL DEFAULT '', me_id TEXT, can TEXT NOT NULL DEFAULT '',
  health TEXT NOT NULL DEFAULT 'new', note TEXT NOT NULL DEFAULT '', synced_at INTEGER,
  delivery TEXT NOT NULL DEFAULT 'reconcile', revision INTEGER NOT NULL DEFAULT 1,
  is_sample INTEGER GENERATED ALWAYS AS (coalesce(options ->> '$.sample', '') <> '') STORED
) STRICT;

CREATE TABLE cursor (account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE, scope TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (account, scope)) STRICT, WITHOUT ROWID;

CREATE TABLE resume (one INTEGER PRIMARY KEY CHECK (one = 1), place TEXT NOT NULL) STRICT;

CREATE TABLE member (
  key INTEGER PRIMARY KEY, account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE, id TEXT NOT NULL, name TEXT NOT NULL,
  role TEXT, folded TEXT NOT NULL, wrote INTEGER NOT NULL DEFAULT 0, UNIQUE (account, id)
) STRICT;
CREATE INDEX member_folded ON member (account, folded);

-- topics, unread and unread_topics are kept by triggers on topic, so that sums never depend on how much there is.
CREATE TABLE board (
  key INTEGER PRIMARY KEY, account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE, id TEXT NOT NULL,
  parent INTEGER REFERENCES board ON DELETE SET NULL, place INTEGER NOT NULL DEFAULT 0, depth INTEGER NOT NULL DEFAULT 0,
  title TEXT NOT NULL, detail TEXT NOT NULL DEFAULT '', can TEXT NOT NULL DEFAULT '', listed_topics INTEGER,
  topics INTEGER NOT NULL DEFAULT 0, unread INTEGER NOT NULL DEFAULT 0, unread_topics INTEGER NOT NULL DEFAULT 0,
  UNIQUE (account, id)
) STRICT;
CREATE INDEX board_place ON board (account, place);
CREATE INDEX board_parent ON board (parent) WHERE parent IS NOT NULL;

-- total: the forum's own count.  skipped: posts that are not here and count as read.  caught_up: what was written until
-- then arrives read.  unpinned, rank, key ascending is the order of a board; rank, key that of an account.
CREATE TABLE topic (
  key INTEGER PRIMARY KEY, account INTEGER NOT NULL, board INTEGER NOT NULL REFERENCES board ON DELETE CASCADE,
  id TEXT NOT NULL, title TEXT NOT NULL, folded TEXT NOT NULL, author INTEGER, created INTEGER, last_post INTEGER, total INTEGER,
  pinned INTEGER NOT NULL DEFAULT 0, closed INTEGER NOT NULL DEFAULT 0, tags TEXT NOT NULL DEFAULT '', url TEXT,
  can TEXT NOT NULL DEFAULT '', cached INTEGER NOT NULL DEFAULT 0, cached_unread INTEGER NOT NULL DEFAULT 0,
  skipped INTEGER NOT NULL DEFAULT 0, caught_up INTEGER, bookmarked INTEGER NOT NULL DEFAULT 0,
  post_bookmarks INTEGER NOT NULL DEFAULT 0, opened INTEGER NOT NULL DEFAULT 0,
  seen_at INTEGER, seen_sort INTEGER, last_seen_at INTEGER, last_seen_sort INTEGER,
  unpinned INTEGER GENERATED ALWAYS AS (1 - pinned) STORED,
  rank INTEGER GENERATED ALWAYS AS (-coalesce(last_post, created, 0)) STORED,
  unread INTEGER GENERATED ALWAYS AS (cached_unread + max(0, coalesce(total, 0) - cached - skipped)) STORED,
  UNIQUE (account, id)
) STRICT;
CREATE INDEX topic_board ON topic (board, unpinned, rank);
CREATE INDEX topic_account ON topic (account, rank);
CREATE INDEX topic_board_unread ON topic (board, unpinned, rank) WHERE unread > 0;
CREATE INDEX topic_account_unread ON topic (account, rank) WHERE unread > 0;
CREATE INDEX topic_unfetched ON topic (account, rank) WHERE unread > cached_unread;
CREATE INDEX topic_bookmarked ON topic (account, rank) WHERE bookmarked + post_bookmarks > 0;

CREATE TRIGGER topic_ai AFTER INSERT ON topic BEGIN
  UPDATE board SET topics = topics + 1, unread = unread + new.unread, unread_topics = unread_topics + (new.unread > 0)
  WHERE key = new.board;
END;
CREATE TRIGGER topic_ad AFTER DELETE ON topic BEGIN
  UPDATE board SET topics = topics - 1, unread = unread - old.unread, unread_topics = unread_topics - (old.unread > 0)
  WHERE key = old.board;
  DELETE FROM topic_text WHERE rowid = old.key;
END;
CREATE TRIGGER topic_au AFTER UPDATE OF board, total, cached, cached_unread, skipped ON topic
WHEN new.board <> old.board OR new.unread <> old.unread BEGIN
  UPDATE board SET topics = topics - 1, unread = unread - old.unread, unread_topics = unread_topics - (old.unread > 0)
  WHERE key = old.board;
  UPDATE board SET topics = topics + 1, unread = unread + new.unread, unread_topics = unread_topics + (new.unread > 0)
  WHERE key = new.board;
END;

-- The narrow part of a post; its text stands in body and can be evicted without losing what is read.
-- parent_ref is the parent's id, parent its key once it is here.  waived: arrived read (1: older than the account's
-- watermark, 2: caught up).
CREATE TABLE post (
  key INTEGER PRIMARY KEY, topic INTEGER NOT NULL REFERENCES topic ON DELETE CASCADE, account INTEGER NOT NULL, id TEXT NOT NULL,
  sort INTEGER NOT NULL, number INTEGER, parent INTEGER REFERENCES post ON DELETE SET NULL, parent_ref TEXT, author INTEGER,
  subject TEXT, created INTEGER, edited INTEGER, deleted INTEGER NOT NULL DEFAULT 0, marks TEXT NOT NULL DEFAULT '', likes INTEGER,
  liked INTEGER NOT NULL DEFAULT 0, mentions TEXT NOT NULL DEFAULT '', url TEXT, can TEXT NOT NULL DEFAULT '',
  waived INTEGER NOT NULL DEFAULT 0, mine INTEGER NOT NULL DEFAULT 0,
  bookmarked INTEGER NOT NULL DEFAULT 0, UNIQUE (account, id)
) STRICT;
CREATE INDEX post_outline ON post (topic, sort, key, parent, created);
CREATE INDEX post_parent ON post (parent) WHERE parent IS NOT NULL;
CREATE INDEX post_orphan ON post (account, parent_ref) WHERE parent IS NULL AND parent_ref IS NOT NULL;
CREATE INDEX post_subject ON post (topic, sort, key, subject) WHERE subject IS NOT NULL;
CREATE INDEX post_author ON post (author);

-- Unread posts and no others, apart from post: to catch up with everything touches few pages.
CREATE TABLE unread (topic INTEGER NOT NULL, sort INTEGER NOT NULL, post INTEGER NOT NULL, PRIMARY KEY (topic, sort, post)) STRICT, WITHOUT ROWID;

CREATE TABLE body (post INTEGER PRIMARY KEY REFERENCES post ON DELETE CASCADE, source TEXT NOT NULL, format TEXT NOT NULL) STRICT;

-- Folded by ft_fold; without content, because snippets are cut from the text itself.
CREATE VIRTUAL TABLE post_text USING fts5 (subject, body, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2");
CREATE VIRTUAL TABLE topic_text USING fts5 (title, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2");
CREATE TRIGGER post_ad AFTER DELETE ON post BEGIN
  DELETE FROM post_text WHERE rowid = old.key;
  DELETE FROM unread WHERE topic = old.topic AND sort = old.sort AND post = old.key;
END;
CREATE TRIGGER post_au AFTER UPDATE OF topic, sort ON post WHEN new.topic <> old.topic OR new.sort <> old.sort BEGIN
  UPDATE unread SET topic = new.topic, sort = new.sort WHERE topic = old.topic AND sort = old.sort AND post = old.key;
END;

-- Contiguous stretches of a topic's posts by sort.  before, after: the backend's cursor, '' at the topic's end, null unknown.
CREATE TABLE span (topic INTEGER NOT NULL REFERENCES topic ON DELETE CASCADE, low INTEGER NOT NULL, high INTEGER NOT NULL,
  before TEXT, after TEXT, PRIMARY KEY (topic, low)) STRICT, WITHOUT ROWID;

-- What a backend's own search found, in its order.
CREATE TABLE search (account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE, query TEXT NOT NULL, at INTEGER NOT NULL,
  error TEXT, PRIMARY KEY (account, query)) STRICT, WITHOUT ROWID;
CREATE TABLE hit (account INTEGER NOT NULL, query TEXT NOT NULL, place INTEGER NOT NULL, post INTEGER NOT NULL REFERENCES post ON DELETE CASCADE,
  PRIMARY KEY (account, query, place), FOREIGN KEY (account, query) REFERENCES search ON DELETE CASCADE) STRICT, WITHOUT ROWID;
CREATE INDEX hit_post ON hit (post);

-- Drafts and outbox: what the user made; names the forum's ids, never cached rows.  AUTOINCREMENT, because the
-- negative id is the key of a pending row.  turn: the order of submission; tried: the sender's clock at its last claim.
CREATE TABLE outgoing (
  id INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL UNIQUE, account INTEGER NOT NULL REFERENCES account ON DELETE RESTRICT,
  kind TEXT NOT NULL CHECK (kind IN ('topic', 'reply', 'edit', 'delete')),
  state TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'queued', 'sending', 'sent', 'held', 'refused', 'attention', 'discarded')),
  board_ref TEXT, topic_ref TEXT, parent_ref TEXT, post_ref TEXT, place TEXT NOT NULL DEFAULT '', answers TEXT,
  subject TEXT NOT NULL DEFAULT '', text TEXT NOT NULL DEFAULT '', format TEXT NOT NULL DEFAULT 'markdown', cursor INTEGER NOT NULL DEFAULT 0,
  revision INTEGER NOT NULL DEFAULT 1, fingerprint TEXT, baseline TEXT, attempts INTEGER NOT NULL DEFAULT 0, not_before INTEGER,
  error TEXT NOT NULL DEFAULT '', choices TEXT NOT NULL DEFAULT '', unknown_end INTEGER NOT NULL DEFAULT 0,
  lease TEXT, lease_until INTEGER, turn INTEGER NOT NULL DEFAULT 0, tried INTEGER, remote_topic TEXT, remote_post TEXT, created INTEGER NOT NULL, updated INTEGER NOT NULL
) STRICT;
CREATE INDEX outgoing_topic ON outgoing (account, topic_ref) WHERE state <> 'discarded';
CREATE INDEX outgoing_state ON outgoing (account, state);
CREATE INDEX outgoing_remote ON outgoing (account, remote_post) WHERE remote_post IS NOT NULL;

CREATE TABLE wish (account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE, topic TEXT NOT NULL, post TEXT NOT NULL, kind TEXT NOT NULL,
  wanted INTEGER NOT NULL, was INTEGER NOT NULL, key TEXT NOT NULL, PRIMARY KEY (account, post, kind)) STRICT, WITHOUT ROWID;

CREATE TABLE undo (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, what TEXT NOT NULL, step TEXT NOT NULL, posts BLOB) STRICT;
