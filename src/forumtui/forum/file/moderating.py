"""What moderators, and leaders on their board, do to topics and posts of a forum file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal

import apsw

from forumtui.errors import Refused
from forumtui.forum.bounds import REASON, TAG
from forumtui.forum.file.feed import boards_changed, guests_begin_anew, next_n
from forumtui.forum.file.targets import (
    Desk,
    PostTarget,
    TopicTarget,
    board_row,
    post_changed,
    post_receipt,
    post_target,
    topic_receipt,
    topic_target,
)
from forumtui.forum.file.viewer import private_boards, rows, words_of
from forumtui.forum.permissions import DELETED, HIDDEN, OPENING, Operation, check
from forumtui.model import Close, Hide, Millis, Move, Pin, QueueKind, Receipt, Remove, SetMark, SetTags
from forumtui.text.sanitise import clean_line

SEEN_NOW = "guests see it now"
"""Stands in the log beside what was for members only."""
UNASKED = "Guests will see this topic there, with all that was written in it for members only; say so if that is meant."


def mark(desk: Desk, act: SetMark) -> Receipt:
    """Distinguish a post, or no longer."""
    post = post_target(desk, act.topic, act.post)
    check(locked(post) or desk.who.refusal(Operation.MARK, post.board))
    marks = post.marks | act.mark.bit if act.on else post.marks & ~act.mark.bit
    if marks == post.marks:
        return post_receipt(post)
    desk.connection.execute("UPDATE post SET marks = ? WHERE id = ?", (marks, post.id))
    desk.log("mark" if act.on else "unmark", post.title, act.mark.value, topic=post.topic, post=post.id)
    boards_changed(desk.connection, post.board)
    return post_changed(desk, post)


def locked(post: PostTarget) -> str:
    """Why nobody may like, mark or report this post, or ""."""
    if post.deleted:
        return DELETED
    return HIDDEN if post.hidden else ""


def pin(desk: Desk, act: Pin) -> Receipt:
    """Keep a topic at the top, or no longer."""
    return _set_flag(desk, act, Operation.PIN, "pinned", "pin" if act.on else "unpin")


def close(desk: Desk, act: Close) -> Receipt:
    """Take no more replies, or take them again."""
    return _set_flag(desk, act, Operation.CLOSE, "closed", "close" if act.on else "reopen")


def _set_flag(
    desk: Desk, act: Pin | Close, operation: Operation, column: Literal["pinned", "closed"], word: str
) -> Receipt:
    """Change a topic's column, unless it is so already; ``word`` is for the audit log."""
    topic = topic_target(desk, act.topic)
    check(desk.who.refusal(operation, topic.board))
    if getattr(topic, column) != act.on:
        desk.connection.execute(
            f"UPDATE topic SET {column} = ?, n = ? WHERE id = ?",  # noqa: S608 - one of two fixed words
            (int(act.on), next_n(desk.connection), topic.id),
        )
        desk.log(word, topic.title, topic=topic.id)
    return topic_receipt(topic.id)


def move(desk: Desk, act: Move) -> Receipt:
    """Put a topic on another board; the right is needed on the one that it leaves.

    Where guests will see it who do not see it now, a leader's right is not enough, and the act must say so.
    """
    topic = topic_target(desk, act.topic)
    check(desk.who.refusal(Operation.MOVE, topic.board))
    board = board_row(desk, act.board)
    if board != topic.board:
        _move(desk, topic, board, opens=act.opens)
    return topic_receipt(topic.id)


