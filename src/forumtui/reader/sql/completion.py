"""What somebody may mean who has typed a part of a command line: read from a library that may be in use."""

from __future__ import annotations

import apsw

from forumtui.reader.rows import AccountKey
from forumtui.reader.sql.orders import offer

MOST = 200
"""Words in a list to choose from."""


def names(connection: apsw.Connection) -> list[tuple[str, str]]:
    """The followed forums: name and title."""
    return list(connection.execute("SELECT name, title FROM account WHERE listed ORDER BY position, name"))


def account(connection: apsw.Connection, name: str, location: str) -> int | None:
    """The forum of this name, else the newest at this place."""
    found = connection.execute(
        "SELECT key FROM account WHERE name = ?1 OR location = ?2 ORDER BY name = ?1 DESC, key DESC", (name, location)
    ).fetchone()
    return None if found is None else int(found[0])


def topics(connection: apsw.Connection, account: int) -> list[tuple[str, str]]:
    """Its newest topics: id and title."""
    sql = "SELECT id, title FROM topic WHERE account = ? ORDER BY rank LIMIT ?"
    return list(connection.execute(sql, (account, MOST)))


def boards(connection: apsw.Connection, account: int) -> list[tuple[str, str]]:
    """Its boards: id and title."""
    sql = "SELECT id, title FROM board WHERE account = ? ORDER BY place LIMIT ?"
    return list(connection.execute(sql, (account, MOST)))


def orders(connection: apsw.Connection, account: int) -> list[tuple[str, str]]:
    """The orders in which it lists topics: "NAME" or "NAME:PERIOD", and what the forum calls it."""
    offered = offer(connection, AccountKey(account), None).orders
    pairs = [(order, period) for order in offered for period in order.periods or ("",)]
    return [(f"{order.name}:{period}" if period else order.name, order.title) for order, period in pairs]
