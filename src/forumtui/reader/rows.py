"""What the library hands to a screen or a command: rows of the reader's own view of its forums.

Every row has a ``key``, the library's own integer, stable as long as the row exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from enum import StrEnum
from typing import Generic, NewType, TypeAlias, TypeVar

from forumtui.model import (
    INHERITED,
    LATEST,
    Board,
    BoardId,
    Body,
    Can,
    InfoPage,
    Member,
    Millis,
    Order,
    Post,
    PostId,
    Registration,
    Topic,
    TopicId,
    Window,
)
from forumtui.reader.target import AccountKey as AccountKey  # noqa: PLC0414 - a key like the others
from forumtui.reader.target import OutKind, Target
from forumtui.reader.target import OutState as OutState  # noqa: PLC0414 - the state of an `OutRow`
from forumtui.values import quick_dataclass

BoardKey = NewType("BoardKey", int)
TopicKey = NewType("TopicKey", int)
PostKey = NewType("PostKey", int)

R = TypeVar("R")


class Health(StrEnum):
    """How an account's engine fares; ``note`` of the `AccountRow` says more."""

    NEW = "new"
    SYNCING = "syncing"
    OK = "ok"
    OFFLINE = "offline"
    NEEDS_LOGIN = "needs-login"
    FAILED = "failed"


@quick_dataclass(frozen=True, slots=True)
class AccountRow:
    """A forum that the reader follows (``listed``) or merely visited."""

    key: AccountKey
    name: str
    driver: str
    location: str
    identity: str
    """Forum uuid or canonical URL."""
    options: dict[str, str]
    listed: bool
    plugged: bool
    title: str
    tagline: str = ""
    notice: str = ""
    version: str = ""
    updated: str = ""
    pages: tuple[InfoPage, ...] = ()
    me: Member | None = None
    health: Health = Health.NEW
    note: str = ""
    synced_at: Millis | None = None
    unread: int = 0
    unread_topics: int = 0
    waiting: int = 0
    """Outbox rows not yet sent."""
    is_sample: bool = False
    can: Can = INHERITED
    registration: Registration | None = None
    """How one becomes a member; None where that is not done from here."""
    orders: tuple[Order, ...] = ()
    """The orders in which it lists topics; none: by latest activity only."""

    @property
    def is_unmet(self) -> bool:
        """Whether texts are queued for this place and nobody was there yet."""
        return self.identity == self.location and not (self.listed or self.title or self.synced_at is not None)


@quick_dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow(Board):
    """A board as the forum gave it, with its place in the tree and what is unread on it (children not included)."""

    key: BoardKey
    account: AccountKey
    parent_key: BoardKey | None = None
    depth: int = 0
    unread: int = 0


@quick_dataclass(frozen=True, slots=True, kw_only=True)
class TopicRow(Topic):
    """A line of a topic list: a header as the forum gave it, and what is known here besides."""

    key: TopicKey
    account: AccountKey
    board_key: BoardKey
    board_title: str
    unread: int = 0
    bookmarked: bool = False
    waiting: bool = False
    """Whether something of mine waits in the outbox."""
    is_new: bool = False
    """Never opened, and came after the account was joined."""

    @property
    def replies(self) -> int | None:
        """Posts beyond the first; None where the forum does not count."""
        return None if self.posts is None else max(0, self.posts - 1)


@quick_dataclass(frozen=True, slots=True)
class OutRow:
    """A draft, or something in the outbox."""

    uid: str
    account_name: str
    target: Target
    state: OutState
    where: str
    """Board or topic title, for people."""
    to: str | None
    """Name of the one answered."""
    subject: str
    text: str
    cursor: int
    """Offset of the text cursor, in characters."""
    revision: int
    attempts: int
    not_before: Millis | None
    error: str
    choices: tuple[str, ...]
    """What the reader may answer in ATTENTION: "resend", "arrived", "discard"."""
    created: Millis
    updated: Millis
    remote_post: PostId | None = None
    remote_topic: TopicId | None = None
    unknown_end: bool = False
    """An earlier try may have arrived."""
    baseline: Millis | None = None
    """When the try was begun that a look for it counts from; None where the forum itself knows what it has."""
    rejections: int = 0
    """How often a moderator decided against it."""
    theirs: str | None = None
    """The words that overtook an edit, as `forumtui.text.imprint.words_of` makes them."""

    @property
    def account(self) -> AccountKey:
        """Whose it is."""
        return self.target.account

    @property
    def kind(self) -> OutKind:
        """What it will do."""
        return self.target.kind

    @property
    def body(self) -> Body:
        """The text in its format."""
        return Body(self.text, self.target.format)

    @property
    def key(self) -> str:
        """Names the act to the forum.  One that was held and rejected used its key up; the next try is another act."""
        return f"{self.uid}-{self.rejections}" if self.rejections else self.uid


@quick_dataclass(frozen=True, slots=True, kw_only=True)
class PostRow(Post):
    """A post as the thread shows it: as the forum gave it, and what is known here besides."""

    key: PostKey
    """Negative for a row of mine that is not in the forum yet."""
    topic_key: TopicKey
    parent_key: PostKey | None = None
    parent_author: str | None = None
    parent_number: int | None = None
    bookmarked: bool = False
    unread: bool = False
    mine: bool = False
    pending: OutRow | None = None
    """What of mine is on its way: the row itself, or an edit or deletion of it."""

    @property
    def is_unsent(self) -> bool:
        """Whether it is mine and not in the forum yet; an edit or a deletion that waits hangs on a post that is."""
        return self.key < 0


