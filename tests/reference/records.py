"""What the reference forum is made of: mutable records in dicts, and who may do what to them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from forumtui.errors import AuthRequired, Missing
from forumtui.forum.house import DEFAULT_POLICY
from forumtui.forum.orders import NEW, TOP, UNANSWERED
from forumtui.forum.permissions import MEMBERS_ONLY, SUSPENDED, Operation, Rights, Role, role_of
from forumtui.forum.store import KEEPER
from forumtui.model import (
    LATEST,
    Act,
    BoardId,
    Body,
    Deleter,
    LogEntry,
    Mark,
    Millis,
    PostId,
    QueueKind,
    Receipt,
    TopicId,
)

LONG_AGO = -(1 << 62)
PINNED = 1 << 64


@dataclass(slots=True)
class MemberRecord:
    """A member; ``role_given`` says that the keeper of the forum chose the role."""

    name: str
    role: str = "Member"
    role_given: bool = False
    joined: Millis | None = None
    about: str = ""
    suspended: bool = False


@dataclass(slots=True)
class BoardRecord:
    """A board, with ``leader`` by name."""

    id: int
    title: str
    parent: int | None = None
    description: str = ""
    leader: str | None = None
    leader_wanted: bool = False
    leader_given: bool = False
    links: tuple[tuple[str, str] | tuple[str, str, Mark | None], ...] = ()
    further_study: str = ""
    notice: str = ""
    position: int = 0
    members_only: bool = False
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
    deleted_by: Deleter | None = None
    hidden: bool = False
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
    removed: bool = False
    tags: tuple[str, ...] = ()
    n: int = 0
    posts: list[PostRecord] = field(default_factory=list)
    origin: str | None = None
    imported: object = None

    @property
    def last_post(self) -> Millis | None:
        """The newest time among the posts."""
        return max((post.created for post in self.posts if post.created is not None), default=self.created)

    def rank(self) -> tuple[int, int]:
        """Where it stands among the latest of its kind, greatest first; topics without any time last, oldest first."""
        last = self.last_post
        return (LONG_AGO - self.id if last is None else last) + PINNED * self.pinned, self.id

    def began(self) -> tuple[int, int]:
        """Where it stands among the new ones, greatest first."""
        return LONG_AGO - self.id if self.created is None else self.created, self.id

    def likes(self) -> int:
        """Of its posts, but for those that are not shown."""
        shown = (post for post in self.posts if not (post.deleted or post.hidden))
        return sum((post.likes_elsewhere or 0) + len(post.liked_by) for post in shown)

    def top(self) -> tuple[int, int]:
        """Where it stands among those that are liked, greatest first."""
        return self.likes(), self.id


RANKS = {LATEST: TopicRecord.rank, NEW: TopicRecord.began, TOP: TopicRecord.top, UNANSWERED: TopicRecord.began}
"""By what each order sorts, greatest first."""


@dataclass(slots=True)
class ActRecord:
    """An act under its key, and what became of it; ``rejected``: the reason why it will not be done."""

    act: Act
    receipt: Receipt
    rejected: str | None = None


@dataclass(slots=True)
class WaitingRecord:
    """An item of the queue.  ``key``: of the held act; ``board`` None: the topic's."""

    id: int
    kind: QueueKind
    member: str
    created: Millis
    text: str
    board: int | None = None
    topic: int | None = None
    post: int | None = None
    key: str = ""
    settled: bool = False


