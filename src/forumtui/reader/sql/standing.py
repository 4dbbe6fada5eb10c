"""Which topics stand in a list in an order of the forum's, and how far it was fetched."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import apsw

from forumtui.model import LATEST, BoardId, Cursor, Listing, Millis, TopicId, settled
from forumtui.reader.rows import AccountKey, BoardKey, TopicQuery
from forumtui.reader.sql import orders
from forumtui.reader.sql.boards import key_of
from forumtui.reader.sql.columns import every, json_list, must, one
from forumtui.text.sanitise import clean_line
from forumtui.values import quick_dataclass

_LONG_AGO = 90 * 86_400_000
"""Ms; a list that nobody looked at since then is forgotten."""
_MOST = 5000
"""Topics of a page."""


@quick_dataclass(frozen=True, slots=True)
class Kept:
    """A list of which something was fetched."""

    key: int
    at: Millis
    """When its first page came."""
    after: Cursor | None
    """Where it goes on; None: it is here to its end."""
    note: str
    """Why the forum does not give it."""


def find(
    connection: apsw.Connection, account: AccountKey, board: BoardKey | None, name: str, period: str
) -> Kept | None:
    """The list, if any of it was ever fetched."""
    sql = "SELECT key, at, after, note FROM listing WHERE account = ? AND coalesce(board, 0) = ? AND name = ? AND period = ?"
    found = one(connection, sql, (account, board or 0, name, period))
    if found is None:
        return None
    key, at, after, note = found
    return Kept(key, Millis(at), None if after is None else Cursor(after), note)


def find_listing(connection: apsw.Connection, account: AccountKey, listing: Listing) -> tuple[Listing, Kept | None]:
    """The same by the forum's own word for the board, and with its period said as it is offered there."""
    board = None
    if listing.board is not None:
        row = one(connection, "SELECT key FROM board WHERE account = ? AND id = ?", (account, listing.board))
        if row is None:
            return listing, None
        board = BoardKey(row[0])
    said = settled(listing, orders.offer(connection, account, board).orders) or listing
    return said, find(connection, account, board, said.name, said.period)


def look(connection: apsw.Connection, kept: Kept, now: Millis) -> None:
    """Remember that somebody looks at it."""
    connection.execute("UPDATE listing SET looked = ? WHERE key = ?", (now, kept.key))


def due(connection: apsw.Connection, account: AccountKey, *, looked_since: Millis, until: Millis) -> Listing | None:
    """What is shown of the whole forum, or a list that somebody looked at, whose first page is older than ``until``."""
    order, period = orders.shown(connection, TopicQuery(account))
    if order.name != LATEST:
        kept = find(connection, account, None, order.name, period)
        if kept is None or kept.at < until:
            return Listing(order.name, None, period)
    sql = """
    SELECT l.name, b.id, l.period FROM listing AS l LEFT JOIN board AS b ON b.key = l.board
    WHERE l.account = ? AND l.looked >= ? AND l.at < ? AND l.name <> ? ORDER BY l.looked DESC LIMIT 1
    """
    found = one(connection, sql, (account, looked_since, until, LATEST))
    return None if found is None else Listing(found[0], None if found[1] is None else BoardId(found[1]), found[2])


def refuse(connection: apsw.Connection, account: AccountKey, listing: Listing, note: str, now: Millis) -> None:
    """Remember why the forum does not give a list; what is here of it stays."""
    _put(connection, account, listing, None, now, note=clean_line(note))


def begin(
    connection: apsw.Connection,
    account: AccountKey,
    listing: Listing,
    topics: Sequence[TopicId],
    after: Cursor | None,
    now: Millis,
) -> None:
    """Take over a list's first page: it stands before what is left of older pages.

    Of those all goes that stood before the last topic of the page that was among them: it stands there no longer.
    """
    connection.execute("DELETE FROM listing WHERE account = ? AND looked < ?", (account, now - _LONG_AGO))
    key, era = _put(connection, account, listing, after, now)
    _take(connection, account, key, era, topics, after)


def _put(
    connection: apsw.Connection,
    account: AccountKey,
    listing: Listing,
    after: Cursor | None,
    now: Millis,
    *,
    note: str = "",
) -> tuple[int, int]:
    """The row of a list and its new era."""
    board = None if listing.board is None else key_of(connection, account, listing.board)
    key, era = must(
        one(
            connection,
            """
            INSERT INTO listing (account, board, name, period, at, looked, after, note) VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7)
            ON CONFLICT (account, coalesce(board, 0), name, period) DO UPDATE SET at = ?5, after = ?6, note = ?7, era = era - 1
            RETURNING key, era
            """,
            (account, board, listing.name, listing.period, now, after, note),
        ),
        "The list could not be stored.",
    )
    return int(key), int(era)


def go_on(
    connection: apsw.Connection, account: AccountKey, kept: Kept, topics: Sequence[TopicId], after: Cursor | None
) -> None:
    """Take over the page behind those that a list had when it was asked for, unless it was begun anew meanwhile."""
    sql = "UPDATE listing SET after = ? WHERE key = ? AND after = ? RETURNING era"
    found = one(connection, sql, (after, kept.key, kept.after))
    if found is not None:
        _take(connection, account, kept.key, found[0], topics, after)


def _take(
    connection: apsw.Connection,
    account: AccountKey,
    listing: int,
    era: int,
    topics: Sequence[TopicId],
    after: Cursor | None,
) -> None:
    wanted = (
        "SELECT t.key, s.era, s.sort FROM json_each(?1) AS w CROSS JOIN topic AS t ON t.account = ?2 AND t.id = w.value"
    )
    places = every(
        connection,
        f"{wanted} LEFT JOIN standing AS s ON s.topic = t.key AND s.listing = ?3 ORDER BY w.key",
        (json_list(islice(dict.fromkeys(topics), _MOST)), account, listing),
    )
    last = next(((old, sort) for _, old, sort in reversed(places) if old is not None and old != era), None)
    if after is None:
        connection.execute("DELETE FROM standing WHERE listing = ? AND era <> ?", (listing, era))
    elif last is not None:
        sql = "DELETE FROM standing WHERE listing = ? AND era <> ? AND (era, sort) <= (?, ?)"
        connection.execute(sql, (listing, era, *last))
    new = [key for key, old, _ in places if old != era]
    connection.execute(
        "DELETE FROM standing WHERE listing = ? AND topic IN (SELECT value FROM json_each(?))",
        (listing, json_list(new)),
    )
    sql = "SELECT coalesce(max(sort) + 1, 0) FROM standing WHERE listing = ? AND era = ?"
    (end,) = must(one(connection, sql, (listing, era)), "")
    connection.executemany(
        "INSERT INTO standing (listing, era, sort, topic) VALUES (?, ?, ?, ?)",
        [(listing, era, end + place, key) for place, key in enumerate(new)],
    )
