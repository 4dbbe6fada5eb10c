"""`Seen`: a forum behind any backend, as an export reads it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Literal, TypeVar

from forumtui.backends.api import Backend
from forumtui.errors import RateLimited
from forumtui.forum.store import GivenRole
from forumtui.model import Board, Cursor, ForumInfo, Listing, Member, Page, Post, Topic, TopicId, Window

T = TypeVar("T")
_LONGEST_WAIT = 60.0
"""Seconds that a forum may ask us to wait before the next question; one that asks for more has refused."""


class Seen:
    """What one member sees of a forum: its roles and what its export calls the same things are its own affair.

    ``me`` is whoever the backend was opened as, whatever is asked.
    """

    def __init__(self, backend: Backend, place: str) -> None:
        self._backend = backend
        self._place = place
        """Where it is, which tells it from others where the forum itself has no name of its own."""

    async def info(self, me: str | None) -> ForumInfo:  # noqa: ARG002 - see above; so below
        """The forum's own fields."""
        found = await _patiently(self._backend.info)
        self._place = found.uuid or self._place
        return found

    async def boards(self, me: str | None) -> Sequence[Board]:
        """Every board, parents first."""
        await self.info(me)
        return await _patiently(self._backend.boards)

    async def topics(self, me: str | None, listing: Listing, after: Cursor | None, limit: int) -> Page[Topic]:  # noqa: ARG002
        """A page as large as the forum makes it."""
        return await _patiently(lambda: self._backend.topics(listing, after))

    async def topic(self, me: str | None, topic: TopicId) -> Topic:  # noqa: ARG002
        """A topic's header."""
        return await _patiently(lambda: self._backend.topic(topic))

    async def posts(self, me: str | None, topic: TopicId, window: Window) -> Page[Post]:  # noqa: ARG002
        """A window of a topic's posts."""
        return await _patiently(lambda: self._backend.posts(topic, window))

    async def origins(self, kind: Literal["board", "topic", "post"], ids: Sequence[str]) -> Mapping[str, str]:
        """The names by which an import tells them from those of other forums."""
        return {id_: f"{self._place}/{kind}/{id_}" for id_ in ids}

    async def members(self, me: str | None) -> Sequence[Member]:  # noqa: ARG002
        """Nobody: a member is not shown a list of the others."""
        return ()

    async def given(self) -> Sequence[GivenRole]:
        """Nothing: that is the keepers' affair."""
        return ()


async def _patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask again where the forum wants a pause first."""
    while True:
        try:
            return await ask()
        except RateLimited as error:
            if error.retry_after > _LONGEST_WAIT:
                raise
            await asyncio.sleep(error.retry_after)
