"""What a forum must offer to be read here: a `Driver` opens a `Backend`, a session with one forum.

A plug-in names its driver in the entry-point group ``forumtui.backends``.  Both are protocols:
nothing needs to be inherited (`Refuses` spares what a forum does not have), and `forumtui.testing.BackendContract` checks the promises below.
"""
# ruff: noqa: ARG002 - what is refused need not be looked at

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from forumtui.backends.seen import Seen
from forumtui.errors import Unsupported
from forumtui.model import (
    Action,
    Board,
    Certainty,
    Changes,
    Cursor,
    Delivery,
    Errand,
    ForumInfo,
    Hit,
    Listing,
    LogEntry,
    Member,
    Notification,
    NotificationId,
    Option,
    OwnToken,
    Page,
    Post,
    PostId,
    QueueItem,
    Receipt,
    Recognised,
    Topic,
    TopicId,
    Window,
)


class Backend(Protocol):
    """One open session with one forum.

    Every call may raise a `BackendError` and nothing else; a cancelled call leaves the session usable.
    """

    delivery: Delivery

    async def info(self) -> ForumInfo:
        """The forum as a whole, who we are there, and what that allows."""

    async def boards(self) -> Sequence[Board]:
        """Every board, parents before their children."""

    async def topics(self, listing: Listing, after: Cursor | None = None) -> Page[Topic]:
        """A page of a listing: of ``latest`` pinned topics first, then newest activity first.

        Raises `Unsupported` for an order, or a period of one, that neither the board nor the forum offers.
        """

    async def topic(self, topic: TopicId) -> Topic:
        """One topic's header.  Raises `Refused` if there is none.

        Where addresses do not tell topics from posts, or topics are merged, that of the topic which holds it.
        """

    async def posts(self, topic: TopicId, window: Window) -> Page[Post]:
        """A window of a topic's posts in ascending `Post.sort`, with cursors both ways."""

    async def post(self, post: PostId) -> Post:
        """One post.  Raises `Refused` if there is none."""

    async def search(self, query: str, after: Cursor | None = None) -> Page[Hit]:
        """Posts that match, newest first.  Raises `Unsupported` where the forum cannot search."""

    async def changes(self, after: Cursor | None) -> Changes:
        """What changed since ``after``; with None, every topic's header and no posts.

        Raises `Unsupported` where the forum has no change feed.
        """

    def watch(self) -> AsyncIterator[None]:
        """Yield whenever something may have changed.  Raises `Unsupported` where one must ask."""

    async def perform(self, action: Action) -> Receipt:
        """Carry out an action, under its key."""

    async def find(self, action: Action) -> Receipt | None:
        """Did this action arrive?  None: no trace of it."""

    async def member(self, name: str) -> Member:
        """A member's profile.  Raises `Missing`, or `Unsupported` where there are none."""

    async def queue(self, after: Cursor | None = None) -> Page[QueueItem]:
        """What waits for moderators, oldest first.  Raises `Forbidden` or `Unsupported`."""

    async def log(self, after: Cursor | None = None) -> Page[LogEntry]:
        """The audit log, newest first.  Raises `Forbidden` or `Unsupported`."""


class SparesRequests(Protocol):
    """What a session offers besides, where few requests are allowed."""

    ahead: int
    """How many a reader may make after each look for what nobody looks at yet."""


class Refuses:
    """The calls of a `Backend` that a forum may have no answer to, each refused; to be inherited, and overridden in part.

    Left to write are what reads: `info`, `boards`, `topics`, `topic`, `posts` and `post`.
    """

    delivery = Delivery("reconcile")

    async def search(self, query: str, after: Cursor | None = None) -> Page[Hit]:
        """Raises `Unsupported`."""
        raise Unsupported("This forum has no search.")

    async def changes(self, after: Cursor | None) -> Changes:
        """Raises `Unsupported`."""
        raise Unsupported("This forum has no change feed.")

    def watch(self) -> AsyncIterator[None]:
        """Raises `Unsupported`."""
        raise Unsupported("This forum tells no news; it must be asked.")

    async def perform(self, action: Action) -> Receipt:
        """Raises `Unsupported`."""
        raise Unsupported("This forum does not offer it.")

    async def find(self, action: Action) -> Receipt | None:
        """Raises `Unsupported`."""
        raise Unsupported("This forum does not tell what arrived.")

    async def member(self, name: str) -> Member:
        """Raises `Unsupported`."""
        raise Unsupported("This forum shows no profiles.")

    async def queue(self, after: Cursor | None = None) -> Page[QueueItem]:
        """Raises `Unsupported`."""
        raise Unsupported("This forum can not be moderated from here.")

    async def log(self, after: Cursor | None = None) -> Page[LogEntry]:
        """Raises `Unsupported`."""
        raise Unsupported("This forum can not be moderated from here.")


