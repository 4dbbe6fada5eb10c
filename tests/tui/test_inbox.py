"""The inbox: who mentions, answers and writes to one, over all forums."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.tui.reader_kit import NOW, reading, stock

from forumtui.model import Cause, Millis, Notification, NotificationId, PostId, TopicId
from forumtui.reader.library import Library
from forumtui.tui.screens.inbox import InboxScreen

HOUR = 3_600_000


async def told(library: Library) -> None:
    row = await stock(library)
    notices = [
        Notification(NotificationId("1"), Cause.MENTION, "Old", None, who="Ann", created=Millis(NOW - 9 * HOUR), read=True),
        Notification(
            NotificationId("2"), Cause.REPLY, "Topic number 1", TopicId("t1"), PostId("t1-3"), "Bob", Millis(NOW - HOUR)
        ),
        Notification(NotificationId("3"), Cause.OTHER, "gives you a badge: Bee", created=Millis(NOW - 2 * HOUR)),
    ]  # fmt: skip
    await library.notices.put(row.key, notices)


@pytest.mark.parametrize("size", [(80, 24), (40, 15)])
async def test_the_newest_stands_first_and_unread_ones_are_marked(tmp_path: Path, size: tuple[int, int]) -> None:
    async with reading(tmp_path, prepare=told, size=size) as driver:
        await driver.press("g", "i")
        lines = [line for line in driver.text.splitlines() if "you" in line or "Old" in line]
        assert "● Bob answers you" in lines[0]
        assert "● gives you a badge: Bee" in lines[1]
        assert "  Ann mentions you" in lines[2]
        assert "●" not in lines[2]


async def test_the_header_counts_and_enter_opens_the_post(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=told) as driver:
        assert "inbox 2" in driver.text
        await driver.press("g", "i", "enter")
        assert driver.app.reader.topic is not None
        assert driver.app.reader.topic.id == "t1"
        assert driver.app.reader.thread.current is not None
        assert driver.app.reader.thread.current.id == "t1-3"
        await driver.until(lambda: "inbox 1" in driver.text)


async def test_all_are_marked_as_read_after_a_question(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=told) as driver:
        await driver.press("g", "i", "x", "a")
        assert "Mark all 2 notifications as read" in driver.text
        await driver.press("n")
        assert await driver.app.library.notices.unread() == 2
        await driver.press("x", "a", "y")
        assert await driver.app.library.notices.unread() == 0
        assert "the forums are told" in driver.said
        await driver.press("x", "a")
        assert "all of it is read" in driver.said


async def test_an_empty_inbox_teaches(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("g", "i")
        assert isinstance(driver.app.screen, InboxScreen)
        assert "Where a forum tells who mentions you" in " ".join(driver.text.split())
