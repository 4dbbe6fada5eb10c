"""Addresses that are pasted, typed or followed: where they lead, and what is said on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from tests.reader.sync.stage import World, fill, library_in
from tests.tui.reader_kit import Driver, reading
from textual.events import Paste

from forumtui.errors import NotFound, Offline, UsageError
from forumtui.model import PostId, Recognised, TopicId, What
from forumtui.reader.library import Library
from forumtui.reader.library.door import Engine, Reached
from forumtui.reader.sync.engine import Engines
from forumtui.tui.acts.adding import open_link
from forumtui.tui.app import ForumApp
from forumtui.tui.render.arrangement import Pane

ADDRESS = "https://forum.example/t/a-topic/2/3"
FOUND = Recognised("discourse", "https://forum.example", What.TOPIC, "2", "3", numbered=True)


async def reached(driver: Driver, **fields: Any) -> Reached:
    (account,) = await driver.app.library.accounts.all()
    return Reached(account, **{"found": FOUND, "topic": TopicId("t2"), "post": PostId("t2-3"), **fields})


async def paste(driver: Driver, text: str) -> None:
    driver.app.post_message(Paste(f"{text}\n"))
    await driver.until(lambda: driver.engine.ways.asked == [text])


def browsed(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What goes to the browser."""
    gone: list[str] = []
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    monkeypatch.delenv("SSH_TTY", raising=False)
    monkeypatch.setattr(driver.app, "open_url", gone.append)
    return gone


async def test_a_pasted_address_of_a_post_opens_its_topic_there(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        driver.engine.ways.leads[ADDRESS] = await reached(driver)
        await paste(driver, ADDRESS)
        await driver.until(lambda: driver.app.reader.pane is Pane.THREAD)
        assert driver.app.reader.topic is not None
        assert driver.app.reader.topic.id == "t2"
        current = driver.app.reader.thread.current
        assert current is not None
        assert current.id == "t2-3"
        await driver.press("-")  # and back
        assert driver.app.reader.pane is Pane.TOPICS


async def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        lacks = "That post is not there; this is its topic."
        driver.engine.ways.leads[ADDRESS] = await reached(driver, post=None, lacks=lacks)
        await paste(driver, ADDRESS)
        await driver.until(lambda: driver.app.reader.pane is Pane.THREAD)
        assert lacks in driver.said


@pytest.mark.parametrize(
    ("what", "name", "shown"),
    [
        (What.BOARD, "b1", "b1"),
        (What.TAG, "no-such-tag", "has no board no-such-tag"),
        (What.MEMBER, "Anna", "Anna"),
        (What.SEARCH, "soup bowl", "soup bowl"),
        (What.FORUM, "", "This is"),
    ],
)
async def test_what_an_address_names_besides_topics_is_shown(what: What, name: str, shown: str, tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        found = Recognised("discourse", "https://forum.example", what, name)
        (account,) = await driver.app.library.accounts.all()
        boards = await driver.app.library.reading.boards(account.key)
        if what is What.BOARD:
            found, shown = Recognised("discourse", "https://forum.example", what, boards[0].id), boards[0].title
        driver.engine.ways.leads[ADDRESS] = await reached(driver, found=found, topic=None, post=None)
        await paste(driver, ADDRESS)
        await driver.until(lambda: shown in driver.text)


@pytest.mark.parametrize("pane", [("h",), (), ("enter",)])
async def test_an_address_is_opened_in_any_list(pane: Sequence[str], tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        driver.engine.ways.leads[ADDRESS] = await reached(driver)
        await driver.press(*pane)
        await paste(driver, ADDRESS)
        await driver.until(lambda: driver.app.reader.topic is not None and driver.app.reader.topic.id == "t2")


async def test_a_link_into_a_forum_opens_here_and_another_in_the_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with reading(tmp_path) as driver:
        gone = browsed(driver, monkeypatch)
        driver.engine.ways.leads[ADDRESS] = await reached(driver)
        await open_link(driver.app.desk, ADDRESS)
        await driver.until(lambda: driver.app.reader.topic is not None and driver.app.reader.topic.id == "t2")
        await open_link(driver.app.desk, "https://example.org/a-page")
        assert gone == ["https://example.org/a-page"]
        assert driver.engine.ways.asked == [ADDRESS]


@pytest.mark.parametrize("error", [NotFound("No forum."), UsageError("Not read yet.")])
async def test_a_link_that_only_looks_like_a_forum_goes_to_the_browser(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with reading(tmp_path) as driver:
        gone = browsed(driver, monkeypatch)
        driver.engine.ways.resembling.add(ADDRESS)
        driver.engine.ways.leads[ADDRESS] = error
        await open_link(driver.app.desk, ADDRESS)
        await driver.until(lambda: gone == [ADDRESS])


async def test_a_link_that_can_not_be_reached_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with reading(tmp_path) as driver:
        gone = browsed(driver, monkeypatch)
        driver.engine.ways.resembling.add(ADDRESS)
        driver.engine.ways.leads[ADDRESS] = Offline("forum.example cannot be reached.")
        await open_link(driver.app.desk, ADDRESS)
        await driver.until(lambda: "forum.example cannot be reached." in driver.said)
        assert gone == []


async def test_an_address_on_the_command_line_opens_a_visited_forum_at_that_post(tmp_path: Path) -> None:
    address, base = "https://forum.example/team/t/x/1/5", "https://forum.example/team"
    world = World()
    await fill(world.forum(base, "The Team"), topics=2, posts=6)

    async def recognise(location: str) -> Recognised:
        assert location == address
        return Recognised("remote", base, What.TOPIC, "1", "5", numbered=True)

    @asynccontextmanager
    async def engines(library: Library) -> AsyncIterator[Engine]:
        async with Engines(library, clock=world.clock, open_backend=world.open, recognise=recognise) as running:
            yield running

    async with library_in(tmp_path, world.clock.now) as library:
        app = ForumApp(library, engines, location=address)
        async with app.run_test(size=(120, 36)) as pilot:
            driver = Driver(app, pilot, cast("Any", None))
            await driver.until(lambda: app.reader.topic is not None and app.reader.thread.current is not None)
            current = app.reader.thread.current
            assert current is not None
            assert current.number == 5
            await driver.until(lambda: "Topic 0, post 5" in driver.text)
            (row,) = await library.accounts.all(visited=True)
            assert (row.listed, row.location) == (False, base)
            assert "keeps it in the lists" in driver.said


async def test_while_somebody_writes_an_address_only_says_that_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with reading(tmp_path) as driver:
        on_the_way, there = asyncio.Event(), asyncio.Event()
        lead = await reached(driver)

        async def slowly(address: str, *, listed: bool = False) -> Reached:
            on_the_way.set()
            await there.wait()
            return lead

        monkeypatch.setattr(driver.engine.ways, "reach", slowly)
        driver.engine.ways.leads[ADDRESS] = lead
        await driver.press("enter")
        await open_link(driver.app.desk, ADDRESS)
        await on_the_way.wait()
        await driver.press("r")
        await driver.type("Mine")
        there.set()
        await driver.until(lambda: "is here now" in driver.said)
        assert driver.app.reader.composer is not None
        assert "Mine" in driver.text
