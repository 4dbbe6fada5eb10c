"""A forum of one's own: what every store of a whole forum can do, whichever database is below.

Each method is one unit: a transaction that happens whole or not at all.  Writes by members carry
the key of the action, kept for ever as ``origin`` with the member: the same key with the same text
answers as the first time, with another text it is a `Conflict`.  Every write moves the change feed.

``me`` is a member's name; None or "" is a guest, to whom boards for members only, and all that is on them, are
not there.  Where the whole forum is for members only, every call by a guest but `ForumStore.info` raises
`AuthRequired`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from forumtui.forum.house import BoardDraft, Keeping
from forumtui.model import (
    Action,
    Board,
    BoardId,
    Body,
    Changes,
    Cursor,
    Deleter,
    ForumInfo,
    Hit,
    Listing,
    LogEntry,
    Mark,
    Member,
    Millis,
    Page,
    Post,
    PostId,
    QueueItem,
    Receipt,
    Topic,
    TopicId,
    Window,
)
from forumtui.values import quick_dataclass

KEEPER = "\0keeper"
"""For ``me``: whoever has the forum itself in their hands, and sees all of it; no member can be called that."""


@quick_dataclass(frozen=True, slots=True)
class ImportedPost:
    """A post from elsewhere.  ``origin`` says for ever which one it is; parents name an origin, too."""

    origin: str
    subject: str | None
    author: str | None
    role: str | None
    body: Body | None
    created: Millis | None = None
    edited: Millis | None = None
    parent_origin: str | None = None
    marks: frozenset[Mark] = frozenset()
    likes: int | None = None
    deleted: bool = False
    number: int | None = None
    mentions: tuple[str, ...] = ()
    hidden: bool = False
    """Counts only when the post is new here."""
    deleted_by: Deleter | None = None


@quick_dataclass(frozen=True, slots=True)
class ImportedTopic:
    """A topic from elsewhere, and some or all of its posts in order."""

    origin: str
    board_origin: str
    title: str
    author: str | None = None
    created: Millis | None = None
    pinned: bool = False
    closed: bool = False
    tags: tuple[str, ...] = ()
    posts: Sequence[ImportedPost] = ()
    removed: bool = False
    """Counts only when the topic is new here."""


@quick_dataclass(frozen=True, slots=True)
class ImportedBoard:
    """A board from elsewhere; parents come before their children."""

    origin: str
    title: str
    parent_origin: str | None = None
    draft: BoardDraft = BoardDraft()


@quick_dataclass(frozen=True, slots=True)
class ImportedMember:
    """A member from elsewhere.  ``given``: the role is no mere word there; ``leads``: the origins of boards."""

    name: str
    role: str
    given: bool = False
    leads: tuple[str, ...] = ()


@quick_dataclass(frozen=True, slots=True)
class GivenRole:
    """What a member was given here, and by no import: a role above Member (else ""), and boards to lead."""

    name: str
    role: str
    leads: tuple[BoardId, ...] = ()


@quick_dataclass(frozen=True, slots=True)
class ImportedForum:
    """The forum's own fields from elsewhere; "" and () leave a field as it is."""

    title: str = ""
    tagline: str = ""
    notice: str = ""
    version: str = ""
    updated: str = ""
    pages: Sequence[tuple[str, str, Body]] = ()
    """(slug, title, text) of each page."""


@quick_dataclass(frozen=True, slots=True)
class Imported:
    """How much of an import was new, changed, and there already; ``cut``: texts and tags beyond a forum's bounds."""

    added: int = 0
    changed: int = 0
    same: int = 0
    cut: int = 0

    def __add__(self, other: Imported) -> Imported:
        return Imported(
            self.added + other.added, self.changed + other.changed, self.same + other.same, self.cut + other.cut
        )


