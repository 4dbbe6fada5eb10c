"""A forum that takes replies in the browser only: it says so before, and a text that is written is kept and handed over."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.tui.reader_kit import ALL, reading, stock

from forumtui.backends.browser_only import reads_only
from forumtui.errors import UsageError
from forumtui.model import Ability, Can, ForumInfo
from forumtui.reader.library import Library
from forumtui.reader.rows import OutState
from forumtui.tui.keys.commands import COMMANDS


async def read_only(library: Library) -> None:
    row = await stock(library)
    info = ForumInfo("Sample", row.identity, can=reads_only("The site"))
    await library.accounts.update_info(row.key, info)


async def either_way(library: Library) -> None:
    row = await stock(library)
    info = ForumInfo("Sample", row.identity, me=row.me, can=Can({**ALL.rules, Ability.DRAFT: ""}))
    await library.accounts.update_info(row.key, info)


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSH_CONNECTION", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)


async def test_the_reason_is_known_before_the_key_and_leads_on(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=read_only) as driver:
        await driver.press("enter")
        assert driver.app.reader.refusal(COMMANDS["reply"]) == "The site takes replies in the browser only"
        await driver.press("r")
        assert driver.said == ("Not here: The site takes replies in the browser only.  g r writes one, o opens it.")
        await driver.press("+")
        assert driver.said == "Not here: The site takes votes in the browser only.  o opens it."
        assert driver.app.reader.composer is None


async def test_what_is_written_is_copied_and_the_form_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with reading(tmp_path, prepare=read_only) as driver:
        opened: list[str] = []
        monkeypatch.setattr(driver.app, "open_url", lambda url, **_: opened.append(url))
        await driver.press("enter", "g", "r")
        await driver.type("I agree")
        await driver.press("ctrl+s")
        assert driver.app.reader.composer is None
        assert driver.app.clipboard == "I agree"
        assert opened == ["https://example.org/p1"]
        assert driver.said == "Copied; paste it into the form in the browser.  g d has the draft."
        rows = await driver.app.library.outbox.rows()
        assert [(row.state, row.body.source) for row in rows] == [(OutState.DRAFT, "I agree")]


async def test_a_draft_is_kept_and_gone_on_with(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=read_only) as driver:
        await driver.press("enter", "g", "r")
        await driver.type("half a thought")
        await driver.press("escape")
        assert driver.said == "Draft kept; g r goes on with it, g d lists drafts."
        await driver.press("g", "r")
        assert driver.app.reader.composer is not None
        assert driver.app.reader.composer.value().text == "half a thought"


@pytest.mark.parametrize("far", [True, False])
async def test_where_no_browser_can_be_opened_the_address_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, far: bool
) -> None:
    def none(url: str, **_: object) -> None:
        raise UsageError("There is no browser here.")

    async with reading(tmp_path, prepare=read_only) as driver:
        monkeypatch.setattr(driver.app, "open_url", none)
        if far:
            monkeypatch.setenv("SSH_TTY", "/dev/pts/1")
        await driver.press("enter", "g", "r")
        await driver.type("I agree")
        await driver.press("ctrl+s")
        assert driver.app.clipboard == "I agree"
        assert driver.said == "Copied; paste it at https://example.org/p1.  g d has the draft."


async def test_where_replies_are_taken_it_is_sent_as_ever(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=either_way) as driver:
        await driver.press("enter", "g", "r")
        await driver.type("I agree")
        await driver.press("ctrl+s")
        assert [row.state for row in await driver.app.library.outbox.rows()] == [OutState.QUEUED]
