"""What a server answers is weighed before it is taken apart, and taken apart beside the loop: counted, never timed."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import json
import threading
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.backends.http_servers import Line, client, loopback
from tests.backends.mocked import mocked
from tests.waiting import pause, turns

from forumtui.backends.remote import driver, remote_house
from forumtui.backends.remote.connection import LIMITS, Connection, connect
from forumtui.backends.remote.remote_house import RemoteHouse
from forumtui.backends.web import Limits, WebClient, body
from forumtui.backends.web.events import MEDIA_TYPE, EventParser
from forumtui.backends.web.weighing import MOST_DEPTH, MOST_ESCAPES, Scales
from forumtui.errors import BackendError, Offline, Unreadable
from forumtui.model import ForumInfo

JSON = {"content-type": "application/json"}
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('\\",:[]{}aé\n', max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text('\\",:[]{}a', max_size=3), inner, max_size=4),
    max_leaves=12,
)


def signs_in(value: Any) -> int:
    """Brackets, commas and colons of a value as JSON."""
    if isinstance(value, dict):
        return 1 + len(value) + max(0, len(value) - 1) + sum(map(signs_in, value.values()))
    return 1 + max(0, len(value) - 1) + sum(map(signs_in, value)) if isinstance(value, list) else 0


def strings_in(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(strings_in, value.values()))
    return sum(map(strings_in, value)) if isinstance(value, list) else int(isinstance(value, str))


def weigh(text: bytes, cuts: list[int], most: int) -> bool:
    """Whether it is let through, in pieces."""
    scales = Scales("x", most)
    places = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    try:
        for start, end in itertools.pairwise(places):
            scales.add(text[start:end])
    except Unreadable:
        return False
    return True


@given(values, st.lists(st.integers(0, 500), max_size=6), st.booleans())
def test_the_scales_count_what_stands_outside_of_strings_however_it_comes(
    value: Any, cuts: list[int], plain: bool
) -> None:
    text = json.dumps(value, ensure_ascii=plain).encode()
    weight = max(signs_in(value), strings_in(value))
    assert weigh(text, cuts, weight)
    assert weight == 0 or not weigh(text, cuts, weight - 1)


class Loads:
    """Stands in for the one thing that takes JSON apart, and notes how much of it, and in which thread."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[tuple[int, bool]] = []
        usual, loop = json.loads, threading.get_ident()

        def loads(text: str, **how: Any) -> Any:
            self.seen.append((len(text), threading.get_ident() == loop))
            return usual(text, **how)

        monkeypatch.setattr(json, "loads", loads)


