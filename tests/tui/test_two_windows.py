"""Two windows on one draft: what either types is kept, and neither is ever stuck."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tui.reader_kit import put_account, reading
from tests.tui.test_compose_keeping import composer, drafts

from forumtui.errors import UsageError
from forumtui.reader.library import Library
from forumtui.reader.library.outbox import Typed
from forumtui.reader.rows import OutRow, OutState
from forumtui.reader.target import OutKind, Remote, Target
from forumtui.tui.compose.drafting import SECOND_DRAFT, DraftKeeper, Text


class Window:
    """A composer without a screen, in a library of its own on the same file."""

    def __init__(self, library: Library, target: Target, row: OutRow | None) -> None:
        start = Text() if row is None else Text(row.subject, row.body.source, row.cursor)
        self.library = library
        self.told: list[str] = []
        self.keeper = DraftKeeper(library, target, start, row, lambda note, _: self.told.append(note))

    def type(self, words: str) -> None:
        text = self.keeper.now.text + words
        self.keeper.changed(Text("S", text, len(text)))


@asynccontextmanager
async def two_libraries(folder: Path) -> AsyncIterator[tuple[Library, Library, Target]]:
    first = await Library.open(folder)
    account = await put_account(first, "sample")
    second = await Library.open(folder)
    try:
        yield first, second, Target(account.key, OutKind.TOPIC, board=Remote("lead"))
    finally:
        await first.close()
        await second.close()


@asynccontextmanager
async def two_windows(folder: Path, begun: Typed) -> AsyncIterator[tuple[Window, Window]]:
    """On one draft, each in a library of its own."""
    async with two_libraries(folder) as (first, second, target):
        row = await first.outbox.start(target, begun)
        yield Window(first, target, row), Window(second, target, row)


async def texts(library: Library) -> list[str]:
    return sorted(row.body.source for row in await library.outbox.rows())


async def test_both_go_on_with_one_draft_and_both_are_kept(tmp_path: Path) -> None:
    async with two_windows(tmp_path, Typed(text="Begun.")) as (one, two):
        one.type(" By one.")
        await one.keeper.flush()
        two.type(" By two.")
        await two.keeper.flush()
        assert await texts(one.library) == ["Begun. By one.", "Begun. By two."]
        assert two.told == [SECOND_DRAFT]
        one.type(" More.")
        two.type(" Less.")
        await one.keeper.flush()
        await two.keeper.flush()
        assert await texts(two.library) == ["Begun. By one. More.", "Begun. By two. Less."]


async def test_both_begin_an_answer_to_the_same_post(tmp_path: Path) -> None:
    async with two_libraries(tmp_path) as (first, second, target):
        one, two = Window(first, target, None), Window(second, target, None)
        one.type("By one.")
        two.type("By two.")
        await asyncio.gather(one.keeper.flush(), two.keeper.flush())
        assert await texts(first) == ["By one.", "By two."]


@pytest.mark.parametrize("fate", ["sent", "thrown away"])
async def test_what_the_other_dealt_with_is_gone_on_with_as_a_second_draft(tmp_path: Path, fate: str) -> None:
    async with two_libraries(tmp_path) as (first, second, target):
        row = await first.outbox.start(
            Target(target.account, OutKind.TOPIC, board=Remote("lead")), Typed(subject="S", text="Begun.")
        )
        two = Window(second, target, row)
        await (first.outbox.submit(row.uid) if fate == "sent" else first.outbox.discard(row.uid))
        two.type(" By two.")
        with pytest.raises(UsageError, match="second draft"):
            await two.keeper.submit()
        sent = await two.keeper.submit()
        assert (sent.body.source, sent.state) == ("Begun. By two.", OutState.QUEUED)
        assert sent.uid != row.uid


async def test_one_text_sent_from_both_is_sent_once(tmp_path: Path) -> None:
    async with two_windows(tmp_path, Typed(subject="S", text="Begun.")) as (one, two):
        assert (await one.keeper.submit()).uid == (await two.keeper.submit()).uid
        assert await texts(one.library) == ["Begun."]


async def test_a_hang_up_does_not_write_over_the_others_words(tmp_path: Path) -> None:
    async with two_windows(tmp_path, Typed(text="Begun.")) as (one, two):
        one.type(" By one.")
        await one.keeper.flush()
        two.type(" By two.")
        two.keeper.save_now()
    again = await Library.open(tmp_path)
    assert await texts(again) == ["Begun. By one.", "Begun. By two."]
    await again.close()


async def test_a_hang_up_and_the_orderly_end_after_it_make_one_second_draft(tmp_path: Path) -> None:
    async with two_windows(tmp_path, Typed(text="Begun.")) as (one, two):
        one.type(" By one.")
        await one.keeper.flush()
        two.type(" By two.")
        two.keeper.save_now()
        two.type(" Last keys.")
        await two.keeper.flush()
    again = await Library.open(tmp_path)
    assert await texts(again) == ["Begun. By one.", "Begun. By two. Last keys."]
    await again.close()


class Story:
    """Two windows that write, and what must be found in the library because of it."""

    def __init__(self, libraries: Sequence[Library], target: Target, row: OutRow | None) -> None:
        self.libraries = libraries
        self.target = target
        self.windows = [Window(library, target, row) for library in libraries]
        self.typed: set[int] = set()
        self.sent: dict[str, str] = {}

    def reopen(self, who: int, row: OutRow | None = None) -> None:
        self.windows[who] = Window(self.libraries[who], self.target, row)
        self.typed.discard(who)

    async def type(self, who: int, number: int) -> None:
        self.windows[who].type(f" {number}")
        self.typed.add(who)

    async def save(self, who: int, _: int) -> None:
        await self.windows[who].keeper.flush()

    async def send(self, who: int, _: int) -> None:
        text = self.windows[who].keeper.now.text
        try:
            row = await self.windows[who].keeper.submit()
        except UsageError:  # nothing to send, or a second draft was begun: it is still there
            return
        assert row.body.source == text
        self.sent[row.uid] = text
        self.reopen(who)

    async def discard(self, who: int, _: int) -> None:
        await self.windows[who].keeper.discard()
        self.reopen(who)

    async def leave_and_return(self, who: int, _: int) -> None:
        uid = await self.windows[who].keeper.flush()
        rows = [row for row in await self.libraries[who].outbox.rows() if row.uid == uid]
        self.reopen(who, next((row for row in rows if row.state is OutState.DRAFT), None))

    async def check(self) -> None:
        there = await texts(self.libraries[0])
        for who in self.typed:
            if self.windows[who].keeper.is_kept:
                assert self.windows[who].keeper.now.text in there
        queued = {
            row.uid: row.body.source for row in await self.libraries[1].outbox.rows() if row.state is OutState.QUEUED
        }
        assert queued == self.sent


STEPS = st.sampled_from([Story.type, Story.type, Story.save, Story.send, Story.discard, Story.leave_and_return])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), STEPS), max_size=14), st.booleans())
async def test_whatever_two_windows_do_nothing_typed_is_lost_or_sent_twice(
    steps: Sequence[tuple[int, Callable[[Story, int, int], Awaitable[None]]]], shared: bool
) -> None:
    """Words leave a draft only by the hand of the window that shows them."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        async with two_libraries(folder) as (first, second, target):
            row = None
            if shared:
                row = await first.outbox.start(
                    Target(target.account, OutKind.TOPIC, board=Remote("lead")), Typed(text="Begun.")
                )
            story = Story((first, second), target, row)
            for number, (who, step) in enumerate(steps):
                await step(story, who, number)
                await story.check()
            for who in (0, 1):
                await story.save(who, 0)
                await story.check()


