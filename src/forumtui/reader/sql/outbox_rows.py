# ruff: noqa: S608 - statements are made of this module's own words; values are always bound
"""Outbox rows as values, and those of them that the thread shows because the forum does not yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import apsw

from forumtui.errors import NotFound
from forumtui.model import Millis, PostId, TopicId
from forumtui.reader.rows import OutRow, OutState, TopicKey
from forumtui.reader.sql.columns import Row, every, millis, one
from forumtui.reader.target import UNSENT, AccountKey, OutKind, Remote, Target, ref_of, text_of

TARGET = ("account", "kind", "board_ref", "topic_ref", "parent_ref", "post_ref", "format", "base")
"""The columns that hold a `Target`, in the order of its fields."""
_PLACES = len(TARGET)
_LONGEST_TIME = 16
_SELECT = f"""
SELECT {", ".join(f"o.{column}" for column in TARGET)}, o.uid, a.name, o.state, o.place, o.answers, o.subject, o.text, o.cursor,
  o.revision, o.attempts, o.not_before, o.error, o.choices, o.created, o.updated, o.remote_post, o.remote_topic, o.unknown_end,
  o.baseline, o.rejections, o.theirs, o.id
FROM outgoing AS o JOIN account AS a ON a.key = o.account
"""


def target_of(row: Row) -> Target:
    """What the columns `TARGET` hold."""
    account, kind, *refs, form, base = row
    board, topic, parent, post = (None if ref is None else ref_of(ref) for ref in refs)
    return Target(AccountKey(account), OutKind(kind), board, topic, parent, post, form, base)


def columns_of(target: Target) -> dict[str, Any]:
    """The columns `TARGET` with their values."""
    refs = (text_of(ref) for ref in target.refs)
    values = (target.account, target.kind.value, *refs, target.format, target.base)
    return dict(zip(TARGET, values, strict=True))


def _time(text: str | None) -> Millis | None:
    """A time as it was kept in a column of text; anything else, as in a file that somebody edited, is none."""
    is_time = text is not None and text.isdecimal() and len(text) <= _LONGEST_TIME
    return Millis(int(text)) if text is not None and is_time else None


def _out(row: Row) -> OutRow:
    uid, name, state, place, answers, subject, text, cursor, revision, attempts, not_before = row[_PLACES:][:11]
    error, choices, created, updated, remote_post, remote_topic, unknown_end, baseline, rejections, theirs, _ = row[
        _PLACES:
    ][11:]
    return OutRow(
        uid=uid,
        account_name=name,
        target=target_of(row[:_PLACES]),
        state=OutState(state),
        where=place,
        to=answers,
        subject=subject,
        text=text,
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
        baseline=_time(baseline),
        rejections=rejections,
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
        SELECT -o.id, CASE WHEN o.parent_ref LIKE '{UNSENT}%'
          THEN (SELECT -r.id FROM outgoing AS r WHERE r.uid = substr(o.parent_ref, {len(UNSENT) + 1}))
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
    return {row.target.post.id: row for _, row in found if isinstance(row.target.post, Remote)}
