"""The audit log of a forum file: a line for whatever took a right that not every member has."""

from __future__ import annotations

import apsw

from forumtui.forum.file.pages import MOST_ROWS, cursor_numbers
from forumtui.forum.file.tables import LOG
from forumtui.forum.file.viewer import Viewer, rows
from forumtui.forum.permissions import Operation, check
from forumtui.model import Cursor, LogEntry, Millis, Page
from forumtui.sqlite.columns import add
from forumtui.values import quick_dataclass


@quick_dataclass(frozen=True, slots=True)
class Hand:
    """Who does something, and when; "" is the keeper of the file."""

    name: str
    now: Millis


def write_line(
    connection: apsw.Connection,
    hand: Hand,
    operation: str,
    detail: str,
    *,
    topic: int | None = None,
    post: int | None = None,
    board: int | None = None,
) -> None:
    """Add a line, in the transaction of what it tells of."""
    add(
        connection,
        "log",
        created=hand.now,
        member=hand.name,
        operation=operation,
        detail=detail,
        topic_id=topic,
        post_id=post,
        board_id=board,
    )


def log(connection: apsw.Connection, who: Viewer, after: Cursor | None, limit: int) -> Page[LogEntry]:
    """The newest lines first.  Raises `Forbidden`."""
    check(who.rights.lack(Operation.SEE_LOG))
    limit = max(1, min(limit, MOST_ROWS))
    bound = (1 << 63) - 1 if after is None else cursor_numbers(after, 1)[0]
    found = rows(
        connection,
        LOG.kinds,
        f"SELECT {LOG.select} FROM log WHERE id < ? ORDER BY id DESC LIMIT ?",  # noqa: S608 - fixed words only
        (bound, limit + 1),
    )
    entries = tuple(map(LOG.value, found[:limit]))
    return Page(entries, after=Cursor(entries[-1].id) if len(found) > limit else None)
