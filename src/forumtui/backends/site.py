"""A stranger's site that is asked who it is: little is read of few answers, and nobody is sent further than they may be."""

from __future__ import annotations

from contextlib import AsyncExitStack
from ipaddress import ip_address
from types import TracebackType
from typing import Self
from urllib.parse import urldefrag, urlsplit

from forumtui.backends.seen import Seen
from forumtui.backends.web import Elsewhere, Handler, Limits, WebClient
from forumtui.errors import Unreadable

MOST_ASKED = 8
"""Requests, those that a redirect leads to at another origin included."""
LIMITS = Limits(size=64_000, connect=8, read=8, total=15, at_once=1)
_MOST_MOVES = 3


class Site:
    """An async context manager; no credentials go along, and an address is asked once."""

    def __init__(self, *, transport: Handler | None = None) -> None:
        self._transport = transport
        self._clients: dict[str, WebClient] = {}
        self._seen: dict[str, Seen] = {}
        self._open = AsyncExitStack()
        self.asked = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    @property
    def may_be_asked(self) -> bool:
        """Whether it was not asked too often yet."""
        return self.asked < MOST_ASKED

    async def look(self, address: str) -> Seen:
        """What answers at an address, whatever its status.

        To another origin it goes only where the address is said to have moved for good, or by the same host; never from
        https to http, and never from the net into a network of one's own.  Raises `BackendError`.
        """
        address = urldefrag(address).url
        if address in self._seen:
            return self._seen[address]
        at = address
        for _ in range(_MOST_MOVES + 1):
            try:
                seen = await self._glance(at)
            except Elsewhere as moved:
                if not moved.is_move or _is_closer_by(at, moved.target) or _is_less_private(at, moved.target):
                    raise
                at = moved.target
            else:
                self._seen[address] = self._seen[at] = seen
                return seen
        raise Unreadable(f"{urlsplit(address).netloc} sends us round in circles.")

    async def _glance(self, address: str) -> Seen:
        if not self.may_be_asked:
            raise Unreadable(f"{urlsplit(address).netloc} sends us from one place to the next.")
        parts = urlsplit(address)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._clients:
            client = WebClient(origin, transport=self._transport, limits=LIMITS)
            self._clients[origin] = await self._open.enter_async_context(client)
        self.asked += 1
        return await self._clients[origin].glance(address)


def _is_closer_by(here: str, there: str) -> bool:
    """Whether a stranger sends us into our own network."""
    return _is_near(there) and not _is_near(here)


def _is_near(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return not ip_address(host.partition("%")[0]).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".home.arpa"))


def _is_less_private(here: str, there: str) -> bool:
    return here.startswith("https:") and not there.startswith("https:")
