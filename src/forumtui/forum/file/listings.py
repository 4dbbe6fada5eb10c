# ruff: noqa: S608 - statements are made of this module's own words; values are always bound
"""Pages of topics, in each order that is offered: a stretch of an index, or of several that are merged.

A lane is a board, and in a period a week of it, so that a page costs the same however many topics there are.
"""

from __future__ import annotations

import json
from typing import Any, cast

import apsw

from forumtui.errors import Unsupported
from forumtui.forum.file.pages import MOST_ROWS, cursor_numbers, headers_of
from forumtui.forum.file.viewer import Viewer, missing, row_id, rows
from forumtui.forum.orders import NEW, ORDERS, PERIODS, TOP, UNANSWERED
from forumtui.model import LATEST, BoardId, Cursor, Listing, Millis, Page, Topic, settled
from forumtui.values import quick_dataclass

_DAY = 86_400_000
_WEEK = 7 * _DAY
_MOST_WEEKS = max(days or 0 for days in PERIODS.values()) // 7 + 2
_MOST_LANES = 400
"""SQLite joins at most 500 SELECTs."""


@quick_dataclass(frozen=True, slots=True)
class _Rank:
    """What topics are ordered by, greatest first, which of them there are, and the indexes of all and of a board's."""

    by: tuple[str, ...]
    indexes: tuple[str, str]
    only: tuple[str, ...] = ()


_RANKS = {
    LATEST: _Rank(("t.pinned", "t.activity", "t.id"), ("topic_latest", "topic_board")),
    NEW: _Rank(("t.began", "t.id"), ("topic_new", "topic_board_new")),
    TOP: _Rank(("t.likes", "t.id"), ("topic_top", "topic_board_top"), ("t.likes > 0",)),
    UNANSWERED: _Rank(
        ("t.began", "t.id"), ("topic_unanswered", "topic_board_unanswered"), ("t.posts = 1", "t.closed = 0")
    ),
}
_WITHIN = _Rank(("t.likes", "t.id"), ("topic_top_week", "topic_board_top_week"), ("t.likes > 0",))
"""The top of a period."""


def topics(
    connection: apsw.Connection, who: Viewer, listing: Listing, after: Cursor | None, limit: int, now: Millis
) -> Page[Topic]:
    """A page of a listing.  The cursor says where it ended, and from when on a period counts."""
    wanted = settled(listing, ORDERS)
    if wanted is None:
        raise Unsupported("This forum does not list its topics in that order.")
    days = PERIODS.get(wanted.period)
    rank = _RANKS[wanted.name] if days is None else _WITHIN
    since = None if days is None else now - days * _DAY
    limit = max(1, min(limit, MOST_ROWS))
    values: dict[str, Any] = {"limit": limit + 1}
    where = [*rank.only, *who.topics_seen(values)]
    boards: list[int] = []
    if listing.board is not None:
        boards = _boards(connection, who, listing.board, below=wanted.name != LATEST)
    if after is not None:
        last = cursor_numbers(after, len(rank.by) + (since is not None))
        if since is not None:
            since = last.pop()
        where.append(f"({', '.join(rank.by)}) < ({', '.join(f':last{place}' for place in range(len(last)))})")
        values |= {f"last{place}": number for place, number in enumerate(last)}
    weeks = [""]
    if since is not None:
        where.append("t.created BETWEEN :since AND :now")
        values |= {"since": since, "now": now}
        weeks = [f" AND t.week = {week}" for week in _weeks(since, now)]
    if len(boards) * len(weeks) > _MOST_LANES:  # the lanes of the whole forum, less what is elsewhere
        where.append("t.board_id IN (SELECT value FROM json_each(:boards))")
        values["boards"] = json.dumps(boards)
        boards = []
    places = [f"t.board_id = {board}" for board in boards] or ["TRUE"]
    lanes = [place + week for place in places for week in weeks]
    index = rank.indexes[bool(boards)]
    found = rows(connection, (int,) * len(rank.by), _merged(rank, index, where, lanes), values)
    numbers = [number for *_, number in found[:limit]]
    headers = headers_of(connection, who, numbers)
    end = (*found[limit - 1], *([] if since is None else [since])) if len(found) > limit else ()
    return Page(
        tuple(headers[number] for number in numbers if number in headers),
        after=Cursor(".".join(map(str, end))) if end else None,
    )


def _weeks(since: int, now: Millis) -> range:
    """The weeks of a period, counted since 1970; no more than the longest has, whoever made the cursor."""
    current = now // _WEEK
    return range(min(current, max(since // _WEEK, current - _MOST_WEEKS)), current + 1)


def _merged(rank: _Rank, index: str, where: list[str], lanes: list[str]) -> str:
    """The rows of all lanes in their order, each lane read from an index no further than it is needed."""
    beyond = "".join(f" AND {condition}" for condition in where)
    columns = ", ".join(rank.by)
    selects = [f"SELECT {columns} FROM topic t INDEXED BY {index} WHERE {lane}{beyond}" for lane in lanes]
    order = ", ".join(f"{place} DESC" for place in range(1, len(rank.by) + 1))
    return f"{' UNION ALL '.join(selects)} ORDER BY {order} LIMIT :limit"


def _boards(connection: apsw.Connection, who: Viewer, board: BoardId, *, below: bool) -> list[int]:
    """The rows of a board that is shown and, if asked for, of those below it.  Raises `Missing`."""
    number = row_id(board, "board")
    found = connection.execute(
        "WITH RECURSIVE below (id) AS (SELECT id FROM board WHERE id = ?1 UNION "
        "SELECT b.id FROM below JOIN board b ON b.parent_id = below.id WHERE ?2) SELECT id FROM below",
        (number, below),
    ).fetchall()
    if number in who.unseen or not found:
        raise missing("board", board)
    return [int(cast("int", row[0])) for row in found]
