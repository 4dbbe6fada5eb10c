"""Keeping order: the ! keys, what waits for moderators, the audit log, offers to lead."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.tui.moderation_kit import as_member, done, moderated
from tests.tui.reader_kit import ALL, post, reading, stock, topic

from forumtui.errors import Forbidden, Offline, Unanswered
from forumtui.model import (
    Ability,
    Board,
    BoardId,
    Can,
    Close,
    ForumInfo,
    Hide,
    Mark,
    Move,
    Page,
    Pin,
    PostId,
    Registration,
    Remove,
    Report,
    SetMark,
    SetTags,
    TopicId,
    Volunteer,
    Window,
)
from forumtui.reader.library import Library
from forumtui.tui.screens.chooser import BoardChoice

T1 = TopicId("t1")


async def test_topics_are_pinned_and_closed_from_list_and_thread(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=moderated) as driver:
        assert await done(driver, "!", "p") == Pin(T1, on=True)
        assert driver.said == "'Topic number 1' stays at the top of its lists; ! p takes it back."
        assert await done(driver, "enter", "!", "c") == Close(T1, on=True)
        assert driver.said == "'Topic number 1' is closed: nobody can answer; ! c takes it back."


async def test_topics_are_tagged_and_removed_and_come_back(tmp_path: Path) -> None:
    async def removed(library: Library) -> None:
        row = await moderated(library)
        await library.intake.topics(row.key, [replace(topic(1, 5), removed=True, tags=("old", "older"))])

    async with reading(tmp_path, prepare=moderated) as driver:
        await driver.press("!", "x", *"spam")
        assert await done(driver, "enter") == Remove(T1, on=True, reason="spam")
        assert driver.said == "'Topic number 1' is removed: only moderators see it; ! x takes it back."
        await driver.press("!", "x")
        await driver.press("escape")
        assert len(driver.engine.acts) == 1
    (tmp_path / "two").mkdir()
    async with reading(tmp_path / "two", prepare=removed) as driver:
        await driver.press("G")
        assert await done(driver, "!", "x") == Remove(T1, on=False)
        assert "is there for everybody again" in driver.said
        await driver.press("!", "t", "ctrl+u", *"new, newer,")
        assert await done(driver, "enter") == SetTags(T1, ("new", "newer"))
        assert "is tagged new, newer now; before: old, older; ! t takes it back." in driver.said


async def test_what_is_so_already_is_taken_back(tmp_path: Path) -> None:
    async def pinned(library: Library) -> None:
        row = await moderated(library)
        await library.intake.topics(row.key, [replace(topic(1, 5), pinned=True, closed=True)])
        marked = replace(post(1, 1), hidden=True, marks=frozenset({Mark.EXPERT_TIP}))
        await library.intake.posts(row.key, T1, Window(), Page((marked,), complete=False))

    async with reading(tmp_path, prepare=pinned) as driver:
        await driver.press("G")
        assert await done(driver, "!", "p") == Pin(T1, on=False)
        assert "no longer kept at the top" in driver.said
        assert await done(driver, "!", "c") == Close(T1, on=False)
        await driver.press("enter", "g", "g")
        assert "Hidden by a moderator: you see it because you are a moderator." in driver.text
        assert "Post 1 of topic 1." in driver.text
        assert await done(driver, "!", "e") == SetMark(T1, PostId("t1-1"), Mark.EXPERT_TIP, on=False)
        assert driver.said == "The post of Jaap de Jonge is no longer an expert tip; ! e takes it back."
        assert await done(driver, "!", "h") == Hide(T1, PostId("t1-1"), on=False)
        assert "shows again" in driver.said


async def test_a_hidden_post_without_its_text_is_a_placeholder(tmp_path: Path) -> None:
    async def hidden(library: Library) -> None:
        row = await stock(library)
        page = Page((replace(post(1, 1), hidden=True, body=None),), complete=False)
        await library.intake.posts(row.key, T1, Window(), page)

    async with reading(tmp_path, prepare=hidden) as driver:
        await driver.press("enter", "g", "g")
        assert "Hidden by a moderator." in driver.text
        assert "hidden" in driver.text.split("Jaap de Jonge")[1].splitlines()[0]
        assert "Post 1 of topic 1." not in driver.text


async def test_a_held_text_says_that_it_waits_for_a_moderator(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        library = driver.app.library
        await driver.press("j", "enter", "r")
        await driver.type("Mine.")
        await driver.press("ctrl+s")
        (row,) = await library.outbox.rows(drafts=False)
        await library.outbox.claim(row.account, "elsewhere:1:1", row.created)
        await library.outbox.begin_send(row.uid, "elsewhere:1:1", row.created)
        await library.outbox.finish(row.uid, held=True)
        await driver.settle()
        assert "held for approval" in driver.text
        assert "A moderator looks at this before others see it." in driver.text
        await driver.press("g", "o")
        assert "held for approval" in driver.text
        await driver.press("enter")
        assert "once a moderator has approved it" in driver.said


@pytest.mark.parametrize(
    ("key", "mark", "words"),
    [("b", Mark.BEST_PRACTICE, "a best practice"), ("e", Mark.EXPERT_TIP, "an expert tip"),
     ("a", Mark.ACCEPTED, "the accepted answer")],
)  # fmt: skip
async def test_posts_are_marked(tmp_path: Path, key: str, mark: Mark, words: str) -> None:
    async with reading(tmp_path, prepare=moderated) as driver:
        await driver.press("j", "enter", "J")
        assert await done(driver, "!", key) == SetMark(TopicId("t2"), PostId("t2-2"), mark)
        assert driver.said == f"The post of Ben is {words}; ! {key} takes it back."


async def test_hiding_and_reporting_ask_why(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=moderated) as driver:
        await driver.press("j", "enter", "!", "h")
        assert "Why is this post hidden?" in driver.text
        await driver.type("Rude.")
        assert await done(driver, "enter") == Hide(TopicId("t2"), PostId("t2-1"), on=True, reason="Rude.")
        await driver.press("!", "h", "escape", "!", "r", "enter")
        assert "the moderators need to know why" in driver.said
        await driver.press("!", "r", "escape")
        assert len(driver.engine.acts) == 1
        await driver.press("!", "r")
        await driver.type("Spam.")
        assert await done(driver, "enter") == Report(TopicId("t2"), PostId("t2-1"), "Spam.")
        assert driver.said == "Reported: the moderators will look at it."


async def test_a_topic_moves_to_the_board_that_is_chosen(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=moderated) as driver:
        await driver.press("!", "m")
        choice = driver.app.desk.screen
        assert isinstance(choice, BoardChoice)
        assert "Off topic" in driver.text
        await driver.type("nowhere")
        assert "No other board is called that." in driver.text
        await driver.press("enter")
        assert driver.app.desk.screen is driver.app.reader
        assert driver.engine.acts == []
        await driver.press("!", "m", "escape", "!", "m")
        await driver.type("OFF")
        assert await done(driver, "enter") == Move(T1, BoardId("off"))
        assert driver.said == "'Topic number 1' is on the board Off topic now; ! m takes it back."


async def test_it_is_asked_first_where_guests_would_see_what_was_for_members(tmp_path: Path) -> None:
    async def private(library: Library) -> None:
        row = await moderated(library)
        boards = [
            Board(BoardId("all"), "Members", members_only=True),
            Board(BoardId("lead"), "Leadership", BoardId("all")),
            Board(BoardId("too"), "Also for members", BoardId("lead")),
            Board(BoardId("off"), "Off topic"),
        ]
        await library.accounts.put_boards(row.key, boards)

    async with reading(tmp_path, prepare=private) as driver:
        for answer in ("n", "escape"):
            await driver.press("!", "m", *"off", "enter")
            assert "Guests will see 'Topic number 1' on Off topic" in driver.text
            await driver.press(answer)
            assert driver.engine.acts == []
        await driver.press("!", "m", *"off", "enter")
        assert await done(driver, "y") == Move(T1, BoardId("off"), opens=True)
        await driver.press("!", "m", *"also")
        assert await done(driver, "enter") == Move(T1, BoardId("too"))


# -- who may not, and what goes wrong


async def test_keys_that_may_not_be_used_say_why(tmp_path: Path) -> None:
    reason = "only moderators may"
    member = Can({**ALL.rules, Ability.MODERATE: reason, Ability.MARK: reason})

    async def ordinary(library: Library) -> None:
        await as_member(library, "Member", member)

    async with reading(tmp_path, prepare=ordinary) as driver:
        for keys in ("!p", "!c", "!m", "!q", "!l"):
            await driver.press(*keys)
            assert driver.said == f"Not here: {reason}.", keys
        await driver.press("enter")
        for keys in ("!b", "!e", "!a", "!h"):
            await driver.press(*keys)
            assert driver.said == f"Not here: {reason}.", keys
        await driver.press("!")
        await driver.until(lambda: "best practice, or no longer" in driver.text)
        await driver.press("r")
        assert "What is wrong with this post?" in driver.text
        await driver.press("escape")
        assert driver.engine.acts == []


async def test_offline_nothing_is_begun(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=moderated) as driver:
        await driver.press("g", "p", "!", "p")
        assert driver.said == "Not here: you are offline, and this can not wait in the outbox."
        assert driver.engine.acts == []


async def test_a_post_that_waits_in_the_outbox_can_not_be_marked(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=moderated) as driver:
        await driver.press("j", "enter", "r")
        await driver.type("Mine.")
        await driver.press("ctrl+s")
        await driver.press("G", "!", "b")
        assert driver.said == "Not here: this post is not in the forum yet."
        assert await done(driver, "!", "p") == Pin(TopicId("t2"))


@pytest.mark.parametrize("error", [Forbidden("Only leaders may."), Offline("No line."), Unanswered("It may be done.")])
async def test_what_goes_wrong_is_said(tmp_path: Path, error: Exception) -> None:
    async with reading(tmp_path, prepare=moderated) as driver:
        driver.engine.problems.append(error)
        await driver.press("!", "p")
        await driver.until(lambda: driver.said == str(error))


async def test_a_slow_forum_holds_no_key_up_and_acts_do_not_push_each_other_out(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=moderated) as driver:
        driver.engine.answers.clear()
        await driver.press("!", "p")
        assert driver.said == "Pinning 'Topic number 1' …"
        await driver.press("j", "!", "c", "j")
        assert driver.app.reader.topics.current is not None
        assert driver.app.reader.topics.current.title == "Topic number 3"
        driver.engine.answers.set()
        await driver.until(lambda: "is closed" in driver.said or "stays at the top" in driver.said)
        assert driver.engine.acts == [Pin(T1), Close(TopicId("t2"))]
        await driver.until(lambda: not [w for w in driver.app.workers if w.group == "acts" and w.is_running])


async def test_what_others_decide_says_so(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=moderated) as driver:
        driver.engine.outcome = "held"
        await driver.press("h", "j", "i")
        assert "offer to lead" in driver.text
        await driver.press("v")
        await driver.type("I care.")
        assert await done(driver, "enter") == Volunteer(BoardId("lead"), "I care.")
        assert driver.said == "You offered to lead Leadership; the moderators decide."
        await driver.press("v", "escape")
        assert len(driver.engine.acts) == 1
        await driver.press("q", "j", "i")
        assert "offer to lead" not in driver.text
        await driver.press("v")
        assert driver.said == "Not here: no leader is wanted here."


async def test_a_guest_offers_nothing(tmp_path: Path) -> None:
    async def guest(library: Library) -> None:
        row = await stock(library)
        await library.accounts.update_info(row.key, ForumInfo("Sample", row.identity, can=ALL))

    async with reading(tmp_path, prepare=guest) as driver:
        assert "guest" in driver.text.splitlines()[0]
        await driver.press("h", "j", "i", "v")
        assert driver.said == "Not here: log in first."


async def test_a_refusal_tells_a_guest_the_way_out(tmp_path: Path) -> None:
    async def guest(library: Library) -> None:
        row = await stock(library)
        can = Can(dict(ALL.rules) | {Ability.REPLY: "log in first"})
        info = ForumInfo("Sample", row.identity, can=can, registration=Registration.OPEN)
        await library.accounts.update_info(row.key, info)

    async with reading(tmp_path, prepare=guest) as driver:
        await driver.press("enter", "R")
        assert driver.said == "Not here: log in first.  g a, then L logs in, N registers."
