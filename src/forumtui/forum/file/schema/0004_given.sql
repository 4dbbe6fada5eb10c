-- What was given here counts: a leader whom an import named leads in word only, as a role from elsewhere is a word only.

ALTER TABLE board ADD COLUMN leader_given INTEGER NOT NULL DEFAULT 0 CHECK (leader_given IN (0, 1));
UPDATE board SET leader_given = 1 WHERE leader_id IS NOT NULL AND (origin IS NULL OR id IN (
  SELECT board_id FROM log
  WHERE operation = 'accept' OR (operation = 'edit board' AND ', ' || detail || ',' LIKE '%, leader,%')));
DROP INDEX board_led;
CREATE INDEX board_led ON board (leader_id, leader_given) WHERE leader_id IS NOT NULL;
