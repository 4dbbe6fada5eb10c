"""What is answered stays in view while one writes."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.tui.reader_kit import reading


@pytest.mark.parametrize(("height", "number"), [(24, 3), (36, 5)], ids=["scrolled", "all on screen"])
async def test_the_answered_post_stays_above_the_composer(tmp_path: Path, height: int, number: int) -> None:
    async with reading(tmp_path, size=(120, height)) as driver:
        await driver.press("j", "enter", *("J",) * (number - 1))
        await driver.press("r")
        lines = driver.text.splitlines()
        answered = next(y for y, line in enumerate(lines) if f"Post {number} of topic 2." in line)
        composer = next(y for y, line in enumerate(lines) if "Reply to" in line)
        assert answered + 2 < composer
        assert "See the page" in lines[answered + 2]


async def test_boards_name_the_list_beside_them(tmp_path: Path) -> None:
    async with reading(tmp_path, size=(80, 24)) as driver:
        await driver.press("h", "j")
        await driver.until(lambda: driver.app.reader.topics.shown.board is not None)
        await driver.settle()
        title = driver.text.splitlines()[1]
        assert "Leadership" in title
