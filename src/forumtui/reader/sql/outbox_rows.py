# ruff: noqa: S608 - statements are made of this module's own words; values are always bound
"""Outbox rows as values, and those of them that the thread shows because the forum does not yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import apsw

from forumtui.errors import NotFound
from forumtui.model import Format, Millis
from forumtui.reader.rows import OutRow, OutState, TopicKey
from forumtui.reader.sql import states
from forumtui.reader.sql.columns import every, one, ours
from forumtui.reader.target import UNSENT, OutKind, Ref, Remote, Target, ref_of, text_of
from forumtui.sqlite.columns import Column, Table

_LONGEST_TIME = 16


def _ref(text: str | None) -> Ref | None:
    return None if text is None else ref_of(text)


def _time(text: str | None) -> Millis | None:
    """A time as it was kept in a column of text; anything else, as in a file that somebody edited, is none."""
    if text is None or not text.isdecimal() or len(text) > _LONGEST_TIME:
        return None
    return Millis(int(text))


def _target(*row: Any) -> Target:
    return TARGET.value(row)


ref = partial(Column, load=_ref, store=text_of)
TARGET = Table(
    Target,
    "outgoing",
    "o",
    [
        Column("account"),
        Column("kind", load=OutKind, store=str),
        ref("board", column="board_ref"),
        ref("topic", column="topic_ref"),
        ref("parent", column="parent_ref"),
        ref("post", column="post_ref"),
        Column("format", load=Format.of),
        Column("base"),
    ],
)
target = ours("target", load=_target, sql=TARGET.expressions)
OUTGOING = Table(
    OutRow,
    "outgoing",
    "o",
    [
        target,
        ours("account_name", sql="a.name"),
        Column("uid"),
        Column("state", load=OutState),
        Column("where", column="place"),
        Column("to", column="answers"),
        Column("subject"),
        Column("text"),
        Column("cursor"),
        Column("revision"),
        Column("fingerprint", reads=False),
        Column("baseline", load=_time),
        Column("attempts"),
        Column("not_before"),
        Column("error"),
        Column("choices", load=lambda words: tuple(words.split())),
        Column("unknown_end", load=bool),
        Column("remote_topic"),
        Column("remote_post"),
        Column("turn", reads=False),
        Column("rejections"),
        Column("theirs"),
        Column("created"),
        Column("updated"),
    ],
)
"""What stands in the small file of a row too, with its target; where it is written, most of it is said by what happened."""
_SELECT = f"SELECT o.id, {OUTGOING.select} FROM outgoing AS o JOIN account AS a ON a.key = o.account"


def select(
    connection: apsw.Connection, where: str, values: Sequence[Any] | Mapping[str, Any]
) -> list[tuple[int, OutRow]]:
    """(id, row) of the rows that match a condition on ``o``, oldest first."""
    return [
        (row[0], OUTGOING.value(row[1:])) for row in every(connection, f"{_SELECT} WHERE {where} ORDER BY o.id", values)
    ]


def get(connection: apsw.Connection, uid: str) -> OutRow:
    """Raises `NotFound`, also for a row that was thrown away."""
    found = one(connection, f"{_SELECT} WHERE o.uid = ? AND o.state <> '{states.DISCARDED}'", (uid,))
    if found is None:
        raise NotFound("There is no such draft (any more).")
    return OUTGOING.value(found[1:])


_WAITING = f"""
o.account = (SELECT account FROM topic WHERE key = :topic) AND o.topic_ref = (SELECT id FROM topic WHERE key = :topic)
AND o.state NOT IN {states.UNSHOWN}
"""
_REPLY = f"""
{_WAITING} AND o.kind = '{OutKind.REPLY}' AND (o.state <> '{OutState.SENT}' OR (o.remote_post IS NOT NULL
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
    found = select(
        connection,
        f"{_WAITING} AND o.kind IN ('{OutKind.EDIT}', '{OutKind.DELETE}') AND o.state <> '{OutState.SENT}'",
        {"topic": topic},
    )
    return {row.target.post.id: row for _, row in found if isinstance(row.target.post, Remote)}
