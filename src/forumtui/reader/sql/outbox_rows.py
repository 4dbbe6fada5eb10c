# ruff: noqa: S608 - statements are made of this module's own words; values are always bound
"""Outbox rows as values, and those of them that the thread shows because the forum does not yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import apsw

from forumtui.errors import NotFound
from forumtui.model import Body, Format, Millis, PostId, TopicId
from forumtui.reader.rows import AccountKey, OutKind, OutRow, OutState, TopicKey
from forumtui.reader.sql.columns import Row, every, millis, one

_SELECT = """
SELECT o.uid, o.account, a.name, o.kind, o.state, o.board_ref, o.topic_ref, o.parent_ref, o.post_ref, o.place, o.answers, o.subject,
  o.text, o.format, o.cursor, o.revision, o.attempts, o.not_before, o.error, o.choices, o.created, o.updated, o.remote_post,
  o.remote_topic, o.unknown_end, o.baseline, o.rejections, o.base, o.theirs, o.id
FROM outgoing AS o JOIN account AS a ON a.key = o.account
"""


def _out(row: Row) -> OutRow:
    uid, account, name, kind, state, board_ref, topic_ref, parent_ref, post_ref, place, answers, subject = row[:12]
    text, form, cursor, revision, attempts, not_before, error, choices, created, updated = row[12:22]
    remote_post, remote_topic, unknown_end, baseline, rejections, base, theirs, _ = row[22:]
    return OutRow(
        uid=uid,
        account=AccountKey(account),
        account_name=name,
        kind=OutKind(kind),
        state=OutState(state),
        board_ref=board_ref,
        topic_ref=topic_ref,
        parent_ref=parent_ref,
        post_ref=post_ref,
        where=place,
        to=answers,
        subject=subject,
        body=Body(text, cast("Format", form)),
        cursor=cursor,
        revision=revision,
        attempts=attempts,
        not_before=millis(not_before),
        error=error,
        choices=tuple(choices.split()),
        created=Millis(created),
        updated=Millis(updated),
        remote_post=None if remote_post is None else PostId(remote_post),
        remote_topic=None if remote_topic is None else TopicId(remote_topic),
        unknown_end=bool(unknown_end),
        baseline=baseline,
        rejections=rejections,
        base=base,
        theirs=theirs,
    )


def select(
    connection: apsw.Connection, where: str, values: Sequence[Any] | Mapping[str, Any]
) -> list[tuple[int, OutRow]]:
    """(id, row) of the rows that match a condition on ``o``, oldest first."""
    return [(row[-1], _out(row)) for row in every(connection, f"{_SELECT} WHERE {where} ORDER BY o.id", values)]


def get(connection: apsw.Connection, uid: str) -> OutRow:
    """Raises `NotFound`, also for a row that was thrown away."""
    found = one(connection, f"{_SELECT} WHERE o.uid = ? AND o.state <> 'discarded'", (uid,))
    if found is None:
        raise NotFound("There is no such draft (any more).")
    return _out(found)


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
