"""The whole way on the wire: a Discourse site in a folder, and Hacker News, from a pasted address to the post in the library."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from tests.backends.discourse.site import Site
from tests.backends.hackernews_server import HackerNewsServer
from tests.contract.test_hackernews_contract import Site as Items
from tests.reader.sync.stage import fill, library_in
from tests.reference.forum import ReferenceForum

from forumtui.backends.api import Backend
from forumtui.backends.asking import recognise
from forumtui.backends.discourse.asking import connect
from forumtui.backends.discourse.backend import DiscourseBackend
from forumtui.backends.hackernews.backend import session
from forumtui.backends.web import Answer, Limits, Request
from forumtui.model import PostId, TopicId, Window
from forumtui.reader.library import Library
from forumtui.reader.library.door import Reached
from forumtui.reader.sync.engine import Engines

TALK = "https://talk.example/forum"
PAGE = '<meta name="generator" content="Discourse 3.5.2"><meta name="discourse-base-uri" content="/forum">'
HTML = {"content-type": "text/html"}


class Talk:
    """A site that shows people pages and programs data."""

    def __init__(self, store: ReferenceForum) -> None:
        self._data = Site(store).below("/forum")
        self.asked: list[str] = []

    async def __call__(self, request: Request) -> Answer:
        self.asked.append(request.path)
        if "text/html" in request.headers.get("accept", ""):
            return Answer(200, PAGE.encode(), HTML)
        return await self._data(request)

    @asynccontextmanager
    async def open(self, driver: str, location: str, options: Mapping[str, str]) -> AsyncIterator[Backend]:
        assert (driver, location) == ("discourse", TALK)
        async with connect(location, options, transport=self, limits=Limits()) as asking:
            yield DiscourseBackend(asking, location)


async def words(library: Library, reached: Reached) -> str:
    assert reached.post is not None, reached.lacks
    row = await library.reading.post_by_id(reached.account.key, reached.post)
    assert row is not None
    assert row.body is not None
    return row.body.source


async def test_a_post_of_a_discourse_site_in_a_folder(tmp_path: Path) -> None:
    async with asyncio.timeout(60):
        store = ReferenceForum("Talk")
        await fill(store, topics=2, posts=6)
        talk = Talk(store)
        async with (
            library_in(tmp_path) as library,
            Engines(library, open_backend=talk.open, recognise=partial(recognise, transport=talk)) as engines,
        ):
            reached = await engines.ways.reach(f"{TALK}/t/topic-0/1/5?u=ann")
            assert (reached.account.location, reached.account.driver, reached.account.listed) == (
                TALK, "discourse", False
            )  # fmt: skip
            assert "Topic 0, post 5" in await words(library, reached)
            assert len(talk.asked) <= 6, talk.asked
            row = await library.reading.post_by_id(reached.account.key, reached.post or PostId(""))
            assert row is not None
            assert row.number == 5
            talk.asked.clear()
            fifth = (await store.posts("ann", TopicId("1"), Window())).items[4].id
            again = await engines.ways.reach(f"http://TALK.example/forum/p/{fifth}")
            assert (again.topic, again.post) == (reached.topic, reached.post)
            assert all(".json" in path for path in talk.asked)  # nobody asks again who that is


async def test_a_comment_of_hacker_news_by_each_of_its_addresses(tmp_path: Path) -> None:
    async with asyncio.timeout(60):
        store = ReferenceForum("HN")
        (topic,) = await fill(store, topics=1, posts=4)
        first, *_, last = (await store.posts("ann", topic, Window())).items
        server = HackerNewsServer(Items(store))

        @asynccontextmanager
        async def opened(driver: str, location: str, options: Mapping[str, str]) -> AsyncIterator[Backend]:
            assert driver == "hackernews"
            async with session(transport=server) as backend:
                yield backend

        async with library_in(tmp_path) as library, Engines(library, open_backend=opened) as engines:
            for address in (f"item?id={last.id}", f"item?id={first.id}#{last.id}", f"reply?id={last.id}"):
                reached = await engines.ways.reach(f"https://news.ycombinator.com/{address}")
                assert (reached.topic, reached.post, reached.lacks) == (TopicId(first.id), last.id, ""), address
                assert "Topic 0, post 4" in await words(library, reached)
