"""Read and unread by keys; the morning's one key; catching up and undoing it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.tui.reader_kit import Driver, nothing, reading, stock

from forumtui.reader.library import Library
from forumtui.tui.keys.strokes import key_event
from forumtui.tui.render.arrangement import Pane


async def unread(driver: Driver) -> int:
    await driver.settle()
    return (await driver.app.library.reading.unread_total())[0]


async def test_space_reads_everything_over_topics_and_forums(tmp_path: Path) -> None:
    async def two(library: Library) -> None:
        await stock(library, "one", topics=2, posts=3)
        await stock(library, "two", topics=1, posts=2)

    async with reading(tmp_path, prepare=two) as driver:
        assert await unread(driver) == 8
        announced = []
        for _ in range(40):
            await driver.press("space")
            if driver.said.startswith("Space: "):
                announced.append(driver.said)
            if driver.said.startswith("All read."):
                break
        assert driver.said == "All read. 8 posts, 2 forums"
        assert await unread(driver) == 0
        assert any("(Two, 2 new)" in each for each in announced)
        assert any("(Leadership, 3 new)" in each for each in announced)
        await driver.press("space")
        assert driver.said.startswith("All read.")


async def test_another_key_takes_the_announcement_back(tmp_path: Path) -> None:
    async def small(library: Library) -> None:
        await stock(library, topics=2, posts=1)

    async with reading(tmp_path, prepare=small) as driver:
        await driver.press("enter", "space")
        assert driver.said.startswith("Space: ")
        await driver.press("k", "space")
        assert driver.path[-1] == "Topic number 1"
        await driver.press("space")
        assert driver.path[-1] == "Topic number 2"


async def test_a_preview_and_a_jump_mark_nothing(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.until(lambda: driver.app.reader.previewing)
        before = await unread(driver)
        await driver.press("j", "j", "k")
        await driver.press("enter", "G", "g", "g", "3", "enter", "h")
        assert await unread(driver) == before


async def test_n_goes_from_unread_to_unread_and_p_back(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        reader = driver.app.reader
        await driver.press("j", "n")
        assert driver.path[-1] == "Topic number 2"
        numbers = []
        for _ in range(4):
            await driver.press("n")
            assert reader.thread.current is not None
            numbers.append(reader.thread.current.number)
        assert numbers == [2, 3, 4, 5]
        await driver.press("n")
        assert driver.path[-1] == "Topic number 3"
        await driver.press("p")
        assert driver.path[-1] == "Topic number 1"


async def test_marking_one_post_and_one_topic(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("j", "enter", "d", "d")
        assert await unread(driver) == 18
        await driver.press("K", "u")
        assert await unread(driver) == 19
        await driver.press("h", "d")
        assert await unread(driver) == 15
        assert "4 posts marked as read" in driver.said
        await driver.press("U")
        assert "Undone" in driver.said
        assert await unread(driver) == 19


@pytest.mark.parametrize(
    ("keys", "left"),
    [
        (("x", "a"), 0),
        (("enter", "x", "a"), 15),
        (("enter", "J", "x", "h"), 18),
        (("x", "h"), 15),
        (("h", "j", "x", "a"), 0),
        (("x", "o"), 0),
    ],
)
async def test_catching_up_and_undoing_it(tmp_path: Path, keys: tuple[str, ...], left: int) -> None:
    async with reading(tmp_path) as driver:
        await driver.press(*keys)
        assert await unread(driver) == left
        assert "U undoes it" in driver.said
        await driver.press("U")
        assert await unread(driver) >= 19
        await driver.press("U", "U", "U")
        assert "nothing to undo" in driver.said


async def test_what_was_undone_is_done_again(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("x", "a", "U")
        assert "g U does it again" in driver.said
        before = await unread(driver)
        await driver.press("g", "U")
        assert await unread(driver) == 0 < before
        await driver.press("g", "U")
        assert "nothing to do again" in driver.said


async def test_a_step_of_an_earlier_session_says_so_first(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("x", "a")
    async with reading(tmp_path, prepare=nothing) as driver:
        await driver.press("*", "U")
        assert driver.said.startswith("Undone: bookmarking")
        await driver.press("U")
        assert "From an earlier session" in driver.text
        assert "marking 20 posts read" in driver.text
        await driver.press("n")
        assert await unread(driver) == 0
        await driver.press("U", "y")
        assert await unread(driver) == 20


async def test_bookmarks(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("j", "*", "g", "m")
        assert "Topic number 2" in driver.text
        row = driver.app.reader.topics.current
        assert row is not None
        assert row.title == "Topic number 2"
        await driver.press("*")
        await driver.settle()
        assert "No bookmarks yet" in driver.text
        await driver.press("g", "b", "l", "enter", "*")
        assert "bookmarked" in driver.said
        await driver.press("+")
        await driver.settle()
        current = driver.app.reader.thread.current
        assert current is not None
        assert current.liked


async def test_a_post_by_another_shows_without_moving_the_reader(tmp_path: Path) -> None:
    from tests.tui.reader_kit import post, topic

    from forumtui.model import Page, TopicId, Window

    async with reading(tmp_path) as driver:
        reader = driver.app.reader
        await driver.press("j", "enter", "J")
        place, library = reader.thread.place, driver.app.library
        account = reader.topic.account if reader.topic else None
        assert account is not None
        await library.intake.topics(account, [topic(2, 6)])
        page = Page(tuple(post(2, each) for each in range(1, 7)))
        await library.intake.posts(account, TopicId("t2"), Window(), page)
        await driver.until(lambda: "Post 6 of topic 2." in driver.text)
        assert reader.thread.place == place
        assert reader.pane is Pane.THREAD


async def test_typing_ahead_means_what_it_means_slowly(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        for stroke in ("j", "enter", "r", "o", "k", "escape", "h", "j"):
            driver.app.runner.feed(key_event(stroke))
        await driver.until(lambda: driver.app.runner.idle)
        await driver.settle()
        rows = await driver.app.library.outbox.rows()
        assert [row.body.source for row in rows] == ["ok"]
        current = driver.app.reader.topics.current
        assert current is not None
        assert current.title == "Topic number 3"
