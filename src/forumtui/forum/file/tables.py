"""The tables of a forum file: each column once, with what it may hold, how it is shown to a viewer and how it is stored."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from forumtui.forum.bounds import TAG, TAGS, TAGS_BYTES, TITLE
from forumtui.forum.file.origins import plain
from forumtui.forum.file.viewer import Viewer, plausible, words_of
from forumtui.model import INHERITED, Author, Can, MemberId, Topic
from forumtui.sqlite.columns import Column, Table

_MOST_POSTS = 1 << 40


def flag(name: str, *, once: bool = False, writes: bool = True) -> Column:
    """A column that says yes or no."""
    return Column(name, bool, int, kind=int, once=once, writes=writes)


@lru_cache(maxsize=1024)
def author_of(name: str | None, role: str | None) -> Author | None:
    """A member as the author of something; a member's name is also the id."""
    return None if name is None else Author(MemberId(name), name, role)


def id_of(number: int | None) -> Any:
    """An id as it is given out."""
    return None if number is None else str(number)


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
