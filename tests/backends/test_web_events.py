"""Server-sent events: the parser, and the stream around it."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Sequence
from contextlib import aclosing
from itertools import pairwise

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.backends.http_servers import Line, client, loopback
from tests.waiting import never, pause, turns, until

from forumtui.backends.web import Limits, WebClient
from forumtui.backends.web.events import EventParser
from forumtui.errors import AuthRequired, BackendError, Offline, RateLimited, Unreadable, Unsupported

Events = list[tuple[str, str]]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def parse(*pieces: bytes) -> Events:
    parser = EventParser("x")
    return [event for piece in pieces for event in parser.feed(piece)]


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"data: a\n\n", [("message", "a")]),
        (b"data:a\r\rdata: b\r\n\r\n", [("message", "a"), ("message", "b")]),
        (b"event: n\ndata: a\ndata:  b\n\n", [("n", "a\n b")]),
        (b"data\n\ndata\ndata\n\ndata:", [("message", ""), ("message", "\n")]),
        (b"event: lost\n\ndata: a\n\n", [("message", "a")]),
        (b": comment\n\n:\nid: 1\nstrange: x\nstrange\n\n", []),
        (b"\xef\xbb\xbfdata: bom\n\n", [("message", "bom")]),
        (b"data: \xff\xe2\x80\xa8\x0b\n\n", [("message", "\ufffd\u2028\x0b")]),
        (b"data: unfinished\n", []),
        (b"data: a:b: c\n\n", [("message", "a:b: c")]),
    ],
)
def test_events(stream: bytes, events: Events) -> None:
    assert parse(stream) == events
    assert parse(*[bytes([byte]) for byte in stream]) == events


def test_ids_and_pauses() -> None:
    parser = EventParser("x")
    parser.feed(b"id: 7\nretry: 1500\n")
    assert (parser.last_id, parser.retry) == ("", 1500)
    parser.feed(b"\nid: a\0b\nretry: 1.5\nretry: -1\nretry: \xd9\xa3\nretry\n\n")
    assert (parser.last_id, parser.retry) == ("7", 1500)
    parser.feed(b"id\nretry: " + b"9" * 5000 + b"\n\n")
    assert (parser.last_id, parser.retry) == ("", 999_999_999)


STREAM = st.lists(
    st.sampled_from(
        [
            *b"data event id retry : x 17 \0 \xff \xf0\x9f \xe2\x82".split(),
            *(b" ", b": ", b"\r", b"\n", b"\r\n", b"\n\n", "é€😀\u2028\ufeff".encode()),
        ]
    ),
    max_size=40,
).map(b"".join)


@given(STREAM, st.lists(st.integers(min_value=0, max_value=200), max_size=12))
@example(b"data: a\r\n\r\ndata: b\n\n", [8, 10])
def test_where_it_is_cut_makes_no_difference(stream: bytes, cuts: Sequence[int]) -> None:
    whole, parted = EventParser("x"), EventParser("x")
    places = [0, *sorted(cuts), len(stream)]
    pieces = [stream[start:end] for start, end in pairwise(places)]
    events = [event for piece in pieces for event in parted.feed(piece)]
    assert events == whole.feed(stream)
    assert (parted.last_id, parted.retry) == (whole.last_id, whole.retry)


def plainly(stream: bytes) -> Events:
    """The standard's rules, word by word, over the whole stream."""
    text = stream.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    events, name, data = [], "", ""
    for line in text.split("\n")[:-1]:
        field, colon, value = line.partition(":")
        value = value[1:] if value[:1] == " " else value
        if not line:
            if data:
                events.append((name or "message", data[:-1]))
            name = data = ""
        elif field == "event" and (field or not colon):
            name = value
        elif field == "data":
            data += value + "\n"
    return events


@given(STREAM)
def test_it_follows_the_standard(stream: bytes) -> None:
    assert parse(stream) == plainly(stream)


@pytest.mark.parametrize("piece", [b"data: " + b"x" * 300, b"data: 1\n", b"data:\n", b"xxxxxxxx"])
def test_no_event_grows_for_ever(piece: bytes) -> None:
    parser = EventParser("example.org", most=1000)
    with pytest.raises(Unreadable, match="example"):
        _ = [parser.feed(piece) for _ in range(2000)]


def test_a_quiet_stream_may_last_for_ever() -> None:
    parser = EventParser("x", most=1000)
    for _ in range(5000):
        assert parser.feed(b": still here\n") == []
        assert parser.feed(b"id: 3\nevent: x\n:\r") == []
        assert parser.feed(b"data: 1\n\ndata: 2\n\n") == [("x", "1"), ("message", "2")]


# -- the stream

STREAMED = {"content-type": "text/event-stream; charset=utf-8"}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"


