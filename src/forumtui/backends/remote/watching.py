"""Noticing what others do: by the server's events or, where none come through, by asking now and then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing

from forumtui.backends.remote.connection import Connection, address
from forumtui.errors import BackendError

log = logging.getLogger(__name__)

POLL_SECONDS = 5.0
AGAIN_SECONDS = 300.0
_SOON = 1.0
"""Seconds before a stream that broke off is asked for again."""


async def watch(
    connection: Connection, is_news: Callable[[], Awaitable[bool]], *, poll: float, again: float
) -> AsyncGenerator[None, None]:
    """Yield at each event, and as long as there are none, whenever ``is_news``.

    The server sends an event at once when one begins to listen, because something may have been missed; so as long
    as none has come, the stream is not to be trusted: a proxy may hold it back.  Times are seconds.  Raises what
    asking raises, so a server that is gone ends it.
    """
    clock = asyncio.get_running_loop().time
    while True:
        came = False
        try:
            async with (
                aclosing(connection.web.events(address("events"))) as events,
                aclosing(_signs(events, poll)) as signs,
            ):
                async for came in signs:
                    if came or await is_news():
                        yield
        except BackendError as error:
            log.debug("No events: %s", error)
        until = clock() + (min(_SOON, poll) if came else again)
        while True:
            if await is_news():
                yield
            left = until - clock()
            if left <= 0:
                break
            await asyncio.sleep(min(poll, left))


async def _signs(events: AsyncIterator[object], patience: float) -> AsyncGenerator[bool, None]:
    """True for each event; as long as there was none, False every ``patience`` seconds."""
    coming: asyncio.Task[bool] | None = None
    came = False
    try:
        while True:
            coming = coming or asyncio.create_task(_is_next(events))
            done, _ = await asyncio.wait({coming}, timeout=None if came else patience)
            if not done:
                yield False
                continue
            came, coming = coming.result(), None
            if not came:
                return
            yield True
    finally:
        if coming is not None:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)


async def _is_next(events: AsyncIterator[object]) -> bool:
    """Wait for an event; False at the end."""
    async for _ in events:
        return True
    return False
