-- Topics by when they were opened, by how much their posts are liked, and those that nobody has answered.

-- as activity: topics without a time come after all others, in the order of their arrival
ALTER TABLE topic ADD COLUMN began INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(created, -4611686018427387904 - id)) VIRTUAL;
ALTER TABLE topic ADD COLUMN week INTEGER GENERATED ALWAYS AS (created / 604800000) VIRTUAL;  -- since 1970
ALTER TABLE topic ADD COLUMN likes INTEGER NOT NULL DEFAULT 0;  -- of its posts, but for hidden ones; kept by triggers
ALTER TABLE post ADD COLUMN score INTEGER NOT NULL GENERATED ALWAYS AS (
  CASE WHEN deleted OR hidden THEN 0
    ELSE max(0, min(coalesce(likes_elsewhere, 0), 4294967296)) + max(0, min(likes_here, 4294967296)) END) VIRTUAL;
UPDATE topic SET likes = (SELECT coalesce(sum(score), 0) FROM post WHERE topic_id = topic.id);

CREATE TRIGGER post_came AFTER INSERT ON post WHEN new.score <> 0 BEGIN
  UPDATE topic SET likes = likes + new.score WHERE id = new.topic_id;
END;
CREATE TRIGGER post_liked AFTER UPDATE OF likes_elsewhere, likes_here, deleted, hidden ON post
WHEN new.score <> old.score BEGIN
  UPDATE topic SET likes = likes + new.score - old.score WHERE id = new.topic_id;
END;

CREATE INDEX topic_new              ON topic (began DESC, id DESC);
CREATE INDEX topic_board_new        ON topic (board_id, began DESC, id DESC);
CREATE INDEX topic_top              ON topic (likes DESC, id DESC) WHERE likes > 0;
CREATE INDEX topic_board_top        ON topic (board_id, likes DESC, id DESC) WHERE likes > 0;
CREATE INDEX topic_top_week         ON topic (week, likes DESC, id DESC) WHERE likes > 0;
CREATE INDEX topic_board_top_week   ON topic (board_id, week, likes DESC, id DESC) WHERE likes > 0;
CREATE INDEX topic_unanswered       ON topic (began DESC, id DESC) WHERE posts = 1 AND closed = 0;
CREATE INDEX topic_board_unanswered ON topic (board_id, began DESC, id DESC) WHERE posts = 1 AND closed = 0;
