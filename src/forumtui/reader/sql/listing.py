# ruff: noqa: S608 - statements are made of this module's own words; values are always bound
"""Windows of topic lists: every list is a merge of lanes, each lane one stretch of an index.

A lane is a board (pinned first, then newest), an account (newest), or what stands in a list of the forum's own order;
SQLite merges the lanes lazily, so that a window costs the same wherever it lies and however many topics there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import apsw

from forumtui.model import LATEST
from forumtui.reader.rows import AccountKey, Rows, Sorted, TopicKey, TopicQuery, TopicRow
from forumtui.reader.sql import boards, orders, standing, topics
from forumtui.reader.sql.columns import every, must, one
from forumtui.text.fold import fold
from forumtui.values import quick_dataclass

_MOST_LANES = 400
"""SQLite joins at most 500 SELECTs; a board with more children shows its whole account instead."""


@quick_dataclass(frozen=True, slots=True)
class _Lanes:
    """Where the rows of lists of a kind stand, each lane under a number."""

    source: str
    number: str
    order: tuple[str, ...]
    """Columns; the last is the topic's key."""


_BOARDS = _Lanes("topic", "board", ("unpinned", "rank", "topic.key"))
_ACCOUNTS = _Lanes("topic", "account", ("rank", "topic.key"))
_STANDINGS = _Lanes(
    "standing CROSS JOIN topic ON topic.key = standing.topic", "listing", ("era", "sort", "standing.topic")
)


@quick_dataclass(frozen=True, slots=True)
class _List:
    """The lanes of a list and what it leaves out."""

    kind: _Lanes
    lanes: tuple[int, ...]
    where: str
    values: tuple[Any, ...]
    partial: bool
    """Whether every row of a lane belongs to the list, so that counters say how many there are."""

    def window(
        self, place: Sequence[int] | None, *, backwards: bool, inclusive: bool, limit: int
    ) -> tuple[str, tuple[Any, ...]]:
        """A statement for at most ``limit`` keys on one side of a place."""
        columns = self.kind.order
        order = ", ".join(f"{place} {'DESC' if backwards else 'ASC'}" for place in range(1, len(columns) + 1))
        beyond = ""
        if place is not None:
            sign = "<" if backwards else ">"
            beyond = f"AND ({', '.join(columns)}) {sign}{'=' if inclusive else ''} ({', '.join('?' * len(columns))})"
        lane = f"SELECT {', '.join(columns)} FROM {self.kind.source} WHERE {self.kind.number} = ? {self.where} {beyond}"
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


def _lanes(connection: apsw.Connection, query: TopicQuery) -> tuple[_Lanes, list[int]]:
    order, period = orders.shown(connection, query)
    if order.name != LATEST and query.account is not None:
        kept = standing.find(connection, query.account, query.board, order.name, period)
        return _STANDINGS, [] if kept is None else [kept.key]
    if query.board is not None:
        keys = boards.with_children(connection, query.board) if query.with_children else [query.board]
        if len(keys) <= _MOST_LANES:
            return _BOARDS, list(keys)
        account = must(
            one(connection, "SELECT account FROM board WHERE key = ?", (query.board,)), "The board is gone."
        )[0]
        return _ACCOUNTS, [account]
    return _ACCOUNTS, list(listed(connection)) if query.account is None else [query.account]


def sorted_as(connection: apsw.Connection, query: TopicQuery) -> Sorted:
    """In which order a list is, and how much of it is here."""
    order, period = orders.shown(connection, query)
    if query.account is None or query.bookmarked:
        return Sorted(order, period)
    kept = standing.find(connection, query.account, query.board, order.name, period)
    return Sorted(
        order,
        period,
        orders.offer(connection, query.account, query.board).orders,
        kept.at if kept is not None and order.name != LATEST else None,
        kept is not None and kept.after is not None,
        "" if kept is None else kept.note,
    )


def _list(connection: apsw.Connection, query: TopicQuery) -> _List:
    kind, lanes = _lanes(connection, query)
    where, values = "", []
    if query.unread:
        where += " AND unread > 0"
    if query.bookmarked:
        where += " AND bookmarked + post_bookmarks > 0"
    wanted = fold(query.filter).strip()
    if wanted:
        where += " AND instr(folded, ?)"
        values.append(wanted)
    return _List(kind, tuple(lanes), where, tuple(values), not wanted)


def _total(connection: apsw.Connection, query: TopicQuery, lists: _List) -> int | None:
    if not lists.partial:
        return None
    holders = ", ".join("?" * len(lists.lanes))
    if query.bookmarked or lists.kind is _STANDINGS:
        source = lists.kind.source if lists.where else lists.kind.source.partition(" ")[0]
        sql = f"SELECT count(*) FROM {source} WHERE {lists.kind.number} IN ({holders}) {lists.where}"
    else:
        counter = "unread_topics" if query.unread else "topics"
        number = "key" if lists.kind is _BOARDS else "account"
        sql = f"SELECT coalesce(sum({counter}), 0) FROM board WHERE {number} IN ({holders})"
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
    sql = f"SELECT {', '.join(lists.kind.order)} FROM {lists.kind.source} WHERE topic.key = ?"
    if lists.kind is _STANDINGS:
        return one(connection, f"{sql} AND listing = ?", (anchor, lists.lanes[0]))
    return one(connection, sql, (anchor,))


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
