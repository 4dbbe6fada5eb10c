"""Lost answers, strangers' pages and real answers in any order: no text that the forum has is ever called refused."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections import deque
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.backends.mocked import mocked
from tests.backends.other_side import OtherSide, problem
from tests.reader.sync.clock import FakeClock
from tests.reader.sync.stage import fill, forum_texts, library_in
from tests.reference.forum import ReferenceForum

from forumtui.backends.remote.backend import RemoteBackend
from forumtui.backends.remote.connection import connect
from forumtui.errors import AuthRequired, BackendError, Busy, Conflict, Forbidden, Missing, RateLimited, Refused
from forumtui.model import TopicId
from forumtui.reader.library import Library
from forumtui.reader.library.outbox import Typed
from forumtui.reader.rows import AccountKey, OutRow, OutState
from forumtui.reader.sync.push import Push
from forumtui.reader.target import OutKind, Remote, Target

pytestmark = pytest.mark.slow

FIRST = TopicId("1")
PAGE: dict[str, Any] = {"html": "<!doctype html><title>Hotel</title>Pay first"}
STRANGERS = (
    *(httpx.Response(status, headers={"location": "https://portal.net/"}) for status in (301, 302, 303, 307, 308)),
    *(
        httpx.Response(status, **PAGE)
        for status in (200, 400, 401, 403, 404, 405, 408, 409, 410, 413, 422, 429, 451, 501, 503)
    ),
    *(httpx.Response(status, text="no") for status in (403, 404, 409)),
    *(httpx.Response(status, json={"error": "policy"}) for status in (200, 400, 403, 404, 409, 422)),
    *(httpx.Response(status) for status in (204, 302, 403, 404, 409, 451)),
    httpx.Response(403, headers={"content-type": "application/problem+json"}, content=b'{"type":"about:blank"}'),
)
REFUSALS = (Refused("Too long."), Forbidden("You are suspended."), Missing("No such topic."), Conflict("It changed."))
PAUSES = (AuthRequired("Log in."), RateLimited("Slowly.", 2), Busy("Busy."))

step = st.one_of(
    st.just("well"),
    st.just("unreachable"),
    st.sampled_from(["lost before", "lost after"]),
    st.tuples(st.sampled_from(["page before", "page after"]), st.integers(0, len(STRANGERS) - 1)),
    st.tuples(st.just("own"), st.integers(0, len(REFUSALS) - 1)),
    st.tuples(st.just("pause"), st.integers(0, len(PAUSES) - 1)),
)


class Line:
    """What happens to the requests that concern acts, one step each; when the steps are used up, all is well."""

    def __init__(self, side: OtherSide, steps: list[object]) -> None:
        self._side = side
        self.steps = deque(steps)

    async def __call__(self, request: httpx.Request) -> httpx.Response | None:
        if "/actions" not in request.url.path or not self.steps:
            return None
        step = self.steps.popleft()
        name, number = step if isinstance(step, tuple) else (step, 0)
        if name == "unreachable":
            raise httpx.ConnectError("no route")
        if name in {"lost after", "page after"}:
            await self._side._answer(request)
        if name in {"lost before", "lost after"}:
            raise httpx.ReadError("cut")
        if name in {"page before", "page after"}:
            page = STRANGERS[number]
            return httpx.Response(page.status_code, headers=page.headers, content=page.content)
        if name == "own":
            looked = request.url.path.endswith("/find")  # of which a refusal is the moderators', and the last word
            return problem(REFUSALS[1] if looked else REFUSALS[number])
        return problem(PAUSES[number]) if name == "pause" else None


class Play:
    """One text on its way through such a line."""

    def __init__(self, library: Library, store: ReferenceForum, clock: FakeClock, push: Push, line: Line) -> None:
        self.library, self.store, self.clock, self.push, self.line = library, store, clock, push, line

    async def count(self, text: str) -> int:
        return (await forum_texts(self.store, FIRST)).count(text)

    async def until_settled(self, uid: str, text: str) -> OutRow:
        while True:
            with contextlib.suppress(BackendError):
                await self.push.one()
            row = await self.library.outbox.get(uid)
            there = await self.count(text)
            assert there <= 1
            assert not (there and row.state is OutState.REFUSED), row
            assert not (there and row.state is OutState.QUEUED and not row.unknown_end), row
            if row.state not in {OutState.QUEUED, OutState.SENDING}:
                return row
            self.clock.advance(301)


async def play(steps: list[object], folder: Path) -> None:
    clock = FakeClock()
    store = ReferenceForum("A Forum", now=clock.now)
    await fill(store, topics=1)
    side = OtherSide(store, {"t": "ann"})
    line = Line(side, steps)

    async def answer(request: httpx.Request) -> httpx.Response:
        return await line(request) or await side(request)

    async with (
        library_in(folder, clock.now) as library,
        connect("https://forum.example", {"token": "t"}, transport=mocked(answer)) as connection,
    ):
        info = await store.info("ann")
        account = await library.accounts.put(
            name="a", driver="remote", location="https://forum.example", identity=info.uuid, options={}, info=info,
            listed=True, joined=None,
        )  # fmt: skip
        await library.accounts.set_delivery(account.key, "key")
        push = Push(library, account.key, RemoteBackend(connection), lease="me", now=clock.now, chance=clock.chance)
        connection.web._gate._clock = lambda: clock.time / 1000
        await _through(Play(library, store, clock, push, line), account.key)


async def _through(play: Play, account: AccountKey) -> None:
    row = await play.library.outbox.start(Target(account, OutKind.REPLY, topic=Remote(FIRST)), Typed(text="Mine."))
    await play.library.outbox.submit(row.uid)
    row = await play.until_settled(row.uid, "Mine.")
    if row.state is OutState.ATTENTION:  # the forum would not even say
        return
    assert await play.count("Mine.") == (row.state is OutState.SENT)
    if row.state is OutState.REFUSED:
        play.line.steps.clear()
        await play.library.outbox.withdraw(row.uid)
        await play.library.outbox.save(row.uid, subject="", text="Better.", cursor=0)
        await play.library.outbox.submit(row.uid)
        row = await play.until_settled(row.uid, "Better.")
        assert row.state is OutState.SENT, row.error
        assert await play.count("Better.") == 1


@settings(max_examples=120, deadline=None)
@given(st.lists(step, max_size=7))
async def test_refused_only_what_the_forum_has_not(steps: list[object]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        await asyncio.wait_for(play(steps, Path(folder)), 60)


async def test_each_stranger_after_a_lost_answer(tmp_path: Path) -> None:
    for number in range(len(STRANGERS)):
        steps: list[object] = ["lost after", ("page before", number)]
        await play(steps, tmp_path / f"{number}")


async def test_a_real_refusal_of_the_second_try_says_nothing_of_the_first(tmp_path: Path) -> None:
    for number in range(len(REFUSALS)):
        await play(["lost after", ("own", number), ("page before", 7), "lost before"], tmp_path / f"{number}")
