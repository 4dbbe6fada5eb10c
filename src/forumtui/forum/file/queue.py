"""What waits for the moderators of a forum file: reports, volunteers, and texts held for approval."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

import apsw

from forumtui.errors import Conflict, Forbidden, Refused, Unreadable
from forumtui.forum.file.moderating import locked
from forumtui.forum.file.pages import MOST_ROWS, cursor_numbers
from forumtui.forum.file.tables import id_of, when
from forumtui.forum.file.targets import Desk, board_row, post_receipt, post_target
from forumtui.forum.file.viewer import Viewer, missing, row_id, rows, word_of
from forumtui.forum.permissions import Operation, check
from forumtui.model import (
    Action,
    Cursor,
    Edit,
    NewTopic,
    Page,
    QueueId,
    QueueItem,
    QueueKind,
    Receipt,
    Reply,
    Report,
    Volunteer,
)
from forumtui.sqlite.columns import Column, Table, add
from forumtui.text.sanitise import clean_line, clean_text, store_text
from forumtui.values import quick_dataclass
from forumtui.wire import decode_act, encode

Holdable: TypeAlias = NewTopic | Reply | Edit
"""Acts that can wait for approval."""
_FROM = """
FROM queue q JOIN member m ON m.id = q.member_id LEFT JOIN topic t ON t.id = q.topic_id
  LEFT JOIN board b ON b.id = q.board_id LEFT JOIN post p ON p.id = q.post_id LEFT JOIN member a ON a.id = p.author_id
"""
_BOARD = "coalesce(t.board_id, q.board_id, 0)"
"""The topic knows it, because topics move."""


def _kind(stored: str) -> QueueKind:
    return word_of(QueueKind, stored) or QueueKind.HELD


def _title(known: str, act: str | None) -> str:
    held = None if act is None else held_act(act)
    return clean_line(held.subject) if isinstance(held, NewTopic) else known


QUEUE = Table(
    QueueItem,
    "queue",
    "q",
    (
        Column("id", str, kind=int),
        Column("kind", _kind, kind=str),
        Column("created", when, kind=int),
        Column("member", sql="m.name", kind=str),
        Column("board", str, sql=_BOARD, kind=int),
        Column("title", _title, sql=("coalesce(t.title, b.title, '')", "q.act"), kind=(str, str | None)),
        Column("text", kind=str),
        Column("topic", id_of, column="topic_id", kind=int | None),
        Column("post", id_of, column="post_id", kind=int | None),
        Column("author", sql=f"CASE q.kind WHEN '{QueueKind.REPORT}' THEN a.name END", kind=str | None),
    ),
)
"""As those see it who may settle it."""


def queue(connection: apsw.Connection, who: Viewer, after: Cursor | None, limit: int) -> Page[QueueItem]:
    """What waits and this member may settle, oldest first.  Raises `Forbidden` for who may settle nothing."""
    check(who.rights.lack(Operation.SETTLE, leads=bool(who.leads)))
    limit = max(1, min(limit, MOST_ROWS))
    values = {
        "after": 0 if after is None else cursor_numbers(after, 1)[0],
        "everywhere": who.rights.holds(Operation.SETTLE),
        "leads": json.dumps(sorted(who.leads)),
        "limit": limit + 1,
    }
    found = rows(
        connection,
        QUEUE.kinds,
        f"SELECT {QUEUE.select} {_FROM} WHERE q.decided IS NULL AND q.id > :after "  # noqa: S608 - fixed words only
        "AND (:everywhere OR coalesce(t.board_id, q.board_id) IN (SELECT value FROM json_each(:leads))) "
        "ORDER BY q.id LIMIT :limit",
        values,
    )
    items = tuple(map(QUEUE.value, found[:limit]))
    return Page(items, after=Cursor(items[-1].id) if len(found) > limit else None)


def report(desk: Desk, act: Report) -> Receipt:
    """Ask the moderators to look at a post, once."""
    post = post_target(desk, act.topic, act.post)
    check(locked(post) or desk.who.refusal(Operation.REPORT))
    reason = clean_text(act.reason).strip()
    if not reason:
        raise Refused("A report needs a reason.")
    _add(desk, QueueKind.REPORT, anew=False, topic_id=post.topic, post_id=post.id, text=reason)
    if not desk.connection.changes():
        raise Refused("You have reported this post before.")
    return post_receipt(post)


def volunteer(desk: Desk, act: Volunteer) -> Receipt:
    """Offer to lead a board, once for as long as nobody has answered."""
    check(desk.who.refusal(Operation.VOLUNTEER))
    board = board_row(desk, act.board)
    if not desk.connection.execute("SELECT leader_wanted FROM board WHERE id = ?", (board,)).get:
        raise Forbidden("This board wants no leader.")
    _add(desk, QueueKind.VOLUNTEER, anew=False, board_id=board, text=clean_text(act.text).strip())
    if not desk.connection.changes():
        raise Refused("You have offered to lead this board before; the moderators have not answered yet.")
    return Receipt("done")


def hold(desk: Desk, action: Action, act: Holdable) -> Receipt:
    """Keep an act for the moderators; nothing of it is shown."""
    board = row_id(act.board, "board") if isinstance(act, NewTopic) else None
    topic = None if isinstance(act, NewTopic) else row_id(act.topic, "topic")
    post = row_id(act.post, "post") if isinstance(act, Edit) else None
    _add(
        desk,
        QueueKind.HELD,
        board_id=board,
        topic_id=topic,
        post_id=post,
        text=store_text(act.body.source),
        origin=store_text(action.key),
        act=json.dumps(encode(act)),
    )
    return Receipt("held")


def _add(desk: Desk, kind: QueueKind, *, anew: bool = True, **stored: Any) -> None:
    add(desk.connection, "queue", anew=anew, kind=kind.value, member_id=desk.who.id, created=desk.now, **stored)


def held_act(stored: str) -> Holdable:
    """The act behind a held text."""
    try:
        act = decode_act(json.loads(stored))
    except (ValueError, RecursionError, Unreadable) as error:
        raise apsw.CorruptError("a held text in it can not be read") from error
    if not isinstance(act, NewTopic | Reply | Edit):
        raise apsw.CorruptError("it holds back what can not be held")
    return act


@quick_dataclass(frozen=True, slots=True)
class Waiting:
    """An item of the queue that is to be settled."""

    id: int
    kind: QueueKind
    member: str
    board: int
    topic: int | None
    post: int | None
    origin: str | None
    act: str | None


WAITING = Table(
    Waiting,
    "queue",
    "q",
    (
        Column("id", kind=int),
        Column("kind", _kind, kind=str),
        Column("member", sql="m.name", kind=str),
        Column("board", sql=_BOARD, kind=int),
        Column("topic", column="topic_id", kind=int | None),
        Column("post", column="post_id", kind=int | None),
        Column("origin", kind=str | None),
        Column("act", kind=str | None),
    ),
)


def waiting(connection: apsw.Connection, wanted: QueueId) -> Waiting:
    """An item that nobody settled yet.  Raises `Missing`, or `Conflict` if somebody did."""
    found = rows(
        connection,
        (int | None, *WAITING.kinds),
        f"SELECT q.decided, {WAITING.select} FROM queue q JOIN member m ON m.id = q.member_id "  # noqa: S608 - fixed words
        "LEFT JOIN topic t ON t.id = q.topic_id WHERE q.id = ?",
        (row_id(wanted, "waiting item"),),
    )
    for decided, *row in found:
        if decided is not None:
            raise Conflict("Somebody has settled this already.")
        return WAITING.value(row)
    raise missing("waiting item", wanted)
