"""What the reference forum is made of: mutable records in dicts, and how they look to a member."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from forumtui.errors import Refused
from forumtui.host.permissions import Rights, role_of
from forumtui.model import (
    Author,
    Board,
    BoardId,
    Body,
    Link,
    Mark,
    Member,
    MemberId,
    Millis,
    Post,
    PostId,
    Receipt,
    Section,
    SectionItem,
    Topic,
    TopicId,
)

SECTIONS = {Mark.BEST_PRACTICE: "Best practices", Mark.EXPERT_TIP: "Expert tips"}
LONG_AGO = -(1 << 62)


@dataclass(slots=True)
class MemberRecord:
    """A member; ``role_given`` says that the keeper of the forum chose the role."""

    name: str
    role: str = "Member"
    role_given: bool = False


@dataclass(slots=True)
class BoardRecord:
    """A board, with ``leader`` by name."""

    id: int
    title: str
    parent: int | None = None
    description: str = ""
    leader: str | None = None
    leader_wanted: bool = False
    links: tuple[tuple[str, str], ...] = ()
    further_study: str = ""
    notice: str = ""
    position: int = 0
    origin: str | None = None
    imported: object = None


@dataclass(slots=True)
class PostRecord:
    """A post; ``n`` is its last change in the feed."""

    id: int
    topic: int
    number: int
    subject: str | None
    parent: int | None
    author: str | None
    created: Millis | None
    body: Body | None
    edited: Millis | None = None
    deleted: bool = False
    marks: set[Mark] = field(default_factory=set)
    likes_elsewhere: int | None = None
    liked_by: set[str] = field(default_factory=set)
    mentions: tuple[str, ...] = ()
    n: int = 0
    origin: str | None = None
    parent_origin: str | None = None
    imported: object = None


@dataclass(slots=True)
class TopicRecord:
    """A topic and its posts in order."""

    id: int
    board: int
    title: str
    author: str | None
    created: Millis | None
    pinned: bool = False
    closed: bool = False
    tags: tuple[str, ...] = ()
    n: int = 0
    posts: list[PostRecord] = field(default_factory=list)
    origin: str | None = None
    imported: object = None

    @property
    def last_post(self) -> Millis | None:
        """The newest time among the posts."""
        return max((post.created for post in self.posts if post.created is not None), default=self.created)

    def rank(self) -> tuple[bool, int, int]:
        """Where it stands in a listing, greatest first; topics without any time come last, oldest first."""
        last = self.last_post
        return self.pinned, LONG_AGO - self.id if last is None else last, self.id


class Records:
    """All records of a forum, and the one counter that every change moves."""

    def __init__(self, title: str, now: Callable[[], Millis]) -> None:
        self.now = now
        self.fields = {"title": title, "tagline": "", "notice": "", "version": "", "updated": ""}
        self.pages: dict[str, tuple[str, Body]] = {}
        self.uuid = uuid.uuid4().hex
        self.epoch = uuid.uuid4().hex
        self.members: dict[str, MemberRecord] = {}
        self.boards: dict[int, BoardRecord] = {}
        self.topics: dict[int, TopicRecord] = {}
        self.posts: dict[int, PostRecord] = {}
        self.acts: dict[tuple[str, str], tuple[object, Receipt]] = {}
        self.feed = 0
        self.boards_n = 0

    def changed(self, *things: TopicRecord | PostRecord, boards: bool = False) -> None:
        """Count one change and stamp it on what changed."""
        self.feed += 1
        for thing in things:
            thing.n = self.feed
        if boards:
            self.boards_n = self.feed

    def member(self, name: str) -> MemberRecord:
        """The member of this name, made if unknown."""
        return self.members.setdefault(name, MemberRecord(name))

    def find_board(self, board: str) -> BoardRecord:
        """Raises `Refused`."""
        found = self.boards.get(int(board)) if board.isdecimal() else None
        if found is None:
            raise Refused("There is no such board.")
        return found

    def find_topic(self, topic: str) -> TopicRecord:
        """Raises `Refused`."""
        found = self.topics.get(int(topic)) if topic.isdecimal() else None
        if found is None:
            raise Refused("There is no such topic.")
        return found

    def find_post(self, post: str) -> PostRecord:
        """Raises `Refused`."""
        found = self.posts.get(int(post)) if post.isdecimal() else None
        if found is None:
            raise Refused("There is no such post.")
        return found

    def rights(self, me: str | None) -> Rights:
        """What ``me`` may do; a name that the forum does not know yet is a new member's."""
        if not me:
            return Rights(None)
        return Rights(role_of(self.members[me].role if me in self.members else None))

    def leads(self, me: str | None, board: int) -> bool:
        """Whether ``me`` leads this board."""
        return bool(me) and self.boards[board].leader == me

    # -- how it looks

    def show_member(self, name: str) -> Member:
        """As a member list shows it; the name is also the id, and a stranger is a member to be."""
        return Member(MemberId(name), name, self.members[name].role if name in self.members else "Member")

    def show_author(self, name: str | None) -> Author | None:
        """With today's role."""
        return None if name is None else Author(MemberId(name), name, self.show_member(name).role)

    def show_board(self, me: str | None, board: BoardRecord) -> Board:
        """With its sections and the number of its topics."""
        topics = [topic for topic in self.topics.values() if topic.board == board.id]
        return Board(
            id=BoardId(str(board.id)),
            title=board.title,
            parent=None if board.parent is None else BoardId(str(board.parent)),
            description=board.description,
            leader=board.leader,
            leader_wanted=board.leader_wanted,
            links=tuple(Link(*link) for link in board.links),
            sections=tuple(self._section(topics, mark, title) for mark, title in SECTIONS.items()),
            notice=board.notice,
            further_study=board.further_study,
            position=board.position,
            topics=len(topics),
            can=self.rights(me).on_board(leads=self.leads(me, board.id)),
        )

    def _section(self, topics: list[TopicRecord], mark: Mark, title: str) -> Section:
        marked = [(topic, post) for topic in topics for post in topic.posts if mark in post.marks and not post.deleted]
        marked.sort(key=lambda pair: -pair[1].id)
        items = tuple(
            SectionItem(TopicId(str(topic.id)), PostId(str(post.id)), post.subject or topic.title, post.author)
            for topic, post in marked[:10]
        )
        return Section(mark, title, len(marked), items)

    def show_topic(self, me: str | None, topic: TopicRecord) -> Topic:
        """Its header."""
        return Topic(
            id=TopicId(str(topic.id)),
            board=BoardId(str(topic.board)),
            title=topic.title,
            author=self.show_author(topic.author),
            created=topic.created,
            last_post=topic.last_post,
            posts=len(topic.posts),
            pinned=topic.pinned,
            closed=topic.closed,
            tags=topic.tags,
            can=self.rights(me).on_topic(closed=topic.closed),
        )

    def show_post(self, me: str | None, post: PostRecord) -> Post:
        """As it is, or as a placeholder."""
        shown = Post(
            PostId(str(post.id)),
            TopicId(str(post.topic)),
            post.number,
            post.number,
            parent=None if post.parent is None else PostId(str(post.parent)),
            created=post.created,
            deleted=post.deleted,
            can=self.rights(me).on_post(mine=bool(me) and post.author == me, deleted=post.deleted),
        )
        if post.deleted:
            return shown
        unknown = post.likes_elsewhere is None and not post.liked_by
        return replace(
            shown,
            subject=post.subject,
            author=self.show_author(post.author),
            edited=post.edited,
            marks=frozenset(post.marks),
            likes=None if unknown else (post.likes_elsewhere or 0) + len(post.liked_by),
            liked=me in post.liked_by,
            body=post.body,
            mentions=post.mentions,
        )
