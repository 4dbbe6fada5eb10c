"""A server in memory is asked in plain values, and what it raises is a line that is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from forumtui.backends.web import Answer, Request, WebClient
from forumtui.errors import BackendError, Offline, Unanswered

HOME = "https://example.org"
JSON = {"content-type": "application/json"}


async def test_handler_sees_what_was_asked() -> None:
    seen: list[Request] = []

    async def handler(request: Request) -> Answer:
        seen.append(request)
        return Answer(201, b'{"id": 7}', {**JSON, "x-said": "so"})

    async with WebClient(HOME, transport=handler) as web:
        assert await web.post_json("t/a%2Fb", {"text": "é"}, params={"q": "a&b c"}) == {"id": 7}
        answer = await web.request("GET", "t")
    asked = seen[0]
    assert (asked.method, asked.path, asked.params) == ("POST", "/t/a%2Fb", {"q": "a&b c"})
    assert asked.headers["content-type"] == "application/json"
    assert asked.content == '{"text":"é"}'.encode()
    assert (answer.status, answer.json(), answer.headers["x-said"]) == (201, {"id": 7}, "so")


@pytest.mark.parametrize(
    ("loss", "when_acting"),
    [(ConnectionRefusedError("no"), Offline), (ConnectionResetError("gone"), Unanswered), (TimeoutError(), Unanswered)],
)
async def test_losses_are_told_apart(loss: Exception, when_acting: type[BackendError]) -> None:
    async def handler(request: Request) -> Answer:
        raise loss

    async with WebClient(HOME, transport=handler) as web:
        with pytest.raises(Offline):
            await web.get_json("x")
        with pytest.raises(when_acting):
            await web.post_json("x", {})


async def test_pieces_come_one_by_one_and_end_with_the_reader() -> None:
    ended = False

    async def said() -> AsyncGenerator[bytes, None]:
        nonlocal ended
        try:
            yield b"event: changed\ndata: 1\n\n"
            await asyncio.Event().wait()
        finally:
            ended = True

    async def handler(request: Request) -> Answer:
        return Answer(headers={"content-type": "text/event-stream"}, pieces=said())

    async with asyncio.timeout(10):
        async with WebClient(HOME, transport=handler) as web, aclosing(web.events("events")) as events:
            assert await anext(events) == ("changed", "1")
            assert not ended
        assert ended
