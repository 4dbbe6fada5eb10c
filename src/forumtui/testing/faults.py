"""A backend that fails as the script says, to see what the rest makes of it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from enum import Enum, auto
from typing import TypeVar

from forumtui.backends.api import Backend
from forumtui.errors import (
    AuthRequired,
    Busy,
    Conflict,
    Offline,
    RateLimited,
    Refused,
    Unanswered,
    Unreadable,
    Unsupported,
)
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
    Page,
    Post,
    PostId,
    QueueItem,
    Receipt,
    Topic,
    TopicId,
    Window,
)

T = TypeVar("T")


class Fault(Enum):
    """What goes wrong with one call."""

    NONE = auto()
    OFFLINE = auto()
    LOST_BEFORE = auto()
    """The request never arrives, and nobody knows."""
    LOST_AFTER = auto()
    """The request is carried out, the answer is lost."""
    RATE_LIMITED = auto()
    BUSY = auto()
    AUTH = auto()
    REFUSED = auto()
    CONFLICT = auto()
    UNSUPPORTED = auto()
    UNREADABLE = auto()
    BUG = auto()
    """An exception that no backend may raise."""
    SLOW_BEFORE = auto()
    """Waits for `FaultPlan.release`, then is carried out."""
    SLOW_AFTER = auto()
    """Is carried out, then waits for `FaultPlan.release`."""


class Bug(Exception):
    """What a backend with a mistake in it may raise."""


def error_of(fault: Fault, retry_after: float = 30.0) -> Exception | None:
    """The exception behind a fault, if it is one."""
    errors: dict[Fault, Callable[[], Exception]] = {
        Fault.OFFLINE: lambda: Offline("No connection was made."),
        Fault.LOST_BEFORE: lambda: Unanswered("The answer was lost."),
        Fault.LOST_AFTER: lambda: Unanswered("The answer was lost."),
        Fault.RATE_LIMITED: lambda: RateLimited("Too many requests.", retry_after),
        Fault.BUSY: lambda: Busy("Another program is writing."),
        Fault.AUTH: lambda: AuthRequired("Log in first."),
        Fault.REFUSED: lambda: Refused("The forum does not want this."),
        Fault.CONFLICT: lambda: Conflict("It changed meanwhile."),
        Fault.UNSUPPORTED: lambda: Unsupported("This forum can not do that."),
        Fault.UNREADABLE: lambda: Unreadable("The answer makes no sense."),
        Fault.BUG: lambda: Bug("a mistake in the backend"),
    }
    return errors[fault]() if fault in errors else None


class FaultPlan:
    """Wraps a `Backend`; ``calls`` lists the names of the calls made, in order.

    ``down`` makes every call `Offline` until it is cleared.  ``retry_after`` is in seconds.
    """

    def __init__(self, backend: Backend, *, retry_after: float = 30.0) -> None:
        self.backend = backend
        self.delivery: Delivery = backend.delivery
        self.retry_after = retry_after
        self.down = False
        self.calls: list[str] = []
        self.actions: list[Action] = []
        self.release = asyncio.Event()
        self.reached = asyncio.Event()
        self._script: dict[str, deque[Fault]] = {}

    def script(self, call: str, *faults: Fault) -> None:
        """The next calls of this name meet these faults, one each; after them all is well."""
        self._script.setdefault(call, deque()).extend(faults)

    async def info(self) -> ForumInfo:
        """As the backend's."""
        return await self._call("info", self.backend.info)

    async def boards(self) -> Sequence[Board]:
        """As the backend's."""
        return await self._call("boards", self.backend.boards)

    async def topics(self, listing: Listing, after: Cursor | None = None) -> Page[Topic]:
        """As the backend's."""
        return await self._call("topics", lambda: self.backend.topics(listing, after))

    async def topic(self, topic: TopicId) -> Topic:
        """As the backend's."""
        return await self._call("topic", lambda: self.backend.topic(topic))

    async def posts(self, topic: TopicId, window: Window) -> Page[Post]:
        """As the backend's."""
        return await self._call("posts", lambda: self.backend.posts(topic, window))

    async def post(self, post: PostId) -> Post:
        """As the backend's."""
        return await self._call("post", lambda: self.backend.post(post))

    async def search(self, query: str, after: Cursor | None = None) -> Page[Hit]:
        """As the backend's."""
        return await self._call("search", lambda: self.backend.search(query, after))

    async def changes(self, after: Cursor | None) -> Changes:
        """As the backend's."""
        return await self._call("changes", lambda: self.backend.changes(after))

    async def watch(self) -> AsyncIterator[None]:
        """As the backend's."""
        self.calls.append("watch")
        self._fail(self._next("watch"))
        async for event in self.backend.watch():
            yield event

    async def perform(self, action: Action) -> Receipt:
        """As the backend's; ``actions`` lists what was asked for."""
        self.actions.append(action)
        return await self._call("perform", lambda: self.backend.perform(action))

    async def find(self, action: Action) -> Receipt | None:
        """As the backend's."""
        return await self._call("find", lambda: self.backend.find(action))

    async def member(self, name: str) -> Member:
        """As the backend's."""
        return await self._call("member", lambda: self.backend.member(name))

    async def queue(self, after: Cursor | None = None) -> Page[QueueItem]:
        """As the backend's."""
        return await self._call("queue", lambda: self.backend.queue(after))

    async def log(self, after: Cursor | None = None) -> Page[LogEntry]:
        """As the backend's."""
        return await self._call("log", lambda: self.backend.log(after))

    async def _call(self, name: str, work: Callable[[], Awaitable[T]]) -> T:
        self.calls.append(name)
        fault = self._next(name)
        if fault is Fault.SLOW_BEFORE:
            await self._wait()
        if fault is not Fault.LOST_AFTER:
            self._fail(fault)
        result = await work()
        self._fail(fault)
        if fault is Fault.SLOW_AFTER:
            await self._wait()
        return result

    def _next(self, name: str) -> Fault:
        if self.down:
            return Fault.OFFLINE
        script = self._script.get(name)
        return script.popleft() if script else Fault.NONE

    def _fail(self, fault: Fault) -> None:
        error = error_of(fault, self.retry_after)
        if error is not None:
            raise error

    async def _wait(self) -> None:
        self.reached.set()
        await self.release.wait()


__all__ = ["Bug", "Fault", "FaultPlan", "error_of"]
