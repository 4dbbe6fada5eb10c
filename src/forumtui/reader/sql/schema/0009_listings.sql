-- Topic lists in the orders that a forum names, as far as they were fetched.  chosen: in which order the reader shows
-- a forum's topics or a board's, "NAME:PERIOD"; '' for the order that the forum shows first.

ALTER TABLE account ADD COLUMN chosen TEXT NOT NULL DEFAULT '';
ALTER TABLE board ADD COLUMN chosen TEXT NOT NULL DEFAULT '';

-- board: null for the whole forum's.  at: when its first page came; after: where it goes on, null at its end; era
-- falls by one with each first page; looked: when somebody looked at it; note: why
-- the forum does not give it.  "latest" is here without standings, where a
-- forum has no change feed, for the sake of its cursor.
CREATE TABLE listing (
  key INTEGER PRIMARY KEY, account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  board INTEGER REFERENCES board ON DELETE CASCADE, name TEXT NOT NULL, period TEXT NOT NULL,
  at INTEGER NOT NULL, looked INTEGER NOT NULL, after TEXT, era INTEGER NOT NULL DEFAULT 0, note TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX listing_of ON listing (account, coalesce(board, 0), name, period);
CREATE INDEX listing_board ON listing (board) WHERE board IS NOT NULL;

-- Which topics stand in a list, in their order: those of the newest pages first, then what is left of older ones.
CREATE TABLE standing (listing INTEGER NOT NULL REFERENCES listing ON DELETE CASCADE, era INTEGER NOT NULL, sort INTEGER NOT NULL,
  topic INTEGER NOT NULL REFERENCES topic ON DELETE CASCADE, PRIMARY KEY (listing, era, sort, topic)) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX standing_topic ON standing (topic, listing);
