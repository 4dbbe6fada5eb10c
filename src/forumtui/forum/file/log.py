"""The audit log of a forum file: a line for whatever took a right that not every member has."""

from __future__ import annotations

import apsw

from forumtui.forum.file.pages import MOST_ROWS, cursor_numbers
from forumtui.forum.file.viewer import Viewer, plausible, rows
from forumtui.forum.permissions import Operation, check
from forumtui.model import BoardId, Cursor, LogEntry, Millis, Page, PostId, TopicId
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
    connection.execute(
        "INSERT INTO log (created, member, operation, detail, topic_id, post_id, board_id) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (hand.now, hand.name, operation, detail, topic, post, board),
    )


def log(connection: apsw.Connection, who: Viewer, after: Cursor | None, limit: int) -> Page[LogEntry]:
    """The newest lines first.  Raises `Forbidden`."""
    check(who.rights.lack(Operation.SEE_LOG))
    limit = max(1, min(limit, MOST_ROWS))
    bound = (1 << 63) - 1 if after is None else cursor_numbers(after, 1)[0]
    found = rows(
        connection,
        (int, int, str, str, str, int | None, int | None, int | None),
        "SELECT id, created, member, operation, detail, topic_id, post_id, board_id FROM log WHERE id < ? "
        "ORDER BY id DESC LIMIT ?",
        (bound, limit + 1),
    )
    entries = tuple(
        LogEntry(
            str(number),
            plausible(Millis(created)) or Millis(0),
            name,
            operation,
            detail,
            None if topic is None else TopicId(str(topic)),
            None if post is None else PostId(str(post)),
            None if board is None else BoardId(str(board)),
        )
        for number, created, name, operation, detail, topic, post, board in found[:limit]
    )
    return Page(entries, after=Cursor(entries[-1].id) if len(found) > limit else None)
