"""Rows of a forum file as values of the model, seen by one member."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import apsw

from forumtui.errors import Refused
from forumtui.host.permissions import Rights, role_of
from forumtui.model import (
    INHERITED,
    Author,
    BoardId,
    Body,
    Format,
    Mark,
    MemberId,
    Post,
    PostId,
    Topic,
    TopicId,
)
from forumtui.text.sanitise import clean_line
from forumtui.values import dataclass

MARK_BITS = {Mark.BEST_PRACTICE: 1, Mark.EXPERT_TIP: 2, Mark.ACCEPTED: 4}
_MARKS = [frozenset(mark for mark, bit in MARK_BITS.items() if bits & bit) for bits in range(8)]

TOPIC_COLUMNS = (
    "t.id, t.board_id, t.title, ta.name, ta.role, t.created, t.last_post, t.posts, t.pinned, t.closed, t.tags"
)
TOPIC_AUTHOR = "LEFT JOIN member ta ON ta.id = t.author_id"
POST_COLUMNS = (
    "p.id, p.topic_id, p.number, p.subject, p.parent_id, p.author_id, pa.name, pa.role, p.created, p.edited, "
    "p.deleted, p.marks, p.likes_elsewhere, p.likes_here, "
    "EXISTS (SELECT 1 FROM liked l WHERE l.post_id = p.id AND l.member_id = :me), p.source, p.format, p.mentions"
)
POST_AUTHOR = "LEFT JOIN member pa ON pa.id = p.author_id"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: a member (``id`` 0 before the first write), and what that allows."""

    id: int
    name: str
    role: str
    rights: Rights


def viewer(connection: apsw.Connection, me: str | None, blocked: str) -> Viewer:
    """The member of that name, who need not exist yet."""
    name = clean_line(me or "")
    if not name:
        return Viewer(0, "", "", Rights(None, blocked))
    row = connection.execute("SELECT id, role FROM member WHERE name = ?", (name,)).fetchone()
    number, role = (int(cast("int", row[0])), str(row[1])) if row else (0, "Member")
    return Viewer(number, name, role, Rights(role_of(role), blocked))


@contextmanager
def snapshot(connection: apsw.Connection) -> Iterator[None]:
    """Several reads that see the same state of the file."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def row_id(text: str, what: str) -> int:
    """The row behind an id given out by this store.  Raises `Refused` for what can not be one."""
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    raise Refused(f"This forum has no {what} {clean_line(text, 40)!r}.")


def marks_of(bits: int) -> frozenset[Mark]:
    """The marks behind a stored number."""
    return _MARKS[bits & 7]


def marks_bits(marks: Iterable[Mark]) -> int:
    """The number under which marks are stored."""
    return sum(MARK_BITS[mark] for mark in set(marks))


def words_of(stored: str) -> tuple[str, ...]:
    """A stored list of strings; whatever else another program may have put there is left out."""
    found = json.loads(stored) if stored != "[]" else []
    return tuple(word for word in found if isinstance(word, str)) if isinstance(found, list) else ()


def author_of(name: str | None, role: str | None) -> Author | None:
    """A member as the author of something; a member's name is also the id."""
    return None if name is None else Author(MemberId(name), name, role)


def topic_of(row: tuple[Any, ...], who: Viewer) -> Topic:
    """A topic from its `TOPIC_COLUMNS`."""
    number, board, title, name, role, created, last_post, posts, pinned, closed, tags = row
    return Topic(
        TopicId(str(number)),
        BoardId(str(board)),
        title,
        author_of(name, role),
        created,
        last_post,
        posts,
        bool(pinned),
        bool(closed),
        words_of(tags),
        can=who.rights.on_topic(closed=bool(closed)),
    )


def post_of(row: tuple[Any, ...], who: Viewer) -> Post:
    """A post from its `POST_COLUMNS`."""
    (number, topic, place, subject, parent, author, name, role, created, edited, deleted, marks, elsewhere, here) = row[
        :14
    ]
    liked, source, text_format, mentions = row[14:]
    mine = author is not None and author == who.id
    return Post(
        PostId(str(number)),
        TopicId(str(topic)),
        place,
        place,
        subject,
        None if parent is None else PostId(str(parent)),
        author_of(name, role),
        created,
        edited,
        bool(deleted),
        marks_of(marks),
        None if elsewhere is None and not here else (elsewhere or 0) + here,
        bool(liked),
        None if source is None else Body(source, cast("Format", text_format)),
        words_of(mentions),
        can=INHERITED if mine and not deleted else who.rights.on_post(mine=mine, deleted=bool(deleted)),
    )
