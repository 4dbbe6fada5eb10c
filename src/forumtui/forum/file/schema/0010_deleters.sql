-- Who deleted a post: its author, or the staff; unknown of those that were deleted before.
ALTER TABLE post ADD COLUMN deleted_by TEXT CHECK (deleted_by IN ('author', 'staff'));
