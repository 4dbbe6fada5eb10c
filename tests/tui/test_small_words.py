"""What a citation names, whom a preview colours, and where ctrl+s sends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.tui.reader_kit import drive, post, reading, stock

from forumtui.library import Library
from forumtui.model import Member, MemberId, Page, SetProfile, TopicId, Window


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
def test_a_citation_names_the_posts_own_subject(tmp_path: Path, number: int, names: str) -> None:
    async def scenario() -> None:
        async with reading(tmp_path, prepare=of_many_words) as driver:
            await driver.press("j", "enter", str(number), "enter", "g", "y")
            assert names in driver.app.clipboard

    drive(scenario())


def test_a_preview_colours_the_whole_name(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with reading(tmp_path) as driver:
            await driver.press("enter", "r")
            await driver.type("See @Jaap de Jonge and @Nobody Here.")
            await driver.press("ctrl+r")
            rows = driver.app.reader.composer.preview._page_source.rows  # type: ignore[union-attr]
            mentions = [run.text for row in rows for run in row.line.runs if "mention" in run.style]
            assert mentions == ["@Jaap de Jonge", "@Nobody"]

    drive(scenario())


def test_ctrl_s_takes_what_is_said_about_oneself(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with reading(tmp_path) as driver:
            driver.engine.people["Anna"] = Member(MemberId("anna"), "Anna", "Member")
            await driver.press("g", "a", "I", "e")
            await driver.type("I read.")
            await driver.press("ctrl+s")
            await driver.until(lambda: bool(driver.engine.acts))
            assert driver.engine.acts == [SetProfile("I read.")]

    drive(scenario())
