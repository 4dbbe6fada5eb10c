"""The tables of a forum file: each column once, with what it may hold, how it is shown to a viewer and how it is stored."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache

from forumtui.forum.bounds import DESCRIPTION, LINKS, LINKS_BYTES, NOTICE, TAG, TAGS, TAGS_BYTES, TITLE, WORDS
from forumtui.forum.file.origins import plain
from forumtui.forum.file.viewer import Viewer, list_of, marks_bits, marks_of, plausible, word_of, words_of
from forumtui.forum.permissions import Role
from forumtui.model import (
    INHERITED,
    Author,
    Board,
    Body,
    Can,
    Deleter,
    Format,
    Link,
    LogEntry,
    Mark,
    Member,
    MemberId,
    Millis,
    Post,
    Topic,
)
from forumtui.sqlite.columns import Column, Table
from forumtui.text.sanitise import clean_line

_MOST_POSTS = 1 << 40


def flag(name: str, *, once: bool = False) -> Column:
    """A column that says yes or no."""
    return Column(name, bool, int, kind=int, once=once)


@lru_cache(maxsize=1024)
def author_of(name: str | None, role: str | None) -> Author | None:
    """A member as the author of something; a member's name is also the id."""
    return None if name is None else Author(MemberId(name), name, role)


def id_of(number: int | None) -> str | None:
    """An id as it is given out, of what may be missing."""
    return None if number is None else str(number)


def stored_names(names: Sequence[str]) -> str:
    """Names of members whom a text mentions, as they are stored."""
    return json.dumps([clean_line(name) for name in names]) if names else "[]"


def _tags(stored: str) -> tuple[str, ...]:
    return tuple(tag[:TAG] for tag in words_of(stored)[:TAGS])


def _can_topic(who: Viewer, closed: int, board: int) -> Can:
    return who.rights.on_topic(closed=True, leads=board in who.leads) if closed else INHERITED


TOPIC = Table(
    Topic,
    "topic",
    "t",
    (
        Column("id", str, kind=int, writes=False),
        Column("board", str, column="board_id", kind=int, given=True),
        Column("title", sql=f"substr(t.title, 1, {TITLE})", kind=str, store=lambda title: title or "(no title)"),
        Column("author", author_of, sql=("ta.name", "ta.role"), column="author_id", kind=str | None, given=True, keeps=True),
        Column("created", plausible, kind=int | None, given=True, keeps=True),
        Column("last_post", plausible, kind=int | None, writes=False),
        Column("posts", lambda posts: posts if 0 <= posts < _MOST_POSTS else None, kind=int, writes=False),
        flag("pinned"),
        flag("closed"),
        # a list that is longer than any within the bounds is not read at all
        Column("tags", _tags, json.dumps, f"CASE WHEN octet_length(t.tags) <= {TAGS_BYTES} THEN t.tags ELSE '[]' END", kind=str),
        Column("can", _can_topic, sql=("t.closed", "t.board_id"), kind=int, writes=False, asks=True),
        flag("removed", once=True),
        Column("origin", store=plain, reads=False, once=True),
        Column("digest", reads=False, given=True),
    ),
)  # fmt: skip
"""Written by imports, whose topics have these fields; see `targets` for what an act looks at."""
FROM_TOPICS = "FROM topic t LEFT JOIN member ta ON ta.id = t.author_id"


def _likes(elsewhere: int | None, here: int) -> int | None:
    return None if elsewhere is None and not here else plausible((elsewhere or 0) + here)


def _body(source: str | None, written: str) -> Body | None:
    return None if source is None else Body(source, Format.of(written))


def _can_post(who: Viewer, author: int | None, deleted: int, hidden_on: int | None) -> Can:
    mine = author is not None and author == who.id
    if hidden_on is not None:
        return who.rights.on_hidden(mine=mine, leads=hidden_on in who.leads)
    return INHERITED if mine and not deleted else who.rights.on_post(mine=mine, deleted=bool(deleted))


