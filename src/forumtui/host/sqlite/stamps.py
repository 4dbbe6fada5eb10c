"""Numbering what changes in a forum file, so that its feed can tell of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import apsw

from forumtui.host.sqlite.rows import private_boards


def next_n(connection: apsw.Connection, count: int = 1) -> int:
    """Take ``count`` numbers of the change feed; returns the last of them."""
    return int(connection.execute("UPDATE forum SET feed = feed + ? RETURNING feed", (count,)).get)


def boards_changed(connection: apsw.Connection, board: int | None = None) -> None:
    """Tell the feed that boards, roles or the forum's own fields should be read again.

    ``board``: all that changed stands on this one, so guests are told only if they see it.
    """
    connection.execute("UPDATE forum SET feed = feed + 1, boards_n = feed + 1")
    if board is None or board not in private_boards(connection):
        connection.execute("UPDATE forum SET guests_boards_n = boards_n")


def guests_begin_anew(connection: apsw.Connection) -> None:
    """Tell guests that something was closed or opened to them; call it after the change has its number."""
    connection.execute("UPDATE forum SET guests_n = feed")


@contextmanager
def minding_guests(connection: apsw.Connection) -> Iterator[None]:
    """For changes of boards, which may close some of them to guests, or open them."""
    before = private_boards(connection)
    yield
    if private_boards(connection) != before:
        guests_begin_anew(connection)
