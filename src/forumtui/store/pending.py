# ruff: noqa: S608 - statements are made of this module's own words; values are always bound
"""Acts of mine that the forum does not show yet, where the thread shows them."""

from __future__ import annotations

import apsw

from forumtui.rows import OutRow, TopicKey
from forumtui.store.outbox_rows import select
from forumtui.store.values import every

_WAITING = """
o.account = (SELECT account FROM topic WHERE key = :topic) AND o.topic_ref = (SELECT id FROM topic WHERE key = :topic)
AND o.state NOT IN ('draft', 'discarded')
"""
_REPLY = f"""
{_WAITING} AND o.kind = 'reply' AND (o.state <> 'sent' OR (o.remote_post IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM post AS p WHERE p.account = o.account AND p.id = o.remote_post)))
"""


def pending_replies(connection: apsw.Connection, topic: TopicKey) -> list[tuple[int, int | None]]:
    """(negative key, parent's key) of my replies that are not among the forum's posts yet, oldest first."""
    found = every(
        connection,
        f"""
        SELECT -o.id, CASE WHEN o.parent_ref LIKE 'outbox:%'
          THEN (SELECT -r.id FROM outgoing AS r WHERE r.uid = substr(o.parent_ref, 8))
          ELSE (SELECT p.key FROM post AS p WHERE p.account = o.account AND p.id = o.parent_ref) END
        FROM outgoing AS o WHERE {_REPLY} ORDER BY o.id
        """,
        {"topic": topic},
    )
    return [(key, parent) for key, parent in found]


def replies(connection: apsw.Connection, topic: TopicKey) -> dict[int, OutRow]:
    """My replies that are not among the forum's posts yet, by their negative key."""
    return {-number: row for number, row in select(connection, _REPLY, {"topic": topic})}


def changes(connection: apsw.Connection, topic: TopicKey) -> dict[str, OutRow]:
    """My edits and deletions on their way, by the id of the post; the newest where there are several."""
    found = select(connection, f"{_WAITING} AND o.kind IN ('edit', 'delete') AND o.state <> 'sent'", {"topic": topic})
    return {row.post_ref: row for _, row in found if row.post_ref is not None}
