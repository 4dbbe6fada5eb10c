"""What waits for the moderators of a forum file: reports, volunteers, and texts held for approval."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

import apsw

from forumtui.errors import Conflict, Forbidden, Refused, Unreadable
from forumtui.forum.file.moderating import locked
from forumtui.forum.file.pages import MOST_ROWS, cursor_numbers
from forumtui.forum.file.targets import Desk, board_row, post_receipt, post_target
from forumtui.forum.file.viewer import Viewer, missing, plausible, row_id, rows, word_of
from forumtui.forum.permissions import Operation, check
from forumtui.model import (
    Action,
    BoardId,
    Cursor,
    Edit,
    Millis,
    NewTopic,
    Page,
    PostId,
    QueueId,
    QueueItem,
    QueueKind,
    Receipt,
    Reply,
    Report,
    TopicId,
    Volunteer,
)
from forumtui.text.sanitise import clean_line, clean_text, store_text
from forumtui.values import quick_dataclass
from forumtui.wire import decode_act, encode

Holdable: TypeAlias = NewTopic | Reply | Edit
"""Acts that can wait for approval."""
_ITEMS = """
SELECT q.id, q.kind, q.created, m.name, coalesce(t.board_id, q.board_id, 0), coalesce(t.title, b.title, ''), q.text,
  q.topic_id, q.post_id, CASE q.kind WHEN 'report' THEN a.name END, q.act
FROM queue q JOIN member m ON m.id = q.member_id LEFT JOIN topic t ON t.id = q.topic_id
  LEFT JOIN board b ON b.id = q.board_id LEFT JOIN post p ON p.id = q.post_id LEFT JOIN member a ON a.id = p.author_id
WHERE q.decided IS NULL AND q.id > :after
  AND (:everywhere OR coalesce(t.board_id, q.board_id) IN (SELECT value FROM json_each(:leads)))
ORDER BY q.id LIMIT :limit
"""


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
        connection, (int, str, int, str, int, str, str, int | None, int | None, str | None, str | None), _ITEMS, values
    )
    items = tuple(map(_item, found[:limit]))
    return Page(items, after=Cursor(items[-1].id) if len(found) > limit else None)


def _item(row: tuple[Any, ...]) -> QueueItem:
    number, kind, created, member, board, title, text, topic, post, author, act = row
    held = None if act is None else held_act(act)
    return QueueItem(
        QueueId(str(number)),
        word_of(QueueKind, kind) or QueueKind.HELD,
        plausible(Millis(created)) or Millis(0),
        member,
        BoardId(str(board)),
        clean_line(held.subject) if isinstance(held, NewTopic) else title,
        text,
        None if topic is None else TopicId(str(topic)),
        None if post is None else PostId(str(post)),
        author,
    )


def report(desk: Desk, act: Report) -> Receipt:
    """Ask the moderators to look at a post, once."""
    post = post_target(desk, act.topic, act.post)
    check(locked(post) or desk.who.refusal(Operation.REPORT))
    reason = clean_text(act.reason).strip()
    if not reason:
        raise Refused("A report needs a reason.")
    desk.connection.execute(
        "INSERT INTO queue (kind, member_id, created, topic_id, post_id, text) VALUES ('report', ?, ?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        (desk.who.id, desk.now, post.topic, post.id, reason),
    )
    if not desk.connection.changes():
        raise Refused("You have reported this post before.")
    return post_receipt(post)


def volunteer(desk: Desk, act: Volunteer) -> Receipt:
    """Offer to lead a board, once for as long as nobody has answered."""
    check(desk.who.refusal(Operation.VOLUNTEER))
    board = board_row(desk, act.board)
    if not desk.connection.execute("SELECT leader_wanted FROM board WHERE id = ?", (board,)).get:
        raise Forbidden("This board wants no leader.")
    desk.connection.execute(
        "INSERT INTO queue (kind, member_id, created, board_id, text) VALUES ('volunteer', ?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        (desk.who.id, desk.now, board, clean_text(act.text).strip()),
    )
    if not desk.connection.changes():
        raise Refused("You have offered to lead this board before; the moderators have not answered yet.")
    return Receipt("done")


def hold(desk: Desk, action: Action, act: Holdable) -> Receipt:
    """Keep an act for the moderators; nothing of it is shown."""
    board = row_id(act.board, "board") if isinstance(act, NewTopic) else None
    topic = None if isinstance(act, NewTopic) else row_id(act.topic, "topic")
    post = row_id(act.post, "post") if isinstance(act, Edit) else None
    desk.connection.execute(
        "INSERT INTO queue (kind, member_id, created, board_id, topic_id, post_id, text, origin, act) "
        "VALUES ('held', ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            desk.who.id,
            desk.now,
            board,
            topic,
            post,
            store_text(act.body.source),
            store_text(action.key),
            json.dumps(encode(act)),
        ),
    )
    return Receipt("held")


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


def waiting(connection: apsw.Connection, wanted: QueueId) -> Waiting:
    """An item that nobody settled yet.  Raises `Missing`, or `Conflict` if somebody did."""
    found = rows(
        connection,
        (int, str, str, int, int | None, int | None, str | None, str | None, int | None),
        "SELECT q.id, q.kind, m.name, coalesce(t.board_id, q.board_id, 0), q.topic_id, q.post_id, q.origin, q.act, "
        "q.decided FROM queue q JOIN member m ON m.id = q.member_id LEFT JOIN topic t ON t.id = q.topic_id "
        "WHERE q.id = ?",
        (row_id(wanted, "waiting item"),),
    )
    if not found:
        raise missing("waiting item", wanted)
    number, kind, *rest, decided = found[0]
    if decided is not None:
        raise Conflict("Somebody has settled this already.")
    return Waiting(number, word_of(QueueKind, kind) or QueueKind.HELD, *rest)
