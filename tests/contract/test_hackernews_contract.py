"""Hacker News keeps every promise of a backend that reads, over a server that speaks as it does."""

from __future__ import annotations

import html
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from tests.backends.hackernews_server import HackerNewsServer, Items
from tests.contract.other_ids import RenamedStage, every_post, every_topic, renamed
from tests.reference.forum import ReferenceForum
from tests.waiting import pause

from forumtui.backends.hackernews.backend import session
from forumtui.backends.hackernews.items import BOARD
from forumtui.backends.web import Answer, Request
from forumtui.forum.house import BoardDraft
from forumtui.forum.store import KEEPER, ForumStore
from forumtui.model import BoardId, Body, Format, Post, PostId, Topic, TopicId, Window
from forumtui.testing import BackendContract, Stage
from forumtui.testing.contract.orders import OrdersContract
from forumtui.testing.contract.windows import WindowContract


class Names:
    """A story goes by the id of its first post, and there is one board."""

    def __init__(self, store: ForumStore) -> None:
        self._store = store

    async def board(self, inner: BoardId) -> BoardId:
        return BOARD

    async def topic(self, inner: TopicId) -> TopicId:
        return TopicId((await self._store.posts(KEEPER, inner, Window(limit=1))).items[0].id)

    async def post(self, inner: PostId) -> PostId:
        return inner

    async def inner_board(self, outer: BoardId) -> BoardId:
        boards = await self._store.boards(KEEPER)
        return boards[0].id if boards else await self._store.house.add_board(BoardDraft(title="General"))

    async def inner_topic(self, outer: TopicId) -> TopicId:
        return (await self._store.post(KEEPER, PostId(outer))).topic

    async def inner_post(self, outer: PostId) -> PostId:
        return outer


class Site:
    """The items that a forum would have on Hacker News."""

    def __init__(self, store: ForumStore) -> None:
        self._store = store
        self._made: tuple[int, Items] = (-1, {})

    async def __call__(self) -> Items:
        version = await self._store.version()
        if self._made[0] != version:
            items: dict[int, Mapping[str, Any]] = {}
            for topic in await every_topic(self._store):
                items |= as_items(topic, await every_post(self._store, topic.id))
            self._made = version, items
        return self._made[1]


def as_items(topic: Topic, posts: Sequence[Post]) -> Items:
    first = posts[0].id
    items: dict[int, dict[str, Any]] = {int(post.id): _item(post) for post in posts}
    story = items[int(first)]
    story |= {"type": "story", "title": html.escape(topic.title), "descendants": len(posts) - 1, "url": ""}
    for post in posts[1:]:
        parent = int(post.parent or first)
        items[int(post.id)] |= {"type": "comment", "parent": parent}
        items[parent].setdefault("kids", []).append(int(post.id))
    return items


def _item(post: Post) -> dict[str, Any]:
    time = {} if post.created is None else {"time": post.created // 1000}
    if post.deleted:
        return {"id": int(post.id), "deleted": True, **time}
    text = "" if post.body is None else html.escape(post.body.source)
    by = {} if post.author is None else {"by": post.author.name}
    return {"id": int(post.id), "text": text, **by, **time}


class OverBothServers:
    """``lag``: how many of the newest items the index does not know; ``late``: whether each answer takes a while."""

    can_write = can_moderate = can_mark = has_feed = can_watch = has_leaders = has_notice = False
    has_title = has_boards = has_roles = has_closed_topics = goes_by_activity = False
    lag = 0
    late = False

    @asynccontextmanager
    async def open(self, me: str) -> AsyncIterator[Stage]:
        store = ReferenceForum()
        naming = Names(store)
        server = HackerNewsServer(Site(store), lag=self.lag)

        async def line(request: Request) -> Answer:
            if self.late:
                await pause(0.002)
            return await server(request)

        async with session(transport=line, keep=0.0) as backend:
            yield RenamedStage(backend, renamed(store, naming), naming=naming)

    def text_of(self, body: Body) -> str:
        assert body.format is Format.HTML
        return html.unescape(body.source)


class TestHackerNews(OverBothServers, BackendContract):
    pass


class TestWhileTheIndexLags(OverBothServers, WindowContract, OrdersContract):
    lag = 12


class TestLate(OverBothServers, WindowContract, OrdersContract):
    late = True
