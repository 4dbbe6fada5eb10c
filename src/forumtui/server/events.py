"""Telling clients at once that something changed: one question to the forum at a time, whoever listens."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Iterator
from contextlib import contextmanager

from fastapi import HTTPException
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from forumtui.errors import ForumtuiError, RateLimited
from forumtui.server.limits import Limits

POLL_SECONDS = 0.2
"""Between two looks at what other processes wrote."""
PAUSE_SECONDS = 0.05
"""Between two events, so that many writes make few of them."""
HEARTBEAT_SECONDS = 15.0
CHECK_SECONDS = 2.0
"""Between two questions whether a listener may still read; asked before each event as well.

After a change there is one more: it may have been the end of the listener's own token.
"""
_log = logging.getLogger("forumtui.server")


class Watcher:
    """Asks the forum for its version while anybody listens, and wakes the listeners when it is another.

    ``also``: another watcher, which is woken and ended with this one; ``streams``: what both share, how many each has.
    """

    def __init__(
        self,
        ask: Callable[[], Awaitable[int | None]],
        limits: Limits,
        *,
        streams: Counter[Hashable] | None = None,
        also: Watcher | None = None,
    ) -> None:
        self.version: int | None = None
        self.changes = 0
        """How many were noticed."""
        self._ask = ask
        self._limits = limits
        self._kicked = asyncio.Event()
        self._listeners: set[asyncio.Event] = set()
        self._streams: Counter[Hashable] = Counter() if streams is None else streams
        self._also = also
        self._task: asyncio.Task[None] | None = None
        self._asked = self.ended = False

    def kick(self) -> None:
        """Look now: this process wrote."""
        self._kicked.set()
        if self._also is not None:
            self._also.kick()

    def end(self) -> None:
        """End all streams, those to come as well."""
        self.ended = True
        for listener in self._listeners:
            listener.set()
        if self._also is not None:
            self._also.end()

    @contextmanager
    def listening(self, who: Hashable) -> Iterator[asyncio.Event]:
        """What is set at once and at each change.  Raises an error where there are too many streams."""
        if self._streams[who] >= self._limits.streams_each:
            raise RateLimited("Too many event streams are open; close one.")
        if self._streams.total() >= self._limits.streams:
            raise HTTPException(503, "Too many event streams are open.", {"Retry-After": "30"})
        listener = asyncio.Event()
        self._listeners.add(listener)
        self._streams[who] += 1
        if self._task is None:
            self._task = asyncio.create_task(self._watch())
        elif self._asked:
            listener.set()
        try:
            yield listener
        finally:
            self._listeners.discard(listener)
            self._streams -= Counter([who])  # forgets those who have none left
            if not self._listeners and self._task is not None:
                self._task.cancel()
                self._task = self.version = None
                self._asked = False

    async def _watch(self) -> None:
        trouble = ""
        while True:
            try:
                version = await self._ask()
            except ForumtuiError as error:
                if str(error) != trouble:
                    trouble = str(error)
                    _log.warning("Changes are not noticed at the moment: %s", trouble)
            else:
                trouble = ""
                if version != self.version or not self._asked:
                    self.version, self._asked = version, True
                    self.changes += 1
                    for listener in self._listeners:
                        listener.set()
                    await asyncio.sleep(PAUSE_SECONDS)
            await _set_within(self._kicked, POLL_SECONDS)
            self._kicked.clear()


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event; False when the time is over."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


class EventStream(Response):
    """The events for one client, until it goes, the server ends, or ``admitted`` raises an error.

    The first event comes at once: what changed while the client was not listening is asked for with it.
    """

    media_type = "text/event-stream"

    def __init__(self, watcher: Watcher, who: Hashable, admitted: Callable[[], Awaitable[None]]) -> None:
        super().__init__()
        self._watcher = watcher
        self._who = who
        self._admitted = admitted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events; a stream too many is refused before anything is sent."""
        with self._watcher.listening(self._who) as listener:
            headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # the latter is for nginx
            stream = StreamingResponse(self._events(listener), headers=headers, media_type=self.media_type)
            await stream(scope, receive, send)

    async def _events(self, listener: asyncio.Event) -> AsyncGenerator[bytes, None]:
        checked, doubted = time.monotonic(), False
        while True:
            changed = await _set_within(
                listener, min(CHECK_SECONDS, HEARTBEAT_SECONDS) if doubted else HEARTBEAT_SECONDS
            )
            listener.clear()
            if self._watcher.ended:
                return
            if changed or time.monotonic() - checked >= CHECK_SECONDS:
                doubted = changed  # who was known a moment ago is known still, for a moment
                try:
                    await self._admitted()
                except ForumtuiError:
                    return
                checked = time.monotonic()
            yield _event(self._watcher.changes) if changed else b": still here\n\n"


def _event(version: int) -> bytes:
    return f"event: change\ndata: {json.dumps({'version': version})}\n\n".encode("ascii")
