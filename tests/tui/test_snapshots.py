"""A few whole screens as they were last looked at.  ``pytest --snapshot-update`` takes new ones: look at them first."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from pytest_textual_snapshot import SVGImageExtension
from syrupy.assertion import SnapshotAssertion
from tests.tui.reader_kit import NOW, Driver, reading

from forumtui.model import (
    Ability,
    BoardId,
    Can,
    Cursor,
    ForumInfo,
    Millis,
    Page,
    PostId,
    QueueId,
    QueueItem,
    QueueKind,
    TopicId,
)
from forumtui.reader.rows import Health
from forumtui.tui.compose.composer import Composer


async def _previewed(driver: Driver) -> None:
    await driver.press("j")
    await driver.until(lambda: _previews_current(driver))


def _previews_current(driver: Driver) -> bool:
    reader = driver.app.reader
    row = reader.topics.current
    return (
        row is not None
        and reader.thread.topic_key == row.key
        and reader.topic is not None
        and reader.topic.key == row.key
    )


async def _topics(driver: Driver) -> None:
    await driver.press("j", "j")


async def _thread(driver: Driver) -> None:
    await driver.press("enter", "J", "*")


async def _composing(driver: Driver) -> None:
    await driver.press("j", "enter", "J", "J", ">")
    await driver.type("I would ask the others first.")
    composer = driver.app.reader.composer
    assert isinstance(composer, Composer)
    await driver.until(lambda: composer.keeper.is_kept)
    composer.show_state()


async def _outbox(driver: Driver) -> None:
    library = driver.app.library
    account = (await library.accounts.all())[0].key
    await library.accounts.set_plugged(account, False)
    await library.accounts.set_health(account, Health.OFFLINE)
    for text in ("One that waits.", "One that is refused."):
        await driver.press("r")
        await driver.type(text)
        await driver.press("ctrl+s")
    rows = await library.outbox.rows(drafts=False)
    await library.outbox.refuse(rows[-1].uid, "The topic is closed.")
    await driver.press("g", "o")


async def _queue(driver: Driver) -> None:
    library = driver.app.library
    account = (await library.accounts.all())[0]
    info = ForumInfo("Sample", account.identity, me=account.me, can=Can(dict.fromkeys(Ability, "")))
    await library.accounts.update_info(account.key, info)
    board, when = BoardId("lead"), Millis(NOW - 3_600_000)
    report = QueueItem(
        QueueId("1"), QueueKind.REPORT, when, "Anna", board, "Topic number 2", "Off topic.", TopicId("t2"),
        PostId("t2-2"), "Ben",
    )  # fmt: skip
    held = QueueItem(
        QueueId("2"), QueueKind.HELD, when, "zoe", board, "Topic number 1", "My *first* post.\n\n> Quoted."
    )
    offer = QueueItem(QueueId("3"), QueueKind.VOLUNTEER, when, "Ben", board, "Leadership", "I would like to.")
    driver.engine.queue_pages = [Page((report, held, offer), after=Cursor("1"))]
    await driver.until(lambda: driver.app.reader.accounts[account.key].can.refusal(Ability.MODERATE) is None)
    await driver.press("!", "q")
    await driver.until(lambda: "Offer" in driver.text)


async def _board(driver: Driver) -> None:
    await driver.press("h", "j", "i")


SCREENS: dict[str, tuple[tuple[int, int], Callable[[Driver], Awaitable[None]]]] = {
    "topics-80": ((80, 24), _topics),
    "outbox-80": ((80, 24), _outbox),
    "board-80": ((80, 24), _board),
    "queue-80": ((80, 24), _queue),
    "preview-120": ((120, 36), _previewed),
    "compose-120": ((120, 36), _composing),
    "thread-160": ((160, 50), _thread),
}


@pytest.mark.parametrize("name", SCREENS)
async def test_screen(name: str, tmp_path: Path, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: NOW / 1000)
    monkeypatch.setattr("time.time_ns", lambda: NOW * 1_000_000)
    size, play = SCREENS[name]
    pictures: list[str] = []
    async with reading(tmp_path, size=size) as driver:
        await play(driver)
        await driver.app.desk.gather_facts()
        driver.app.desk.screen.footer.hush()
        await driver.settle()
        pictures.append(driver.app.export_screenshot(title=name))
    picture = re.sub(r"@font-face \{.*?\}\s*", "", pictures[0], flags=re.DOTALL)
    assert picture == snapshot(name=name).use_extension(SVGImageExtension)
