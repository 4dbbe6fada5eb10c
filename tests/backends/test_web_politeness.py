"""Few requests at a time, none while a pause is wanted, none for what is known already."""

from __future__ import annotations

import asyncio
import time
from email.utils import formatdate
from typing import Any

import httpx
import pytest
from tests.backends.http_servers import HOME, client
from tests.backends.mocked import mocked
from tests.waiting import turns

from forumtui.backends.web import WebClient
from forumtui.backends.web.answers import retry_after
from forumtui.backends.web.politeness import Gate, Limits, Memory
from forumtui.errors import NotYet, RateLimited
from forumtui.ledger import Urgency, asking_for


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("0", 1),
        ("999999", 3600),
        ("9" * 5000, 3600),
        ("-5", 30),
        ("soon", 30),
        ("", 30),
        ("1.5", 30),
        ("٣", 30),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 1),
        ("Thu, 99 Foo 9999 00:00:00 GMT", 30),
    ],
)
def test_how_long_a_server_wants_to_be_left_alone(given: str, seconds: float) -> None:
    answer = httpx.Response(429, headers=[(b"retry-after", given.encode())] if given else [])
    assert retry_after(answer) == seconds


def test_a_date_is_read_by_the_servers_own_clock() -> None:
    now = time.time()
    until = formatdate(now + 100, usegmt=True)
    assert 98 <= retry_after(httpx.Response(429, headers={"retry-after": until})) <= 101
    slow = {"retry-after": "Thu, 01 Jan 2015 00:02:00 GMT", "date": "Thu, 01 Jan 2015 00:00:00 GMT"}
    assert retry_after(httpx.Response(429, headers=slow)) == 120


def test_a_pause_without_retry_after_is_told_by_the_reset_of_the_limit() -> None:
    assert retry_after(httpx.Response(429, headers={"ratelimit-reset": "12"})) == 12
    assert 98 <= retry_after(httpx.Response(429, headers={"ratelimit-reset": str(round(time.time()) + 100)})) <= 101
    known = {"ratelimit-reset": "1420070520", "date": "Thu, 01 Jan 2015 00:00:00 GMT"}
    assert retry_after(httpx.Response(429, headers=known)) == 120
    assert retry_after(httpx.Response(429, headers={"retry-after": "5", "ratelimit-reset": "12"})) == 5


async def test_a_budget_is_kept_in_each_of_its_spans() -> None:
    now = 0.0
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        nonlocal now
        slept.append(seconds)
        now += seconds

    gate = Gate("here", Limits(at_once=1, budget=((2, 1.0), (5, 60.0))), clock=lambda: now, sleep=sleep)
    asked: list[float] = []
    for _ in range(5):
        async with gate.turn():
            asked.append(now)
    assert asked == [0, 0, 1, 1, 2]
    with pytest.raises(RateLimited) as told:
        async with gate.turn():
            pass
    assert told.value.retry_after == 58
    now = 60.5
    async with gate.turn():
        await gate.count()
    async with gate.turn():
        assert slept == [1, 1, 1]


async def test_news_waits_for_room_without_holding_up_who_looks() -> None:
    gate = Gate("here", Limits(budget=((10, 60.0),)), clock=lambda: 0.0)
    with asking_for(Urgency.NEWS):
        for _ in range(8):
            async with gate.turn():
                pass
        with pytest.raises(NotYet) as told:
            async with gate.turn():
                pass
    assert told.value.retry_after == 60
    async with gate.turn():
        pass


