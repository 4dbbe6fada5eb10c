"""What a text is written in travels with it: open, edit, send keeps the format."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.tui.reader_kit import ALL, post, reading, stock
from tests.tui.test_compose_keeping import composer, drafts

from forumtui.model import Body, Format, Page, TopicId, Window
from forumtui.reader.library import Library
from forumtui.reader.rows import OutState
from forumtui.reader.target import OutKind
from forumtui.tui.app import ForumApp


def with_mine(written: Format) -> Callable[[Library], Awaitable[None]]:
    """A library whose first topic begins with a post of mine in this format."""

    async def prepare(library: Library) -> None:
        row = await stock(library)
        mine = replace(post(1, 1), body=Body("1 * 2 * 3 <b>", written), can=ALL)
        await library.intake.posts(row.key, TopicId("t1"), Window(), Page((mine,)))

    return prepare


@pytest.mark.parametrize("written", Format)
async def test_open_edit_send_keeps_the_format(tmp_path: Path, written: Format) -> None:
    async with reading(tmp_path, prepare=with_mine(written)) as driver:
        await driver.press("enter", "e")
        assert composer(driver).text.text == "1 * 2 * 3 <b>"
        await driver.type("so ")
        await driver.press("escape")
        assert [row.body for row in await drafts(driver)] == [Body("so 1 * 2 * 3 <b>", written)]
        await driver.press("e")  # goes on with the draft, and adds nothing to it
        assert composer(driver).text.text == "so 1 * 2 * 3 <b>"
        await driver.press("ctrl+s", "g", "o", "e")
        await driver.type("and ")
        await driver.press("ctrl+s")
        (row,) = await driver.app.library.outbox.rows()
        assert (row.kind, row.state) == (OutKind.EDIT, OutState.QUEUED)
        assert row.body == Body("so and 1 * 2 * 3 <b>", written)
        await driver.press("g", "o", "x", "d", "y", "U")
        assert [row.body.format for row in await driver.app.library.outbox.rows()] == [written]


@pytest.mark.parametrize("written", Format)
async def test_the_preview_shows_the_format(tmp_path: Path, written: Format) -> None:
    async def prepare(library: Library) -> None:
        row = await stock(library)
        mine = replace(post(1, 1), body=Body("**loud**", written), can=ALL)
        await library.intake.posts(row.key, TopicId("t1"), Window(), Page((mine,)))

    async with reading(tmp_path, prepare=prepare) as driver:
        await driver.press("enter", "e", "ctrl+r")
        shown = "\n".join(row.line.text for row in composer(driver).preview._held.rows)
        assert ("**loud**" in shown) is (written != Format.MARKDOWN)
        assert "loud" in shown


@pytest.mark.parametrize("written", Format)
async def test_the_editor_is_told_by_the_files_name(
    tmp_path: Path, written: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "ed"
    script.write_text('#!/bin/sh\nbasename "$1" > "$0.name"\n')
    script.chmod(0o755)
    monkeypatch.setattr(ForumApp, "suspend", lambda _app: contextlib.nullcontext())
    monkeypatch.setenv("VISUAL", str(script))
    (tmp_path / "home").mkdir()
    async with reading(tmp_path / "home", prepare=with_mine(written)) as driver:
        await driver.press("enter", "e", "ctrl+o", "k")
    suffix = {"plain": "txt", "markdown": "md", "html": "html"}[written]
    assert (tmp_path / "ed.name").read_text().strip() == f"post.{suffix}"


async def test_a_new_text_is_markdown(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=with_mine(Format.PLAIN)) as driver:
        await driver.press("enter", "r")
        await driver.type("yes")
        await driver.press("ctrl+s")
        assert [row.body.format for row in await driver.app.library.outbox.rows()] == ["markdown"]