async def test_the_composer_says_that_there_are_two_drafts_now(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("enter", "r")
        await driver.type("mine")
        await driver.until(lambda: composer(driver).keeper.is_kept)
        (row,) = await drafts(driver)
        other = await Library.open(tmp_path)
        await other.outbox.save(row.uid, subject="", text="theirs", cursor=0)
        await driver.type("!")
        await driver.until(lambda: composer(driver).keeper.is_kept)
        assert "second draft" in driver.said
        assert "g d lists both" in driver.said
        await driver.press("escape")
        assert driver.app.reader.composer is None
        assert sorted(row.body.source for row in await drafts(driver)) == ["mine!", "theirs"]
        await other.close()


async def test_a_text_that_the_other_window_sent_does_not_hold_one_in_the_composer(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("enter", "r")
        await driver.type("mine")
        await driver.until(lambda: composer(driver).keeper.is_kept)
        (row,) = await drafts(driver)
        other = await Library.open(tmp_path)
        await other.outbox.submit(row.uid)
        await driver.type("!")
        await driver.press("ctrl+t", "y")
        assert driver.app.reader.composer is None
        assert [row.state for row in await driver.app.library.outbox.rows()] == [OutState.QUEUED]
        await other.close()


async def test_of_two_drafts_the_newest_is_gone_on_with_and_the_other_named(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("enter", "r", *"One", "escape")
        library = driver.app.library
        (first,) = await drafts(driver)
        for words in ("Two", "Three"):
            await library.outbox.start(first.target, Typed(text=words), uid=words * 4)
        await driver.press("r")
        assert composer(driver).value().text == "Three"
        assert "newest of your 3 drafts" in driver.said
