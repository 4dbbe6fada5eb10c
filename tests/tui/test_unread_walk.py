"""Going on with n or Space from forum to forum: "All read" stands only under a header that counts nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.tui.reader_kit import Driver, reading, stock

from forumtui.reader.library import Library
from forumtui.reader.rows import TopicQuery


async def two_forums(library: Library) -> None:
    await stock(library, "one", topics=2, posts=2)
    await stock(library, "two", topics=2, posts=2)


async def _until_all_read(driver: Driver, key: str, most: int) -> list[object]:
    """The topics that one comes through."""
    topics: list[object] = []
    for _ in range(most):
        await driver.press(key)
        here = driver.app.reader.topic
        if here is not None and not driver.app.reader.previewing and (not topics or topics[-1] != here.key):
            topics.append(here.key)
        if driver.said.startswith("All read"):
            assert driver.app.services.facts.unread == 0
            return topics
        assert driver.app.services.facts.unread > 0
    raise AssertionError(f"never all read: {driver.said}")


@pytest.mark.parametrize("key", ["n", "space"])
async def test_from_the_last_forum_it_goes_round_to_the_first(tmp_path: Path, key: str) -> None:
    # high enough for the long post to end on one screen: n alone reads no further than it shows
    async with reading(tmp_path, size=(120, 80), prepare=two_forums) as driver:
        last = list(driver.app.reader.accounts.values())[-1].key
        await driver.app.reader.show_list(TopicQuery(account=last))
        topics = await _until_all_read(driver, key, 40)
        assert len(topics) == len(set(topics)) == 4


async def test_what_follows_is_what_stands_below(tmp_path: Path) -> None:
    async with reading(tmp_path, size=(120, 80), prepare=lambda library: stock(library, topics=4, posts=1)) as driver:
        reader = driver.app.reader
        await driver.press("j", "enter", "space")
        assert "'Topic number 3'" in driver.said
        await driver.press("space", "n")
        assert driver.path[-1] == "Topic number 4"
        await driver.press("n")
        assert driver.path[-1] == "Topic number 1"  # round
        await driver.press("n")
        assert driver.said.startswith("All read. 4 posts")
        assert reader.topics.shown.account is not None


async def test_n_alone_reads_posts_that_are_longer_than_the_screen_to_their_end(tmp_path: Path) -> None:
    async with reading(tmp_path, size=(80, 24), prepare=lambda library: stock(library, topics=1, posts=2)) as driver:
        await driver.press("enter", "n")
        for _ in range(12):  # bounded: rounds end
            if driver.said.startswith("All read"):
                break
            await driver.press("n")
        assert driver.said.startswith("All read. 2 posts")
        assert driver.app.services.facts.unread == 0
