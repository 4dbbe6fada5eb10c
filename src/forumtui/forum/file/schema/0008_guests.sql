-- What guests are told has numbers of its own, which do not tell how much was written for members.

ALTER TABLE forum ADD COLUMN guests_boards_n INTEGER NOT NULL DEFAULT 0;  -- as boards_n, of what guests see
ALTER TABLE forum ADD COLUMN veil BLOB NOT NULL DEFAULT x'';              -- the key under which guests are told numbers
UPDATE forum SET guests_boards_n = boards_n, veil = randomblob(16);
