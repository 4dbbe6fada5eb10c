"""A post that only says what happened: one line in the thread, read when passed, nobody's text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.tui.reader_kit import post, reading, stock
from tests.tui.samples import HOUR, NOW
from tests.tui.samples import post as row_of

from forumtui.model import Page, TopicId, Window
from forumtui.reader.library import Library
from forumtui.tui.render.cells import ASCII, UNICODE, cell_len
from forumtui.tui.render.post import PostFrame, PostPlace, post_lines

T1 = TopicId("t1")


def test_an_event_is_one_line_with_a_sign_and_its_time() -> None:
    row = replace(row_of(4, created=NOW - 3 * HOUR, unread=True, event="closed this topic"), body=None)
    shown = post_lines(row, PostPlace(), PostFrame(60, NOW))
    line, blank = shown.lines
    assert line.text.split() == ["●", "–", "Jaap", "de", "Jonge", "closed", "this", "topic", "#4", "3h"]
    assert (shown.head, shown.last, blank.text) == (0, 0, "")
    assert {run.style for run in line.runs if "closed" in run.text} == {"note"}


@pytest.mark.parametrize("width", [8, 20, 40, 80])
@pytest.mark.parametrize("glyphs", [ASCII, UNICODE])
def test_a_long_one_fits(width: int, glyphs: object) -> None:
    row = replace(row_of(4, event="moved posts " * 30), body=None)
    lines = post_lines(row, PostPlace(), PostFrame(width, NOW, glyphs)).lines  # type: ignore[arg-type]
    assert all(cell_len(line.text) <= max(10, width) for line in lines)


def test_a_whisper_says_so_in_words() -> None:
    assert "staff only" in post_lines(row_of(4, whisper=True), PostPlace(), PostFrame(80, NOW)).lines[0].text


async def with_event(library: Library) -> None:
    row = await stock(library)
    page = Page((replace(post(1, 1), event="closed this topic", body=None),), complete=False)
    await library.intake.posts(row.key, T1, Window(), page)


async def test_what_happened_is_not_quoted_and_not_edited(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=with_event) as driver:
        await driver.press("enter", "g", "g")
        assert "Jaap de Jonge closed this topic" in driver.text
        await driver.press("e")
        assert "this line tells what happened" in driver.said
        await driver.press(">")
        await driver.type("Why?")
        await driver.press("escape")
        (draft,) = await driver.app.library.outbox.rows(drafts=True)
        assert (draft.target.parent, draft.to, draft.text) == (None, None, "Why?")
