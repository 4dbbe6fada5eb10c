"""Keys that are pressed before the forum that the command line named shows its list: they wait for it, and for no longer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.tui.reader_kit import Driver, IdleEngine, put_account, topic

from forumtui.reader.library import Library
from forumtui.reader.rows import AccountKey, Health
from forumtui.tui.acts import starting
from forumtui.tui.app import ForumApp
from forumtui.tui.render.arrangement import Pane

PLACE = "/srv/new.db"
AGES = 600.0
"""Longer than any test."""


@asynccontextmanager
async def unseen(folder: Path) -> AsyncIterator[tuple[Driver, AccountKey]]:
    """The reader in a forum that is new here and of which nothing came yet; Enter was pressed in it."""
    library = await Library.open(folder)
    try:
        row = await put_account(library, "new")
        engine = IdleEngine(library)

        @asynccontextmanager
        async def engines(_library: Library) -> AsyncIterator[IdleEngine]:
            yield engine

        app = ForumApp(library, engines, location=PLACE)
        async with app.run_test(size=(120, 36)) as pilot:
            driver = Driver(app, pilot, engine)
            await driver.until(lambda: app.reader.topics.shown.account == row.key)
            await pilot.press("enter")
            yield driver, row.key
    finally:
        await library.close()


async def test_they_are_for_the_rows_that_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "QUICK", AGES)
    async with unseen(tmp_path) as (driver, account):
        await driver.app.library.accounts.set_health(account, Health.SYNCING)
        await driver.app.library.intake.topics(account, [topic(1, 3)])
        await driver.until(lambda: driver.app.reader.pane is Pane.THREAD)


@pytest.mark.parametrize("health", [Health.OK, Health.OFFLINE, Health.FAILED, Health.NEEDS_LOGIN])
async def test_they_do_not_wait_where_nothing_is_to_come(
    health: Health, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starting, "QUICK", AGES)
    async with unseen(tmp_path) as (driver, account):
        assert not driver.app.runner.idle
        await driver.app.library.accounts.set_health(account, health)
        await driver.press("h")
        assert driver.app.reader.pane is Pane.BOARDS


async def test_they_do_not_wait_for_a_forum_that_takes_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "QUICK", 0.2)
    async with unseen(tmp_path) as (driver, _account):
        await driver.press("h")
        assert driver.app.reader.pane is Pane.BOARDS
