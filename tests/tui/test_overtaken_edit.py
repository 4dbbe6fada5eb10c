"""An edit that was overtaken: both texts and the difference are shown before anything can be chosen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.tui.reader_kit import ALL, Driver, post, reading, stock
from tests.tui.test_compose_keeping import composer

from forumtui.model import Body, Page, TopicId, Window
from forumtui.reader.library import Library
from forumtui.reader.library.outbox import Typed
from forumtui.reader.rows import OutRow, OutState
from forumtui.reader.sync.push import CHANGED, OVERTAKEN
from forumtui.reader.target import OutKind, Remote, Target
from forumtui.text.imprint import imprint, words_of
from forumtui.tui.screens.overtaken import OvertakenScreen

BASE = imprint(words_of("Topic number 1", "Old words."))


async def overtaken(library: Library) -> None:
    """An edit of mine, and what somebody else made of the post."""
    row = await stock(library)
    mine = replace(post(1, 1), body=Body("Same.\nTheir words."), can=ALL)
    await library.intake.posts(row.key, TopicId("t1"), Window(), Page((mine,)))
    draft = await library.outbox.start(
        Target(row.key, OutKind.EDIT, topic=Remote("t1"), post=Remote("t1-1"), base=BASE),
        Typed(subject="Topic number 1", text="Same.\nMy words."),
    )
    await library.outbox.submit(draft.uid)
    theirs = words_of("Topic number 1", "Same.\nTheir words.")
    await library.outbox.need_attention(draft.uid, OVERTAKEN, CHANGED, theirs=theirs)


async def only(driver: Driver) -> OutRow:
    (row,) = await driver.app.library.outbox.rows()
    return row


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (160, 50)])
@pytest.mark.parametrize("key", ["e", "r", "enter"])
async def test_it_is_shown_before_anything_happens(tmp_path: Path, size: tuple[int, int], key: str) -> None:
    async with reading(tmp_path, prepare=overtaken, size=size) as driver:
        await driver.press("g", "o")
        assert "……" not in driver.text
        await driver.press(key)
        screen = driver.app.desk.screen
        assert isinstance(screen, OvertakenScreen)
        lines = [row.line.text.rstrip() for row in screen.page._held.rows]
        assert lines.index("- Their words.") + 1 == lines.index("+ My words.")
        assert [line for line in lines if line.endswith("Same.")] == ["  Same.", "Same.", "Same."]
        assert all(len(line) <= size[0] for line in lines)
        assert "Somebody changed this post" in driver.text.replace("\n", " ") or size[0] == 40
        assert (await only(driver)).state is OutState.ATTENTION
        await driver.press("q")
        assert (await only(driver)).state is OutState.ATTENTION


async def test_mine_goes_over_what_was_seen(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=overtaken) as driver:
        await driver.press("g", "o", "r", "r")
        row = await only(driver)
        assert (row.state, row.body.source) == (OutState.QUEUED, "Same.\nMy words.")
        assert row.target.base == imprint(words_of("Topic number 1", "Same.\nTheir words."))
        assert row.account in driver.engine.woken
        assert not isinstance(driver.app.desk.screen, OvertakenScreen)


async def test_mine_is_edited_again(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=overtaken) as driver:
        await driver.press("g", "o", "e", "e")
        assert composer(driver).text.text == "Same.\nMy words."
        await driver.type("Both. ")
        await driver.press("ctrl+s")
        row = await only(driver)
        assert (row.state, row.theirs) == (OutState.QUEUED, None)
        assert row.target.base == imprint(words_of("Topic number 1", "Same.\nTheir words."))


async def test_theirs_stays_and_mine_can_be_brought_back(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=overtaken) as driver:
        await driver.press("g", "o", "r", "x", "d", "y")
        assert await driver.app.library.outbox.rows() == []
        assert not isinstance(driver.app.desk.screen, OvertakenScreen)
        await driver.press("U")
        assert (await only(driver)).theirs is not None


async def test_taken_back_it_is_a_draft_that_will_ask_again(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=overtaken) as driver:
        await driver.press("g", "o", "r", "t")
        row = await only(driver)
        assert (row.state, row.target.base) == (OutState.DRAFT, BASE)
        assert not isinstance(driver.app.desk.screen, OvertakenScreen)
        assert "draft now" in driver.said


async def test_e_on_the_post_shows_both_too(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=overtaken) as driver:
        await driver.press("enter", "e")
        assert isinstance(driver.app.desk.screen, OvertakenScreen)


async def test_an_edit_says_what_it_was_made_from(tmp_path: Path) -> None:
    async def mine(library: Library) -> None:
        row = await stock(library)
        text = replace(post(1, 1), body=Body("Old words."), can=ALL)
        await library.intake.posts(row.key, TopicId("t1"), Window(), Page((text,)))

    async with reading(tmp_path, prepare=mine) as driver:
        await driver.press("enter", "e")
        await driver.type("New. ")
        await driver.press("ctrl+s")
        assert (await only(driver)).target.base == BASE
