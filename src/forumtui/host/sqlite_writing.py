"""What members do in a forum file: each act is checked, carried out and remembered in one transaction."""

from __future__ import annotations

import json
from dataclasses import asdict
from hashlib import blake2b
from typing import Any, assert_never

import apsw

from forumtui.errors import Conflict, Refused
from forumtui.host.permissions import DELETED, Operation
from forumtui.host.sqlite_members import Mentions, member_named
from forumtui.host.sqlite_rows import MARK_BITS, Viewer, row_id, viewer
from forumtui.model import (
    Act,
    Action,
    Body,
    Delete,
    Edit,
    Like,
    Millis,
    NewTopic,
    PostId,
    Receipt,
    Reply,
    SetMark,
    TopicId,
)
from forumtui.text.sanitise import clean_line, store_text
from forumtui.values import dataclass

_FORMATS = {"plain", "markdown", "html"}


@dataclass(frozen=True, slots=True)
class _Desk:
    """What one act is carried out with."""

    connection: apsw.Connection
    who: Viewer
    now: Millis
    mentions: Mentions


def perform(
    connection: apsw.Connection, me: str, action: Action, now: Millis, blocked: str, mentions: Mentions
) -> Receipt:
    """Carry out an action inside the caller's transaction, once.  Raises `Refused` or `Conflict`."""
    known = find(connection, me, action)
    if known is not None:
        return known
    mentions.learn(connection)
    who = viewer(connection, me, blocked)
    if not who.name:
        raise Refused("The forum does not know who you are.")
    if not who.id:
        who = Viewer(member_named(connection, who.name, now), who.name, who.role, who.rights)
    receipt = _carry_out(_Desk(connection, who, now, mentions), action.act)
    connection.execute(
        "INSERT INTO act (member_id, origin, digest, outcome, topic_id, post_id, done) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            who.id,
            store_text(action.key),
            _digest(action.act),
            receipt.outcome,
            None if receipt.topic is None else int(receipt.topic),
            None if receipt.post is None else int(receipt.post),
            now,
        ),
    )
    return receipt


def find(connection: apsw.Connection, me: str, action: Action) -> Receipt | None:
    """The receipt given under this key before.  Raises `Conflict` if that was for another text."""
    row: Any = connection.execute(
        "SELECT a.digest, a.outcome, a.topic_id, a.post_id FROM act a JOIN member m ON m.id = a.member_id "
        "WHERE m.name = ? AND a.origin = ?",
        (clean_line(me), store_text(action.key)),
    ).fetchone()
    if row is None:
        return None
    digest, outcome, topic, post = row
    if digest != _digest(action.act):
        raise Conflict("This was sent before with another text; the forum kept the first one.")
    return Receipt(outcome, None if topic is None else TopicId(str(topic)), None if post is None else PostId(str(post)))


def _digest(act: Act) -> bytes:
    payload = json.dumps([type(act).__name__, asdict(act)], sort_keys=True)
    return blake2b(payload.encode("ascii"), digest_size=16).digest()


def _carry_out(desk: _Desk, act: Act) -> Receipt:
    match act:
        case NewTopic():
            return _open_topic(desk, act)
        case Reply():
            return _reply(desk, act)
        case Edit():
            return _edit(desk, act)
        case Delete():
            return _delete(desk, act)
        case Like():
            return _like(desk, act)
        case SetMark():
            return _mark(desk, act)
        case _:
            assert_never(act)


def next_n(connection: apsw.Connection, count: int = 1) -> int:
    """Take ``count`` numbers of the change feed; returns the last of them."""
    return int(connection.execute("UPDATE forum SET feed = feed + ? RETURNING feed", (count,)).get)


def boards_changed(connection: apsw.Connection) -> None:
    """Tell the feed that boards, roles or the forum's own fields should be read again."""
    connection.execute("UPDATE forum SET feed = feed + 1, boards_n = feed + 1")


def _check(refusal: str) -> None:
    if refusal:
        raise Refused(f"{refusal[0].upper()}{refusal[1:]}.")


