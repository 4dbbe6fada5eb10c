"""Answers that are kept as bytes, ready to be sent again until anything in the forum changes.

Its tag is a digest of the answer itself: it is another one after any visible change by any process, the same
after a restart, and differs between viewers exactly where what they see does.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from hashlib import blake2b

from starlette.requests import Request
from starlette.responses import Response

from forumtui import wire

GZIP_FROM = 1024
"""Bytes; below, packing gains nothing."""
_GZIP_LEVEL = 5
_OFF_THE_LOOP = 1 << 16
"""Bytes; above, packing takes long enough to keep others waiting."""
_OVERHEAD = 1000
"""Bytes that an answer takes besides its own."""
_HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Accept-Encoding"}


def answer(value: object, status: int = 200) -> Response:
    """A value of the model, or of `answers`, as JSON."""
    body = json.dumps(wire.encode(value), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Response(body, status, media_type="application/json")


class Ready:
    """One answer; the kept ones know at which version of the forum."""

    __slots__ = ("_packed", "body", "tag", "version")

    def __init__(self, body: bytes, version: int = 0) -> None:
        self.body = body
        self.version = version
        self.tag = f'W/"{blake2b(body, digest_size=12).hexdigest()}"'
        self._packed = b""

    async def to(self, request: Request) -> Response:
        """The answer to this request: 304 where the client has it, packed where the client can unpack it."""
        headers = {**_HEADERS, "ETag": self.tag}
        if _names(request.headers.get("if-none-match", ""), self.tag):
            return Response(status_code=304, headers=headers)
        body = self.body
        if len(body) > GZIP_FROM and "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            body = self._packed or await self._pack()
        return Response(body, headers=headers, media_type="application/json")

    async def _pack(self) -> bytes:
        if len(self.body) > _OFF_THE_LOOP:
            self._packed = await asyncio.to_thread(gzip.compress, self.body, _GZIP_LEVEL)
        else:
            self._packed = gzip.compress(self.body, _GZIP_LEVEL)
        return self._packed

    @property
    def size(self) -> int:
        """Bytes, packed ones included whether or not they are there yet."""
        return len(self.body) * 3 // 2 + _OVERHEAD


def _names(header: str, tag: str) -> bool:
    """Whether an If-None-Match names this tag; weak and strong ones are the same to it."""
    opaque = tag.removeprefix("W/")
    return header.strip() == "*" or any(part.strip().removeprefix("W/") == opaque for part in header.split(","))


class Views:
    """The word of each viewer: those who have the same one are shown the same topics."""

    def __init__(self, ask: Callable[[str | None], Awaitable[str]]) -> None:
        self._ask = ask
        self._version = 0
        self._words: dict[str | None, str] = {}

    async def word(self, me: str | None, version: int) -> str:
        """The viewer's word at this version of the forum."""
        if version != self._version:
            self._version, self._words = version, {}
        words = self._words
        if me not in words:
            words[me] = await self._ask(me)  # into the words of this version, which may be over by now
        return words[me]


class Kept:
    """The answers used last, as many as fit."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._answers: OrderedDict[Hashable, Ready] = OrderedDict()

    def get(self, key: Hashable, version: int) -> Ready | None:
        """The answer under this key, if it still holds."""
        found = self._answers.get(key)
        if found is None or found.version != version:
            return None
        self._answers.move_to_end(key)
        return found

    def keep(self, key: Hashable, ready: Ready) -> None:
        """Keep an answer instead of the one under this key; one that takes the place of many is not kept."""
        if _taken(key, ready) > self._most // 8:
            return
        self._forget(key)
        self._answers[key] = ready
        self._size += _taken(key, ready)
        while self._size > self._most:
            self._forget(next(iter(self._answers)))

    def _forget(self, key: Hashable) -> None:
        old = self._answers.pop(key, None)
        if old is not None:
            self._size -= _taken(key, old)


def _taken(key: Hashable, ready: Ready) -> int:
    """Bytes that an answer and its key take."""
    return ready.size + len(repr(key))
