"""Servers that break off, stall, flood and lie, on a real line."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.backends.http_servers import Behave, Line, loopback
from tests.waiting import never, pause, turns

from forumtui.backends.web import Limits, WebClient
from forumtui.errors import BackendError, Forbidden, Missing, Offline, Unanswered, Unreadable

QUICK = Limits(read=0.3, total=0.6)
SMALL = Limits(size=100_000)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


async def outcome(behave: Behave, *, act: bool = False, limits: Limits = SMALL) -> Any:
    """A value, or the error instead of it."""
    async with loopback(behave) as address, WebClient(address, limits=limits) as web:
        try:
            return await (web.post_json("/x", {"a": 1}) if act else web.get_json("/x"))
        except BackendError as error:
            return error


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
BREAKS = {
    "cut before the request is read": b"",
    "closed without an answer": b"",
    "cut within the headers": b"HTTP/1.1 200 OK\r\nContent-",
    "cut after the headers": HEAD + b"Content-Length: 20\r\n\r\n",
    "cut within the body": HEAD + b"Content-Length: 20\r\n\r\n[1,2",
    "cut within a chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n14\r\n[1,2",
    "no HTTP": b"220 smtp.example.org ESMTP\r\n",
    "a length that is none": HEAD + b"Content-Length: minus one\r\n\r\n",
    "endless headers": HEAD + b"X: " + b"x" * 200_000,
}


@pytest.mark.parametrize("name", BREAKS)
async def test_a_line_that_breaks(name: str) -> None:
    async def behave(line: Line) -> None:
        if name != "cut before the request is read":
            await line.request()
        await line.send(BREAKS[name])
        if name.startswith("cut"):
            await pause(0.02)
            line.cut()

    assert type(await outcome(behave)) is Offline
    assert type(await outcome(behave, act=True)) is Unanswered


@pytest.mark.parametrize("late", ["never", "within the headers", "within the body", "drop by drop"])
async def test_a_server_that_takes_its_time(late: str) -> None:
    async def behave(line: Line) -> None:
        await line.request()
        if late == "within the headers":
            await line.send(HEAD)
        elif late != "never":
            await line.send(HEAD + b"Content-Length: 1000\r\n\r\n[")
        while True:
            await pause(0.05)
            if late == "drop by drop":  # never silent for long enough, but never done
                await line.send(b" ")

    assert type(await outcome(behave, limits=QUICK)) is Offline
    assert type(await outcome(behave, act=True, limits=QUICK)) is Unanswered


async def test_nobody_there() -> None:
    async with loopback(lambda line: line.send(b"")) as address:
        pass
    async with WebClient(address, limits=SMALL) as web:
        for request in (web.get_json("/x"), web.post_json("/x", {})):
            with pytest.raises(Offline, match=r"127\.0\.0\.1:\d+ cannot be reached"):
                await request


async def test_no_tls_where_it_was_asked_for() -> None:
    async with (
        loopback(lambda line: line.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as address,
        WebClient(address.replace("http:", "https:"), limits=SMALL) as web,
    ):
        with pytest.raises(Offline, match="cannot be reached"):
            await web.post_json("/x", {})


async def test_a_refusal_is_known_without_its_reason() -> None:
    async def behave(line: Line) -> None:
        await line.request()
        await line.send(b"HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\nxx")

    for act in (False, True):
        assert type(await outcome(behave, act=act)) is Forbidden


async def test_a_refusal_by_a_stranger_decides_nothing() -> None:
    async def behave(line: Line) -> None:
        await line.request()
        await line.send(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 500\r\n\r\nxx")

    assert type(await outcome(behave)) is Unreadable
    assert type(await outcome(behave, act=True)) is Unanswered


# -- floods


def bomb(size: int) -> bytes:
    """So many blanks, of which a thousand are packed into one byte."""
    return gzip.compress(b" " * size, 9)


async def test_a_bomb_is_put_away_unexploded() -> None:
    packed = bomb(200_000_000)

    async def behave(line: Line) -> None:
        await line.request()
        await line.answer(packed, "Content-Encoding: gzip\r\n")

    tracemalloc.start()
    try:
        error = await outcome(behave, limits=Limits(size=1_000_000))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert type(error) is Unreadable
    assert "larger than 1 MB" in str(error)
    assert most < 10_000_000


async def test_a_flood_is_cut_off() -> None:
    sent = 0

    async def behave(line: Line) -> None:
        nonlocal sent
        await line.request()
        await line.send(HEAD + b"\r\n")
        while sent < 50_000_000:
            await line.send(b" " * 10_000)
            sent += 10_000

    assert "larger than 0.1 MB" in str(await outcome(behave))
    assert sent < 50_000_000


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


@pytest.mark.parametrize("size", [1, 7, 100_000])
@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate", "identity"])
async def test_packed_answers(encoding: str, size: int) -> None:
    plain = b'"' + b"ab" * 40_000 + b'"'
    packed = {"identity": plain, "deflate": zlib.compress(plain)}.get(encoding, gzip.compress(plain))
    if encoding == "identity":
        size = max(size, 50_000)

    async def behave(line: Line) -> None:
        await line.request()
        await line.send(HEAD + b"Content-Encoding: %s\r\nTransfer-Encoding: chunked\r\n\r\n" % encoding.encode())
        for piece in pieces(packed, size):
            await line.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        await line.send(b"0\r\n\r\n")

    assert await outcome(behave) == "ab" * 40_000


@pytest.mark.parametrize(
    ("body", "encoding", "says"),
    [
        (gzip.compress(b"[1]")[:-12], "gzip", "breaks off"),
        (b"[1]", "gzip", "garbled"),
        (b"[1]", "br", "was not asked for"),
        (gzip.compress(b"[1]"), "gzip, gzip", "was not asked for"),
    ],
    ids=["cut", "plain", "br", "twice"],  # those made of the bytes would tell the time
)
async def test_badly_packed_answers(body: bytes, encoding: str, says: str) -> None:
    async def behave(line: Line) -> None:
        await line.request()
        await line.answer(body, f"Content-Encoding: {encoding}\r\n")

    error = await outcome(behave)
    assert type(error) is Unreadable
    assert says in str(error)


async def test_an_empty_answer_may_be_called_packed() -> None:
    async def behave(line: Line) -> None:
        await line.request()
        await line.answer(b"", "Content-Encoding: gzip\r\n")

    assert await outcome(behave, act=True) is None


# -- connections


async def test_a_connection_is_used_again_also_after_errors_and_redirects(tmp_path: Path) -> None:
    connections = 0

    async def behave(line: Line) -> None:
        nonlocal connections
        connections += 1
        while True:
            head = await line.request()
            if b"/old" in head:
                await line.answer(b"moved", "Location: /new\r\n", "302 Found")
            elif b"/none" in head:
                await line.answer(b"{}", "", "404 Not Found")
            elif b"if-none-match" in head.lower():
                await line.send(b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n')
            else:
                await line.answer(b"[1]", 'ETag: "1"\r\n')

    socket = tmp_path / "forum.sock"
    async with loopback(behave, socket) as address, WebClient(address, socket=str(socket)) as web:
        assert web.name == str(socket)
        for _ in range(2):
            for path in ("/x", "/old", "/x"):
                assert await web.get_json(path, conditional=True) == [1]
            with pytest.raises(Missing, match=r"forum\.sock has no such thing"):
                await web.get_json("/none")
    assert connections == 1


async def test_no_socket_is_offline(tmp_path: Path) -> None:
    async with WebClient("http://forum", socket=str(tmp_path / "none.sock")) as web:
        with pytest.raises(Offline, match="No such file"):
            await web.post_json("/x", {})


async def test_cancelled_requests_leave_the_client_usable() -> None:
    async def behave(line: Line) -> None:
        while True:
            if b"/slow" in await line.request():
                await never()
            await line.answer(b"1")

    async with loopback(behave) as address, WebClient(address, limits=Limits(at_once=1)) as web:
        for count in (0, 1, 2, 5, 20, 100):  # it goes at any moment
            gone: list[asyncio.Task[Any]] = [asyncio.ensure_future(web.get_json("/slow")) for _ in range(3)]
            await turns(count)
            for task in gone:
                task.cancel()
            await asyncio.gather(*gone, return_exceptions=True)
            assert await asyncio.wait_for(web.get_json("/x"), 2) == 1