HIDDEN_ON = "CASE WHEN p.hidden THEN coalesce((SELECT ht.board_id FROM topic ht WHERE ht.id = p.topic_id), 0) END"
"""The board of a hidden post, because its leader sees it; 0 where the topic is gone."""
POST = Table(
    Post,
    "post",
    "p",
    (
        Column("id", str, kind=int, writes=False),
        Column("topic", str, column="topic_id", kind=int, writes=False),
        Column("sort", column="number", kind=int, writes=False),
        Column("number", kind=int, writes=False),
        Column("subject", sql=f"substr(p.subject, 1, {TITLE})", kind=str | None, given=True),
        Column("parent", id_of, column="parent_id", kind=int | None, given=True, keeps=True),
        Column("parent_origin", reads=False, given=True),
        Column("author", author_of, sql=("pa.name", "pa.role"), column="author_id", kind=str | None, given=True),
        Column("created", plausible, plausible, kind=int | None),
        Column("edited", plausible, plausible, kind=int | None),
        flag("deleted", once=True),
        Column("deleted_by", lambda by: by and word_of(Deleter, by), lambda by: by and by.value, kind=str | None, once=True),
        Column("marks", marks_of, marks_bits, kind=int),
        Column("likes", _likes, sql=("p.likes_elsewhere", "p.likes_here"), column="likes_elsewhere", kind=(int | None, int)),
        Column("liked", bool, sql="EXISTS (SELECT 1 FROM liked l WHERE l.post_id = p.id AND l.member_id = :me)", kind=int, writes=False),
        Column("body", _body, sql=("p.source", "p.format"), kind=(str | None, str), writes=False),
        Column("source", reads=False, given=True),
        Column("format", reads=False, given=True),
        Column("mentions", words_of, stored_names, kind=str, given=True),
        Column("can", _can_post, sql=("p.author_id", "p.deleted", HIDDEN_ON), kind=(int | None, int, int | None), writes=False, asks=True),
        Column("hidden", lambda board: board is not None, int, HIDDEN_ON, kind=int | None, once=True),
        Column("origin", store=plain, reads=False, once=True),
        Column("digest", reads=False, given=True),
    ),
)  # fmt: skip
"""Seen by `:me`; written by imports, whose posts have these fields."""
FROM_POSTS = "FROM post p LEFT JOIN member pa ON pa.id = p.author_id"


MEMBER = Table(
    Member,
    "member",
    "m",
    (
        Column("id", sql="m.name", kind=str),
        Column("name", kind=str),
        Column("role", kind=str),
        Column("joined", plausible, kind=int | None),
        Column("about", sql=f"substr(m.about, 1, {WORDS})", kind=str),
        Column("claimed", lambda given, role: not given and role != Role.MEMBER, sql=("m.role_given", "m.role"), kind=(int, str)),
    ),
)  # fmt: skip


def _links(stored: str) -> tuple[Link, ...]:
    found = (words for words in list_of(stored) if isinstance(words, list) and all(isinstance(w, str) for w in words))
    return tuple(
        Link(words[0], words[1], word_of(Mark, words[2]) if len(words) == 3 else None)
        for words in found
        if len(words) in {2, 3}
    )[:LINKS]


def _can_board(who: Viewer, number: int) -> Can:
    return who.rights.on_board(leads=number in who.leads)


BOARD = Table(
    Board,
    "board",
    "b",
    (
        Column("id", str, kind=int),
        Column("title", sql=f"substr(b.title, 1, {TITLE})", kind=str),
        Column("description", sql=f"substr(b.description, 1, {DESCRIPTION})", kind=str),
        Column("leader", sql="l.name", kind=str | None),
        flag("leader_wanted"),
        Column("links", _links, sql=f"CASE WHEN octet_length(b.links) <= {LINKS_BYTES} THEN b.links ELSE '[]' END", kind=str),
        Column("further_study", sql=f"substr(b.further_study, 1, {DESCRIPTION})", kind=str),
        Column("notice", sql=f"substr(b.notice, 1, {NOTICE})", kind=str),
        Column("position", kind=int),
        Column("topics", kind=int),
        Column("can", _can_board, sql="b.id", kind=int, asks=True),
        flag("members_only"),
    ),
)  # fmt: skip
"""Without its place below another board and its sections: see `boards`."""
FROM_BOARDS = "FROM board b LEFT JOIN member l ON l.id = b.leader_id"


def when(stored: int) -> Millis:
    """The time of something that was written down when it happened."""
    return plausible(Millis(stored)) or Millis(0)


LOG = Table(
    LogEntry,
    "log",
    "",
    (
        Column("id", str, kind=int),
        Column("created", when, kind=int),
        Column("member", kind=str),
        Column("operation", kind=str),
        Column("detail", kind=str),
        Column("topic", id_of, column="topic_id", kind=int | None),
        Column("post", id_of, column="post_id", kind=int | None),
        Column("board", id_of, column="board_id", kind=int | None),
    ),
)
