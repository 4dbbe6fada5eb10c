"""How far one is in a thread: counted where all of it is here, by numbers where posts are missing."""

from __future__ import annotations

from pathlib import Path

from tests.tui.reader_kit import post, put_account, reading, stock, topic

from forumtui.model import Board, BoardId, Cursor, Page, Place, TopicId, Window
from forumtui.reader.library import Library


async def whole(library: Library) -> None:
    await stock(library)


async def from_the_middle(library: Library) -> None:
    row = await put_account(library, "sample")
    await library.accounts.put_boards(row.key, [Board(BoardId("lead"), "Leadership")])
    await library.intake.topics(row.key, [topic(1, 446)])
    posts = tuple(post(1, number) for number in range(433, 441))
    page = Page(posts, Cursor("433"), Cursor("440"))
    await library.intake.posts(row.key, TopicId("t1"), Window(Place.NUMBER, "437"), page)


async def test_a_whole_thread_is_counted(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=whole) as driver:
        await driver.press("enter")
        await driver.until(lambda: "1/5" in driver.text)


async def test_where_posts_are_missing_their_numbers_tell(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=from_the_middle) as driver:
        await driver.press("enter")
        await driver.until(lambda: "#433 of 4" in driver.text)
