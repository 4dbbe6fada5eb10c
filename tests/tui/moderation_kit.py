"""The stock as a moderator sees it, and keys that have the forum do something."""

from __future__ import annotations

from tests.tui.reader_kit import Driver, stock

from forumtui.model import Ability, Act, Can, ForumInfo, Member, MemberId
from forumtui.reader.library import Library
from forumtui.reader.rows import AccountRow

EVERYTHING = Can(dict.fromkeys(Ability, ""))


async def moderated(library: Library) -> AccountRow:
    """The stock, as a moderator sees it."""
    return await as_member(library, "Moderator", EVERYTHING)


async def as_member(library: Library, role: str, can: Can) -> AccountRow:
    row = await stock(library)
    me = Member(MemberId("anna"), "Anna", role)
    await library.accounts.update_info(row.key, ForumInfo("Sample", row.identity, me=me, can=can))
    return row


async def done(driver: Driver, *keys: str) -> Act:
    """Press keys that have the forum do something; what it was asked for."""
    before = len(driver.engine.acts)
    await driver.press(*keys)
    await driver.until(lambda: len(driver.engine.acts) > before and "…" not in driver.said[-2:])
    return driver.engine.acts[-1]
