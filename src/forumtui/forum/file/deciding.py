"""Settling what waits for the moderators of a forum file."""

from __future__ import annotations

from dataclasses import replace

from forumtui.errors import Overtaken, Refused
from forumtui.forum.bounds import REASON
from forumtui.forum.file.feed import boards_changed
from forumtui.forum.file.moderating import set_hidden
from forumtui.forum.file.posting import edit, open_topic, reply
from forumtui.forum.file.queue import Holdable, Waiting, held_act, waiting
from forumtui.forum.file.targets import Desk, post_target
from forumtui.forum.file.viewer import viewer
from forumtui.forum.permissions import Operation, Rights, check
from forumtui.model import Decide, NewTopic, PostId, QueueKind, Receipt, Reply, TopicId
from forumtui.text.sanitise import clean_line


def decide(desk: Desk, act: Decide) -> Receipt:
    """Approve or reject what waits; the right is needed on the board that it is about."""
    item = waiting(desk.connection, act.item)
    check(desk.who.refusal(Operation.SETTLE, item.board))
    reason = clean_line(act.reason, REASON)
    match item.kind:
        case QueueKind.HELD:
            receipt = _publish(desk, item) if act.approve else _reject(desk, item, reason)
        case QueueKind.VOLUNTEER:
            receipt = _answer(desk, item, reason, accept=act.approve)
        case QueueKind.REPORT:
            receipt = _review(desk, item, reason, hide=act.approve)
    desk.connection.execute(
        "UPDATE queue SET decided = ?, approved = ? WHERE id = ?", (desk.now, int(act.approve), item.id)
    )
    return receipt


def carry_out(desk: Desk, act: Holdable) -> Receipt:
    """An act that may have waited."""
    match act:
        case NewTopic():
            return open_topic(desk, act)
        case Reply():
            return reply(desk, act)
        case _:
            return edit(desk, act)


def _publish(desk: Desk, item: Waiting) -> Receipt:
    """Do in the author's name what was held; what became of it stands under the author's key."""
    author = viewer(desk.connection, item.member, "")
    # a suspension since then is no matter: a moderator wants this to be seen
    author = replace(author, rights=Rights(author.rights.role))
    try:
        done = carry_out(replace(desk, who=author), held_act(item.act or ""))
    except (Refused, Overtaken) as error:
        raise Refused(f"This can not be published any more: {error}") from error
    topic, post = int(done.topic or 0), int(done.post or 0)
    desk.connection.execute(
        "UPDATE act SET outcome = ?, topic_id = ?, post_id = ? WHERE member_id = ? AND origin = ?",
        (done.outcome, topic, post, author.id, item.origin),
    )
    desk.log("publish", _title(desk, topic), item.member, topic=topic, post=post)
    return replace(done, outcome="done")


def _reject(desk: Desk, item: Waiting, reason: str) -> Receipt:
    desk.connection.execute(
        "UPDATE act SET outcome = 'rejected', reason = ? "
        "WHERE member_id = (SELECT member_id FROM queue WHERE id = ?) AND origin = ?",
        (reason, item.id, item.origin),
    )
    act = held_act(item.act or "")
    title = clean_line(act.subject) if isinstance(act, NewTopic) else _title(desk, item.topic)
    desk.log("reject", f"{title} ({item.member})", reason, topic=item.topic, post=item.post, board=item.board)
    return Receipt("done")


def _answer(desk: Desk, item: Waiting, reason: str, *, accept: bool) -> Receipt:
    (title,) = desk.connection.execute("SELECT title FROM board WHERE id = ?", (item.board,)).fetchall()[0]
    if accept:
        desk.connection.execute(
            "UPDATE board SET leader_id = (SELECT id FROM member WHERE name = ?), leader_wanted = 0, "
            "leader_given = 1 WHERE id = ?",
            (item.member, item.board),
        )
        boards_changed(desk.connection, item.board)
    desk.log("accept" if accept else "decline", f"{title} ({item.member})", reason, board=item.board)
    return Receipt("done")


def _review(desk: Desk, item: Waiting, reason: str, *, hide: bool) -> Receipt:
    post = post_target(desk, TopicId(str(item.topic)), PostId(str(item.post)))
    if hide:
        return set_hidden(desk, post, reason, hidden=True)
    desk.log("leave", post.title, reason, topic=post.topic, post=post.id)
    return Receipt("done", TopicId(str(post.topic)), PostId(str(post.id)))


def _title(desk: Desk, topic: int | None) -> str:
    return str(desk.connection.execute("SELECT title FROM topic WHERE id = ?", (topic,)).get)
