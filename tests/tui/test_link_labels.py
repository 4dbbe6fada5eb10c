"""Labels beside links: all of them show, and no word is covered."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from tests.tui.reader_kit import reading

from forumtui.text.blocks import Line, Run
from forumtui.tui.render.cells import cell_len
from forumtui.tui.render.labels import labelled

WORDS = st.text("abcdefg漢é.", min_size=1, max_size=12)
RUNS = st.lists(st.tuples(st.lists(WORDS, min_size=1, max_size=4).map(" ".join), st.booleans()), min_size=1, max_size=8)


@given(RUNS, st.integers(12, 90), st.sampled_from(["", "  ", "   "]))
def test_labels_cover_nothing(parts: list[tuple[str, bool]], width: int, indent: str) -> None:
    runs = [Run(indent)] if indent else []
    labels = {}
    for number, (text, is_link) in enumerate(parts):
        runs.append(Run(text, "link" if is_link else "", number if is_link else None))
        runs.append(Run(" "))
        if is_link:
            labels[number] = "as"[: 1 + number % 2]
    shown = list(labelled(Line(tuple(runs)), labels, width))
    assert all(cell_len(line.text.rstrip()) <= width for line in shown)
    assert all(line.text.startswith(indent) for line in shown)
    for number, label in labels.items():
        hints = [run for line in shown for run in line.runs if run.style == "hint" and run.link == number]
        assert "".join(hint.text for hint in hints) == f"[{label}]"
    rest = "".join(run.text for line in shown for run in line.runs if run.style != "hint")
    assert re.sub(r"\s", "", rest) == "".join(text.replace(" ", "") for text, _ in parts)


def test_a_short_line_stays_one_line() -> None:
    line = Line((Run("  See "), Run("this", "link", 0), Run(" and "), Run("that", "link", 1), Run(" too.")))
    assert [each.text for each in labelled(line, {0: "a", 1: "s"}, 40)] == ["  See [a]this and [s]that too."]
    assert [each.text for each in labelled(line, {0: "a", 1: "s"}, 24)] == ["  See [a]this and", "  [s]that too."]


def words_over_footer(text: str) -> list[str]:
    return " ".join(text.splitlines()[:-1]).split()


async def test_every_link_on_a_line_shows_its_label(tmp_path: Path) -> None:
    from tests.tui.test_questions import many_links

    for size in ((80, 24), (40, 20)):
        async with reading(tmp_path / str(size[0]), size=size, prepare=many_links) as driver:
            await driver.press("j", "enter")
            before = driver.text
            await driver.press("f")
            found = driver.app.reader.thread.linking.links_on_screen()
            for label, target in found:
                number = target.url.rpartition("/l")[2]
                if number.isdigit():
                    assert f"[{label}]w{number}" in driver.text
                    assert f"w{number}" in before
            await driver.press("escape")
            assert words_over_footer(driver.text) == words_over_footer(before)
