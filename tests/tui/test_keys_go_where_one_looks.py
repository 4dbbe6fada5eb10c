"""Keys go to what is seen: a composer that is left for another screen is put away with its text kept."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.tui.reader_kit import Driver, put_account, reading

from forumtui.reader.rows import AccountRow, OutState
from forumtui.tui.keys.commands import Where
from forumtui.tui.render.arrangement import Pane


async def drafts(driver: Driver) -> list[str]:
    return [row.body.source for row in await driver.app.library.outbox.rows() if row.state is OutState.DRAFT]


@pytest.mark.parametrize("way", ["g h", "g b", "g m", "g a", "g d", "g r"])
@pytest.mark.parametrize("size", [(80, 24), (160, 50), (40, 12)])
async def test_a_composer_that_is_left_is_put_away(tmp_path: Path, way: str, size: tuple[int, int]) -> None:
    async with reading(tmp_path, size=size) as driver:
        await driver.press("enter", "r")
        await driver.type("dear")
        await driver.press("f1", *way.split())
        if way == "g r":  # nothing is bound to it: the page of keys is still there, and the composer under it
            await driver.press("escape")
            assert driver.app.running.where()[0] is Where.COMPOSE
            return
        assert driver.app.reader.composer is None
        assert await drafts(driver) == ["dear"]
        await driver.press("j", "k", "m", "z")
        assert await drafts(driver) == ["dear"]


async def test_help_over_a_composer_comes_back_to_it(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("enter", "r")
        await driver.type("de")
        await driver.press("f1", "j", "escape")
        await driver.type("ar")
        await driver.press("ctrl+p", "escape")
        await driver.type("!")
        await driver.press("escape")
        assert await drafts(driver) == ["dear!"]


async def test_a_forum_that_comes_does_not_take_the_keys_from_a_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with reading(tmp_path) as driver:
        arrives = asyncio.Event()

        async def add(location: str, *, name: str | None = None, listed: bool = True) -> AccountRow:
            await arrives.wait()
            return await put_account(driver.app.library, "late", listed=listed)

        monkeypatch.setattr(driver.engine.ways, "_add", add)
        await driver.press("a")
        await driver.type("late")
        await driver.press("enter", "enter", "r")
        await driver.type("not a com")
        arrives.set()
        await driver.until(lambda: "Late is here now" in driver.said)
        await driver.type("mand")
        assert driver.app.running.where()[0] is Where.COMPOSE
        await driver.press("escape")
        assert await drafts(driver) == ["not a command"]


async def test_a_click_moves_the_focus_only_where_the_keys_go(tmp_path: Path) -> None:
    async with reading(tmp_path, size=(160, 50)) as driver:
        await driver.press("enter", "r")
        await driver.type("dear")
        await driver.pilot.click("#thread", offset=(5, 1))
        await driver.settle()
        await driver.type("!")
        composer = driver.app.reader.composer
        assert composer is not None
        assert driver.app.focused is not None
        assert composer in driver.app.focused.ancestors
        await driver.pilot.click("#topics", offset=(5, 2))
        await driver.settle()
        await driver.until(lambda: driver.app.reader.composer is None)
        assert await drafts(driver) == ["dear!"]
        assert driver.app.reader.pane is Pane.THREAD


async def test_the_end_keeps_what_lies_under_a_page(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("enter", "r")
        await driver.type("dear")
        await driver.press("f1")
        await driver.pilot.press("Q")
        await driver.until(lambda: not driver.app.is_running, seconds=10)
        assert await drafts(driver) == ["dear"]


async def test_a_click_on_a_row_of_a_page_opens_it(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("g", "a")
        await driver.pilot.click("PageList", offset=(5, 0))
        await driver.settle()
        assert driver.app.screen is driver.app.reader
        assert driver.app.reader.pane is Pane.TOPICS


async def test_a_click_where_nothing_can_be_opened_does_nothing(tmp_path: Path) -> None:
    """Neither on the preview of a text, where something behind it would be opened, nor among what is offered."""
    async with reading(tmp_path) as driver:
        await driver.press("enter", "r")
        await driver.type("dear")
        await driver.press("ctrl+r")
        for _ in range(2):
            await driver.pilot.click("#composer PageList", offset=(2, 0))
            await driver.settle()
        composer = driver.app.reader.composer
        assert composer is not None
        assert composer.previewing
        await driver.press("ctrl+p")
        palette = driver.app.screen
        for _ in range(2):
            await driver.pilot.click("PageList", offset=(5, 1))
            await driver.settle()
        assert driver.app.screen is palette
