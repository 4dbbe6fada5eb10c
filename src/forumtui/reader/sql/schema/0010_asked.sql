-- When which server was asked, and how often it allows that, so that all who use this library count together.
CREATE TABLE asked (who TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE INDEX asked_who ON asked (who, at);
CREATE TABLE allowance (who TEXT PRIMARY KEY, budget TEXT NOT NULL) STRICT, WITHOUT ROWID;
