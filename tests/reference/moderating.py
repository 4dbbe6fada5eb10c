"""What moderators and leaders may do in the reference forum, and what members may ask of them."""

from __future__ import annotations

import copy
from typing import TypeGuard

from tests.reference.acting import done, edit, locked, open_topic, post_in, receipt_of, reply
from tests.reference.records import ActRecord, PostRecord, Records, TopicRecord, WaitingRecord
from tests.reference.showing import board_of

from forumtui.errors import Conflict, Forbidden, Missing, Refused
from forumtui.forum.house import NEW_POSTS, Approval
from forumtui.forum.permissions import DELETED, OPENING, Operation, check
from forumtui.model import (
    Act,
    Close,
    Decide,
    Edit,
    Hide,
    Move,
    NewTopic,
    Pin,
    PostId,
    QueueKind,
    Receipt,
    Remove,
    Reply,
    Report,
    SetMark,
    SetTags,
    TopicId,
    Volunteer,
)
from forumtui.text.sanitise import clean_line, clean_text


def mark(records: Records, me: str, act: SetMark) -> Receipt:
    """Distinguish a post, or no longer."""
    topic = records.find_topic(act.topic)
    post = post_in(records, topic, act.post)
    check(locked(post) or records.refusal(me, Operation.MARK, topic.board))
    if (act.mark in post.marks) != act.on:
        (post.marks.add if act.on else post.marks.discard)(act.mark)
        records.note(me, "mark" if act.on else "unmark", f"{topic.title}: {act.mark}", topic=topic, post=post)
        done(records, topic, post, boards=True)
    return receipt_of(topic, post)


def pin(records: Records, me: str, act: Pin) -> Receipt:
    """Keep at the top, or no longer."""
    topic = records.find_topic(act.topic)
    check(records.refusal(me, Operation.PIN, topic.board))
    if topic.pinned != act.on:
        topic.pinned = act.on
        records.note(me, "pin" if act.on else "unpin", topic.title, topic=topic)
        records.changed(topic)
    return Receipt("done", TopicId(str(topic.id)))


def close(records: Records, me: str, act: Close) -> Receipt:
    """Take no more replies, or take them again."""
    topic = records.find_topic(act.topic)
    check(records.refusal(me, Operation.CLOSE, topic.board))
    if topic.closed != act.on:
        topic.closed = act.on
        records.note(me, "close" if act.on else "reopen", topic.title, topic=topic)
        records.changed(topic)
    return Receipt("done", TopicId(str(topic.id)))


def move(records: Records, me: str, act: Move) -> Receipt:
    """The right is needed on the board that the topic leaves."""
    topic = records.find_topic(act.topic)
    check(records.refusal(me, Operation.MOVE, topic.board))
    board = records.find_board(act.board)
    if board.id != topic.board:
        left = records.boards[topic.board]
        private = records.private()
        opened = left.id in private and board.id not in private
        if opened:
            check("" if records.rights(me).holds(Operation.MOVE) else OPENING)
            if not act.opens:
                raise Refused("Guests would see it there.")
        topic.board = board.id
        records.note(
            me,
            "move",
            f"{topic.title}: {left.title} → {board.title}" + (" (guests see it now)" if opened else ""),
            topic=topic,
            board=board.id,
        )
        records.changed(topic, boards=True)
        if (left.id in private) != (board.id in private):
            records.guests_n = records.feed
    return Receipt("done", TopicId(str(topic.id)))


def hide(records: Records, me: str, act: Hide) -> Receipt:
    """Show to moderators only, or restore."""
    topic = records.find_topic(act.topic)
    post = post_in(records, topic, act.post)
    check(DELETED if post.deleted else records.refusal(me, Operation.HIDE, topic.board))
    return _set_hidden(records, me, topic, post, act.reason, hidden=act.on)


def _set_hidden(
    records: Records, me: str, topic: TopicRecord, post: PostRecord, reason: str, *, hidden: bool
) -> Receipt:
    if hidden:
        records.settle_reports(post)
    if post.hidden != hidden:
        post.hidden = hidden
        detail = f"{topic.title}: {reason}" if reason else topic.title
        records.note(me, "hide" if hidden else "restore", detail, topic=topic, post=post)
        done(records, topic, post)
    return receipt_of(topic, post)


def set_tags(records: Records, me: str, act: SetTags) -> Receipt:
    """Other tags, each once."""
    topic = records.find_topic(act.topic)
    check(records.refusal(me, Operation.TAG, topic.board))
    tags = tuple(dict.fromkeys(tag for tag in map(clean_line, act.tags) if tag))
    if topic.tags != tags:
        topic.tags = tags
        records.note(me, "tag", f"{topic.title}: {', '.join(tags) or 'none'}", topic=topic)
        records.changed(topic)
    return Receipt("done", TopicId(str(topic.id)))


def remove(records: Records, me: str, act: Remove) -> Receipt:
    """Show to moderators only, or restore."""
    topic = records.find_topic(act.topic)
    check(records.refusal(me, Operation.REMOVE, topic.board))
    if topic.removed != act.on:
        topic.removed = act.on
        for post in topic.posts if act.on else ():
            records.settle_reports(post)
        word = "remove topic" if act.on else "restore topic"
        records.note(me, word, f"{topic.title}: {act.reason}" if act.reason else topic.title, topic=topic)
        records.changed(topic, boards=True)
    return Receipt("done", TopicId(str(topic.id)))


# -- the queue


