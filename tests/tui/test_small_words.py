"""Whom a preview colours, where ctrl+s sends, and what is said of a text that stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.tui.reader_kit import reading

from forumtui.model import Member, MemberId, SetProfile
from forumtui.reader.rows import Health


async def test_a_preview_colours_the_whole_name(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("enter", "r")
        await driver.type("See @Jaap de Jonge and @Nobody Here.")
        await driver.press("ctrl+r")
        composer = driver.app.reader.composer
        assert composer is not None
        rows = composer.preview._held.rows
        mentions = [run.text for row in rows for run in row.line.runs if "mention" in run.style]
        assert mentions == ["@Jaap de Jonge", "@Nobody"]


async def test_ctrl_s_takes_what_is_said_about_oneself(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        driver.engine.people["Anna"] = Member(MemberId("anna"), "Anna", "Member")
        await driver.press("g", "a", "I", "e")
        await driver.type("I read.")
        await driver.press("ctrl+s")
        await driver.until(lambda: bool(driver.engine.acts))
        assert driver.engine.acts == [SetProfile("I read.")]


@pytest.mark.parametrize(
    ("health", "says"),
    [(Health.OFFLINE, "Sample did not answer: your text is kept; it goes when"), (Health.NEEDS_LOGIN, "log in: your")],
)
async def test_what_keeps_a_text_that_was_just_sent_is_said_when_it_is_known(
    tmp_path: Path, health: Health, says: str
) -> None:
    async with reading(tmp_path) as driver:
        accounts, outbox = driver.app.library.accounts, driver.app.library.outbox
        (row,) = await accounts.all()
        await driver.press("enter", "r")
        await driver.type("words")
        await driver.press("ctrl+s")
        assert "is kept and queued" in driver.said
        await accounts.set_health(row.key, health, "No answer.")
        await driver.until(lambda: says in driver.said)
        await accounts.set_health(row.key, Health.OK)
        await driver.press("r")
        await driver.type("more")
        await driver.press("ctrl+s")
        second = (await outbox.rows(drafts=False))[-1]
        await outbox.withdraw(second.uid)
        await driver.until(lambda: driver.app.desk.sent is None)
        await accounts.set_health(row.key, health, "No answer.")
        await driver.settle()
        assert says not in driver.said
