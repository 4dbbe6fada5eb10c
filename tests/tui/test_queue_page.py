"""What waits for moderators, and the audit log."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.tui.moderation_kit import as_member, done, moderated
from tests.tui.reader_kit import ALL, Driver, reading

from forumtui.errors import Forbidden, Offline
from forumtui.model import (
    Ability,
    Board,
    BoardId,
    Can,
    Cursor,
    Decide,
    LogEntry,
    Millis,
    Page,
    PostId,
    QueueId,
    QueueItem,
    QueueKind,
    TopicId,
)
from forumtui.reader.library import Library
from forumtui.tui.screens.fetched import LogScreen
from forumtui.tui.screens.queue import QueueScreen


def item(kind: QueueKind, number: int = 1, **fields: Any) -> QueueItem:
    made = QueueItem(
        QueueId(f"q{number}"), kind, Millis(1_749_990_000_000), "Jaap de Jonge", BoardId("lead"), "Topic number 2",
        "Some *words*.", TopicId("t2"),
    )  # fmt: skip
    return replace(made, **fields)


REPORTED = item(QueueKind.REPORT, 1, text="Rude.", post=PostId("t2-2"), author="Ben")
HELD = item(QueueKind.HELD, 2)
OFFER = item(QueueKind.VOLUNTEER, 3, title="Leadership", text="", topic=None)


async def with_queue(driver: Driver, *pages: tuple[QueueItem, ...]) -> QueueScreen:
    count = len(pages)
    driver.engine.queue_pages = [
        Page(items, after=Cursor(str(number + 1)) if number + 1 < count else None) for number, items in enumerate(pages)
    ]
    await driver.press("!", "q")
    screen = driver.app.desk.screen
    assert isinstance(screen, QueueScreen)
    await driver.until(lambda: not screen._asking)
    await driver.settle()
    return screen


async def cursor_on(driver: Driver, screen: QueueScreen, wanted: QueueItem) -> None:
    await driver.press("g", "g")
    for _ in range(200):
        if screen.item == wanted:
            return
        await driver.press("j")
    raise AssertionError("not on the page")


async def test_the_queue_shows_what_waits_and_decides(tmp_path: Path) -> None:
    async with reading(tmp_path, size=(80, 24), prepare=moderated) as driver:
        screen = await with_queue(driver, (REPORTED, HELD, OFFER))
        for words in (
            "Report: Jaap de Jonge reports a post of Ben", "Rude.", "> Post 2 of topic 2.",
            "Held for approval: a post of Jaap de Jonge", "Some words.", "Offer: Jaap de Jonge would lead",
        ):  # fmt: skip
            assert words in driver.text, words
        await driver.press("a")
        assert "Hide the post of Ben?" in driver.text
        await driver.press("n")
        assert driver.engine.acts == []
        assert await done(driver, "a", "y") == Decide(QueueId("q1"), approve=True)
        await driver.until(lambda: len(screen.items) == 2)
        assert "Rude." not in driver.text
        await cursor_on(driver, screen, HELD)
        await driver.press("r", "enter")
        assert "its author should know why" in driver.said
        await driver.press("r")
        await driver.type("Off topic.")
        assert await done(driver, "enter") == Decide(QueueId("q2"), approve=False, reason="Off topic.")
        await driver.until(lambda: len(screen.items) == 1)
        await cursor_on(driver, screen, OFFER)
        assert await done(driver, "a", "y") == Decide(QueueId("q3"), approve=True)
        assert driver.said == "Jaap de Jonge leads Leadership now."
        await driver.until(lambda: "Nothing waits for moderators." in driver.text)
        await driver.press("a")
        assert driver.said == "Not here: nothing waits here."


async def test_held_posts_are_published_without_a_question_and_a_report_can_be_left(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=moderated) as driver:
        screen = await with_queue(driver, (HELD, REPORTED))
        assert await done(driver, "a") == Decide(QueueId("q2"), approve=True)
        await driver.until(lambda: len(screen.items) == 1)
        await cursor_on(driver, screen, REPORTED)
        assert await done(driver, "r", "enter") == Decide(QueueId("q1"), approve=False)


async def test_a_decision_that_failed_leaves_the_item(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=moderated) as driver:
        screen = await with_queue(driver, (HELD,))
        driver.engine.problems.append(Forbidden("Somebody settled it already."))
        await driver.press("a")
        await driver.until(lambda: driver.said == "Somebody settled it already.")
        assert screen.items == [HELD]


async def test_enter_opens_the_post_or_the_topic(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=moderated) as driver:
        await with_queue(driver, (REPORTED,))
        await driver.press("enter")
        current = driver.app.reader.thread.current
        assert current is not None
        assert current.id == "t2-2"
        await with_queue(driver, (HELD,))
        await driver.press("enter")
        assert driver.path[-1] == "Topic number 2"
        await with_queue(driver, (OFFER,))
        await driver.press("enter")
        assert "no post or topic" in driver.said
        await with_queue(driver, (item(QueueKind.HELD, topic=TopicId("unknown")),))
        await driver.press("enter")
        assert "not here yet" in driver.said


async def test_the_queue_goes_on_where_the_page_ends(tmp_path: Path) -> None:
    pages = [tuple(item(QueueKind.HELD, 10 * page + n) for n in range(4)) for page in range(3)]
    async with reading(tmp_path, size=(80, 24), prepare=moderated) as driver:
        screen = await with_queue(driver, *pages)
        assert len(screen.items) == 4
        await driver.press("G")
        await driver.until(lambda: len(screen.items) == 8 and not screen._asking)
        assert screen.item == pages[0][-1]  # where one was, at what came
        await driver.press("G")
        await driver.until(lambda: len(screen.items) == 12 and not screen._asking)
        await driver.press("G")
        assert [each.id for each in screen.items] == [each.id for page in pages for each in page]
        assert "More" not in driver.text


async def test_the_queue_blocks_no_key_and_says_when_nobody_answers(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=moderated) as driver:
        driver.engine.answers.clear()
        await driver.press("!", "q")
        assert "Asking the forum" in driver.text
        await driver.press("q")
        assert driver.app.desk.screen is driver.app.reader
        driver.engine.answers.set()
        await driver.until(lambda: not [w for w in driver.app.workers if w.group == "fetching" and w.is_running])
        driver.engine.problems += [Offline("Sample is offline by choice; go online first.")]
        screen = await with_queue(driver, (HELD,))
        assert "offline by choice" in driver.text
        assert screen.items == []
        screen = await with_queue(driver, (HELD,), (OFFER,))
        driver.engine.problems += [Offline("The line went.")]
        await driver.press("G")
        await driver.until(lambda: "The line went." in driver.text)
        assert screen.items == [HELD]
        assert "only what was fetched before" in driver.text
        screen = await with_queue(driver, (HELD,), (OFFER,))
        driver.engine.problems += [RuntimeError("wires crossed")]
        await driver.press("G")
        await driver.until(lambda: "did not work (RuntimeError)" in driver.text)


async def test_texts_from_strangers_stay_text(tmp_path: Path) -> None:
    bad = "\x1b]52;c;x\x07[@click=app.quit]Look[/] \u202eevil\u202c [/foo]"
    hostile = item(QueueKind.HELD, member=bad, title=bad, text=bad)
    reported = item(QueueKind.REPORT, 2, member=bad, title=bad, text=bad, author=bad, post=PostId("none"))
    entry = LogEntry("1", Millis(0), bad, bad, bad)
    async with reading(tmp_path, prepare=moderated) as driver:
        await with_queue(driver, (hostile, reported))
        driver.engine.log_pages = [Page((entry,))]
        texts = [driver.text]
        await driver.press("a")
        texts.append(driver.text)
        await driver.press("escape", "!", "l")
        await driver.until(lambda: "[@click=app.quit]Look" in driver.text)
        texts.append(driver.text)
        for text in texts:
            assert "[@click=app.quit]Look" in text
            assert not set("\x1b\x07\u202e") & set(text)


# -- the log


async def test_the_log_tells_who_did_what_and_leads_there(tmp_path: Path) -> None:
    first = LogEntry(
        "2", Millis(1_749_990_000_000), "Ben", "hide", "Topic number 2: rude " * 9, TopicId("t2"), PostId("t2-3")
    )
    second = LogEntry("1", Millis(1_749_980_000_000), "", "set role", "Ben: Moderator")
    async with reading(tmp_path, size=(80, 24), prepare=moderated) as driver:
        driver.engine.log_pages = [Page((first,), after=Cursor("1")), Page((second,))]
        await driver.press("!", "l")
        screen = driver.app.desk.screen
        assert isinstance(screen, LogScreen)
        await driver.until(lambda: "Ben  hide" in driver.text)
        await driver.press("G")
        await driver.until(lambda: len(screen.items) == 2)
        await driver.settle()
        assert "the keeper  set role" in driver.text
        await driver.press("G", "enter")
        assert "no post or topic" in driver.said
        await driver.press("g", "g", "enter")
        current = driver.app.reader.thread.current
        assert current is not None
        assert current.id == "t2-3"


async def test_leaders_see_the_queue_and_not_the_log(tmp_path: Path) -> None:
    reason = "only moderators may"
    member = Can({**ALL.rules, Ability.MODERATE: reason})

    async def leading(library: Library) -> None:
        row = await as_member(library, "Member", member)
        boards = await library.reading.boards(row.key)
        assert boards
        led = Board(BoardId("off"), "Off topic", leader="Anna", can=Can({Ability.MODERATE: ""}))
        await library.accounts.put_boards(row.key, [Board(BoardId("lead"), "Leadership"), led])

    async with reading(tmp_path, prepare=leading) as driver:
        await with_queue(driver, (HELD,))
        await driver.press("q", "!", "l")
        assert driver.said == f"Not here: {reason}."
        await driver.press("!", "p")  # on a board that somebody else leads
        assert driver.said == f"Not here: {reason}."
