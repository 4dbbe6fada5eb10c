"""Reading with keys: opening, going on, going back, jumping, searching."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.tui.reader_kit import Driver, nothing, post, reading, stock

from forumtui.model import Body, Format, Page, Place, TopicId, Window
from forumtui.reader.library import Library
from forumtui.reader.rows import TopicQuery
from forumtui.settings import Settings
from forumtui.tui.keys.commands import Where
from forumtui.tui.render.arrangement import Pane
from forumtui.tui.screens.reader import ReaderScreen


def pane(reader: ReaderScreen) -> Pane:
    return reader.pane


def path(driver: Driver) -> tuple[str, ...]:
    return driver.path


async def test_three_panes_and_the_first_list(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        reader = driver.app.reader
        assert pane(reader) is Pane.TOPICS
        assert "Leadership" in driver.text
        assert "Topic number 4" in driver.text
        assert driver.path == ("Sample",)
        assert all(line.count("│") == 2 for line in driver.text.splitlines()[1:-1])
        await driver.until(lambda: reader.previewing)
        assert reader.topics.current is not None
        assert reader.topic is not None
        assert reader.topic.key == reader.topics.current.key
        await driver.press("h")
        assert pane(reader) is Pane.BOARDS
        await driver.press("h")
        assert "Q quits" in driver.said


async def test_opening_a_topic_folds_the_boards_and_going_back_shows_them(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("enter")
        reader = driver.app.reader
        assert pane(reader) is Pane.THREAD
        assert not reader.query_one("#boards-pane").display
        assert path(driver) == ("Sample", "Leadership", "Topic number 1")
        assert "Post 1 of topic 1." in driver.text
        await driver.press("q")
        assert pane(reader) is Pane.TOPICS
        assert reader.query_one("#boards-pane").display
        await driver.press("k", "h", "j", "j", "enter")
        assert reader.topics.shown.board is not None
        assert path(driver) == ("Sample", "Off topic")
        assert "No topics here" in driver.text


async def test_an_empty_board_says_the_same_whichever_way_one_comes_to_it(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("h", "j", "j", "enter")
        teaches = "No topics here"
        assert teaches in driver.text
        await driver.press("g", "u")
        assert teaches not in driver.text
        await driver.press("minus")
        assert driver.path == ("Sample", "Off topic")
        assert teaches in driver.text
        await driver.press("g", "minus", "x", "a", "y", "minus", "g", "minus")
        assert "Everything is read" in driver.text


async def test_boards_fold_under_the_key_that_folds_posts(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("h", "g", "g")
        opened = driver.text
        assert "Off topic" in opened
        await driver.press("z", "a")
        assert "Off topic" not in driver.text
        await driver.press("z", "a")
        assert "Off topic" in driver.text
        await driver.press("j", "z", "a")
        assert "No boards are below" in driver.said
        assert "Off topic" in driver.text


@pytest.mark.parametrize("size", [(80, 24), (40, 15), (10, 3), (200, 50)])
async def test_every_size_shows_the_focused_pane_and_survives_a_walk(tmp_path: Path, size: tuple[int, int]) -> None:
    async with reading(tmp_path, size=size) as driver:
        await driver.press("enter", "space", "J", "h", "h", "l", "l", "w", "w", "?", "q", "i", "q")
        assert driver.app.reader.rows.display
        await driver.pilot.resize_terminal(30, 8)
        await driver.settle()
        assert driver.app.reader.rows.size.width == 30


async def test_counts_numbers_and_jumps(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        reader = driver.app.reader
        await driver.press("2", "j")
        assert reader.topics.current is not None
        assert reader.topics.current.title == "Topic number 3"
        await driver.press("enter", "5", "enter")
        assert reader.thread.current is not None
        assert reader.thread.current.number == 5
        await driver.press("minus")
        assert reader.thread.current.number == 1
        await driver.press("g", "minus")
        assert reader.thread.current.number == 5
        await driver.press("P")
        assert reader.thread.current.number == 4
        await driver.press("G", "g", "g")
        assert reader.thread.current.number == 1
        await driver.press("P")
        assert "answers no other" in driver.said
        await driver.press("#", "3", "enter")
        assert reader.thread.current.number == 3


async def test_enter_shows_the_answered_post_in_place(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("j", "enter", "J")
        before = driver.text.count("Post 1 of topic 2.")
        await driver.press("enter")
        assert driver.text.count("Post 1 of topic 2.") == before + 1


async def test_topics_follow_each_other_in_a_thread(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        reader = driver.app.reader
        await driver.press("enter", ".")
        assert driver.path[-1] == "Topic number 2"
        assert reader.topics.current is not None
        assert reader.topics.current.title == "Topic number 2"
        await driver.press("comma", "comma")
        assert "first topic" in driver.said
        await driver.press("9", ".", ".")
        assert "last topic" in driver.said
        assert driver.path[-1] == "Topic number 4"


async def test_search_in_a_thread_has_a_position_and_ends(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        reader = driver.app.reader
        await driver.press("enter", "/")
        assert driver.app.running.where()[0] is Where.PROMPT
        await driver.type("post")
        await driver.press("enter")
        assert driver.said.startswith("1/5")
        await driver.press("n", "n", "p")
        assert driver.said.startswith("2/5")
        assert reader.thread.current is not None
        assert reader.thread.current.number == 2
        await driver.press("escape")
        assert reader.seeking == ""
        assert pane(reader) is Pane.THREAD
        await driver.press("/")
        await driver.type("post")
        await driver.press("enter", "j")
        assert reader.seeking == ""
        await driver.press("/")
        await driver.type("zebra")
        await driver.press("enter")
        assert "not in this topic" in driver.said


async def test_search_in_a_list_goes_from_title_to_title(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        topics = driver.app.reader.topics
        await driver.press("/", "3", "enter")
        assert topics.current is not None
        assert topics.current.title == "Topic number 3"
        await driver.press("n")
        assert "No further title" in driver.said
        await driver.press("/")
        await driver.type("number")
        await driver.press("enter", "n", "p")
        assert topics.current.title == "Topic number 3"
        await driver.press("/", "escape")
        assert driver.app.reader.pane is Pane.TOPICS


async def test_filter_narrows_while_typing_and_escape_ends_it(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        reader = driver.app.reader
        await driver.press("=", "3")
        await driver.until(lambda: reader.topics.shown.filter == "3")
        await driver.press("enter")
        assert "Topic number 1" not in "\n".join(line[:70] for line in driver.text.splitlines()[2:])
        await driver.press("escape")
        assert reader.topics.shown == TopicQuery(account=reader.topics.shown.account)
        await driver.press("=", "3", "escape")
        assert reader.topics.shown.filter == ""


async def test_without_a_forum_the_screen_teaches(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=nothing) as driver:
        assert "Press a and type a path" in driver.text
        await driver.press("a")
        await driver.type("/srv/x.db")
        await driver.press("enter")
        await driver.until(lambda: driver.engine.added == ["/srv/x.db"])
        await driver.until(lambda: driver.app.reader.pane is Pane.TOPICS)
        assert "You are Anna, Member" in driver.said


async def test_a_pasted_address_is_added(tmp_path: Path) -> None:
    from textual.events import Paste

    async with reading(tmp_path) as driver:
        driver.app.post_message(Paste("https://forum.example.org\n"))
        await driver.until(lambda: driver.engine.added == ["https://forum.example.org"])
        await driver.settle()


async def test_the_place_is_kept(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("j", "enter", "4", "enter")
        await driver.pilot.press("Q")
        await driver.until(lambda: not driver.app.is_running)
    async with reading(tmp_path, prepare=nothing) as driver:
        reader = driver.app.reader
        assert pane(reader) is Pane.THREAD
        assert driver.path[-1] == "Topic number 2"
        place = reader.thread.place
        assert place is not None
        row = await driver.app.library.reading.post(place[0])
        assert row.number is not None


@pytest.mark.parametrize("moves", [("j",) * 3, ("space",), ("J",) * 3, ("J", "J", "k", "k"), ("G", "K")])
@pytest.mark.parametrize("jump", [("G",), ("P",), (")",), ("g", "g")])
async def test_going_back_shows_every_line_where_it_was(
    jump: tuple[str, ...], moves: tuple[str, ...], tmp_path: Path
) -> None:
    async with reading(tmp_path, size=(80, 24)) as driver:
        thread = driver.app.reader.thread
        await driver.press("enter", *moves)
        library = driver.app.library
        (account,) = await library.accounts.all()
        more = Page(tuple(post(1, number) for number in range(6, 16)))
        await library.intake.posts(account.key, TopicId("t1"), Window(Place.END), more)
        await thread.refresh_thread()
        before = thread.place, thread.current
        await driver.press(*jump)
        after = thread.place, thread.current
        if after[1] == before[1]:
            return  # no jump: that post answers none
        await driver.press("-")
        assert (thread.place, thread.current) == before
        await driver.press("g", "-")
        assert (thread.place, thread.current) == after


async def test_a_location_is_opened_at_once(tmp_path: Path) -> None:
    async with reading(tmp_path, location="/srv/other.db") as driver:
        await driver.until(lambda: bool(driver.engine.added))
        await driver.until(lambda: driver.path == ("Added",))


async def test_rebound_keys_and_the_mutt_like_set(tmp_path: Path) -> None:
    async with reading(tmp_path, settings=Settings(keys={"zoom": ("f9",)})) as driver:
        await driver.press("w")
        assert not driver.app.reader.zoomed
        await driver.press("f9")
        assert driver.app.reader.zoomed
    async with reading(tmp_path / "mutt", settings=Settings(keymap="mutt")) as driver:
        await driver.press("l")
        assert driver.app.running.where()[0] is Where.PROMPT


async def test_unread_over_two_forums_comes_first(tmp_path: Path) -> None:
    async def two(library: Library) -> None:
        await stock(library, "one", topics=1, posts=1)
        await stock(library, "two", topics=1, posts=1)

    async with reading(tmp_path, prepare=two) as driver:
        assert driver.app.reader.topics.shown == TopicQuery(unread=True)
        assert driver.path == ("Unread in all forums",)
        assert driver.app.services.facts.unread == 2
        await driver.press("g", "m")
        assert "No bookmarks yet" in driver.text
        await driver.press("g", "h", "g", "b")
        assert driver.app.reader.pane is Pane.BOARDS


async def test_what_a_post_hides_is_shown_by_a_key_and_covered_again(tmp_path: Path) -> None:
    async def hiding(library: Library) -> None:
        row = await stock(library)
        body = Body(
            "<p>He <span class='spoiler'>dies</span>.</p><details><summary>More</summary>inner</details>", Format.HTML
        )
        posts = (replace(post(1, 1), body=body), post(1, 2))
        await library.intake.posts(row.key, TopicId("t1"), Window(), Page(posts))

    async with reading(tmp_path, prepare=hiding) as driver:
        await driver.press("enter")
        await driver.until(lambda: "He ░░░░." in driver.text)
        assert "▸ More" in driver.text
        assert "inner" not in driver.text
        await driver.press("z", "s")
        assert "He dies." in driver.text
        assert "inner" in driver.text
        await driver.press("z", "s")
        assert "He ░░░░." in driver.text
        await driver.press("J", "z", "s")
        assert driver.said == "Nothing is hidden in this post."
