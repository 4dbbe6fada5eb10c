"""A short day on a busy site, and the page that tells of a long one."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.day import HEAD, PAGE, Day, play, write

pytestmark = pytest.mark.slow


async def test_an_hour_costs_what_the_site_allows_and_misses_nothing(tmp_path: Path) -> None:
    day = await play(tmp_path, 1)
    assert 0 < day.first <= 3
    assert 0 < day.again <= 3
    assert (day.redirects, day.refused, day.missed, day.late) == (0, 0, 0, 0)
    assert day.most <= 20
    assert day.bumped > 100
    assert day.opened == 4
    assert day.waited < 1
    assert day.with_posts > 100  # what is fetched ahead goes on as soon as there is room for it


def test_the_page_has_the_table(tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    firsts = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| ")]
    assert [first for first in firsts if first.strip("-")] == [HEAD[0], *(str(row[0]) for row in Day(24).rows())]
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    write(Day(3, first=2), page)
    write(Day(3, first=2), page)
    assert page.read_text(encoding="utf-8").count("Over 3 hours") == 1