class Records:
    """All records of a forum, and the one counter that every change moves."""

    def __init__(self, title: str, now: Callable[[], Millis]) -> None:
        self.now = now
        self.fields = {"title": title, "tagline": "", "notice": "", "version": "", "updated": ""}
        self.policy = DEFAULT_POLICY
        self.pages: dict[str, tuple[str, Body]] = {}
        self.uuid = uuid.uuid4().hex
        self.epoch = uuid.uuid4().hex
        self.members: dict[str, MemberRecord] = {}
        self.boards: dict[int, BoardRecord] = {}
        self.topics: dict[int, TopicRecord] = {}
        self.posts: dict[int, PostRecord] = {}
        self.acts: dict[tuple[str, str], ActRecord] = {}
        self.waiting: dict[int, WaitingRecord] = {}
        self.lines: list[LogEntry] = []
        self.feed = 0
        self.boards_n = 0
        self.guests_n = 0

    def changed(self, *things: TopicRecord | PostRecord, boards: bool = False) -> None:
        """Count one change and stamp it on what changed."""
        self.feed += 1
        for thing in things:
            thing.n = self.feed
        if boards:
            self.boards_n = self.feed

    def note(
        self,
        by: str,
        operation: str,
        detail: str,
        *,
        topic: TopicRecord | None = None,
        post: PostRecord | None = None,
        board: int | None = None,
    ) -> None:
        """Add a line to the audit log."""
        self.lines.append(
            LogEntry(
                str(len(self.lines) + 1),
                self.now(),
                by,
                operation,
                detail,
                None if topic is None else TopicId(str(topic.id)),
                None if post is None else PostId(str(post.id)),
                None if board is None else BoardId(str(board)),
            )
        )

    def settle_reports(self, post: PostRecord) -> None:
        """What was reported about a post that is now hidden or gone."""
        for item in self.waiting.values():
            if item.kind is QueueKind.REPORT and item.post == post.id:
                item.settled = True

    def member(self, name: str) -> MemberRecord:
        """The member of this name, made if unknown."""
        return self.members.setdefault(name, MemberRecord(name))

    def find_board(self, board: str) -> BoardRecord:
        """Raises `Missing`."""
        found = self.boards.get(int(board)) if board.isdecimal() else None
        if found is None:
            raise Missing("There is no such board.")
        return found

    def find_topic(self, topic: str) -> TopicRecord:
        """Raises `Missing`."""
        found = self.topics.get(int(topic)) if topic.isdecimal() else None
        if found is None:
            raise Missing("There is no such topic.")
        return found

    def find_post(self, post: str) -> PostRecord:
        """Raises `Missing`."""
        found = self.posts.get(int(post)) if post.isdecimal() else None
        if found is None:
            raise Missing("There is no such post.")
        return found

    # -- who may what

    def rights(self, me: str | None) -> Rights:
        """What ``me`` may do; a name that the forum does not know yet is a new member's."""
        if me == KEEPER:
            return Rights(Role.ADMIN)
        if not me:
            return Rights(None)
        known = self.members.get(me)
        if known is not None and known.suspended:
            return Rights(Role.MEMBER, SUSPENDED)
        return Rights(role_of(known.role if known is not None and known.role_given else None))

    def leads(self, me: str | None, board: int) -> bool:
        """Whether ``me`` leads this board."""
        return (
            bool(me)
            and self.boards[board].leader == me
            and self.boards[board].leader_given
            and not self.rights(me).blocked
        )

    def refusal(self, me: str, operation: Operation, board: int | None = None) -> str:
        """Why not (on this board), or ""."""
        return self.rights(me).refusal(operation, leads=board is not None and self.leads(me, board))

    def moderates(self, me: str | None, board: int) -> bool:
        """Whether hidden posts on this board are shown."""
        return self.rights(me).holds(Operation.HIDE, leads=self.leads(me, board))

    def shows(self, me: str | None, topic: TopicRecord) -> bool:
        """Whether this topic is there for ``me``."""
        return self.sees(me, topic.board) and (not topic.removed or self.moderates(me, topic.board))

    def reach(self, me: str, act: Act) -> None:
        """Raises `Missing` for an act on a topic that is not shown."""
        found = self.topics.get(int(topic)) if (topic := getattr(act, "topic", "")).isdecimal() else None
        if found is not None and found.removed and not self.moderates(me, found.board):
            raise Missing("There is no such topic.")

    def admit(self, me: str | None) -> None:
        """Raises `AuthRequired` where only members may look."""
        if not me and self.policy.members_only:
            raise AuthRequired(f"{MEMBERS_ONLY.capitalize()}.")

    def private(self) -> set[int]:
        """The boards that guests do not see."""
        return {board.id for board in self.boards.values() if self._is_private(board)}

    def _is_private(self, board: BoardRecord) -> bool:
        return board.members_only or (board.parent is not None and self._is_private(self.boards[board.parent]))

    def below(self, board: int | None) -> set[int]:
        """A board and those below it."""
        found: set[int] = set() if board is None else {board}
        while True:
            more = {each.id for each in self.boards.values() if each.parent in found} - found
            if not more:
                return found
            found |= more

    def sees(self, me: str | None, board: int) -> bool:
        """Whether this board, and what is on it, is there for ``me``."""
        return bool(me) or board not in self.private()
