"""A library with something of everything in it, ways to damage its file, and what must be true of it afterwards."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import apsw

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
from forumtui.reader.library.outbox import Typed
from forumtui.reader.rows import AccountKey, OutState, ThreadOrder, TopicQuery
from forumtui.reader.sql.columns import every
from forumtui.reader.target import OutKind, Remote, Target

NOW = Millis(100 * 86_400_000)
PAGE = 4096
TOPICS, POSTS = 12, 40
TEXTS = {"draft": OutState.DRAFT, "queued": OutState.QUEUED, "other": OutState.DRAFT}


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Library]:
    """An open library."""
    library = await Library.open(folder, now=lambda: NOW)
    try:
        yield library
    finally:
        await library.close()


async def fill(library: Library) -> None:
    """Two forums, boards, topics, posts half read, a bookmark, texts."""
    for name in ("one", "two"):
        me = ForumInfo(f"Forum {name}", me=Member(MemberId("me"), "Anna"))
        account = await library.accounts.put(
            name=name, driver="local", location=f"/{name}.db", identity=f"id-{name}", options={"name": "Anna"},
            info=me, listed=True, joined=None,
        )  # fmt: skip
        await library.accounts.put_boards(account.key, [Board(BoardId("b"), "B"), Board(BoardId("c"), "C")])
        await _topics(library, account.key)
    one, two = await library.accounts.all()
    for uid, where in (("draft", one), ("queued", one), ("other", two)):
        await library.outbox.start(
            Target(where.key, OutKind.TOPIC, board=Remote("b")),
            Typed(subject=uid, text=f"words of {uid} " * 20),
            uid=uid,
        )
        if uid == "queued":
            await library.outbox.submit(uid)


async def _topics(library: Library, account: AccountKey) -> None:
    names = [TopicId(f"t{number}") for number in range(TOPICS)]
    await library.intake.topics(
        account,
        [
            Topic(name, BoardId("bc"[n % 2]), f"Title {n}", posts=POSTS, last_post=Millis(1000 + POSTS))
            for n, name in enumerate(names)
        ],
    )
    for number, name in enumerate(names):
        posts = [
            Post(PostId(f"{name}p{n}"), name, n, body=Body(f"text {n} " * 30), created=Millis(1000 + n),
                 author=Author(MemberId(f"m{n % 5}"), f"Member {n % 5}"))
            for n in range(POSTS)
        ]  # fmt: skip
        key = await library.intake.posts(account, name, Window(), Page(tuple(posts)))
        keys = (await library.reading.outline(key, ThreadOrder.FLAT)).keys
        await library.marks.mark_read(keys[: POSTS * number // TOPICS])


@dataclass(frozen=True)
class State:
    """What is unread, by the forums' own ids; what was written."""

    posts: dict[tuple[str, str], bool]
    topics: dict[tuple[str, str], int]
    texts: dict[str, tuple[OutState, str]]


async def state(library: Library) -> State:
    """Everything that a reader looks at."""
    posts: dict[tuple[str, str], bool] = {}
    topics: dict[tuple[str, str], int] = {}
    for account in await library.accounts.all(visited=True):
        await library.reading.boards(account.key)
        for topic in (await library.reading.topics(TopicQuery(account.key), after=500)).rows:
            topics[account.identity, topic.id] = topic.unread
            outline = await library.reading.outline(topic.key)
            rows = await library.reading.posts(topic.key, list(outline.keys))
            for key, unread in zip(outline.keys, outline.unread, strict=True):
                posts[account.identity, rows[key].id] = unread
    await library.reading.search("text")
    texts = {row.uid: (row.state, row.body.source) for row in await library.outbox.rows()}
    return State(posts, topics, texts)


def model(folder: Path) -> State:
    """Make such a library; returns what is in it."""
    found: list[State] = []

    async def made() -> None:
        async with opened(folder) as library:
            await fill(library)
            found.append(await state(library))

    asyncio.run(made())
    return found[0]


def roots(folder: Path) -> dict[str, int]:
    """The first page of every table and index."""
    connection = apsw.Connection(str(folder / "library.db"))
    found = every(connection, "SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0")
    connection.close()
    return {"sqlite_schema": 1} | dict(found)


def write_over(folder: Path, offset: int, content: bytes) -> None:
    """Put other bytes into the library's file."""
    with (folder / "library.db").open("rb+") as file:
        file.seek(offset)
        file.write(content)


def damage(folder: Path, kind: str, chance: random.Random) -> str:
    """Damage the file; returns what was done."""
    size = (folder / "library.db").stat().st_size
    page = chance.randrange(size // PAGE)
    if kind == "page":
        write_over(folder, page * PAGE, chance.randbytes(PAGE))
    elif kind == "zeroes":
        write_over(folder, page * PAGE, bytes(PAGE))
    elif kind == "bytes":
        write_over(folder, chance.randrange(size - 512), chance.randbytes(chance.randrange(1, 512)))
    elif kind == "truncated":
        with (folder / "library.db").open("rb+") as file:
            file.truncate(chance.randrange(size))
    elif kind == "several":
        for _ in range(8):
            write_over(folder, chance.randrange(size // PAGE) * PAGE, chance.randbytes(PAGE))
    return f"{kind}, page {page}"


def after(folder: Path) -> tuple[State, str]:
    """What the next start shows, and what it says; a damage that shows only then is healed by the one after it."""
    found: list[tuple[State, str]] = []

    async def look() -> None:
        async with opened(folder) as library:
            found.append((await state(library), library.notice))

    asyncio.run(look())
    return found[0]


def copy(model_folder: Path, folder: Path) -> Path:
    """A copy to damage."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(model_folder, folder)
    return folder


def silent_losses(before: State, now: State, notice: str) -> list[str]:
    """What is not as it was and not spoken of."""
    said = "lost" in notice.casefold() or "not sure" in notice
    wrong = [f"text {uid}" for uid, text in before.texts.items() if now.texts.get(uid) != text]
    if not said:
        wrong += [f"topic {topic}" for topic, unread in before.topics.items() if now.topics.get(topic) != unread]
        wrong += [f"post {post}" for post, unread in before.posts.items() if now.posts.get(post) != unread]
    return wrong
