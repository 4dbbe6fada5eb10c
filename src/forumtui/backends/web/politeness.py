"""Manners towards a server: few requests at a time, none while it wants a pause, none for what is known already."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx

from forumtui.errors import NotYet, RateLimited
from forumtui.ledger import URGENCY, Budget, Ledger, OwnLedger, Urgency
from forumtui.values import quick_dataclass


@quick_dataclass(frozen=True, slots=True)
class Limits:
    """How much a server may take of us, and we of it; times are seconds."""

    size: int = 10_000_000
    """Bytes of one answer, decompressed."""
    values: int = 100_000
    """Values and names in one answer of JSON: so many, in so many bytes, stop whatever else goes on for some 30 ms."""
    connect: float = 10.0
    read: float = 30.0
    """Without a single byte."""
    total: float = 60.0
    """From when a request's turn comes until its answer is complete, redirects and all."""
    silence: float = 45.0
    """On a stream of events, which sends a comment now and then."""
    at_once: int = 2
    """Requests under way; an open stream of events does not count."""
    pause: float = 0.0
    """At least, from the start of one request to that of the next."""
    budget: Budget = ()
    """What a server that counts requests is known to allow."""


PATIENCE = 5.0
"""Seconds that one waits for room in a budget; who would have to wait longer is told until when."""


class Gate:
    """Where requests wait for their turn.  ``clock`` counts seconds; ``ledger`` and ``who``: where they are counted."""

    def __init__(
        self,
        name: str,
        limits: Limits,
        *,
        ledger: Ledger | None = None,
        who: str = "",
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._name = name
        self._pause = limits.pause
        self._clock = clock
        self._sleep = sleep
        self._places = asyncio.Semaphore(limits.at_once)
        self._budget = limits.budget
        self._ledger = ledger or OwnLedger(clock)
        self._who = who or name
        self._next = 0.0
        self._closed_until = 0.0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a place and hold it.  Raises `RateLimited` at once while the server wants a pause."""
        self._check()
        async with self._places:
            self._check()
            await self._wait_for_room()
            now = self._clock()
            wait = self._next - now
            self._next = max(now, self._next) + self._pause
            if wait > 0:
                await self._sleep(wait)
                self._check()
            yield

    async def _wait_for_room(self) -> None:
        """Until the budget has room for one more.

        Raises where that takes long: `RateLimited`, or `NotYet` for what nobody waits for, because others may ask still.
        """
        urgency = URGENCY.get()
        while self._budget and (wait := await self._ledger.take(self._who, self._budget, urgency)) > 0:
            if urgency is Urgency.AHEAD or (urgency is Urgency.NEWS and wait > PATIENCE):
                raise NotYet(f"What {self._name} allows is kept for what somebody looks at.", wait)
            if wait > PATIENCE:
                raise RateLimited(f"{self._name} allows no more requests for {wait:.0f} s.", wait)
            await self._sleep(wait)
            self._check()

    async def count(self) -> None:
        """One more request is made, such as one that a redirect leads to."""
        if self._budget:
            await self._ledger.count(self._who, self._budget)

    def close_for(self, seconds: float) -> None:
        """Let nobody through for so long."""
        self._closed_until = max(self._closed_until, self._clock() + seconds)

    def _check(self) -> None:
        left = self._closed_until - self._clock()
        if left > 0:
            raise RateLimited(f"{self._name} wants a pause of {max(1.0, left):.0f} s.", left)


@quick_dataclass(frozen=True, slots=True)
class Kept:
    """An answer, and by what its server recognises it."""

    validators: dict[str, str]
    headers: httpx.Headers
    body: bytes


class Memory:
    """Answers that their servers can confirm, so that they need not send them again; the longest unused go first."""

    def __init__(self, most: int = 64, most_bytes: int = 16_000_000) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._bytes = 0

    def get(self, url: str) -> Kept | None:
        """What was kept of that address."""
        kept = self._kept.get(url)
        if kept is not None:
            self._kept.move_to_end(url)
        return kept

    def put(self, url: str, answer: httpx.Response) -> None:
        """Keep a complete answer, if it can be asked for conditionally."""
        self._drop(url)
        validators = {
            name: value
            for name, given in (("if-none-match", "etag"), ("if-modified-since", "last-modified"))
            if (value := answer.headers.get(given, "")) and value.isascii() and value.isprintable()
        }
        no_store = "no-store" in answer.headers.get("cache-control", "").lower()
        if answer.status_code != 200 or not validators or no_store or len(answer.content) > self._most_bytes:
            return
        self._kept[url] = Kept(validators, answer.headers, answer.content)
        self._bytes += len(answer.content)
        while len(self._kept) > self._most or self._bytes > self._most_bytes:
            self._drop(next(iter(self._kept)))

    def _drop(self, url: str) -> None:
        kept = self._kept.pop(url, None)
        if kept is not None:
            self._bytes -= len(kept.body)
