"""Noticing at once what others do, whatever becomes of the stream of events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager

import httpx
import pytest
from tests.backends.mocked import mocked
from tests.backends.other_side import OtherSide
from tests.reference.forum import ReferenceForum
from tests.waiting import turns, until

from forumtui.backends.remote.backend import RemoteBackend
from forumtui.backends.remote.connection import connect
from forumtui.backends.web import Limits
from forumtui.errors import AuthRequired, Offline
from forumtui.forum.house import BoardDraft
from forumtui.model import Action, BoardId, Body, NewTopic

SOON = 5.0
TOKEN = "a-token-of-mine"


class Scene:
    """A forum, the other side, a backend, and how often it told of news."""

    def __init__(self, store: ReferenceForum, other: OtherSide, backend: RemoteBackend, board: BoardId) -> None:
        self.store = store
        self.other = other
        self.backend = backend
        self.board = board
        self.written = 0

    async def write(self) -> None:
        self.written += 1
        await self.store.perform("Bob", Action(str(self.written), NewTopic(self.board, "S", Body("b"))))

    async def follow(self) -> None:
        """Read the feed to its end."""
        self.place = (await self.backend.changes(None)).after

    def asked(self, path: str) -> int:
        return sum(request.url.path == f"/api/v1/{path}" for request in self.other.asked)


@asynccontextmanager
async def scene(*, poll: float = 60.0, again: float = 60.0, silence: float = 20.0) -> AsyncIterator[Scene]:
    store = ReferenceForum()
    board = await store.house.add_board(BoardDraft("General"))
    other = OtherSide(store, {TOKEN: "Ann"})
    transport = mocked(other)
    limits = Limits(silence=silence)
    async with connect("https://forum.example", {"token": TOKEN}, transport=transport, limits=limits) as way:
        yield Scene(store, other, RemoteBackend(way, poll=poll, again=again), board)


@asynccontextmanager
async def playing(**times: float) -> AsyncIterator[Scene]:
    async with asyncio.timeout(30):
        async with scene(**times) as shown:
            yield shown


@asynccontextmanager
async def watching(shown: Scene) -> AsyncIterator[AsyncIterator[None]]:
    async with aclosing(shown.backend.watch()) as events:
        yield events


async def told(events: AsyncIterator[None]) -> None:
    await asyncio.wait_for(anext(events), SOON)


async def quiet(waiting: asyncio.Future[None], asked: Callable[[], int]) -> None:
    """Nothing comes, however often is looked whether there is anything."""
    before = asked()
    await until(lambda: asked() > before + 3)
    assert not waiting.done()


async def test_events_are_told_without_asking() -> None:
    async with playing() as shown:
        await shown.follow()
        async with watching(shown) as events:
            await told(events)  # the connection: something may have been missed
            for _ in range(3):
                await shown.write()
                await told(events)
            assert shown.asked("changes") == 1
            waiting = asyncio.ensure_future(anext(events))
            await quiet(waiting, lambda: shown.other.open_streams[0].looks)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        assert [stream.closed for stream in shown.other.open_streams] == [True]


async def test_a_broken_stream_is_opened_again_and_tells_that_something_may_have_been_missed() -> None:
    async with playing(poll=0.01) as shown:
        await shown.follow()
        async with watching(shown) as events:
            await told(events)
            shown.other.open_streams[0].cut.set()
            await told(events)
            assert len(shown.other.open_streams) == 2
            await shown.write()
            await told(events)


async def test_what_was_written_while_the_stream_was_broken_is_told_at_once() -> None:
    async with playing() as shown:
        await shown.follow()
        async with watching(shown) as events:
            await told(events)
            shown.other.streams = False
            await shown.write()
            shown.other.open_streams[0].cut.set()
            await told(events)
            assert shown.asked("changes") >= 1


@pytest.mark.parametrize("status", [404, 405, 501, 503, 200])
async def test_without_a_stream_one_asks_now_and_then(status: int) -> None:
    async with playing(poll=0.01) as shown:

        async def none(request: httpx.Request) -> httpx.Response | None:
            return httpx.Response(status, text="no events") if request.url.path.endswith("/events") else None

        shown.other.before = none
        await shown.follow()
        async with watching(shown) as events:
            for _ in range(3):
                waiting = asyncio.ensure_future(anext(events))
                await quiet(waiting, lambda: shown.asked("changes"))
                await shown.write()
                await asyncio.wait_for(waiting, SOON)
                shown.place = (await shown.backend.changes(shown.place)).after
        assert shown.asked("events") == 1
        repeated = [request for request in shown.other.asked if "if-none-match" in request.headers]
        assert len(repeated) > 3


async def test_the_stream_is_tried_again_later() -> None:
    async with playing(poll=0.01, again=0.05) as shown:
        shown.other.streams = False
        await shown.follow()
        async with watching(shown) as events:
            waiting = asyncio.ensure_future(anext(events))
            await until(lambda: shown.asked("events") >= 2)
            shown.other.streams = True
            await asyncio.wait_for(waiting, SOON)
            assert len(shown.other.open_streams) == 1
            asked = shown.asked("changes")
            await shown.write()
            await told(events)
            assert shown.asked("changes") == asked


async def test_a_stream_that_a_proxy_holds_back_is_not_trusted() -> None:
    given_up, closed = asyncio.Event(), asyncio.Event()

    class Held(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            await given_up.wait()
            raise httpx.ReadTimeout("silence")
            yield b""

        async def aclose(self) -> None:
            closed.set()

    async with playing(poll=0.01) as shown:

        async def hold(request: httpx.Request) -> httpx.Response | None:
            headers = {"content-type": "text/event-stream"}
            return httpx.Response(200, headers=headers, stream=Held()) if request.url.path.endswith("events") else None

        shown.other.before = hold
        await shown.follow()
        async with watching(shown) as events:
            for number in range(4):
                if number == 2:
                    given_up.set()
                    await until(closed.is_set)
                await shown.write()
                await told(events)
                shown.place = (await shown.backend.changes(shown.place)).after
        assert shown.asked("events") == 1


async def test_a_server_that_is_gone_ends_the_watch() -> None:
    async with playing() as shown:

        async def gone(request: httpx.Request) -> httpx.Response | None:
            raise httpx.ConnectError("refused")

        await shown.follow()
        async with watching(shown) as events:
            await told(events)
            shown.other.before = gone
            shown.other.open_streams[0].cut.set()
            with pytest.raises(Offline):
                await told(events)


async def test_a_token_that_is_good_no_longer_ends_the_watch() -> None:
    async with playing() as shown:
        await shown.follow()
        async with watching(shown) as events:
            await told(events)
            shown.other.members.clear()
            shown.other.open_streams[0].cut.set()
            with pytest.raises(AuthRequired):
                await told(events)


def test_a_watch_that_nobody_wants_any_more_leaves_nothing_behind() -> None:
    async def work() -> None:
        async with playing() as shown:
            for _ in range(5):
                async with watching(shown) as events:
                    await told(events)
                    waiting = asyncio.ensure_future(anext(events))
                    await turns()
                    waiting.cancel()
                    await asyncio.gather(waiting, return_exceptions=True)
            assert all(stream.closed for stream in shown.other.open_streams)
            assert await shown.backend.boards()
            assert asyncio.all_tasks() == {asyncio.current_task()} | {
                task
                for task in asyncio.all_tasks()
                if getattr(task.get_coro(), "__name__", "") in {"whole", "wait_for"}
            }

    asyncio.run(work())
