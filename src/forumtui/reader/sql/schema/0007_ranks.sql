-- The places that a forum gives to the answers to one post, the best first.

ALTER TABLE post ADD COLUMN rank INTEGER;
CREATE INDEX post_ranked ON post (topic, key, rank) WHERE rank IS NOT NULL;
