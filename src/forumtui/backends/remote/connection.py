"""The way to one server: its operations by path, their answers as values."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote

from forumtui import wire
from forumtui.backends.remote.location import PROBLEMS, ROOT, socket_of
from forumtui.backends.web import Answer, Handler, Limits, NobodyThere, WebClient, problem_type
from forumtui.errors import Missing, Unreadable, Unsupported

V = TypeVar("V")
Params = Mapping[str, str | int | None]

LIMITS = Limits(size=12_000_000, silence=20.0)
"""Twice what a server's longest page takes: one post of a million characters, each written as six.  A stream of events
has a heartbeat every 15 s."""


class Connection:
    """What a server is asked, and what it answers.  Raises `BackendError`, and nothing else."""

    def __init__(self, web: WebClient, location: str) -> None:
        self.web = web
        self._location = location.partition("?")[0]

    @contextmanager
    def at_a_forum(self) -> Iterator[None]:
        """For what every forumtui server has.  Raises `Unreadable` where there is none."""
        try:
            yield
        except (Missing, Unsupported, NobodyThere) as error:
            raise Unreadable(f"There is no forumtui forum at {self._location}.") from error

    async def get(self, kind: type[V], *path: str, params: Params | None = None, again: bool = False) -> V:
        """Read a value.  ``again``: it is likely to be asked for more than once, and to be the same then."""
        into = partial(self.value, kind)
        return await self.web.get_json(address(*path), params=params, conditional=again, into=into)

    async def send(self, *path: str, body: Mapping[str, Any], method: str = "POST", safe: bool = False) -> Any:
        """Send an object; the JSON of the answer, None if there is none.  ``safe``: to do it twice does no harm."""
        return await self.web.post_json(address(*path), body, method=method, safe=safe)

    async def delete(self, *path: str, params: Params | None = None) -> None:
        """Delete what may be gone already."""
        await self.web.request("DELETE", address(*path), params=params, safe=True)

    def value(self, kind: type[V], answer: object) -> V:
        """What an answer stands for.  Raises `Unreadable`, naming the server."""
        try:
            return wire.decode(kind, answer)
        except Unreadable as flaw:
            raise Unreadable(f"{self.web.name} does not answer as a forumtui server does: {flaw}") from flaw


def address(*path: str) -> str:
    """The path of an operation; ids come as they are.  Raises `Missing` for an id that no path can have."""
    if not {"", ".", ".."}.isdisjoint(path):
        raise Missing("There is no such thing.")
    return "/".join([ROOT, *(quote(part, safe="", errors="replace") for part in path)])


def _is_own(answer: Answer) -> bool:
    """Whether an error is a forumtui server's: each of them is a problem document of its own kind."""
    return problem_type(answer).startswith(PROBLEMS)


@asynccontextmanager
async def connect(
    location: str,
    options: Mapping[str, str],
    *,
    limits: Limits = LIMITS,
    transport: Handler | None = None,
) -> AsyncIterator[Connection]:
    """A connection to the server at a location, with the token in the options if there is one."""
    token = options.get("token", "")
    known = {"authorization": f"Bearer {token}"} if token else {}
    socket = socket_of(location)
    url = location if socket is None else "http://localhost"
    async with WebClient(
        url, socket=socket, transport=transport, credentials=known, is_own=_is_own, limits=limits
    ) as web:
        yield Connection(web, location)