async def collect(web: WebClient, into: Events) -> None:
    async with aclosing(web.events("/events", params={"after": "c1"}, headers={"Last-Event-ID": "9"})) as events:
        async for name, data in events:
            into.append((name, data))


@pytest.mark.parametrize("packed", [False, True])
async def test_a_stream_ends_when_the_server_ends_it(packed: bool) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.params["after"] == "c1"
        assert request.headers["accept"] == "text/event-stream"
        assert request.headers["accept-encoding"] == "identity"
        assert request.headers["last-event-id"] == "9"
        body = b"event: changed\ndata: 1\n\ndata: 2\n\ndata: lost"
        if packed:
            return httpx.Response(200, content=gzip.compress(body), headers={**STREAMED, "content-encoding": "gzip"})
        return httpx.Response(200, content=body, headers=STREAMED)

    async def scenario() -> Events:
        got: Events = []
        async with client(answer) as web:
            await collect(web, got)
        return got

    assert await scenario() == [("changed", "1"), ("message", "2")]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(200, json={}), Unsupported),
        (httpx.Response(200, html="<html>"), Unsupported),
        (httpx.Response(204), Unsupported),
        (httpx.Response(404), Unsupported),
        (httpx.Response(405), Unsupported),
        (httpx.Response(406), Unsupported),
        (httpx.Response(501), Unsupported),
        (httpx.Response(401), Unreadable),
        (httpx.Response(401, json={}), AuthRequired),
        (httpx.Response(429), RateLimited),
        (httpx.Response(503), Offline),
        (httpx.Response(301, headers={"location": "https://evil.net/"}), Unreadable),
    ],
    ids=lambda value: str(getattr(value, "status_code", "")),
)
async def test_what_is_no_stream(answer: httpx.Response, kind: type[BackendError]) -> None:
    async with client(lambda _: answer) as web:
        with pytest.raises(kind):
            await collect(web, [])


async def over_the_wire(behaviour: str) -> tuple[BackendError | None, Events]:
    async def behave(line: Line) -> None:
        await line.request()
        chunked = b"Transfer-Encoding: chunked\r\n\r\n"
        await line.send(HEAD + (b"\r\n" if behaviour == "close" else chunked))
        event = b"data: 1\n\n"
        await line.send(event if behaviour == "close" else b"%x\r\n%s\r\n" % (len(event), event))
        if behaviour == "end":
            await line.send(b"0\r\n\r\n")
        elif behaviour == "reset":
            await until(lambda: got)
            line.cut()
        elif behaviour == "heartbeats":
            for _ in range(14):
                await pause(0.05)
                await line.send(b"2\r\n:\n\r\n")
            await line.send(b"9\r\ndata: 2\n\n\r\n0\r\n\r\n")
        elif behaviour == "silence":
            await never()

    got: Events = []
    limits = Limits(silence=0.5 if behaviour == "silence" else 60, total=0.5)
    async with loopback(behave) as address, WebClient(address, limits=limits) as web:
        try:
            await collect(web, got)
        except BackendError as error:
            return error, got
        return None, got


async def test_a_stream_over_the_wire() -> None:
    assert await over_the_wire("end") == (None, [("message", "1")])
    assert await over_the_wire("close") == (None, [("message", "1")])
    assert await over_the_wire("heartbeats") == (
        None,
        [("message", "1"), ("message", "2")],
    )  # longer than any other answer
    for behaviour in ("cut", "reset", "silence"):
        error, got = await over_the_wire(behaviour)
        assert type(error) is Offline, behaviour
        assert got == [("message", "1")]


async def test_open_streams_leave_room_for_requests() -> None:
    async def behave(line: Line) -> None:
        while True:
            if b"GET /events" in await line.request():
                await line.send(HEAD + b"\r\ndata: 1\n\n")
                await never()
            else:
                await line.answer(b"1")

    async with loopback(behave) as address, WebClient(address, limits=Limits(at_once=1, total=2.0)) as web:
        streams = [web.events("/events") for _ in range(3)]
        for stream in streams:
            assert await anext(stream) == ("message", "1")
        assert await web.get_json("/x") == 1
        waiting = asyncio.ensure_future(anext(streams[0]))
        await turns()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert await web.get_json("/x") == 1
        for stream in streams:
            await stream.aclose()


async def test_closing_the_client_ends_its_streams() -> None:
    async def behave(line: Line) -> None:
        await line.request()
        await line.send(HEAD + b"\r\ndata: 1\n\n")
        await never()

    async with loopback(behave) as address:
        async with WebClient(address) as web:
            stream = web.events("/events")
            await anext(stream)
            waiting = asyncio.ensure_future(anext(stream))
            await turns()
        with pytest.raises(Offline):
            await waiting
