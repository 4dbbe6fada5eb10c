-- The members' ways in.  Secrets are kept as hashes only: argon2 of passwords, SHA-256 of tokens and invitations.

ALTER TABLE member ADD COLUMN password TEXT;       -- null: there is none
ALTER TABLE member ADD COLUMN look TEXT;           -- what the name looks like; null: not worked out yet
CREATE INDEX member_look ON member (look);

-- Under which name a Unix user of the server's machine comes in; there may be no such member yet.
CREATE TABLE unix_user (
  uid  INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- What is revoked is deleted.
CREATE TABLE token (
  id        TEXT PRIMARY KEY,
  member_id INTEGER NOT NULL REFERENCES member,
  hash      BLOB NOT NULL UNIQUE,
  label     TEXT NOT NULL,
  scopes    TEXT NOT NULL,                         -- between blanks
  created   INTEGER NOT NULL,
  expires   INTEGER,                               -- null: never
  used      INTEGER                                -- to the hour
) STRICT, WITHOUT ROWID;
CREATE INDEX token_member ON token (member_id);

CREATE TABLE invitation (
  hash    BLOB PRIMARY KEY,
  role    TEXT NOT NULL,
  uses    INTEGER NOT NULL CHECK (uses > 0),
  used    INTEGER NOT NULL DEFAULT 0 CHECK (used BETWEEN 0 AND uses),
  expires INTEGER,                                 -- null: never
  host    TEXT NOT NULL,                           -- who invites; '' for the keeper of the file
  created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
