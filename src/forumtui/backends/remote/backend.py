"""A served forum as a backend."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress

from forumtui import wire
from forumtui.backends.remote.connection import Connection
from forumtui.backends.remote.watching import AGAIN_SECONDS, POLL_SECONDS, watch
from forumtui.errors import Missing
from forumtui.model import (
    Action,
    Board,
    Changes,
    Cursor,
    Delivery,
    ForumInfo,
    Hit,
    Listing,
    LogEntry,
    Member,
    OwnToken,
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

PAGE_SIZE = 200
"""Items of a list that are asked for at once."""


class RemoteBackend:
    """Every call is one request.

    ``poll``: seconds between two questions where the server can send no events; ``again``: after so many seconds it
    is asked for events again.
    """

    delivery = Delivery("key", ttl=None)

    def __init__(self, connection: Connection, *, poll: float = POLL_SECONDS, again: float = AGAIN_SECONDS) -> None:
        self._connection = connection
        self._poll = poll
        self._again = again
        self._place: Cursor | None = None

    async def info(self) -> ForumInfo:
        """The forum, who we are there, and what that allows."""
        with self._connection.at_a_forum():
            return await self._connection.get(ForumInfo, "forum", again=True)

    async def boards(self) -> Sequence[Board]:
        """Every board, parents first."""
        return (await self._connection.get(Page[Board], "boards", again=True)).items

    async def topics(self, listing: Listing, after: Cursor | None = None) -> Page[Topic]:
        """A page of a listing."""
        asked = {"listing": listing.name, "board": listing.board, "period": listing.period or None}
        params = {**asked, "after": after, "limit": PAGE_SIZE}
        return await self._connection.get(Page[Topic], "topics", params=params, again=after is None)

    async def topic(self, topic: TopicId) -> Topic:
        """One topic's header."""
        return await self._connection.get(Topic, "topics", topic, again=True)

    async def posts(self, topic: TopicId, window: Window) -> Page[Post]:
        """A window of a topic's posts."""
        limit = max(1, min(window.limit, PAGE_SIZE))
        params = {"place": window.place, "at": window.at or None, "limit": limit}
        return await self._connection.get(Page[Post], "topics", topic, "posts", params=params)

    async def post(self, post: PostId) -> Post:
        """One post."""
        return await self._connection.get(Post, "posts", post)

    async def search(self, query: str, after: Cursor | None = None) -> Page[Hit]:
        """Posts that match, newest first."""
        params = {"q": query, "after": after, "limit": PAGE_SIZE}
        return await self._connection.get(Page[Hit], "search", params=params)

    async def changes(self, after: Cursor | None) -> Changes:
        """A stretch of the change feed."""
        changes = await self._changes(after)
        self._place = changes.after
        return changes

    async def _changes(self, after: Cursor | None) -> Changes:
        params = {"after": after, "limit": PAGE_SIZE}
        return await self._connection.get(Changes, "changes", params=params, again=after is not None)

    def watch(self) -> AsyncGenerator[None, None]:
        """Yield whenever the server tells of a change, and whenever one may have been missed."""
        return watch(self._connection, self._is_news, poll=self._poll, again=self._again)

    async def _is_news(self) -> bool:
        """Whether there is anything since the last call of `changes`."""
        if self._place is None:
            return True
        changes = await self._changes(self._place)
        return bool(changes.items or changes.boards or changes.reset)

    async def perform(self, action: Action) -> Receipt:
        """Carry out an action, under its key."""
        return self._connection.value(Receipt, await self._connection.send("actions", body=wire.encode(action)))

    async def find(self, action: Action) -> Receipt | None:
        """The receipt of this action, if it arrived."""
        answer = await self._connection.send("actions", "find", body=wire.encode(action), safe=True)
        return self._connection.value(_Found, answer).receipt

    async def member(self, name: str) -> Member:
        """A member's profile."""
        return await self._connection.get(Member, "members", name)

    async def queue(self, after: Cursor | None = None) -> Page[QueueItem]:
        """What waits for moderators, oldest first."""
        return await self._connection.get(Page[QueueItem], "queue", params={"after": after})

    async def log(self, after: Cursor | None = None) -> Page[LogEntry]:
        """The audit log, newest first."""
        return await self._connection.get(Page[LogEntry], "log", params={"after": after})

    # -- by what one is known: `KnowsMembers`

    async def set_password(self, old: str, new: str) -> None:
        """Set another password; all tokens but the one used end."""
        await self._connection.send("password", body={"old": old, "new": new})

    async def tokens(self) -> Sequence[OwnToken]:
        """One's own tokens, the newest first."""
        return (await self._connection.get(Page[OwnToken], "me", "tokens")).items

    async def revoke(self, token: str) -> None:
        """End one of them."""
        with suppress(Missing):  # it ended already
            await self._connection.delete("me", "tokens", token)

    async def revoke_all(self, *, others: bool = False) -> None:
        """End all, or all but the one used."""
        await self._connection.delete("me", "tokens", params={"others": "true" if others else "false"})


@quick_dataclass(frozen=True, slots=True)
class _Found:
    """What the forum knows of an action."""

    receipt: Receipt | None
