"""A function of httpx's requests and responses as a server in memory."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Coroutine

import httpx

from forumtui.backends.web import Answer, Handler, Request

Mock = Callable[[httpx.Request], httpx.Response] | Callable[[httpx.Request], Coroutine[None, None, httpx.Response]]


async def pieces(stream: httpx.AsyncByteStream) -> AsyncGenerator[bytes, None]:
    try:
        async for piece in stream:
            yield piece
    finally:
        await stream.aclose()


def mocked(answer: Mock) -> Handler:
    transport = httpx.MockTransport(answer)

    async def handle(request: Request) -> Answer:
        asked = httpx.Request(request.method, request.url, headers=dict(request.headers), content=request.content)
        response = await transport.handle_async_request(asked)
        headers = dict(response.headers)
        assert isinstance(response.stream, httpx.AsyncByteStream)
        if not response.is_stream_consumed:
            return Answer(response.status_code, headers=headers, pieces=pieces(response.stream))
        content = b"".join([piece async for piece in response.stream])
        return Answer(response.status_code, content, headers)

    return handle
