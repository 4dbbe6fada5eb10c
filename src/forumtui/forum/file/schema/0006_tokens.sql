-- How a token came to be: by a log-in, for all that the role allowed then, or for scopes that an admin named.

ALTER TABLE token ADD COLUMN kind TEXT NOT NULL DEFAULT 'named' CHECK (kind IN ('log-in', 'role', 'named'));

-- Log-ins were for everything that the member would ever be allowed; now for what the role allows.
UPDATE token SET kind = 'log-in' WHERE scopes = 'read write moderate admin' AND expires - created = 7776000000;
UPDATE token SET scopes = (
  SELECT CASE
    WHEN m.role_given AND lower(trim(m.role)) = 'admin' THEN 'read write moderate admin'
    WHEN m.role_given AND lower(trim(m.role)) IN ('editor', 'moderator') THEN 'read write moderate'
    WHEN EXISTS (SELECT 1 FROM board b WHERE b.leader_id = m.id AND b.leader_given = 1) THEN 'read write moderate'
    ELSE 'read write'
  END FROM member m WHERE m.id = member_id)
WHERE kind = 'log-in';