def report(records: Records, me: str, act: Report) -> Receipt:
    """Once for each member and post."""
    topic = records.find_topic(act.topic)
    post = post_in(records, topic, act.post)
    check(locked(post) or records.refusal(me, Operation.REPORT))
    reason = clean_text(act.reason).strip()
    if not reason:
        raise Refused("A report needs a reason.")
    if any((item.kind, item.member, item.post) == (QueueKind.REPORT, me, post.id) for item in records.waiting.values()):
        raise Refused("You have reported this post before.")
    _wait(records, QueueKind.REPORT, me, reason, topic=topic.id, post=post.id)
    return receipt_of(topic, post)


def volunteer(records: Records, me: str, act: Volunteer) -> Receipt:
    """Once for as long as nobody has answered."""
    check(records.refusal(me, Operation.VOLUNTEER))
    board = records.find_board(act.board)
    if not board.leader_wanted:
        raise Forbidden("This board wants no leader.")
    offer = (QueueKind.VOLUNTEER, me, board.id, False)
    if any((item.kind, item.member, item.board, item.settled) == offer for item in records.waiting.values()):
        raise Refused("You have offered to lead this board before.")
    _wait(records, QueueKind.VOLUNTEER, me, clean_text(act.text).strip(), board=board.id)
    return Receipt("done")


def must_wait(act: Act, records: Records, me: str) -> TypeGuard[NewTopic | Reply | Edit]:
    """Whether moderators look at this first."""
    approval = records.policy.approval
    if not isinstance(act, NewTopic | Reply | Edit) or approval is Approval.NOBODY:
        return False
    board = records.find_board(act.board).id if isinstance(act, NewTopic) else records.find_topic(act.topic).board
    if not (records.refusal(me, Operation.SETTLE, board) and records.refusal(me, Operation.MARK, board)):
        return False
    shown = [
        post
        for post in records.posts.values()
        if post.author == me and not (post.hidden or records.topics[post.topic].removed)
    ]
    return approval is Approval.EVERYBODY or len(shown) < NEW_POSTS


def hold(records: Records, me: str, key: str, act: NewTopic | Reply | Edit) -> Receipt:
    """Keep for the moderators what would not be refused."""
    publish(copy.deepcopy(records), me, act)
    board = int(act.board) if isinstance(act, NewTopic) else None
    topic = None if isinstance(act, NewTopic) else int(act.topic)
    post = int(act.post) if isinstance(act, Edit) else None
    item = _wait(records, QueueKind.HELD, me, act.body.source, board=board, topic=topic, post=post)
    item.key = key
    return Receipt("held")


def publish(records: Records, me: str, act: Act) -> Receipt:
    """An act that may have waited."""
    records.reach(me, act)
    match act:
        case NewTopic():
            return open_topic(records, me, act)
        case Reply():
            return reply(records, me, act)
        case Edit():
            return edit(records, me, act)
        case _:
            raise TypeError(f"{act} is never held")


def _wait(
    records: Records,
    kind: QueueKind,
    me: str,
    text: str,
    *,
    board: int | None = None,
    topic: int | None = None,
    post: int | None = None,
) -> WaitingRecord:
    item = WaitingRecord(len(records.waiting) + 1, kind, me, records.now(), text, board, topic, post)
    records.waiting[item.id] = item
    return item


def decide(records: Records, me: str, act: Decide) -> Receipt:
    """The right is needed on the board that the item is about."""
    item = records.waiting.get(int(act.item)) if act.item.isdecimal() else None
    if item is None:
        raise Missing("There is no such waiting item.")
    if item.settled:
        raise Conflict("Somebody has settled this already.")
    check(records.refusal(me, Operation.SETTLE, board_of(records, item)))
    settle = {QueueKind.HELD: _held, QueueKind.VOLUNTEER: _offer, QueueKind.REPORT: _reported}[item.kind]
    receipt = settle(records, me, item, act)
    item.settled = True
    return receipt


def _held(records: Records, me: str, item: WaitingRecord, act: Decide) -> Receipt:
    waiting: ActRecord = records.acts[item.member, item.key]
    topic = None if item.topic is None else records.topics[item.topic]
    if not act.approve:
        waiting.rejected = clean_line(act.reason)
        title = waiting.act.subject if isinstance(waiting.act, NewTopic) else (topic.title if topic else "")
        records.note(me, "reject", f"{title} ({item.member}): {act.reason}", topic=topic)
        return Receipt("done")
    author = records.member(item.member)
    suspended, author.suspended = author.suspended, False  # a moderator wants it to be seen all the same
    try:
        waiting.receipt = publish(records, item.member, waiting.act)
    except Refused as error:
        raise Refused(f"This can not be published any more: {error}") from error
    finally:
        author.suspended = suspended
    topic = records.find_topic(waiting.receipt.topic or "")
    post = records.find_post(waiting.receipt.post or "")
    records.note(me, "publish", f"{topic.title}: {item.member}", topic=topic, post=post)
    return receipt_of(topic, post)


def _offer(records: Records, me: str, item: WaitingRecord, act: Decide) -> Receipt:
    board = records.boards[board_of(records, item)]
    if act.approve:
        board.leader, board.leader_wanted, board.leader_given = item.member, False, True
        records.changed(boards=True)
    records.note(me, "accept" if act.approve else "decline", f"{board.title} ({item.member})", board=board.id)
    return Receipt("done")


def _reported(records: Records, me: str, item: WaitingRecord, act: Decide) -> Receipt:
    topic = records.topics[item.topic or 0]
    post = post_in(records, topic, PostId(str(item.post)))
    if act.approve:
        return _set_hidden(records, me, topic, post, act.reason, hidden=True)
    records.note(me, "leave", topic.title, topic=topic, post=post)
    return receipt_of(topic, post)
