"""In which order a forum's topics, or a board's, are shown: the reader's choice among what is offered there."""

from __future__ import annotations

import json

import apsw

from forumtui.errors import UsageError
from forumtui.model import LATEST, ONLY_LATEST, Listing, Order, settled
from forumtui.reader.rows import AccountKey, BoardKey, TopicQuery
from forumtui.reader.sql.columns import load_orders, one
from forumtui.values import quick_dataclass


@quick_dataclass(frozen=True, slots=True)
class Offer:
    """The orders that there are, the one that the forum shows first before the others, and what was chosen."""

    orders: tuple[Order, ...]
    chosen: str

    def named(self, name: str, period: str = "") -> tuple[Order, str]:
        """An order of these and its period; what is not offered any more is the first."""
        first = self.orders[0]
        wanted = settled(Listing(name or first.name, None, period), self.orders) or settled(
            Listing(first.name), self.orders
        )
        assert wanted is not None
        order = next((order for order in (*self.orders, *ONLY_LATEST) if order.name == wanted.name), first)
        return order, wanted.period


def offer(connection: apsw.Connection, account: AccountKey, board: BoardKey | None) -> Offer:
    """What a board offers or, where it says nothing or there is none, the forum; the latest of what is gone."""
    orders, chosen = one(connection, "SELECT orders, chosen FROM account WHERE key = ?", (account,)) or ("", "")
    offered = load_orders(json.loads(orders)) if orders else ()
    if board is not None:
        sql = "SELECT iif(detail = '', NULL, detail ->> '$.orders'), chosen FROM board WHERE key = ?"
        own, chosen = one(connection, sql, (board,)) or (None, "")
        offered = load_orders(json.loads(own)) if own is not None else offered
    return Offer(offered or ONLY_LATEST, chosen)


def shown(connection: apsw.Connection, query: TopicQuery) -> tuple[Order, str]:
    """The order of a list and its period: what the query names, else what was chosen there.

    Lists over several forums, and bookmarks, have the latest first.
    """
    if query.account is None or query.bookmarked:
        return ONLY_LATEST[0], ""
    if query.order == LATEST:  # asked for with every window of most lists
        return ONLY_LATEST[0], ""
    there = offer(connection, query.account, query.board)
    return there.named(query.order, query.period) if query.order else there.named(*_parted(there.chosen))


def choose(connection: apsw.Connection, account: AccountKey, board: BoardKey | None, order: str, period: str) -> bool:
    """Remember a choice; whether it is another one.  Raises `UsageError` for what is not offered there."""
    there = offer(connection, account, board)
    if settled(Listing(order, None, period), there.orders) is None:
        raise UsageError("This list does not come in that order.")
    table, key = ("account", account) if board is None else ("board", board)
    chosen = f"{order}:{period}" if period else order
    if chosen == there.chosen:
        return False
    connection.execute(f"UPDATE {table} SET chosen = ? WHERE key = ?", (chosen, key))  # noqa: S608 - our own words
    return True


def _parted(chosen: str) -> tuple[str, str]:
    name, _, period = chosen.partition(":")
    return name, period
