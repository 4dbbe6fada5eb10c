"""A library with one forum, one topic and two posts, for texts to be written in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

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
from forumtui.reader.rows import AccountKey, OutRow, TopicKey
from forumtui.reader.target import OutKind, Remote, Target, ref_of


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000

    def __call__(self) -> Millis:
        return Millis(self.now)


class Room:
    """A library with one forum, one topic and two posts in it."""

    def __init__(self, library: Library, clock: Clock, account: AccountKey, topic: TopicKey) -> None:
        self.library, self.clock, self.account, self.topic = library, clock, account, topic
        self.outbox = library.outbox

    async def reply(
        self, text: str = "Yes.", *, uid: str | None = None, parent: str | None = None, topic: str = "t1"
    ) -> OutRow:
        answered = None if parent is None else ref_of(parent)
        return await self.outbox.start(
            Target(self.account, OutKind.REPLY, topic=Remote(topic), parent=answered), Typed(text=text), uid=uid
        )

    async def queued(self, text: str = "Yes.", *, uid: str, parent: str | None = None, topic: str = "t1") -> OutRow:
        await self.reply(text, uid=uid, parent=parent, topic=topic)
        return await self.outbox.submit(uid)

    async def claim(self, lease: str = "elsewhere:1:1") -> str | None:
        claimed = await self.outbox.claim(self.account, lease, self.clock())
        return None if claimed is None else claimed[0].uid

    async def begin(self, uid: str, lease: str = "elsewhere:1:1") -> None:
        assert await self.claim(lease) == uid
        await self.outbox.begin_send(uid, lease, self.clock())


def own_post(identity: str, text: str, sort: int, topic: str = "t1") -> Post:
    return Post(
        PostId(identity),
        TopicId(topic),
        sort,
        author=Author(MemberId("me"), "Anna"),
        body=Body(text),
        created=Millis(900_000 + sort),
    )


@asynccontextmanager
async def furnished(folder: Path, clock: Clock | None = None) -> AsyncIterator[Room]:
    ticking = clock or Clock()
    library = await Library.open(folder, now=ticking)
    try:
        account = await library.accounts.put(
            name="one",
            driver="local",
            location="/tmp/one.db",
            identity="uuid-one",
            options={},
            info=ForumInfo("One", me=Member(MemberId("me"), "Anna")),
            listed=True,
            joined=None,
        )
        await library.accounts.put_boards(account.key, [Board(BoardId("b1"), "Leadership")])
        await library.intake.topics(account.key, [Topic(TopicId("t1"), BoardId("b1"), "Span of control", posts=2)])
        posts = tuple(
            Post(PostId(f"p{n}"), TopicId("t1"), n, author=Author(MemberId("u1"), "Jaap"), body=Body(f"text {n}"))
            for n in (1, 2)
        )
        topic = await library.intake.posts(account.key, TopicId("t1"), Window(), Page(posts))
        yield Room(library, ticking, account.key, topic)
    finally:
        await library.close()
