"""Writing: drafts are kept, texts are sent, nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import cast

import pytest
from tests.tui.reader_kit import Driver, put_account, reading, stock
from tests.waiting import WAIT, turns, until
from textual.geometry import Region

from forumtui.errors import StorageFull
from forumtui.model import Ability, Body, Can, ForumInfo
from forumtui.reader.library import Library
from forumtui.reader.rows import OutRow, OutState
from forumtui.reader.target import OutKind, Remote, Target
from forumtui.tui.app import ForumApp
from forumtui.tui.compose import drafting
from forumtui.tui.compose.composer import Composer
from forumtui.tui.compose.drafting import DraftKeeper, Text
from forumtui.tui.keys.commands import Where
from forumtui.tui.keys.strokes import key_event
from forumtui.tui.render.arrangement import Pane
from forumtui.tui.screens.outbox import OutboxScreen


def composer(driver: Driver) -> Composer:
    return cast("Composer", driver.app.reader.composer)


async def drafts(driver: Driver) -> list[OutRow]:
    return [row for row in await driver.app.library.outbox.rows() if row.state is OutState.DRAFT]


async def test_a_reply_is_written_sent_and_shown_as_waiting(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("j", "enter", "r")
        assert driver.app.running.where()[0] is Where.COMPOSE
        assert "Reply to Jaap de Jonge in Topic number 2" in driver.text
        await driver.type("I agree q")
        await driver.press("ctrl+s")
        assert driver.app.reader.composer is None
        rows = await driver.app.library.outbox.rows()
        assert [(row.state, row.body.source, row.to) for row in rows] == [
            (OutState.QUEUED, "I agree q", "Jaap de Jonge")
        ]
        assert rows[0].account in driver.engine.woken
        await driver.settle()
        assert "I agree q" in driver.text
        current = driver.app.reader.thread.current
        assert current is not None
        assert current.number == 1  # the view stays with what was answered
        assert "G shows it" in driver.said
        await driver.press("G")
        current = driver.app.reader.thread.current
        assert current is not None
        assert current.pending is not None


async def test_escape_keeps_the_draft_and_r_goes_on_with_it(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("enter", "r")
        await driver.type("half a thought")
        await driver.press("left", "left", "escape")
        assert "Draft kept" in driver.said
        assert [row.body.source for row in await drafts(driver)] == ["half a thought"]
        await driver.press("r")
        await driver.type("X")
        assert composer(driver).text.text == "half a thougXht"
        await driver.press("escape", "R")
        assert composer(driver).text.text == ""


async def test_an_untouched_composer_leaves_no_draft(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("enter", ">")
        assert composer(driver).text.text.startswith("Jaap de Jonge wrote:\n> Post 1 of topic 1.")
        await driver.press("escape")
        assert await drafts(driver) == []
        assert driver.app.reader.pane is Pane.THREAD


async def test_typing_is_saved_within_a_second_without_any_key(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("enter", "r")
        await driver.type("hello")
        await driver.until(lambda: composer(driver).keeper.is_kept, seconds=1.5)
        assert [row.body.source for row in await drafts(driver)] == ["hello"]


async def test_a_hang_up_writes_what_is_typed_and_the_next_start_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forumtui.tui.terminal.lifeline._end_soon", lambda save: None)
    async with reading(tmp_path) as driver:
        await driver.press("enter", "r")
        await driver.type("before the line we")
        driver.app.runner.feed(key_event("n"))
        driver.app.runner.feed(key_event("t"))
        driver.app.lifeline.hang_up()
        await driver.until(lambda: driver.app.return_code == 129)
    async with reading(tmp_path, prepare=_nothing) as driver:
        await driver.until(lambda: driver.app.reader.composer is not None)
        await driver.settle()
        assert composer(driver).text.text == "before the line went"
        assert "You were writing to Jaap de Jonge" in driver.said
        await driver.type("!")
        assert composer(driver).text.text.endswith("went!")


async def _nothing(_library: Library) -> None:
    pass


async def test_discarding_asks_and_can_be_undone(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("enter", "r")
        await driver.type("rubbish")
        await driver.press("ctrl+t", "n")
        assert composer(driver).text.text == "rubbish"
        await driver.type("!")
        await driver.press("ctrl+t", "y")
        assert await drafts(driver) == []
        assert driver.app.reader.composer is None
        await driver.press("U")
        assert [row.body.source for row in await drafts(driver)] == ["rubbish!"]


async def test_a_new_topic_needs_a_subject(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("c")
        assert "New topic" in driver.text
        await driver.press("tab")
        await driver.type("Body")
        await driver.press("ctrl+s")
        assert "needs a subject" in driver.said
        await driver.press("shift+tab")
        await driver.type("Title")
        await driver.press("ctrl+s")
        row = (await driver.app.library.outbox.rows())[0]
        assert (row.kind, row.subject, row.body.source, row.target.board) == (
            OutKind.TOPIC,
            "Title",
            "Body",
            Remote("lead"),
        )


async def test_nothing_is_not_sent(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("enter", "r", "ctrl+s")
        assert "nothing to send" in driver.said
        assert driver.app.reader.composer is not None


async def test_preview_shows_the_text_as_a_post(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("enter", "r")
        await driver.type("**bold** move")
        await driver.press("ctrl+r")
        assert "bold move" in driver.text
        assert "**bold**" not in driver.text
        await driver.press("alt+pagedown", "escape")
        assert composer(driver).text.text == "**bold** move"
        await driver.press("alt+pagedown", "alt+pageup")


async def test_names_are_completed(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("enter", "r")
        await driver.type("so @ja")
        await driver.until(lambda: bool(composer(driver)._names))
        await driver.press("tab")
        assert composer(driver).text.text == "so @Jaap de Jonge "
        await driver.type("and @zzz")
        await driver.press("tab")
        assert composer(driver).writing_subject


async def test_alt_and_a_key_closes_the_composer_and_is_the_key(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("enter", "r")
        await driver.type("kept")
        await driver.press("alt+j")
        assert driver.app.reader.composer is None
        assert [row.body.source for row in await drafts(driver)] == ["kept"]


async def test_ctrl_c_loses_nothing(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("ctrl+c", "enter", "r")
        await driver.type("text")
        await driver.press("ctrl+c")
        assert composer(driver).text.text == "text"
        assert driver.app.is_running


async def test_greyed_keys_say_why(tmp_path: Path) -> None:
    async def closed(library: Library) -> None:
        row = await stock(library)
        can = Can({Ability.REPLY: "this forum is read only", Ability.SEARCH: ""})
        await library.accounts.update_info(row.key, ForumInfo("Sample", "uuid-sample", can=can))

    async with reading(tmp_path, prepare=closed) as driver:
        await driver.press("enter", "r")
        assert "this forum is read only" in driver.said
        await driver.press("e")
        assert "only its author may edit it" in driver.said
        await driver.press("?", "pagedown")
        assert "read only" in driver.text


async def test_the_outbox_takes_back_edits_and_throws_away(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("enter", "r")
        await driver.type("first")
        await driver.press("ctrl+s", "g", "o")
        outbox = driver.app.desk.screen
        assert isinstance(outbox, OutboxScreen)
        assert "waiting" in driver.text
        assert "first" in driver.text
        await driver.press("e")
        assert composer(driver).text.text == "first"
        await driver.type("!")
        await driver.press("ctrl+s", "g", "o", "r", "t")
        assert "draft now" in driver.said
        await driver.press("g", "d")
        assert "!first" in driver.text or "first!" in driver.text
        await driver.press("x", "d", "y")
        assert "No drafts" in driver.text
        await driver.press("U")
        assert "No drafts" not in driver.text
        await driver.press("q")
        assert driver.app.desk.screen is driver.app.reader


async def test_the_editor_gives_its_text_back_and_its_failure_keeps_mine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "ed"
    script.write_text('#!/bin/sh\nstat -c %a "$1" > "$0.mode"\nprintf "from the editor\\n" > "$1"\n')
    script.chmod(0o755)
    monkeypatch.setattr(ForumApp, "suspend", lambda _app: contextlib.nullcontext())
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("VISUAL", str(script))
    (tmp_path / "home").mkdir()
    async with reading(tmp_path / "home") as driver:
        await driver.press("enter", "r")
        await driver.type("mine")
        await driver.press("ctrl+o")
        assert composer(driver).text.text == "from the editor\n"
        assert (tmp_path / "ed.mode").read_text() == "600\n"
        await driver.press("e")
        monkeypatch.setenv("VISUAL", "false")
        await driver.press("ctrl+o")
        assert "ended with status 1" in driver.said
        assert composer(driver).text.text == "from the editor\n"
        monkeypatch.setenv("VISUAL", "/nowhere/at/all")
        await driver.press("ctrl+o")
        assert "did not start" in driver.said
        monkeypatch.setenv("VISUAL", str(script))
        await driver.press("ctrl+o", "s")
        assert (await driver.app.library.outbox.rows())[0].state is OutState.QUEUED
    assert not list(tmp_path.glob("forumtui-*"))


# -- the keeper alone


class Shelf:
    """An outbox that can fail."""

    def __init__(self, library: Library) -> None:
        self._real = library.outbox
        self.fails = False
        self.saves = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)

    async def save(
        self, uid: str, *, subject: str, text: str, cursor: int, over: Collection[tuple[str, str]] | None = None
    ) -> OutRow:
        self.saves += 1
        if self.fails:
            raise StorageFull("The disk is full.")
        return await self._real.save(uid, subject=subject, text=text, cursor=cursor, over=over)


async def test_saving_is_gathered_and_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafting, "SAVE_AFTER", 0.05)
    library = await Library.open(tmp_path)
    account = await put_account(library, "sample")
    shelf = Shelf(library)
    monkeypatch.setattr(library, "outbox", shelf)
    told: list[tuple[str, bool]] = []
    failed = asyncio.Event()

    def tell(note: str, well: bool) -> None:
        told.append((note, well))
        if not well:
            failed.set()

    target = Target(account.key, OutKind.TOPIC, board=Remote("lead"))
    keeper = DraftKeeper(library, target, Text(), None, tell)
    for length in range(1, 30):
        keeper.changed(Text("s", "x" * length, length))
    await keeper.flush()
    assert keeper.is_kept
    assert shelf.saves <= 3
    shelf.fails = True
    keeper.changed(Text("s", "more", 4))
    await asyncio.wait_for(failed.wait(), 5)
    assert told[-1][0] == "Not saved: The disk is full."
    assert not keeper.is_kept
    shelf.fails = False
    assert await keeper.flush() == keeper.uid
    assert keeper.uid is not None
    assert (await library.outbox.get(keeper.uid)).body == Body("more")
    await library.close()


async def test_keys_that_keep_coming_do_not_put_saving_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert drafting.SAVE_AFTER <= 0.5  # of the second that is promised; the rest is for the disk
    monkeypatch.setattr(drafting, "SAVE_AFTER", 0.01)
    library = await Library.open(tmp_path)
    account = await put_account(library, "sample")
    target = Target(account.key, OutKind.TOPIC, board=Remote("lead"))
    told: list[str] = []
    keeper = DraftKeeper(library, target, Text(), None, lambda note, _: told.append(note))
    length = 0
    async with asyncio.timeout(WAIT):  # if keys put it off
        while len(told) < 6:
            length += 1
            keeper.changed(Text("s", "x" * (length % 100), length))
            await turns()
    assert len(told) < length / 2, "every key is saved by itself"
    await keeper.flush()
    await library.close()


async def test_a_save_that_failed_is_tried_again_without_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafting, "TRY_AGAIN_AFTER", 0.02)
    library = await Library.open(tmp_path)
    account = await put_account(library, "sample")
    shelf = Shelf(library)
    monkeypatch.setattr(library, "outbox", shelf)
    kept = asyncio.Event()
    keeper = DraftKeeper(
        library,
        Target(account.key, OutKind.TOPIC, board=Remote("lead")),
        Text(),
        None,
        lambda _, well: kept.set() if well else None,
    )
    shelf.fails = True
    keeper.changed(Text("s", "words", 5))
    await until(lambda: shelf.saves >= 3)
    shelf.fails = False
    await asyncio.wait_for(kept.wait(), 5)
    assert [row.body.source for row in await library.outbox.rows()] == ["words"]
    await library.close()


async def test_a_screen_drawn_while_the_composer_goes_does_not_end_the_program(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("enter", "r")
        fields = (composer(driver).text, composer(driver).subject)
        await driver.press("escape")
        for field in fields:
            assert [strip.text for strip in field.render_lines(Region(0, 0, 5, 2))] == [" " * 5] * 2
