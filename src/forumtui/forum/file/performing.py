"""What members do in a forum file: each act is checked, carried out and remembered in one transaction."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from hashlib import blake2b
from typing import assert_never

import apsw

from forumtui.errors import Conflict, Refused
from forumtui.forum.bounds import check_action
from forumtui.forum.file.deciding import carry_out, decide
from forumtui.forum.file.keeping import policy
from forumtui.forum.file.members import Mentions
from forumtui.forum.file.moderating import close, hide, mark, move, pin, remove, set_tags
from forumtui.forum.file.names import member_named
from forumtui.forum.file.posting import delete, like, set_profile
from forumtui.forum.file.queue import Holdable, hold, report, volunteer
from forumtui.forum.file.targets import Desk
from forumtui.forum.file.viewer import row_id, rows, viewer
from forumtui.forum.house import NEW_POSTS, Approval
from forumtui.forum.permissions import NAMELESS, Operation, Rights, Role, check
from forumtui.model import (
    Act,
    Action,
    Close,
    Decide,
    Delete,
    Edit,
    Hide,
    Like,
    Millis,
    Move,
    NewTopic,
    Pin,
    PostId,
    Receipt,
    Remove,
    Reply,
    Report,
    SetMark,
    SetProfile,
    SetTags,
    TopicId,
    Volunteer,
)
from forumtui.sqlite.columns import add
from forumtui.text.sanitise import clean_line, store_text


def perform(
    connection: apsw.Connection,
    me: str,
    action: Action,
    now: Millis,
    blocked: str,
    mentions: Mentions,
    *,
    plainly: bool = False,
) -> Receipt:
    """Carry out an action inside the caller's transaction, once; ``plainly``: as any member may.

    Raises `Missing`, `Forbidden` or another `Refused`, `AuthRequired` for nobody, or `Conflict`.
    """
    known = find(connection, me, action)
    if known is not None:
        return known
    check_action(action)
    mentions.learn(connection)
    who = viewer(connection, me, blocked)
    check(who.rights.blocked if who.name else NAMELESS)
    if plainly:
        who = replace(who, rights=Rights(Role.MEMBER), leads=frozenset())
    if not who.id:
        who = replace(who, id=member_named(connection, who.name, now))
    desk = Desk(connection, who, now, mentions)
    receipt = _hold_or_do(desk, action)
    add(
        connection,
        "act",
        member_id=who.id,
        origin=store_text(action.key),
        digest=_digest(action.act),
        outcome=receipt.outcome,
        topic_id=None if receipt.topic is None else int(receipt.topic),
        post_id=None if receipt.post is None else int(receipt.post),
        done=now,
    )
    return receipt


def find(connection: apsw.Connection, me: str, action: Action) -> Receipt | None:
    """The receipt given under this key before, or what became of an act that was held.

    Raises `Conflict` if the key was used for another text, `Refused` with their reason if moderators rejected it.
    """
    found = rows(
        connection,
        (bytes, str, int | None, int | None, str | None),
        "SELECT a.digest, a.outcome, a.topic_id, a.post_id, a.reason FROM act a JOIN member m ON m.id = a.member_id "
        "WHERE m.name = ? AND a.origin = ?",
        (clean_line(me), store_text(action.key)),
    )
    if not found:
        return None
    digest, outcome, topic, post, reason = found[0]
    if digest != _digest(action.act):
        raise Conflict("This was sent before with another text; the forum kept the first one.")
    if outcome == "rejected":
        raise Refused(f"The moderators did not take this: {reason}" if reason else "The moderators did not take this.")
    return Receipt(outcome, None if topic is None else TopicId(str(topic)), None if post is None else PostId(str(post)))


def _digest(act: Act) -> bytes:
    parts = asdict(act)
    if isinstance(act, Edit):
        del parts["base"]  # a condition, not a part of what is done
    if isinstance(act, Move) and not act.opens:
        del parts["opens"]  # acts of before it was there have the digest that they had
    payload = json.dumps([type(act).__name__, parts], sort_keys=True)
    return blake2b(payload.encode("ascii"), digest_size=16).digest()


def _hold_or_do(desk: Desk, action: Action) -> Receipt:
    act = action.act
    if not (isinstance(act, NewTopic | Reply | Edit) and _must_wait(desk, act)):
        return _carry_out(desk, act)
    desk.connection.execute("SAVEPOINT trial")
    try:
        carry_out(desk, act)  # what would be refused is refused now, not when somebody approves it
    finally:
        desk.connection.execute("ROLLBACK TO trial; RELEASE trial")
    return hold(desk, action, act)


def _must_wait(desk: Desk, act: Holdable) -> bool:
    """Whether the forum's rules want moderators to look at this first."""
    approval = policy(desk.connection).approval
    if approval is Approval.NOBODY:
        return False
    board = (
        row_id(act.board, "board")
        if isinstance(act, NewTopic)
        else desk.connection.execute("SELECT board_id FROM topic WHERE id = ?", (row_id(act.topic, "topic"),)).get
    )
    if not all(desk.who.refusal(operation, board) for operation in (Operation.SETTLE, Operation.MARK)):
        return False
    return approval is Approval.EVERYBODY or _shown_posts(desk) < NEW_POSTS


def _shown_posts(desk: Desk) -> int:
    return int(
        desk.connection.execute(
            "SELECT count(*) FROM (SELECT 1 FROM post p JOIN topic t ON t.id = p.topic_id "
            "WHERE p.author_id = ? AND NOT p.hidden AND NOT t.removed LIMIT ?)",
            (desk.who.id, NEW_POSTS),
        ).get
    )


def _carry_out(desk: Desk, act: Act) -> Receipt:  # noqa: C901, PLR0912 - a line for each kind of act
    match act:
        case NewTopic() | Reply() | Edit():
            return carry_out(desk, act)
        case Delete():
            return delete(desk, act)
        case Like():
            return like(desk, act)
        case SetMark():
            return mark(desk, act)
        case Pin():
            return pin(desk, act)
        case Close():
            return close(desk, act)
        case Move():
            return move(desk, act)
        case Hide():
            return hide(desk, act)
        case SetTags():
            return set_tags(desk, act)
        case Remove():
            return remove(desk, act)
        case Report():
            return report(desk, act)
        case Volunteer():
            return volunteer(desk, act)
        case Decide():
            return decide(desk, act)
        case SetProfile():
            return set_profile(desk, act)
        case _:
            assert_never(act)
