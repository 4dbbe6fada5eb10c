# ruff: noqa: S608 - statements are made of this module's own words; values are always bound
"""Windows of topic lists: every list is a merge of lanes, each lane one stretch of an index.

A lane is a board (pinned first, then newest) or an account (newest); SQLite merges the lanes lazily,
so that a window costs the same wherever it lies and however many topics there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import apsw

from forumtui.reader.rows import AccountKey, Rows, TopicKey, TopicQuery, TopicRow
from forumtui.reader.sql import boards, topics
from forumtui.reader.sql.columns import every, must, one
from forumtui.text.fold import fold
from forumtui.values import quick_dataclass

_MOST_LANES = 400
"""SQLite joins at most 500 SELECTs; a board with more children shows its whole account instead."""


@quick_dataclass(frozen=True, slots=True)
class _List:
    """The lanes of a list and what it leaves out."""

    lane: str
    lanes: tuple[int, ...]
    order: tuple[str, ...]
    where: str
    values: tuple[Any, ...]
    partial: bool
    """Whether every row of a lane belongs to the list, so that counters say how many there are."""

    def window(
        self, place: Sequence[int] | None, *, backwards: bool, inclusive: bool, limit: int
    ) -> tuple[str, tuple[Any, ...]]:
        """A statement for at most ``limit`` keys on one side of a place."""
        order = ", ".join(f"{column} {'DESC' if backwards else 'ASC'}" for column in self.order)
        beyond = ""
        if place is not None:
            sign = "<" if backwards else ">"
            beyond = (
                f"AND ({', '.join(self.order)}) {sign}{'=' if inclusive else ''} ({', '.join('?' * len(self.order))})"
            )
        lane = f"SELECT {', '.join(self.order)} FROM topic WHERE {self.lane} = ? {self.where} {beyond}"
        sql = f"{' UNION ALL '.join([lane] * len(self.lanes))} ORDER BY {order} LIMIT {limit}"
        values: list[Any] = []
        for lane_value in self.lanes:
            values += [lane_value, *self.values, *(place or ())]
        return sql, tuple(values)


def listed(connection: apsw.Connection) -> list[AccountKey]:
    """Accounts in order; the sample only while there is nothing else."""
    found = every(connection, "SELECT key, is_sample FROM account WHERE listed = 1 ORDER BY position, key")
    real = [AccountKey(key) for key, sample in found if not sample]
    return real or [AccountKey(key) for key, _ in found]


def _lanes(connection: apsw.Connection, query: TopicQuery) -> tuple[str, list[int]]:
    if query.board is not None:
        keys = boards.with_children(connection, query.board) if query.with_children else [query.board]
        if len(keys) <= _MOST_LANES:
            return "board", list(keys)
        account = must(
            one(connection, "SELECT account FROM board WHERE key = ?", (query.board,)), "The board is gone."
        )[0]
        return "account", [account]
    return "account", list(listed(connection)) if query.account is None else [query.account]


def _list(connection: apsw.Connection, query: TopicQuery) -> _List:
    lane, lanes = _lanes(connection, query)
    where, values = "", []
    if query.unread:
        where += " AND unread > 0"
    if query.bookmarked:
        where += " AND bookmarked + post_bookmarks > 0"
    wanted = fold(query.filter).strip()
    if wanted:
        where += " AND instr(folded, ?)"
        values.append(wanted)
    order = ("unpinned", "rank", "key") if lane == "board" else ("rank", "key")
    return _List(lane, tuple(lanes), order, where, tuple(values), not wanted)


def _total(connection: apsw.Connection, query: TopicQuery, lists: _List) -> int | None:
    if not lists.partial:
        return None
    holders = ", ".join("?" * len(lists.lanes))
    if query.bookmarked:
        sql = f"SELECT count(*) FROM topic WHERE {lists.lane} IN ({holders}) {lists.where}"
    else:
        counter = "unread_topics" if query.unread else "topics"
        sql = f"SELECT coalesce(sum({counter}), 0) FROM board WHERE {'key' if lists.lane == 'board' else 'account'} IN ({holders})"
    return int(must(one(connection, sql, lists.lanes), "")[0])


def window(
    connection: apsw.Connection, query: TopicQuery, *, anchor: TopicKey | None, end: bool, before: int, after: int
) -> Rows[TopicRow]:
    """Up to ``before`` rows, the anchor, and up to ``after`` rows; see `forumtui.reader.library.reading.Reading.topics`."""
    lists = _list(connection, query)
    if not lists.lanes:
        return Rows((), total=0)
    place = None if anchor is None or end else _place(connection, lists, anchor)
    if end:
        keys, more = _keys(connection, lists, None, backwards=True, inclusive=False, limit=before + after)
        rows = topics.many(connection, keys[::-1])
        return Rows(tuple(rows), max(0, len(rows) - 1), not more, True, _total(connection, query, lists))
    behind, more_behind = _keys(
        connection, lists, place, backwards=False, inclusive=True, limit=after + (place is not None)
    )
    ahead: list[TopicKey] = []
    more_ahead = False
    if place is not None:
        wanted = before if behind else before + after + 1
        ahead, more_ahead = _keys(connection, lists, place, backwards=True, inclusive=False, limit=wanted)
    rows = topics.many(connection, [*ahead[::-1], *behind])
    index = min(len(ahead), max(0, len(rows) - 1))
    return Rows(tuple(rows), index, not more_ahead, not more_behind, _total(connection, query, lists))


def _place(connection: apsw.Connection, lists: _List, anchor: TopicKey) -> tuple[int, ...] | None:
    return one(connection, f"SELECT {', '.join(lists.order)} FROM topic WHERE key = ?", (anchor,))


def _keys(
    connection: apsw.Connection,
    lists: _List,
    place: Sequence[int] | None,
    *,
    backwards: bool,
    inclusive: bool,
    limit: int,
) -> tuple[list[TopicKey], bool]:
    """Keys on one side of a place, the nearest first, and whether there are more."""
    sql, values = lists.window(place, backwards=backwards, inclusive=inclusive, limit=limit + 1)
    found = [TopicKey(row[-1]) for row in every(connection, sql, values)]
    return found[:limit], len(found) > limit


def neighbour(connection: apsw.Connection, query: TopicQuery, topic: TopicKey, step: int) -> TopicRow | None:
    """The topic ``step`` lines further down (negative: up)."""
    lists = _list(connection, query)
    place = _place(connection, lists, topic) if lists.lanes else None
    if place is None or step == 0:
        return None
    keys, _ = _keys(connection, lists, place, backwards=step < 0, inclusive=False, limit=abs(step))
    return topics.get(connection, keys[-1]) if len(keys) == abs(step) else None


def beyond(
    connection: apsw.Connection, query: TopicQuery, topic: TopicKey | None, *, backwards: bool
) -> TopicKey | None:
    """The list's next topic (backwards: the one before) after one that need not be in it; None: from its start."""
    lists = _list(connection, query)
    if not lists.lanes:
        return None
    place = None if topic is None else _place(connection, lists, topic)
    keys, _ = _keys(connection, lists, place, backwards=backwards, inclusive=False, limit=1)
    return keys[0] if keys else None
