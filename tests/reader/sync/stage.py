"""What the sync tests stand on: a library in a folder, forums in memory, a backend that fails on demand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.reader.sync.clock import FakeClock
from tests.reference.forum import ReferenceForum

from forumtui.backends.api import Backend
from forumtui.backends.local import ForumBackend
from forumtui.errors import FileProblem
from forumtui.forum.house import BoardDraft
from forumtui.model import Action, BoardId, Body, Delivery, Millis, NewTopic, PostId, Reply, TopicId, Window
from forumtui.reader.library import Library
from forumtui.reader.rows import AccountKey, AccountRow, TopicQuery
from forumtui.testing import FaultPlan


@dataclass
class World:
    """Forums by their location, and the plan of faults that every session with them follows."""

    clock: FakeClock = field(default_factory=FakeClock)
    forums: dict[str, ReferenceForum] = field(default_factory=dict)
    plans: dict[str, FaultPlan] = field(default_factory=dict)
    delivery: Delivery | None = None
    opened: list[str] = field(default_factory=list)
    sessions: int = 0

    def forum(self, location: str = "/forum.db", title: str = "A Forum") -> ReferenceForum:
        if location not in self.forums:
            store = ReferenceForum(title, now=self.clock.now)
            self.forums[location] = store
            self.plans[location] = FaultPlan(ForumBackend(store, "ann", poll=0.005))
            self.plans[location].delivery = self.delivery or self.plans[location].delivery
        return self.forums[location]

    def plan(self, location: str = "/forum.db") -> FaultPlan:
        self.forum(location)
        return self.plans[location]

    @asynccontextmanager
    async def open(self, driver: str, location: str, options: Mapping[str, str]) -> AsyncIterator[Backend]:
        self.opened.append(location)
        if location not in self.forums:
            raise FileProblem(f"There is no file {location}.")
        self.sessions += 1
        try:
            yield self.plans[location]
        finally:
            self.sessions -= 1

    async def account(self, library: Library, location: str = "/forum.db", **fields: Any) -> AccountRow:
        info = await self.forum(location).info("ann")
        given: dict[str, Any] = {
            "name": location.strip("/").removesuffix(".db"),
            "driver": "local",
            "location": location,
            "identity": info.uuid,
            "options": {},
            "listed": True,
            "joined": None,
        }
        return await library.accounts.put(info=info, **{**given, **fields})


async def fill(store: ReferenceForum, topics: int = 3, posts: int = 4) -> list[TopicId]:
    """One board with topics, each with so many posts by others."""
    board = await store.house.add_board(BoardDraft(title="General"))
    return [await add_topic(store, board, f"Topic {number}", posts) for number in range(topics)]


async def add_topic(store: ReferenceForum, board: BoardId, title: str, posts: int = 1) -> TopicId:
    receipt = await store.perform("bob", Action(f"{title}-0", NewTopic(board, title, Body(f"{title}, post 1"))))
    assert receipt.topic is not None
    for number in range(2, posts + 1):
        await add_post(store, receipt.topic, f"{title}, post {number}")
    return receipt.topic


async def add_post(store: ReferenceForum, topic: TopicId, text: str, by: str = "bob") -> PostId:
    receipt = await store.perform(by, Action(f"{by}-{topic}-{text}", Reply(topic, Body(text))))
    assert receipt.post is not None
    return receipt.post


@asynccontextmanager
async def library_in(folder: Path, now: Callable[[], Millis] | None = None) -> AsyncIterator[Library]:
    library = await Library.open(folder, now=now)
    try:
        yield library
    finally:
        await library.close()


async def titles(library: Library, account: AccountKey) -> set[str]:
    rows = await library.reading.topics(TopicQuery(account), after=500)
    return {row.title for row in rows.rows}


async def texts(library: Library, account: AccountKey, topic: TopicId) -> list[str]:
    """The texts of a topic's posts in the library, in order; pending ones too."""
    row = await library.reading.topic_by_id(account, topic)
    if row is None:
        return []
    outline = await library.reading.outline(row.key)
    posts = await library.reading.posts(row.key, outline.keys)
    return [post.body.source for key in outline.keys if (post := posts.get(key)) is not None and post.body]


async def forum_texts(store: ReferenceForum, topic: TopicId) -> list[str]:
    page = await store.posts("ann", topic, Window(limit=1000))
    return [post.body.source for post in page.items if post.body]
