"""A forum's notice is told where one begins to read there: once for each wording, and never again."""

from __future__ import annotations

from pathlib import Path

from tests.tui.reader_kit import ALL, Driver, reading, stock

from forumtui.model import ForumInfo
from forumtui.reader.library import Library
from forumtui.tui.render.arrangement import Pane


async def _kept(library: Library) -> None:
    if not await library.accounts.all():
        await stock(library)


async def test_a_notice_is_told_once(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=_kept) as driver:
        await driver.press("enter")
        assert driver.said.startswith("Sample: Be kind.")
        await driver.press("j")
        assert driver.said == "", "any command puts it away"
        await driver.press("q", "j", "enter")
        assert driver.said == ""
    async with reading(tmp_path, prepare=_kept) as driver:
        await driver.press("enter")
        assert driver.app.reader.pane is Pane.THREAD
        assert driver.said == "", "nor is it told by the next start"
        await _say(driver, "Closed on Friday.\nAll day.")
        await driver.press("q", "enter")
        assert driver.said.startswith("Sample: Closed on Friday. All day.")
        await driver.press("i")
        assert "All day." in driver.text


async def test_space_tells_it_too_and_a_long_one_leaves_room_for_the_key(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=_kept, size=(80, 24)) as driver:
        await _say(driver, "\x1b[31mA long notice. " * 20)
        await driver.press("n")
        assert driver.said.endswith("…  (i: about this forum)")
        assert len(driver.said) <= 78
        assert "\x1b" not in driver.said


async def _say(driver: Driver, notice: str) -> None:
    library = driver.app.library
    row = (await library.accounts.all())[0]
    await library.accounts.update_info(row.key, ForumInfo(row.title, row.identity, notice=notice, me=row.me, can=ALL))
    await driver.until(lambda: driver.app.reader.accounts[row.key].notice == notice)