async def test_after_a_refusal_no_request_leaves_before_its_time() -> None:
    asked = 0

    def answer(_: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        return httpx.Response(429, headers={"retry-after": "40"}, html="<html>14 kB</html>")

    async with client(answer) as web:
        for request in (web.get_json("/x"), web.get_json("/y", conditional=True), web.post_json("/z", {})):
            with pytest.raises(RateLimited, match=r"example\.org .* pause of 40 s") as caught:
                await request
            assert 39 < caught.value.retry_after <= 40
        with pytest.raises(RateLimited):
            await anext(web.events("/e"))
    assert asked == 1


class Clock:
    """Time that passes only in sleep."""

    def __init__(self) -> None:
        self.now = 1000.0

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await turns()


async def test_the_gate_opens_again() -> None:
    clock = Clock()
    gate = Gate("x", Limits(), clock=lambda: clock.now, sleep=clock.sleep)
    gate.close_for(10)
    gate.close_for(5)  # the longer wish holds
    for _ in range(10):
        with pytest.raises(RateLimited):
            async with gate.turn():
                raise AssertionError
        clock.now += 1
    async with gate.turn():
        pass


async def test_who_already_waits_is_turned_away_as_well() -> None:
    clock = Clock()
    gate = Gate("x", Limits(at_once=1), clock=lambda: clock.now, sleep=clock.sleep)

    async def queue() -> None:
        async with gate.turn():
            raise AssertionError

    async with gate.turn():
        waiting = asyncio.ensure_future(queue())
        await turns()
        gate.close_for(9)
    with pytest.raises(RateLimited):
        await waiting


async def test_requests_keep_their_distance() -> None:
    async def scenario() -> list[float]:
        clock = Clock()
        gate = Gate("x", Limits(pause=2.0), clock=lambda: clock.now, sleep=clock.sleep)
        starts = []
        for _ in range(3):
            async with gate.turn():
                starts.append(clock.now)
        clock.now += 100
        async with gate.turn():
            starts.append(clock.now)
        return starts

    assert await scenario() == [1000, 1002, 1004, 1104]


async def test_no_more_at_once_than_allowed() -> None:
    most = now = 0

    async def answer(_: httpx.Request) -> httpx.Response:
        nonlocal most, now
        now += 1
        most = max(most, now)
        try:
            await turns(10)
        finally:
            now -= 1
        return httpx.Response(200, json={})

    async with WebClient(HOME, transport=mocked(answer)) as web:
        await asyncio.gather(*[web.get_json("/x") for _ in range(8)])
        gone: asyncio.Task[Any] = asyncio.ensure_future(web.get_json("/x"))
        await turns()
        gone.cancel()
        await asyncio.gather(*[web.get_json("/x") for _ in range(4)])  # a cancelled one gave its place back
    assert most == 2


# -- what is known already


async def test_what_has_not_changed_is_not_sent_again() -> None:
    asked: list[tuple[str | None, str | None]] = []
    tag = '"v1"'

    def answer(request: httpx.Request) -> httpx.Response:
        given = request.headers.get("if-none-match")
        asked.append((given, request.headers.get("if-modified-since")))
        headers = {"etag": tag, "last-modified": "Thu, 01 Jan 2015 00:00:00 GMT"}
        if given == tag:
            return httpx.Response(304, headers=headers)
        return httpx.Response(200, json=[tag], headers=headers)

    async with client(answer) as web:
        first: list[str] = await web.get_json("/x", conditional=True)
        first.append("spoilt by its reader")
        assert await web.get_json("/x", conditional=True) == ['"v1"']
        tag = '"v2"'
        assert await web.get_json("/x", conditional=True) == ['"v2"']
        assert await web.get_json("/x", conditional=True) == ['"v2"']
        assert await web.get_json("/x", params={"page": 2}, conditional=True) == ['"v2"']
        assert await web.get_json("/x", headers={"accept-language": "de"}, conditional=True) == ['"v2"']
        assert await web.get_json("/x") == ['"v2"']
    date = "Thu, 01 Jan 2015 00:00:00 GMT"
    assert asked == [(None, None), *[(f'"v{n}"', date) for n in (1, 1, 2)], *[(None, None)] * 3]


def kept(memory: Memory, names: str) -> str:
    return "".join(name for name in names if memory.get(name))


def test_memory_is_bounded() -> None:
    memory = Memory(most=3, most_bytes=100)

    def put(name: str, size: int = 1, status: int = 200, **headers: str) -> None:
        memory.put(name, httpx.Response(status, content=b"x" * size, headers=headers or {"etag": name}))

    def strange(name: str) -> None:
        memory.put(name, httpx.Response(200, content=b"x", headers=[(b"etag", b"\xe9")]))

    for name in "abc":
        put(name)
    assert memory.get("a")
    put("d")
    assert kept(memory, "abcd") == "acd"
    put("e", 99)
    assert kept(memory, "acde") == "de"  # by size as well
    put("d", 200)
    assert kept(memory, "de") == "e"  # too large, and the old one is no longer true
    put("f", status=206)
    put("g", server="has no validators")
    put("h", 1, 200, **{"etag": "h", "cache-control": "private, No-Store"})
    strange("i")
    assert kept(memory, "efghi") == "e"
