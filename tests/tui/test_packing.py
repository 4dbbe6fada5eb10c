"""`g k` fetches all that is unread, and says what is ready and what is not."""

from __future__ import annotations

from pathlib import Path

from tests.tui.reader_kit import reading


async def test_what_is_ready_is_said_at_the_end(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        driver.engine.packer.steps = [(1, ""), (2, "")]
        await driver.press("g", "k")
        await driver.until(lambda: "2 ready" in driver.said)


async def test_why_the_rest_is_not_here_is_said(tmp_path: Path) -> None:
    async with reading(tmp_path, size=(120, 30)) as driver:
        driver.engine.packer.steps = [(1, "It was asked too often. It goes on at 14:20.")]
        await driver.press("g", "k")
        await driver.until(lambda: "14:20" in driver.said)