def _text(body: Body) -> tuple[str, str]:
    source = store_text(body.source)
    if not source.strip():
        raise Refused("A post needs some text.")
    return source, body.format if body.format in _FORMATS else "plain"


def _open_topic(desk: _Desk, act: NewTopic) -> Receipt:
    connection = desk.connection
    _check(desk.who.rights.refusal(Operation.NEW_TOPIC))
    board = row_id(act.board, "board")
    if connection.execute("SELECT 1 FROM board WHERE id = ?", (board,)).fetchone() is None:
        raise Refused(f"This forum has no board {act.board}.")
    title = clean_line(act.subject)
    if not title:
        raise Refused("A topic needs a subject.")
    tags = [tag for tag in dict.fromkeys(clean_line(tag, 60) for tag in act.tags) if tag]
    connection.execute(
        "INSERT INTO topic (board_id, title, author_id, created, tags, n) VALUES (?, ?, ?, ?, ?, 0)",
        (board, title, desk.who.id, desk.now, json.dumps(tags)),
    )
    topic = connection.last_insert_rowid()
    connection.execute("UPDATE board SET topics = topics + 1 WHERE id = ?", (board,))
    boards_changed(connection)
    return _add_post(desk, topic, None, title, act.body)


def _reply(desk: _Desk, act: Reply) -> Receipt:
    topic, closed = _topic(desk, act.topic)
    _check(desk.who.rights.reply(closed=closed))
    parent = None
    if act.parent is not None:
        parent = row_id(act.parent, "post")
        row = desk.connection.execute("SELECT 1 FROM post WHERE id = ? AND topic_id = ?", (parent, topic)).fetchone()
        if row is None:
            raise Refused(f"This topic has no post {act.parent} to answer.")
    return _add_post(desk, topic, parent, clean_line(act.subject or "") or None, act.body)


