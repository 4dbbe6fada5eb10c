"""The library as a reader and an engine first meet it."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.waiting import until

from forumtui.errors import NotFound
from forumtui.model import (
    Author,
    Board,
    BoardId,
    Body,
    ForumInfo,
    Member,
    MemberId,
    Millis,
    Page,
    Post,
    PostId,
    Topic,
    TopicId,
    Window,
)
from forumtui.reader.library import Library
from forumtui.reader.rows import AccountRow, Changed, ThreadOrder, TopicKey, TopicQuery, What


def post(n: int, topic: str = "t1", **more: Any) -> Post:
    values: dict[str, Any] = {
        "author": Author(MemberId("u1"), "Jaap"),
        "created": Millis(1000 * n),
        "number": n,
        "body": Body(f"text number {n}"),
    } | more
    return Post(PostId(f"{topic}-{n}"), TopicId(topic), n, **values)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Library]:
    library = await Library.open(folder, now=lambda: Millis(50_000))
    try:
        yield library
    finally:
        await library.close()


async def add(library: Library, name: str = "one", joined: Millis | None = None) -> AccountRow:
    row = await library.accounts.put(
        name=name,
        driver="local",
        location=f"/tmp/{name}.db",
        identity=f"uuid-{name}",
        options={},
        info=ForumInfo(f"Forum {name}", me=Member(MemberId("me"), "Anna", "Member")),
        listed=True,
        joined=joined,
    )
    await library.accounts.put_boards(
        row.key, [Board(BoardId("b1"), "Leadership"), Board(BoardId("b2"), "Teams", parent=BoardId("b1"))]
    )
    return row


async def test_folder_and_file_are_private(tmp_path: Path) -> None:
    async with opened(tmp_path / "lib"):
        assert stat.S_IMODE((tmp_path / "lib").stat().st_mode) == 0o700
        assert stat.S_IMODE((tmp_path / "lib" / "library.db").stat().st_mode) == 0o600


async def test_read_what_was_brought_in(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        heard: list[Changed] = []
        library.subscribe(heard.append)
        account = await add(library)
        await library.intake.topics(
            account.key, [Topic(TopicId("t1"), BoardId("b2"), "Span\x1b of control", posts=3, last_post=Millis(3000))]
        )
        page = Page(tuple(post(n, parent=PostId("t1-1") if n == 3 else None) for n in (1, 2, 3)))
        key = await library.intake.posts(account.key, TopicId("t1"), Window(), page)
        boards = await library.reading.boards(account.key)
        assert [(board.title, board.depth, board.unread, board.topics) for board in boards] == [
            ("Leadership", 0, 0, 0),
            ("Teams", 1, 3, 1),
        ]
        rows = await library.reading.topics(TopicQuery(account.key, boards[0].key, with_children=True))
        assert [(row.title, row.unread, row.replies) for row in rows.rows] == [("Span of control", 3, 2)]
        outline = await library.reading.outline(key, ThreadOrder.TREE)
        assert list(outline.depths) == [0, 1, 0]
        assert outline.gaps == ()
        posts = await library.reading.posts(key, outline.keys)
        assert [row.body and row.body.source for row in posts.values()] == [
            "text number 1",
            "text number 3",
            "text number 2",
        ] or len(posts) == 3
        assert await library.reading.unread_total() == (3, 1)
        news = {What.ACCOUNTS, What.BOARDS, What.TOPICS, What.POSTS}
        await until(lambda: {change.what for change in heard} == news)
        with pytest.raises(NotFound):
            await library.reading.topic(TopicKey(key + 1))
        found = await library.reading.search("numb")
        assert len(found.hits) == 3
        assert found.covered == "here: 1 forum"