class KnowsMembers(Protocol):
    """What a session offers besides, where members have passwords and tokens that they manage from here."""

    async def set_password(self, old: str, new: str) -> None:
        """Set another password; all tokens but the one used end.  ``old``: "" where there is none yet.

        Raises `Refused` with the forum's reason.
        """

    async def tokens(self) -> Sequence[OwnToken]:
        """One's own tokens in force, the newest first."""

    async def revoke(self, token: str) -> None:
        """End one of them, by its id; no error if it ended already."""

    async def revoke_all(self, *, others: bool = False) -> None:
        """End all; ``others``: all but the one used."""


class Notifies(Protocol):
    """What a session offers besides, where the forum tells its members who named, answered or wrote to them."""

    async def notifications(self) -> Page[Notification]:
        """The newest, newest first, in few requests.  Raises `Unsupported` for a guest."""

    async def mark_notified(self, only: NotificationId | None = None) -> None:
        """Count one of them as seen, or all that there are; no error if it is seen already."""


class GrantedElsewhere(Protocol):
    """What a driver offers besides, where one becomes known to the forum by a page in a browser."""

    async def begin_log_in(self, location: str, options: Mapping[str, str]) -> Errand:
        """What there is to do.  Raises `Unsupported` where the forum lets no program in."""

    async def finish_log_in(
        self, location: str, options: Mapping[str, str], errand: Errand, pasted: str = ""
    ) -> Mapping[str, str] | None:
        """The options that it set; None: it is not done yet.  ``pasted``: what the page showed.

        Raises `AuthRequired` where it was declined or came too late, `Refused` for a pasted text that is none.
        """


class Addresses(Protocol):
    """The addresses of one kind of forum, read without asking anybody.  Importing its module must be quick."""

    name: str

    def recognises(self, location: str) -> Certainty:
        """Whether this path or URL is one of ours; looks at the text and the file, not at the network.

        PERHAPS for what may be anybody's, such as the address of a site.
        """

    def names(self, location: str, base: str = "") -> Recognised | None:
        """What an address names, by its text alone; None where it names nothing of ours.

        ``base``: where the forum is, if that is known; without it, the likeliest place.
        """


class ShowsItself(Protocol):
    """What a driver offers besides, whose forums may be anywhere: to know one by what it answers to a stranger."""

    questions: Sequence[str]
    """Paths below a forum's base, or from "/" on below its host, that are worth asking where no page tells."""
    has_pages: bool
    """Whether each of its web pages shows what it is, so that one that shows nothing needs no asking."""

    def shows(self, seen: Seen) -> str | None:
        """Where the forum is that answered this; None where it is none of ours.  Also of one that wants a log-in first."""


class Driver(Addresses, Protocol):
    """Opens forums of one kind.  Importing its module must be quick and touch no network."""

    options: Sequence[Option]
    """The settings of an account."""
    log_in_form: Sequence[Option]
    """What to ask for to become somebody there; () where one need not, or can not from here."""
    registration_form: Sequence[Option]
    """What to ask for to become a member; () where that is not done from here."""

    def open(self, location: str, options: Mapping[str, str]) -> AbstractAsyncContextManager[Backend]:
        """Open a session.  Raises `FileProblem` or `BackendError` on entering."""

    async def log_in(self, location: str, options: Mapping[str, str], form: Mapping[str, str]) -> Mapping[str, str]:
        """The options that a filled-in log-in form sets, such as a token.  Raises `AuthRequired` or `UsageError`."""

    async def register(self, location: str, options: Mapping[str, str], form: Mapping[str, str]) -> Mapping[str, str]:
        """Become a member; as `log_in`.  Raises `Refused` with the forum's reason."""

    async def log_out(self, location: str, options: Mapping[str, str]) -> Mapping[str, str]:
        """End what `log_in` began; the options that are left."""
