"""Links, copying and citations from an open thread."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.tui.reader_kit import post, reading, stock

from forumtui.model import Body, Format, Page, TopicId, Window
from forumtui.reader.library import Library
from forumtui.tui.render.arrangement import Pane


async def test_link_letters_and_copying_over_ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
    async with reading(tmp_path) as driver:
        await driver.press("j", "enter", "f")
        assert "Which link?" in driver.text
        await driver.press("s")
        assert driver.app.clipboard == "https://example.org/2/2"
        await driver.press("f", "escape")
        assert driver.app.reader.pane is Pane.THREAD
        await driver.press("o")
        assert driver.app.clipboard == "https://example.org/p1"
        await driver.press("y")
        assert "in the clipboard" in driver.said
        await driver.press("Y")
        assert driver.app.clipboard.startswith("Post 1 of topic 2.")
        await driver.press("g", "y")
        assert "“Topic number 2” #1, Sample" in driver.app.clipboard
        await driver.press("V", "j", "j", "y")
        assert driver.app.clipboard.startswith("Post 1 of topic 2.")
        await driver.press("V", "escape")
        assert not driver.app.reader.thread.choosing.active


async def of_many_words(library: Library) -> None:
    """A post has a subject of its own."""
    row = await stock(library)
    posts = (
        post(2, 1),
        replace(post(2, 2), subject="Re: Topic number 2"),
        replace(post(2, 3), subject="Something else"),
    )
    await library.intake.posts(row.key, TopicId("t2"), Window(), Page(posts))


@pytest.mark.parametrize(
    ("number", "names"),
    [
        (1, "“Topic number 2” #1,"),
        (2, "“Re: Topic number 2” #2,"),
        (3, "“Something else” in “Topic number 2” #3,"),
    ],
)
async def test_a_citation_names_the_posts_own_subject(tmp_path: Path, number: int, names: str) -> None:
    async with reading(tmp_path, prepare=of_many_words) as driver:
        await driver.press("j", "enter", str(number), "enter", "g", "y")
        assert names in driver.app.clipboard


async def test_html_is_copied_and_quoted_as_what_it_shows(tmp_path: Path) -> None:
    async def served(library: Library) -> None:
        row = await stock(library)
        body = Body("<p>Some <b>bold</b> <a href='/t/9'>text</a></p>", Format.HTML)
        posts = (replace(post(1, 1), body=body), post(1, 2))
        await library.intake.posts(row.key, TopicId("t1"), Window(), Page(posts))

    async with reading(tmp_path, prepare=served) as driver:
        await driver.press("enter")
        await driver.until(lambda: "Some bold text" in driver.text)
        await driver.press("Y")
        assert driver.app.clipboard == "Some **bold** [text](<https://example.org/t/9>)"
        await driver.press("f")
        assert "Which link?" in driver.text
        await driver.press("escape", ">")
        await driver.until(lambda: "> Some **bold** [text](<https://example.org/t/9>)" in driver.text)
