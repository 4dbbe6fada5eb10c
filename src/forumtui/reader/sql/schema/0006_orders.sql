-- The orders in which a forum lists its topics, as JSON; '' where it names none.  Those of a board stand in its detail.

ALTER TABLE account ADD COLUMN orders TEXT NOT NULL DEFAULT '';
