-- How many posts of a topic came to the forum after the account was read through and are not here yet: they arrive
-- unread, however old their dates.  A step that was undone stays until another is made.  Posts that are gone
-- are not unread (waived 3: it was when it went, or came so).

ALTER TABLE topic ADD COLUMN fresh INTEGER NOT NULL DEFAULT 0;
ALTER TABLE undo ADD COLUMN undone INTEGER NOT NULL DEFAULT 0;

CREATE TEMP TABLE gone AS SELECT u.topic, u.sort, u.post FROM unread AS u JOIN post AS p ON p.key = u.post WHERE p.deleted = 1;
DELETE FROM unread WHERE (topic, sort, post) IN (SELECT topic, sort, post FROM gone);
UPDATE post SET waived = 3 WHERE key IN (SELECT post FROM gone);
UPDATE topic SET cached_unread = cached_unread - (SELECT count(*) FROM gone WHERE gone.topic = topic.key)
  WHERE key IN (SELECT topic FROM gone);
DROP TABLE gone;
