"""Questions: a wrong key leaves them standing, Esc leaves them, ctrl+q ends the program and keeps the draft."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from tests.tui.reader_kit import Driver, post, reading, stock
from tests.waiting import turns

from forumtui.model import Body, Page, TopicId, Window
from forumtui.reader.library import Library
from forumtui.reader.rows import OutState
from forumtui.tui.app import ForumApp
from forumtui.tui.compose.composer import Composer
from forumtui.tui.keys import runner
from forumtui.tui.keys.commands import Where
from forumtui.tui.keys.strokes import key_event

Steps = Callable[[Driver], Awaitable[object]]


async def _links(driver: Driver) -> None:
    await driver.press("j", "enter", "f")


async def _discard(driver: Driver) -> None:
    await driver.press("enter", "r")
    await driver.type("dear")
    await driver.press("ctrl+t")


async def _log_out(driver: Driver) -> None:
    await driver.press("g", "a", "x", "l")


async def _edited(driver: Driver) -> None:
    await driver.press("enter", "r")
    await driver.type("dear")
    await driver.press("ctrl+o")


async def _replace(driver: Driver) -> None:
    Path("there.txt").write_text("old")
    await driver.press("j", "enter", "s")
    await driver.press(*("backspace",) * 60)
    await driver.type("there.txt")
    await driver.press("enter")


QUESTIONS: dict[str, Steps] = {
    "link": _links,
    "throw away": _discard,
    "log out": _log_out,
    "edited": _edited,
    "replace": _replace,
}


@pytest.fixture(autouse=True)
def _own_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ForumApp, "suspend", lambda _app: contextlib.nullcontext())
    monkeypatch.setenv("VISUAL", "true")
    monkeypatch.setenv("SSH_CONNECTION", "here")
    monkeypatch.chdir(tmp_path)


def question(driver: Driver) -> str:
    line = driver.app.desk.screen.questions.line
    return line.said if line is not None and line.open else ""


@pytest.mark.parametrize("name", QUESTIONS)
async def test_a_key_that_is_no_answer_leaves_the_question_standing(tmp_path: Path, name: str) -> None:
    async with reading(tmp_path / "home") as driver:
        await QUESTIONS[name](driver)
        asked = question(driver)
        assert asked
        for wrong in ("v", "v", "ö", "enter", "f5", "space", "down", "ctrl+d", "ctrl+l", "tab", "5"):
            await driver.press(wrong)
            assert asked in question(driver)
            assert driver.app.running.where() == (Where.PROMPT, None)
        await driver.press("escape")
        assert question(driver) == ""
        assert driver.app.running.where()[0] is not Where.PROMPT
        await driver.press("?" if driver.app.running.where()[1] is None else "f1")
        assert "Keys that work" in driver.text


@pytest.mark.parametrize("name", QUESTIONS)
async def test_control_q_ends_a_question_and_keeps_the_draft(tmp_path: Path, name: str) -> None:
    async with reading(tmp_path / "home") as driver:
        await QUESTIONS[name](driver)
        driver.app.runner.feed(key_event("v"))
        driver.app.runner.feed(key_event("ctrl+q"))
        await driver.until(lambda: not driver.app.is_running, seconds=10)
        rows = await driver.app.library.outbox.rows()
        drafts = [row.body.source for row in rows if row.state is OutState.DRAFT]
        assert drafts == (["dear"] if name in {"throw away", "edited"} else [])


async def test_a_wrong_key_is_named_and_the_right_one_still_answers(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await _discard(driver)
        await driver.press("x")
        assert '"x" is no answer' in driver.text
        await driver.press("n")
        assert cast("Composer", driver.app.reader.composer).text.text == "dear"
        await driver.press("ctrl+t", "x", "y")
        assert driver.app.reader.composer is None


async def many_links(library: Library) -> None:
    account = await stock(library)
    links = " ".join(f"[w{n}](https://example.org/l{n})" for n in range(25))
    page = Page((replace(post(2, 1), body=Body(links)),))
    await library.intake.posts(account.key, TopicId("t2"), Window(), page)


async def test_two_letters_choose_among_many_links(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=many_links) as driver:
        await driver.press("j", "enter", "f")
        found = driver.app.reader.thread.linking.links_on_screen()
        assert {len(label) for label, _ in found} == {2}
        await driver.press("a")
        assert question(driver)
        await driver.press("é", "a", "backspace", "a", "s")
        assert driver.said == "Copied: https://example.org/l1"
        await driver.press("f", "a", "escape")
        assert question(driver) == ""


async def never_ends() -> None:
    await asyncio.Event().wait()


async def test_control_q_ends_a_program_whose_act_never_ends(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("enter", "r")
        await driver.type("kept")
        driver.app.runner.do(never_ends)
        driver.app.runner.feed(key_event("x"))
        driver.app.runner.feed(key_event("ctrl+q"))
        await driver.until(lambda: not driver.app.is_running, seconds=10)
        rows = await driver.app.library.outbox.rows()
        assert [row.body.source for row in rows] == ["kept"]


async def test_control_q_ends_a_sequence_and_the_program(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("4", "g")
        driver.app.runner.feed(key_event("ctrl+q"))
        await driver.until(lambda: not driver.app.is_running, seconds=10)


async def test_a_page_that_closes_takes_its_question_with_it(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await _log_out(driver)
        driver.app.runner.do(driver.app.desk.to_reader)
        await driver.settle()
        assert driver.app.desk.screen is driver.app.reader
        assert not driver.app.runner._acts
        await driver.press("enter")
        assert driver.app.running.where()[0] is Where.THREAD


async def test_an_act_that_comes_to_nothing_when_the_program_ends_tells_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gate = asyncio.Event()

    async def late() -> None:
        await gate.wait()
        raise LookupError("no such screen")

    async with reading(tmp_path) as driver:
        acting = asyncio.ensure_future(driver.app.runner.settle(late()))
        await driver.settle()
    gate.set()
    await acting
    assert "no such screen" not in caplog.text


async def test_one_leaves_once_however_long_it_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither while the first leaving is under way nor when the program has ended does it begin again."""
    monkeypatch.setattr(runner, "PATIENCE", 0.05)
    saves, slow = 0, asyncio.Event()
    save = Composer.save

    async def slowly(composer: Composer) -> None:
        nonlocal saves
        saves += 1
        await slow.wait()
        await save(composer)

    async with reading(tmp_path) as driver:
        await driver.press("enter", "r")
        await driver.type("kept")
        monkeypatch.setattr(Composer, "save", slowly)
        driver.app.runner.feed(key_event("ctrl+q"))
        await driver.until(lambda: saves > 0)
        await patience_is_over()
        slow.set()
        await driver.until(lambda: not driver.app.is_running)
        await patience_is_over()
        assert saves == 1


async def patience_is_over() -> None:
    """All that was to happen after a while that began before now has happened."""
    over = asyncio.Event()
    asyncio.get_running_loop().call_later(2 * runner.PATIENCE, over.set)
    await over.wait()
    await turns(5)
