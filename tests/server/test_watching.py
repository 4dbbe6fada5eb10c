"""The watcher: one question at a time for all who listen, through trouble, and no more listeners than allowed."""

from __future__ import annotations

import asyncio
import logging
from contextlib import ExitStack

import pytest
from tests.waiting import turns, until

pytest.importorskip("fastapi", reason="the server is an extra: pip install 'forumtui[server]'")

from fastapi import HTTPException

from forumtui.errors import Busy, RateLimited
from forumtui.server import events
from forumtui.server.events import Watcher
from forumtui.server.limits import Limits


class Forum:
    """Has a version, and trouble."""

    def __init__(self) -> None:
        self.now = 1
        self.asked = 0
        self.trouble: Exception | None = None

    async def version(self) -> int:
        self.asked += 1
        if self.trouble is not None:
            raise self.trouble
        return self.now


async def is_set(event: asyncio.Event) -> None:
    async with asyncio.timeout(10):
        await event.wait()
    event.clear()


def test_all_listeners_hear_of_a_change_for_one_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "POLL_SECONDS", 60.0)

    async def scenario() -> None:
        forum = Forum()
        watcher = Watcher(forum.version, Limits())
        with ExitStack() as stack:
            listeners = [stack.enter_context(watcher.listening(number)) for number in range(50)]
            for listener in listeners:
                await is_set(listener)  # at once, for what changed before
            late = stack.enter_context(watcher.listening("late"))
            await is_set(late)
            assert forum.asked == 1
            forum.now = 2
            watcher.kick()
            for listener in (*listeners, late):
                await is_set(listener)
            assert (forum.asked, watcher.version) == (2, 2)
            watcher.kick()  # but nothing changed
            await until(lambda: forum.asked == 3)
            assert not any(listener.is_set() for listener in listeners)
        asked = forum.asked
        watcher.kick()
        await turns(10)
        assert forum.asked == asked  # nobody listens, nothing is asked
        with watcher.listening("again") as listener:
            await is_set(listener)
        assert len(asyncio.all_tasks()) <= 2

    asyncio.run(scenario())


async def test_trouble_passes_and_is_told_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(events, "POLL_SECONDS", 0.001)
    with caplog.at_level(logging.WARNING, logger="forumtui.server"):
        forum = Forum()
        watcher = Watcher(forum.version, Limits())
        with watcher.listening("anna") as listener:
            await is_set(listener)
            forum.trouble = Busy("The file is busy.")
            asked = forum.asked
            await until(lambda: forum.asked >= asked + 5)
            forum.trouble, forum.now = None, 2
            await is_set(listener)
    assert caplog.text.count("The file is busy.") == 1


async def test_too_many_listeners_are_refused_and_forgotten() -> None:
    watcher = Watcher(Forum().version, Limits(streams=3, streams_each=2))
    for _ in range(3):
        with watcher.listening("anna"), watcher.listening("anna"):
            with pytest.raises(RateLimited), watcher.listening("anna"):
                pass
            with watcher.listening("bob"):
                with pytest.raises(HTTPException) as refused, watcher.listening("carl"):
                    pass
                assert refused.value.status_code == 503
    assert watcher._streams == {}


async def test_the_end_wakes_all() -> None:
    watcher = Watcher(Forum().version, Limits())
    with watcher.listening("anna") as listener:
        await is_set(listener)
        watcher.end()
        await is_set(listener)
        assert watcher.ended
