-- Who deleted a post: its author, or the staff; unknown where the forum does not tell.
ALTER TABLE post ADD COLUMN deleted_by TEXT;