def _move(desk: Desk, topic: TopicTarget, board: int, *, opens: bool) -> None:
    connection = desk.connection
    private = private_boards(connection)
    opened = topic.board in private and board not in private
    if opened:
        check("" if desk.who.rights.holds(Operation.MOVE) else OPENING)
        if not opens:
            raise Refused(UNASKED)
    connection.execute("UPDATE topic SET board_id = ?, n = ? WHERE id = ?", (board, next_n(connection), topic.id))
    if not topic.removed:
        connection.execute("UPDATE board SET topics = topics - 1 WHERE id = ?", (topic.board,))
        connection.execute("UPDATE board SET topics = topics + 1 WHERE id = ?", (board,))
    boards_changed(connection, board if topic.board in private else None)
    if (board in private) != (topic.board in private):
        guests_begin_anew(connection)
    named = rows(connection, (int, str), "SELECT id, title FROM board WHERE id IN (?, ?)", (board, topic.board))
    names = {number: title for number, title in named}  # noqa: C416 - rows are tuples of any length
    ways = f"{names.get(topic.board, '?')} → {names[board]}" + (f" ({SEEN_NOW})" if opened else "")
    desk.log("move", topic.title, ways, topic=topic.id, board=board)


def hide(desk: Desk, act: Hide) -> Receipt:
    """Show a post to moderators only, or restore it."""
    post = post_target(desk, act.topic, act.post)
    check(DELETED if post.deleted else desk.who.refusal(Operation.HIDE, post.board))
    return set_hidden(desk, post, clean_line(act.reason, REASON), hidden=act.on)


def set_hidden(desk: Desk, post: PostTarget, reason: str, *, hidden: bool) -> Receipt:
    """Hide a post, which settles what was reported about it, or restore it."""
    if hidden:
        settle_reports(desk.connection, post.id, desk.now)
    if post.hidden == hidden:
        return post_receipt(post)
    desk.connection.execute("UPDATE post SET hidden = ? WHERE id = ?", (int(hidden), post.id))
    desk.log("hide" if hidden else "restore", post.title, reason, topic=post.topic, post=post.id)
    if post.marks:
        boards_changed(desk.connection, post.board)
    return post_changed(desk, post)


def set_tags(desk: Desk, act: SetTags) -> Receipt:
    """Give a topic other tags."""
    topic = topic_target(desk, act.topic)
    check(desk.who.refusal(Operation.TAG, topic.board))
    tags = stored_tags(act.tags)
    if tags != desk.connection.execute("SELECT tags FROM topic WHERE id = ?", (topic.id,)).get:
        desk.connection.execute(
            "UPDATE topic SET tags = ?, n = ? WHERE id = ?", (tags, next_n(desk.connection), topic.id)
        )
        desk.log("tag", topic.title, ", ".join(words_of(tags)) or "none", topic=topic.id)
    return topic_receipt(topic.id)


def stored_tags(tags: Sequence[str]) -> str:
    """Tags as they are stored, each once."""
    return json.dumps([tag for tag in dict.fromkeys(clean_line(tag, TAG) for tag in tags) if tag])


def remove(desk: Desk, act: Remove) -> Receipt:
    """Show a topic to moderators only, which settles what was reported in it, or restore it."""
    topic = topic_target(desk, act.topic)
    check(desk.who.refusal(Operation.REMOVE, topic.board))
    if topic.removed != act.on:
        connection = desk.connection
        connection.execute(
            "UPDATE topic SET removed = ?, n = ? WHERE id = ?", (int(act.on), next_n(connection), topic.id)
        )
        connection.execute("UPDATE board SET topics = topics + ? WHERE id = ?", (-1 if act.on else 1, topic.board))
        if act.on:
            connection.execute(
                "UPDATE queue SET decided = ?, approved = 1 WHERE kind = ? AND topic_id = ? AND decided IS NULL",
                (desk.now, QueueKind.REPORT, topic.id),
            )
        boards_changed(connection, topic.board)
        word = "remove topic" if act.on else "restore topic"
        desk.log(word, topic.title, clean_line(act.reason, REASON), topic=topic.id)
    return topic_receipt(topic.id)


def settle_reports(connection: apsw.Connection, post: int, now: Millis) -> None:
    """Take from the queue what was reported about a post that is now hidden or gone."""
    connection.execute(
        "UPDATE queue SET decided = ?, approved = 1 WHERE kind = ? AND post_id = ? AND decided IS NULL",
        (now, QueueKind.REPORT, post),
    )
