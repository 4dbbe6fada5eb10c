"""How much one client may ask for and how often, and how much of one request is read."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from forumtui.errors import RateLimited
from forumtui.values import quick_dataclass


@quick_dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a server.  Rates are requests a minute, which may also come at once; 0: no limit.

    They hold for each member, and for each address where nobody is recognised.
    """

    reads: int = 6000
    writes: int = 120
    searches: int = 120
    """Those that are not answered already; they are reads as well."""
    logins: int = 10
    """Log-ins, registrations and changed passwords, always for each address."""
    streams: int = 500
    """Event streams open at once."""
    streams_each: int = 10
    """Of one member or address."""
    connections: int = 1000
    """Open at once; fewer where the system allows fewer files."""
    connections_each: int = 100
    """Of one user of this machine or address; of a proxy as many as there are."""
    body: int = 1 << 20
    """Bytes of a request's body."""
    head: int = 1 << 16
    """Bytes of a request's line and headers."""
    head_seconds: float = 10.0
    """Until the headers of a request must have come."""
    body_seconds: float = 30.0
    """Until its body must have come."""
    send_seconds: float = 30.0
    """So long may a client take nothing of an answer that waits for it."""
    send_least: int = 4096
    """Bytes that are not nothing; a line of 2,400 bit/s takes twice as many."""
    idle_seconds: int = 65
    """So long a connection without requests is kept; longer than the minute for which proxies keep theirs."""
    kept: int = 32 << 20
    """Bytes of ready answers, with what they were asked by."""


class Bounds:
    """Reads no more of a body than the limit, and does not wait for ever for it."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, with bounds around what is read of it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limits = self._limits
        size, whole = 0, False
        ends = asyncio.get_running_loop().time() + limits.body_seconds

        async def bounded_receive() -> Message:
            nonlocal size, whole
            if whole:  # waiting for the end of the connection
                return await receive()
            if _declared(scope) > limits.body:
                raise too_large(limits)
            try:
                async with asyncio.timeout_at(ends):
                    message = await receive()
            except TimeoutError as error:
                raise HTTPException(408, "The request took too long to arrive.", {"Connection": "close"}) from error
            size += len(message.get("body", b""))
            if size > limits.body:
                raise too_large(limits)
            whole = not message.get("more_body", False)
            return message

        await self.app(scope, bounded_receive, send)


def _declared(scope: Scope) -> int:
    """The length that the headers announce."""
    length = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    return int(length) if length.isdigit() else 0


def too_large(limits: Limits) -> HTTPException:
    """What is said of a body beyond the limit; the connection ends, because the rest of it is not read."""
    return HTTPException(413, f"A request may have at most {limits.body} bytes.", {"Connection": "close"})


MOST_BUCKETS = 20_000


class Rates:
    """Buckets that hold a minute's worth of requests; those that were used last are remembered.

    Of each only the time at which it will be full again is kept, so a forgotten one is a full one.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic, most: int = MOST_BUCKETS) -> None:
        self._now = now
        self._most = most
        self._full_at: OrderedDict[Hashable, float] = OrderedDict()

    def draw(self, who: Hashable, per_minute: int) -> None:
        """Count a request.  Raises `RateLimited` where the bucket is empty; 0 a minute means no limit."""
        if not per_minute:
            return
        now = self._now()
        full_at = max(now, self._full_at.get(who, now)) + 60 / per_minute
        wait = full_at - now - 60
        if wait > 1e-6:  # seconds; what floats lose
            raise RateLimited("Too many requests; wait a little.", wait)
        self._full_at[who] = full_at
        self._full_at.move_to_end(who)
        if len(self._full_at) > self._most:
            self._full_at.popitem(last=False)

    def __len__(self) -> int:
        return len(self._full_at)
