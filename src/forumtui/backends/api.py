"""What a forum must offer to be read here: a `Driver` opens a `Backend`, a session with one forum.

A plug-in names its driver in the entry-point group ``forumtui.backends``.  Both are protocols:
nothing needs to be inherited, and `forumtui.testing.BackendContract` checks the promises below.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from forumtui.model import (
    Action,
    Board,
    Changes,
    Cursor,
    Delivery,
    ForumInfo,
    Hit,
    Listing,
    Page,
    Post,
    PostId,
    Receipt,
    Topic,
    TopicId,
    Window,
)
from forumtui.values import dataclass


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
        """A page of a listing: pinned topics first, then newest activity first."""

    async def topic(self, topic: TopicId) -> Topic:
        """One topic's header.  Raises `Refused` if there is none."""

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


@dataclass(frozen=True, slots=True)
class Option:
    """One setting of an account: drives the command line, the form and the check of the config file."""

    name: str
    help: str
    required: bool = False
    secret: bool = False


class Driver(Protocol):
    """Opens forums of one kind.  Importing its module must be quick and touch no network."""

    name: str
    options: Sequence[Option]

    def recognises(self, location: str) -> bool:
        """Whether this path or URL looks like ours; looks at the text and the file, not at the network."""

    def open(self, location: str, options: Mapping[str, str]) -> AbstractAsyncContextManager[Backend]:
        """Open a session.  Raises `FileProblem` or `BackendError` on entering."""