@quick_dataclass(frozen=True, slots=True)
class Ready:
    """What of an account's unread posts can be read offline (``size``: in characters), and why not the rest."""

    account: AccountRow
    topics: int
    posts: int
    size: int
    note: str = ""

    @property
    def left(self) -> int:
        """How many are not here, as far as the forum told."""
        return max(0, self.account.unread - self.posts)


class ThreadOrder(StrEnum):
    """How a thread is laid out."""

    FLAT = "flat"
    TREE = "tree"


@quick_dataclass(frozen=True, slots=True)
class Outline:
    """A thread's skeleton in display order: cheap even for 10,000 posts; bodies come by `Library.posts`.

    ``keys``, ``depths``, ``parents`` and ``unread`` run in parallel; ``gaps`` are the indexes before which posts are
    not fetched yet (``len(keys)``: after the last).  ``subjects`` lists (index, subject) where the
    subject changes.  ``new_from`` is the index of the first post since the last visit, or None.
    """

    topic: TopicRow
    order: ThreadOrder
    keys: Sequence[PostKey]
    depths: Sequence[int]
    parents: Sequence[PostKey | None]
    unread: Sequence[bool]
    gaps: tuple[int, ...] = ()
    subjects: tuple[tuple[int, str], ...] = ()
    new_from: int | None = None


@quick_dataclass(frozen=True, slots=True)
class Rows(Generic[R]):
    """A window of a list around an anchor.  ``index`` is the anchor's place in ``rows`` (0 if it is gone)."""

    rows: tuple[R, ...]
    index: int = 0
    at_start: bool = True
    at_end: bool = True
    total: int | None = None


@quick_dataclass(frozen=True, slots=True)
class TopicQuery:
    """Which topics a list shows.  No account: over all listed accounts."""

    account: AccountKey | None = None
    board: BoardKey | None = None
    with_children: bool = False
    unread: bool = False
    bookmarked: bool = False
    filter: str = ""
    order: str = ""
    """A name of an order that is offered there; empty: the one that was chosen, else the one the forum shows first."""
    period: str = ""
    """One of the order's; empty: the usual one."""


@quick_dataclass(frozen=True, slots=True)
class Sorted:
    """In which order a list is, and how much of it is here."""

    order: Order
    period: str = ""
    orders: tuple[Order, ...] = ()
    """All that are offered there; none: the list is over several forums, or of bookmarks."""
    at: Millis | None = None
    """When it was fetched; None: never, or it is kept up to date."""
    more: bool = False
    """Whether the forum has more of it than is here."""
    note: str = ""
    """Why the forum does not give it."""

    @property
    def is_latest(self) -> bool:
        """Whether it is the order that every forum has."""
        return self.order.name == LATEST


@quick_dataclass(frozen=True, slots=True)
class HitRow:
    """A search result; ``source`` is "here" (the library) or "forum" (the backend's own search)."""

    key: PostKey
    topic: TopicRow
    author: str | None
    created: Millis | None
    snippet: str
    source: str


@quick_dataclass(frozen=True, slots=True)
class SearchResult:
    """Merged hits, and a sentence on what was covered ("here: 3 forums; asked: Sample; not reached: ...")."""

    hits: tuple[HitRow, ...]
    covered: str
    complete: bool


@quick_dataclass(frozen=True, slots=True)
class NextUnread:
    """Where the next unread post is, for the line that says what comes."""

    topic: TopicRow
    post: PostKey | None
    """None where only posts that are not here yet are unread."""
    account_title: str
    shown: TopicQuery
    """The list that the topic was found in."""


# -- what the user looks at; recorded by Library.want, answered by sync/pull


@quick_dataclass(frozen=True, slots=True)
class WantTopics:
    """Somebody looks at a listing."""

    account: AccountKey
    board: BoardId | None = None
    order: str = LATEST
    period: str = ""
    more: bool = False
    """They came to the end of what is here."""
    anew: bool = False
    """They want it as it is now, however lately it was fetched."""


@quick_dataclass(frozen=True, slots=True)
class WantPosts:
    """Somebody looks at a window of a topic."""

    account: AccountKey
    topic: TopicId
    window: Window = field(default_factory=Window)


@quick_dataclass(frozen=True, slots=True)
class WantSearch:
    """Somebody searches; None: in every plugged account."""

    account: AccountKey | None
    query: str


Want: TypeAlias = WantTopics | WantPosts | WantSearch


class What(StrEnum):
    """What kind of thing changed in the library."""

    ACCOUNTS = "accounts"
    BOARDS = "boards"
    TOPICS = "topics"
    POSTS = "posts"
    OUTBOX = "outbox"
    DRAFTS = "drafts"
    """Only the words of a draft."""
    SEARCH = "search"
    NOTICES = "notices"


@quick_dataclass(frozen=True, slots=True)
class Changed:
    """Names what changed and carries no data, so a lost or merged event is harmless.  None: any."""

    what: What
    account: AccountKey | None = None
    topic: TopicKey | None = None
