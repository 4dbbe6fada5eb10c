-- What forums tell us: that somebody named or answered us.  Read: the forum counts it as seen; seen: it was seen here.
CREATE TABLE notice (
  key     INTEGER PRIMARY KEY,
  account INTEGER NOT NULL REFERENCES account (key) ON DELETE CASCADE,
  id      TEXT NOT NULL,
  kind    TEXT NOT NULL,
  title   TEXT NOT NULL,
  topic   TEXT,
  post    TEXT,
  who     TEXT,
  created INTEGER,
  read    INTEGER NOT NULL DEFAULT 0,
  url     TEXT,
  seen    INTEGER NOT NULL DEFAULT 0,
  UNIQUE (account, id)
) STRICT;
CREATE INDEX notice_newest ON notice (created DESC, key DESC);
CREATE INDEX notice_unread ON notice (account) WHERE read = 0;