def _topic(desk: _Desk, wanted: TopicId) -> tuple[int, bool]:
    number = row_id(wanted, "topic")
    row = desk.connection.execute("SELECT closed FROM topic WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise Refused(f"This forum has no topic {wanted}.")
    return number, bool(row[0])


def _add_post(desk: _Desk, topic: int, parent: int | None, subject: str | None, body: Body) -> Receipt:
    connection = desk.connection
    source, written = _text(body)
    n = next_n(connection)
    number = connection.execute(
        "UPDATE topic SET n = ?1, posts = posts + 1, last_number = last_number + 1, "
        "last_post = max(coalesce(last_post, ?2), ?2) WHERE id = ?3 RETURNING last_number",
        (n, desk.now, topic),
    ).get
    connection.execute(
        "INSERT INTO post (topic_id, number, subject, parent_id, author_id, created, likes_elsewhere, source, format, "
        "mentions, n) VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?)",
        (
            topic, number, subject, parent, desk.who.id, desk.now, source, written,
            json.dumps(desk.mentions.find(source)), n,
        ),
    )  # fmt: skip
    post = connection.last_insert_rowid()
    index_posts(connection, post)
    return Receipt("created", TopicId(str(topic)), PostId(str(post)))


def index_posts(connection: apsw.Connection, first: int) -> None:
    """Make new posts, from this row on, known to the search."""
    connection.execute(
        "INSERT INTO post_fts (rowid, subject, source) SELECT id, subject, source FROM post_fold WHERE id >= ?",
        (first,),
    )


@dataclass(frozen=True, slots=True)
class _Target:
    """The post that an act is about."""

    id: int
    topic: int
    mine: bool
    deleted: bool
    marks: int
    subject: str | None
    opening: bool
    title: str
    leads: bool


def _target(desk: _Desk, topic: TopicId, post: PostId) -> _Target:
    number = row_id(post, "post")
    row: Any = desk.connection.execute(
        "SELECT p.topic_id, p.author_id, p.deleted, p.marks, p.subject, t.title, b.leader_id, "
        "NOT EXISTS (SELECT 1 FROM post o WHERE o.topic_id = p.topic_id AND o.number < p.number) "
        "FROM post p JOIN topic t ON t.id = p.topic_id JOIN board b ON b.id = t.board_id WHERE p.id = ? AND t.id = ?",
        (number, row_id(topic, "topic")),
    ).fetchone()
    if row is None:
        raise Refused(f"Topic {topic} has no post {post}.")
    topic_number, author, deleted, marks, subject, title, leader, opening = row
    me = desk.who.id
    return _Target(
        number, topic_number, author == me, bool(deleted), marks, subject, bool(opening), title, leader == me
    )


def _done(desk: _Desk, target: _Target) -> Receipt:
    """Number the change of a post, and of its topic with it."""
    n = next_n(desk.connection)
    desk.connection.execute("UPDATE post SET n = ? WHERE id = ?", (n, target.id))
    desk.connection.execute("UPDATE topic SET n = ? WHERE id = ?", (n, target.topic))
    return Receipt("done", TopicId(str(target.topic)), PostId(str(target.id)))


def _edit(desk: _Desk, act: Edit) -> Receipt:
    target = _target(desk, act.topic, act.post)
    _check(DELETED if target.deleted else desk.who.rights.edit(mine=target.mine))
    source, written = _text(act.body)
    subject = target.subject
    if act.subject is not None:
        subject = clean_line(act.subject) or (target.subject if target.opening else None)
    desk.connection.execute(
        "UPDATE post SET subject = ?, source = ?, format = ?, mentions = ?, edited = ? WHERE id = ?",
        (subject, source, written, json.dumps(desk.mentions.find(source)), desk.now, target.id),
    )
    if target.opening and subject and subject != target.title and target.subject in {None, target.title}:
        desk.connection.execute("UPDATE topic SET title = ? WHERE id = ?", (subject, target.topic))
    if target.marks:
        boards_changed(desk.connection)
    return _done(desk, target)


def _delete(desk: _Desk, act: Delete) -> Receipt:
    target = _target(desk, act.topic, act.post)
    if target.deleted:
        return Receipt("done", TopicId(str(target.topic)), PostId(str(target.id)))
    _check(desk.who.rights.delete(mine=target.mine))
    erase_post(desk.connection, target.id)
    if target.marks:
        boards_changed(desk.connection)
    return _done(desk, target)


def erase_post(connection: apsw.Connection, number: int) -> None:
    """Leave a placeholder: the place in the thread, without words, author, marks or likes."""
    connection.execute(
        "UPDATE post SET deleted = 1, subject = NULL, source = NULL, author_id = NULL, marks = 0, mentions = '[]', "
        "likes_elsewhere = NULL, likes_here = 0 WHERE id = ?",
        (number,),
    )
    connection.execute("DELETE FROM liked WHERE post_id = ?", (number,))


def _like(desk: _Desk, act: Like) -> Receipt:
    target = _target(desk, act.topic, act.post)
    _check(DELETED if target.deleted else desk.who.rights.refusal(Operation.LIKE))
    statement = (
        "INSERT INTO liked (post_id, member_id) VALUES (?, ?) ON CONFLICT DO NOTHING"
        if act.on
        else "DELETE FROM liked WHERE post_id = ? AND member_id = ?"
    )
    desk.connection.execute(statement, (target.id, desk.who.id))
    if not desk.connection.changes():
        return Receipt("done", TopicId(str(target.topic)), PostId(str(target.id)))
    desk.connection.execute(
        "UPDATE post SET likes_here = likes_here + ? WHERE id = ?", (1 if act.on else -1, target.id)
    )
    return _done(desk, target)


def _mark(desk: _Desk, act: SetMark) -> Receipt:
    target = _target(desk, act.topic, act.post)
    _check(DELETED if target.deleted else desk.who.rights.refusal(Operation.MARK, leads=target.leads))
    bit = MARK_BITS[act.mark]
    marks = target.marks | bit if act.on else target.marks & ~bit
    if marks == target.marks:
        return Receipt("done", TopicId(str(target.topic)), PostId(str(target.id)))
    desk.connection.execute("UPDATE post SET marks = ? WHERE id = ?", (marks, target.id))
    boards_changed(desk.connection)
    return _done(desk, target)
