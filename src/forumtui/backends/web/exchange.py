"""A request and its answer in plain values, so that neither a dialect nor its tests lean on the library below."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from forumtui.values import quick_dataclass


@quick_dataclass(frozen=True, slots=True)
class Request:
    """What a server is asked."""

    method: str
    url: str
    """Whole, and quoted as it is sent."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Their names are in small letters."""
    content: bytes = b""

    @property
    def path(self) -> str:
        """Still quoted."""
        return urlsplit(self.url).path

    @property
    def params(self) -> Mapping[str, str]:
        """Those of the query, no longer quoted."""
        return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))


@quick_dataclass(frozen=True, slots=True)
class Answer:
    """What it said."""

    status: int = 200
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Their names are in small letters."""
    pieces: AsyncGenerator[bytes, None] | None = None
    """Of a server in memory: what it says little by little instead of ``content``, such as a stream of events."""

    def json(self) -> Any:
        """Raises `ValueError` where there is no JSON."""
        return json.loads(self.content)


Handler = Callable[[Request], Awaitable[Answer]]
"""A server in memory.  It may raise `ConnectionRefusedError`, another `ConnectionError` or `TimeoutError`."""


class InMemory(httpx.AsyncBaseTransport):
    """Instead of a network, a handler."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Its answer, or the loss that it stands for."""
        content = await request.aread()
        try:
            answer = await self._handler(Request(request.method, str(request.url), dict(request.headers), content))
        except ConnectionRefusedError as error:
            raise httpx.ConnectError(str(error), request=request) from error
        except TimeoutError as error:
            raise httpx.ReadTimeout(str(error), request=request) from error
        except ConnectionError as error:
            raise httpx.ReadError(str(error), request=request) from error
        headers = httpx.Headers(dict(answer.headers), encoding="utf-8")
        if answer.pieces is not None:
            return httpx.Response(answer.status, headers=headers, stream=_Stream(answer.pieces))
        return httpx.Response(answer.status, headers=headers, content=answer.content)


class _Stream(httpx.AsyncByteStream):
    def __init__(self, pieces: AsyncGenerator[bytes, None]) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._pieces:
            yield piece

    async def aclose(self) -> None:
        await self._pieces.aclose()


def answer_of(response: httpx.Response) -> Answer:
    """A response that was read."""
    return Answer(response.status_code, response.content, dict(response.headers))
