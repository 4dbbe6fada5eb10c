"""What an act in a forum file is carried out with, and what it is carried out on."""

from __future__ import annotations

import apsw

from forumtui.errors import Missing
from forumtui.forum.file.feed import next_n
from forumtui.forum.file.log import Hand, write_line
from forumtui.forum.file.members import Mentions
from forumtui.forum.file.tables import flag
from forumtui.forum.file.viewer import Viewer, missing, row_id, rows
from forumtui.model import BoardId, Millis, PostId, Receipt, TopicId
from forumtui.sqlite.columns import Column, Table
from forumtui.values import quick_dataclass

_OPENING = "NOT EXISTS (SELECT 1 FROM post o WHERE o.topic_id = p.topic_id AND o.number < p.number)"


@quick_dataclass(frozen=True, slots=True)
class Desk:
    """Who carries out an act, when, inside which transaction."""

    connection: apsw.Connection
    who: Viewer
    now: Millis
    mentions: Mentions

    def log(
        self,
        operation: str,
        title: str,
        reason: str = "",
        *,
        topic: int | None = None,
        post: int | None = None,
        board: int | None = None,
    ) -> None:
        """Add a line to the audit log: the title of what it is about, and a reason if there is one."""
        detail = f"{title}: {reason}" if reason else title
        hand = Hand(self.who.name, self.now)
        write_line(self.connection, hand, operation, detail, topic=topic, post=post, board=board)


@quick_dataclass(frozen=True, slots=True)
class TopicTarget:
    """The topic that an act is about."""

    id: int
    board: int
    title: str
    pinned: bool
    closed: bool
    removed: bool


@quick_dataclass(frozen=True, slots=True)
class PostTarget:
    """The post that an act is about."""

    id: int
    topic: int
    board: int
    title: str
    """Of the topic."""
    mine: bool
    deleted: bool
    hidden: bool
    marks: int
    subject: str | None
    opening: bool
    """Whether it is the topic's first."""


TOPIC_TARGET = Table(
    TopicTarget,
    "topic",
    "t",
    (
        Column("id", kind=int),
        Column("board", column="board_id", kind=int),
        Column("title", kind=str),
        *map(flag, ("pinned", "closed", "removed")),
    ),
)
POST_TARGET = Table(
    PostTarget,
    "post",
    "p",
    (
        Column("id", kind=int),
        Column("topic", column="topic_id", kind=int),
        Column("board", sql="t.board_id", kind=int),
        Column("title", sql="t.title", kind=str),
        Column("mine", lambda me, author: author is not None and author == me, sql="p.author_id", kind=int | None, asks=True),
        *map(flag, ("deleted", "hidden")),
        Column("marks", kind=int),
        Column("subject", kind=str | None),
        Column("opening", bool, sql=_OPENING, kind=int),
    ),
)  # fmt: skip


def board_row(desk: Desk, wanted: BoardId) -> int:
    """The row of a board.  Raises `Missing`."""
    number = row_id(wanted, "board")
    if desk.connection.execute("SELECT 1 FROM board WHERE id = ?", (number,)).fetchone() is None:
        raise missing("board", wanted)
    return number


def topic_target(desk: Desk, wanted: TopicId) -> TopicTarget:
    """A topic.  Raises `Missing`."""
    statement = f"SELECT {TOPIC_TARGET.select} FROM topic t WHERE t.id = ?"  # noqa: S608 - fixed words only
    for row in rows(desk.connection, TOPIC_TARGET.kinds, statement, (row_id(wanted, "topic"),)):
        topic = TOPIC_TARGET.value(row)
        if not topic.removed or desk.who.moderates(topic.board):
            return topic
    raise missing("topic", wanted)


def post_target(desk: Desk, topic: TopicId, post: PostId) -> PostTarget:
    """A post of a topic.  Raises `Missing`."""
    found = rows(
        desk.connection,
        (int, *POST_TARGET.kinds),
        f"SELECT t.removed, {POST_TARGET.select} "  # noqa: S608 - fixed words only
        "FROM post p JOIN topic t ON t.id = p.topic_id WHERE p.id = ? AND t.id = ?",
        (row_id(post, "post"), row_id(topic, "topic")),
    )
    for removed, *row in found:
        target = POST_TARGET.value(row, desk.who.id)
        if not removed or desk.who.moderates(target.board):
            return target
    raise Missing(f"Topic {topic} has no post {post}.")


def topic_receipt(topic: int) -> Receipt:
    """For an act on a topic."""
    return Receipt("done", TopicId(str(topic)))


def post_receipt(post: PostTarget) -> Receipt:
    """For an act on a post."""
    return Receipt("done", TopicId(str(post.topic)), PostId(str(post.id)))


def post_changed(desk: Desk, post: PostTarget) -> Receipt:
    """Number the change of a post, and of its topic with it."""
    n = next_n(desk.connection)
    desk.connection.execute("UPDATE post SET n = ? WHERE id = ?", (n, post.id))
    desk.connection.execute("UPDATE topic SET n = ? WHERE id = ?", (n, post.topic))
    return post_receipt(post)
