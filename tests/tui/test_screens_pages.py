"""Pages over the reader: board page, help, forums, search, palette, command line; links, copying, saving."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.tui.reader_kit import Driver, reading, stock

from forumtui.reader.library import Library
from forumtui.reader.rows import ThreadOrder
from forumtui.settings import Settings
from forumtui.tui.keys.commands import Where
from forumtui.tui.lists.page_list import PageList
from forumtui.tui.render.arrangement import Pane
from forumtui.tui.screens.accounts import AccountsScreen
from forumtui.tui.screens.base import hints_of
from forumtui.tui.screens.board_page import BoardPage
from forumtui.tui.screens.chooser import Palette
from forumtui.tui.screens.help import HelpScreen
from forumtui.tui.screens.search import SearchScreen
from forumtui.tui.thread.view import ThreadView


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSH_CONNECTION", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)


def current_line(page: PageList) -> str:
    assert page.current is not None
    return "".join(run.text for run in page.current.line.runs)


def order(driver: Driver) -> ThreadOrder:
    return driver.app.reader.order


async def test_the_board_page_tells_and_leads_on(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("h", "j", "i")
        assert isinstance(driver.app.desk.screen, BoardPage)
        for words in (
            "Leading and following.", "Leader wanted", "Best practices (1)", "Ask first", "Read on.",
            "https://example.org/book", "You are Anna, Member.", "Be kind.", "Quote fairly.", "Version 1.2",
        ):  # fmt: skip
            assert words in driver.text
        while "Ask first" not in current_line(driver.app.desk.screen.page):
            await driver.press("j")
        await driver.press("enter")
        assert driver.path[-1] == "Topic number 1"
        current = driver.app.reader.thread.current
        assert current is not None
        assert current.number == 2
        await driver.press("h", "h", "k", "i")
        assert driver.path == ("Sample", "about")
        assert "Leader wanted" not in driver.text


async def test_a_link_on_a_page_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    async with reading(tmp_path) as driver:
        monkeypatch.setattr(driver.app, "open_url", lambda url, **_: opened.append(url))
        await driver.press("enter", "i")
        page = driver.app.desk.screen
        assert isinstance(page, BoardPage)
        while "A book" not in current_line(page.page):
            await driver.press("j")
        await driver.press("enter")
        assert opened == ["https://example.org/book"]
        assert "example.org" in driver.said
        await driver.press("escape", "o")
        assert opened[-1] == "https://example.org/p1"


async def test_whatever_is_copied_is_cleaned(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        driver.app.copy_to_clipboard("kept\tas is\r\n\x1b[201~; rm -rf x\x07\u3164")
        assert driver.app.clipboard == "kept\tas is\n\ufffd[201~; rm -rf x\ufffd"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "http://a.example/\x1b]52;", "ftp://a.example"]
)
async def test_only_links_that_may_be_opened_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("j", "enter")
        current = driver.app.reader.thread.current
        assert current is not None
        monkeypatch.setattr(ThreadView, "current", replace(current, url=url))
        await driver.press("y")
        assert "none that a browser should open" in driver.said
        assert driver.app.clipboard == ""


async def test_chosen_lines_are_quoted(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("j", "enter", "V", ">")
        assert "Jaap de Jonge wrote:" in driver.text
        assert "> See" not in driver.text
        await driver.press("escape")


async def test_help_shows_the_keys_of_the_place_and_runs_them(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("enter", "?")
        page = driver.app.desk.screen
        assert isinstance(page, HelpScreen)
        assert "Keys that work in a thread" in driver.text
        while page.page.current is None or page.page.current.key != "tree":
            await driver.press("j")
        await driver.press("enter")
        assert order(driver) is ThreadOrder.TREE
        await driver.press("T")
        assert order(driver) is ThreadOrder.FLAT
        await driver.press("f1", "escape")
        assert driver.app.desk.screen is driver.app.reader


async def test_a_page_lies_under_its_help_and_its_commands_run_there(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        for keys, command, opened in ((("g", "a"), "member", Where.MEMBER), (("g", "o"), "drafts", Where.OUTBOX)):
            await driver.press(*keys)
            page = driver.app.desk.screen
            for away in ("q", "escape"):
                await driver.press("?")
                assert "Keys that work" in driver.text
                assert driver.app.desk.screen is not page
                await driver.press(away)
                assert driver.app.desk.screen is page
            await driver.press("?", "?", "?", "q", "q")
            assert driver.app.desk.screen is page
            await driver.press("?")
            shown = driver.app.desk.screen
            assert isinstance(shown, HelpScreen)
            await shown.page.load(command)
            await driver.press("enter")
            assert driver.app.desk.screen.place is opened
            await driver.press("g", "h")
            assert driver.app.desk.screen is driver.app.reader


async def test_a_member_is_shown_over_the_list_of_forums(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("g", "a")
        page = driver.app.desk.screen
        await driver.press("I", "q")
        assert driver.app.desk.screen is page


async def test_help_says_what_a_page_refuses(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("enter", "I")
        assert driver.app.desk.screen.place is Where.MEMBER
        await driver.press("?")
        shown = driver.app.desk.screen
        assert isinstance(shown, HelpScreen)
        await shown.page.load("edit-profile")
        assert "somebody else" in driver.text


async def test_the_palette_finds_and_runs(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("ctrl+p")
        assert isinstance(driver.app.desk.screen, Palette)
        await driver.type("zoom")
        await driver.press("enter")
        assert driver.app.reader.zoomed
        await driver.press("ctrl+p")
        await driver.type("nothing like it")
        assert "No command is called that" in driver.text
        await driver.press("escape", "escape")
        assert not driver.app.reader.zoomed


async def test_the_command_line(tmp_path: Path) -> None:
    async def line(driver: Driver, text: str) -> None:
        await driver.press(":")
        await driver.type(text)
        await driver.press("enter")

    async with reading(tmp_path) as driver:
        await driver.press(":")
        await driver.type("next-unr")
        await driver.press("tab", "enter")
        assert driver.app.reader.pane is Pane.THREAD
        await line(driver, "go 3")
        current = driver.app.reader.thread.current
        assert current is not None
        assert current.number == 3
        await line(driver, "4")
        assert driver.app.reader.thread.current is not current
        await line(driver, "zom")
        assert 'did you mean "zoom"' in driver.said
        await line(driver, "send")
        assert "does nothing here" in driver.said
        await line(driver, "zoom 3")
        assert "takes no argument" in driver.said
        await line(driver, "open /srv/z.db")
        await driver.until(lambda: driver.engine.added == ["/srv/z.db"])


async def test_forums_log_in_keep_and_remove(tmp_path: Path) -> None:
    async def two(library: Library) -> None:
        await stock(library, "one", topics=1, posts=1)
        await stock(library, "two", topics=1, posts=1)

    async with reading(tmp_path, prepare=two) as driver:
        await driver.press("g", "a")
        page = driver.app.desk.screen
        assert isinstance(page, AccountsScreen)
        assert "Anna, Member" in driver.text
        await driver.press("L", "ctrl+u")
        await driver.type("Ben")
        await driver.press("enter")
        await driver.until(lambda: "You are Ben, Member" in driver.said)
        await driver.press("x", "k")
        await driver.settle()
        assert "visited" in driver.text
        before = len(await driver.app.library.accounts.all(visited=True))
        await driver.press("x", "d", "n")
        assert len(await driver.app.library.accounts.all(visited=True)) == before
        await driver.press("x", "d", "y")
        assert len(await driver.app.library.accounts.all(visited=True)) == before - 1
        await driver.press("enter")
        assert driver.app.desk.screen is driver.app.reader


@pytest.mark.parametrize("deep", [False, True], ids=["in its list", "in a topic"])
async def test_a_forum_that_is_removed_leaves_nothing_open(tmp_path: Path, deep: bool) -> None:
    async def two(library: Library) -> None:
        await stock(library, "one", topics=1, posts=3)
        await stock(library, "two", topics=1, posts=3)

    async with reading(tmp_path, prepare=two) as driver:
        reader = driver.app.reader
        await driver.press("h", "g", "g", "enter")
        await driver.until(lambda: reader.topic is not None)
        if deep:
            await driver.press("enter")
        before = reader.topic
        assert before is not None
        gone = before.account
        await driver.press("g", "a", "x", "d", "y")
        await driver.settle()
        await driver.press("h")
        assert "not in the library" not in driver.text
        assert reader.topic is None or reader.topic.account != gone
        assert reader.thread.topic_key is None or reader.topic is not None
        assert reader.topics.shown.account != gone
        assert reader.pane is Pane.TOPICS
        assert "Topic number 1" in driver.text
        await driver.press("enter")
        assert reader.topic is not None
        assert reader.topic.account != gone


async def test_offline_shows_in_the_header(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("g", "p")
        await driver.settle()
        assert "offline" in driver.text.splitlines()[0]
        await driver.press("enter", "r")
        await driver.type("later")
        await driver.press("ctrl+s")
        assert "waits until you are online" in driver.said
        await driver.settle()
        assert "outbox 1" in driver.text.splitlines()[0]
        await driver.press("g", "S")
        assert "You are offline" in driver.said
        await driver.press("g", "p", "g", "S")
        assert "Sending" in driver.said
        await driver.press("g", "s")
        assert "Looking" in driver.said
        assert None in driver.engine.woken


async def test_search_everywhere_opens_at_the_post(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("g", "/")
        await driver.type("post 4 of topic 3")
        await driver.press("enter")
        assert isinstance(driver.app.desk.screen, SearchScreen)
        assert "found" in driver.said
        await driver.press("enter")
        assert driver.path[-1] == "Topic number 3"
        current = driver.app.reader.thread.current
        assert current is not None
        assert current.number == 4
        await driver.press("g", "/")
        await driver.type("xyzzy")
        await driver.press("enter")
        assert "Nothing found for 'xyzzy'" in driver.text
        await driver.press("q")


async def test_saving_to_a_file_asks_before_it_replaces(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    async with reading(tmp_path / "home") as driver:
        file = tmp_path / "out.txt"
        await driver.press("j", "s")
        await driver.type(str(file))
        await driver.press("enter")
        text = file.read_text()
        assert text.startswith("Topic number 2\n")
        assert "Post 5 of topic 2." in text
        await driver.press("enter", "s")
        await driver.type(str(file))
        await driver.press("enter", "n")
        assert file.read_text() == text
        await driver.press("s")
        await driver.type(str(file))
        await driver.press("enter", "y")
        assert "Post 5" not in file.read_text()
        await driver.press("s")
        await driver.type("/nowhere/at/all.txt")
        await driver.press("enter")
        assert "can not be written" in driver.said
        await driver.press("s", "escape")


async def test_views_of_a_thread(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("j", "enter", "z", "t")
        assert "2025-06-15" in driver.text
        pages = driver.text.count("See the page")
        await driver.press("z", "M")
        assert "  See the page" not in driver.text
        await driver.press("z", "R")
        assert driver.text.count("See the page") == pages
        await driver.press("z", "a")
        assert driver.text.count("  See the page") == pages - 1
        await driver.press("z", "a", "z", "q", "ctrl+l", "w", "ctrl+d", "ctrl+u", "b", ")", "(")
        assert "Post 1 of topic 2." in driver.text


async def test_the_key_strip_shows_what_may_follow(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("enter", "x")
        await driver.until(lambda: "catch up to here" in driver.text)
        await driver.press("escape")
        assert "catch up to here" not in driver.text
        await driver.press("x", "z")
        assert '"x z" does nothing here' in driver.said


async def test_a_click_opens_and_a_hint_can_be_tapped(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.pilot.click("#topics", offset=(5, 2))
        await driver.settle()
        assert driver.path[-1] == "Topic number 2"
        assert "Be kind." in driver.said
        await driver.pilot.click("FooterLine", offset=(3, 0))  # puts the forum's notice away
        assert driver.said == ""
        hints = hints_of(driver.app.desk.screen)
        column = 1
        for key, word, _ in hints:
            if word == "back":
                break
            column += len(key) + len(word) + 3
        await driver.pilot.click("FooterLine", offset=(column, 0))
        await driver.settle()
        assert driver.app.reader.pane is Pane.TOPICS


async def test_an_unforeseen_error_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_arguments: object) -> None:
        raise RuntimeError("wires crossed")

    async with reading(tmp_path) as driver:
        monkeypatch.setattr("forumtui.tui.acts.view.zoom", broken)
        await driver.press("w")
        assert "That did not work (RuntimeError)" in driver.said
        await driver.press("j")
        assert driver.app.is_running


async def test_a_theme_that_there_is_not_is_said(tmp_path: Path) -> None:
    async with reading(tmp_path / "one", settings=Settings(theme="no-such-theme")) as driver:
        await driver.until(lambda: 'There is no theme "no-such-theme"' in driver.text)
    async with reading(tmp_path / "two", settings=Settings(theme="textual-light")) as driver:
        assert driver.app.theme == "textual-light"
        assert "There is no theme" not in driver.text