async def ask(answer: bytes, headers: dict[str, str] | None = None, limits: Limits = LIMITS) -> Any:
    async with client(lambda _: httpx.Response(200, content=answer, headers=headers or JSON), limits=limits) as web:
        return await web.get_json("/x")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"[" + b"[]," * 60_000 + b"1]", "100,000 values"),
        (b"[" + b"{}," * 60_000 + b"1]", "100,000 values"),
        (b"[" + b"1," * 100_000 + b"1]", "100,000 values"),
        (b'["' + b'","' * 100_000 + b'"]', "100,000 values"),
        (b"{" + b'"a":1,' * 60_000 + b'"a":1}', "100,000 values"),
        (b'"' * 300_000, "100,000 values"),
        (b"[" * 90_000, "nested"),
        (b'{"a":' * 40_000, "nested"),
        (b'["' + b"\\n" * (MOST_ESCAPES + 1) + b'"]', "roundabout"),
        (b'["' + b"x" * LIMITS.size + b'"]', "larger than 12 MB"),
        (b" " * (LIMITS.size + 1), "larger than 12 MB"),
    ],
    ids=[
        "lists",
        "objects",
        "numbers",
        "strings",
        "names",
        "quotes",
        "deep",
        "deep objects",
        "escapes",
        "text",
        "blank",
    ],
)
async def test_too_much_is_refused_before_any_of_it_is_taken_apart(
    answer: bytes, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads = Loads(monkeypatch)
    with pytest.raises(Unreadable, match=says):
        await ask(answer)
    assert loads.seen == []


async def test_numbers_are_not_read_further_than_anything_is_counted() -> None:
    assert await ask(b"[" + b"9" * body.MOST_DIGITS + b"]") == [int("9" * body.MOST_DIGITS)]
    with pytest.raises(Unreadable, match="not the JSON"):
        await ask(b"[" + b"9" * (body.MOST_DIGITS + 1) + b"]")


@pytest.mark.parametrize("text", ["a,b:[c]{d}," * 90_000, '\\"' * 90_000, "\n" * 900_000, "é😀" * 400_000])
async def test_a_long_text_is_one_value_whatever_is_in_it(text: str) -> None:
    assert await ask(json.dumps([text], ensure_ascii=False).encode()) == [text]


@pytest.mark.parametrize("act", [False, True])
async def test_much_is_taken_apart_beside_the_loop_and_little_in_it(monkeypatch: pytest.MonkeyPatch, act: bool) -> None:
    loads = Loads(monkeypatch)

    async def scenario(content: bytes) -> Any:
        async with client(lambda _: httpx.Response(200, content=content, headers=JSON)) as web:
            return await (web.post_json("/x", {}) if act else web.get_json("/x"))

    for size in (body.INLINE, body.INLINE + 1):
        await scenario(b'"' + b"x" * (size - 2) + b'"')
    assert loads.seen == [(body.INLINE, True), (body.INLINE + 1, False)]


async def test_values_are_made_where_their_json_was_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: set[int] = set()
    usual = Connection.value

    def value(connection: Connection, kind: type, answer: object) -> Any:
        threads.add(threading.get_ident())
        return usual(connection, kind, answer)

    monkeypatch.setattr(Connection, "value", value)
    content = json.dumps({"title": "T" * body.INLINE}).encode()
    web = client(lambda _: httpx.Response(200, content=content, headers=JSON))
    async with web:
        await Connection(web, "x").get(ForumInfo, "forum", again=True)
    assert threads
    assert threading.get_ident() not in threads


async def on_a_line(answer: bytes, headers: str, limits: Limits = LIMITS) -> list[int]:
    """Let a loopback server answer; how many bytes it was taken, of which it never ends to send more."""
    taken: list[int] = []

    async def behave(line: Line) -> None:
        await line.request()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{headers}\r\n"
        await line.send(head.encode())
        taken.append(0)
        while True:
            await line.send(answer)
            taken[-1] += len(answer)

    with pytest.raises(BackendError):
        async with loopback(behave) as address, WebClient(address, limits=limits) as web:
            await web.get_json("/x")
    return taken


async def test_an_answer_without_end_is_left_at_the_bound() -> None:
    (taken,) = await on_a_line(b" " * 65_536, "")
    assert taken < 2 * LIMITS.size
    (taken,) = await on_a_line(b"[]," * 20_000, "")
    assert taken < LIMITS.size  # 300,000 bytes, and what waits on the line besides


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(bytes(100_000_000), 6)),
        ("x-gzip", gzip.compress(b"[" * 100_000_000, 6)),
        ("deflate", zlib.compress(bytes(100_000_000), 6)),
        ("deflate", zlib.compress(b"[]," * 30_000_000, 6)),
        ("br", b"\x8b" * 1000),
        ("zstd", b"(\xb5/\xfd" * 1000),
        ("gzip, gzip", gzip.compress(gzip.compress(bytes(1_000_000)))),
        ("gzip\t", gzip.compress(bytes(100_000_000), 6)),
    ],
    ids=["gzip", "brackets", "deflate", "lists", "br", "zstd", "twice", "blank"],
)
async def test_bombs_are_unpacked_no_further_than_the_bound(
    encoding: str, packed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked = [0]
    usual = body.decoded

    async def counted(response: httpx.Response, name: str) -> Any:
        async for piece in usual(response, name):
            unpacked[0] += len(piece)
            assert len(piece) <= 65_536
            yield piece

    monkeypatch.setattr(body, "decoded", counted)
    await on_a_line(packed, f"Content-Encoding: {encoding}\r\n")
    assert unpacked[0] <= LIMITS.size + 65_536


def test_the_loop_has_its_turn_between_the_pieces_of_a_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces, most = [0], [0]
    usual = Scales.add

    def add(scales: Scales, piece: bytes) -> None:
        pieces[0] += 1
        most[0] = max(most[0], pieces[0])
        usual(scales, piece)

    monkeypatch.setattr(Scales, "add", add)

    async def others() -> None:
        while True:
            pieces[0] = 0
            await turns()

    async def behave(line: Line) -> None:
        await line.request()
        await line.answer(gzip.compress(b" " * 20_000_000), "Content-Encoding: gzip\r\n")

    async def scenario() -> None:
        async with loopback(behave) as address, WebClient(address, limits=LIMITS) as web:
            beside = asyncio.create_task(others())
            try:
                await web.get_json("/x")
            finally:
                beside.cancel()

    with pytest.raises(Unreadable, match="larger"):
        asyncio.run(scenario())
    assert most == [1]


async def test_an_answer_that_drips_has_its_time() -> None:
    async def behave(line: Line) -> None:
        await line.request()
        await line.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        while True:
            await line.send(b" ")
            await pause(0.01)

    with pytest.raises(Offline, match="in time"):
        async with loopback(behave) as address, WebClient(address, limits=Limits(total=0.2)) as web:
            await web.get_json("/x")


@pytest.mark.parametrize(
    "flood",
    [b"data: " + b"x" * 9000, b": " + b"x" * 9000, b"x" * 9000, b"data:xxxxx\n" * 2000],
    ids=["data", "comment", "line", "fields"],
)
def test_lines_and_events_of_a_stream_are_bounded(flood: bytes) -> None:
    parser = EventParser("x", most=8000)

    def feed() -> None:
        for start in range(0, len(flood), 100):
            parser.feed(flood[start : start + 100])

    with pytest.raises(Unreadable, match="too large"):
        feed()


async def test_the_loop_has_its_turn_between_the_lines_of_a_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    sips: list[int] = []
    usual = EventParser.feed

    def feed(parser: EventParser, piece: bytes) -> list[tuple[str, str]]:
        sips.append(len(piece))
        return usual(parser, piece)

    monkeypatch.setattr(EventParser, "feed", feed)

    async def behave(line: Line) -> None:
        await line.request()
        await line.send(f"HTTP/1.1 200 OK\r\nContent-Type: {MEDIA_TYPE}\r\n\r\n".encode() + b"\n" * 200_000)
        line.cut()

    async with loopback(behave) as address, WebClient(address, limits=LIMITS) as web:
        with suppress(Offline):
            async for _ in web.events("/events"):
                pass
    assert sips
    assert max(sips) <= 4096


async def test_a_forum_that_answers_with_a_flood_is_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole way, as the reader goes it."""
    said: list[Callable[[], str]] = []

    async def behave(line: Line) -> None:
        await line.request()
        await line.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        while True:
            await line.send(b"[]," * 20_000)

    async with loopback(behave) as address, driver.open(address, {}) as backend:
        try:
            await backend.info()
        except Unreadable as error:
            said.append(error.__str__)
    assert "more than 100,000 values" in said[0]()
    assert MOST_DEPTH < 1000


async def test_a_house_lists_more_members_than_a_reader_takes_values() -> None:
    members = [{"id": str(n), "name": str(n), "role": "Member", "joined": 5, "about": ""} for n in range(20_000)]
    content = json.dumps({"items": members}).encode()

    async def scenario(limits: Limits) -> int:
        transport = mocked(lambda _: httpx.Response(200, content=content, headers=JSON))
        async with connect("http://forum", {}, limits=limits, transport=transport) as connection:
            return len(await RemoteHouse(connection).members())

    assert await scenario(remote_house._PATIENT) == 20_000
    with pytest.raises(Unreadable, match="values"):
        await scenario(LIMITS)