class ForumStore(Protocol):
    """A whole forum: reading for one member, writing by one member, and keeping house."""

    @property
    def house(self) -> Keeping:
        """Boards, roles, rules and the forum's own fields."""

    # reading
    async def info(self, me: str | None) -> ForumInfo:
        """The forum's own fields, and who ``me`` (a member's name) is here and may do."""

    async def boards(self, me: str | None) -> Sequence[Board]:
        """Every board, parents first, with sections and their newest items."""

    async def topics(self, me: str | None, listing: Listing, after: Cursor | None, limit: int) -> Page[Topic]:
        """A keyset page, of ``latest`` pinned first, then newest activity.  Raises `Unsupported` for another order
        than those of `forumtui.forum.orders`.
        """

    async def topic(self, me: str | None, topic: TopicId) -> Topic:
        """Raises `Missing` if there is no such topic."""

    async def posts(self, me: str | None, topic: TopicId, window: Window) -> Page[Post]:
        """A window of a topic's posts, ascending."""

    async def post(self, me: str | None, post: PostId) -> Post:
        """Raises `Missing` if there is no such post."""

    async def search(self, me: str | None, query: str, after: Cursor | None, limit: int) -> Page[Hit]:
        """Full text, newest first."""

    async def changes(self, me: str | None, after: Cursor | None, limit: int) -> Changes:
        """The change feed; with None, every topic's header.

        A cursor that was given to a guest may start again, with ``reset``, when a member goes on from it.
        """

    async def version(self) -> int:
        """A number that differs after any write by any process; cheap enough to ask every second."""

    async def view_class(self, me: str | None) -> str:
        """Members of the same word are shown the same topics and, but for their own posts and likes, the same posts."""

    async def members(self, me: str | None) -> Sequence[Member]:
        """Every member, by name."""

    async def member(self, me: str | None, name: str) -> Member:
        """Raises `Missing` if there is no such member."""

    async def given(self) -> Sequence[GivenRole]:
        """The members with rights that not every member has, by name."""

    async def queue(self, me: str | None, after: Cursor | None, limit: int) -> Page[QueueItem]:
        """What waits for moderators, oldest first; for a leader, on the boards led.  Raises `Forbidden`."""

    async def log(self, me: str | None, after: Cursor | None, limit: int) -> Page[LogEntry]:
        """The audit log, newest first.  Raises `Forbidden`."""

    async def origins(self, kind: Literal["board", "topic", "post"], ids: Sequence[str]) -> Mapping[str, str]:
        """Where these came from, by id, for an export; unknown ids are left out.

        For what was imported: the origin given then.  For what was written here: one made of the forum's
        uuid and the id ("UUID/post/17"), which an import into another file keeps as it is.
        """

    # writing by a member
    async def perform(self, me: str, action: Action) -> Receipt:
        """Check what ``me`` may do, then do it, or hold it for the moderators.

        Raises `Missing`, `Forbidden` or another `Refused`, `AuthRequired` for a guest, `Conflict` or `Busy`.
        """

    async def find(self, me: str, action: Action) -> Receipt | None:
        """The receipt of an action that was carried out under this key before.

        For a held act: ``held`` while it waits, then what became of it (``created`` or ``done``).  Where the
        moderators rejected it, this raises `Refused` with their reason, and so does performing it again.
        """

    # importing
    async def import_forum(self, forum: ImportedForum, *, source: str = "") -> None:
        """Take over the forum's own fields; ``source`` says in the audit log what is imported."""

    async def import_boards(self, boards: Sequence[ImportedBoard]) -> Imported:
        """Merge boards by origin."""

    async def import_topics(self, topics: Sequence[ImportedTopic]) -> Imported:
        """Merge one batch of topics and posts by origin; posts keep the order given.

        Roles of authors are words: they give no rights, and a known member's stays as it is.
        """

    async def import_members(self, members: Sequence[ImportedMember], *, roles: bool = False) -> Sequence[str]:
        """Make members that are not there, with their role as a word that gives no rights.

        ``roles``: give what they were given elsewhere, boards to lead included, where nothing was given here and
        nobody comes in under the name; returns what was given, a line for each.
        """

    async def close(self) -> None:
        """Finish what is running and let the file go."""
