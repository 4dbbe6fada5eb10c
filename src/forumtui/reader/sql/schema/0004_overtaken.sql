-- An edit says which words it was made from (see forumtui.text.imprint); theirs: what stands there instead by now.

ALTER TABLE outgoing ADD COLUMN base TEXT;
ALTER TABLE outgoing ADD COLUMN theirs TEXT;
