"""Lobsters keeps every promise of a backend that reads, over a server that speaks as it does."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from tests.backends.lobsters_server import LobstersServer, SiteData, time_text
from tests.contract.other_ids import RenamedStage, every_post, every_topic, renamed
from tests.reference.forum import ReferenceForum

from forumtui.backends.lobsters.backend import session
from forumtui.backends.lobsters.stories import OF_STORY
from forumtui.backends.web import Limits
from forumtui.forum.store import KEEPER, ForumStore
from forumtui.model import BoardId, Post, PostId, Topic, TopicId, Window
from forumtui.testing import BackendContract, Stage


class Names:
    """Stories and comments have short ids, a story's own post that of the story, and boards are tags."""

    def __init__(self, store: ForumStore) -> None:
        self._store = store

    async def tags(self) -> dict[BoardId, str]:
        seen: Counter[str] = Counter()
        tags: dict[BoardId, str] = {}
        for board in await self._store.boards(KEEPER):
            seen[board.title] += 1
            tags[board.id] = board.title if seen[board.title] == 1 else f"{board.title}-{board.id}"
        return tags

    async def board(self, inner: BoardId) -> BoardId:
        return BoardId((await self.tags())[inner])

    async def topic(self, inner: TopicId) -> TopicId:
        return TopicId(f"t{int(inner):05}")

    async def post(self, inner: PostId) -> PostId:
        topic = (await self._store.post(KEEPER, inner)).topic
        first = (await self._store.posts(KEEPER, topic, Window(limit=1))).items[0]
        return PostId(f"{OF_STORY}{await self.topic(topic)}" if first.id == inner else f"c{int(inner):05}")

    async def inner_board(self, outer: BoardId) -> BoardId:
        return next(board for board, tag in (await self.tags()).items() if tag == outer)

    async def inner_topic(self, outer: TopicId) -> TopicId:
        return TopicId(str(int(outer[1:])))

    async def inner_post(self, outer: PostId) -> PostId:
        if not outer.startswith(OF_STORY):
            return PostId(str(int(outer[1:])))
        topic = await self.inner_topic(TopicId(outer.removeprefix(OF_STORY)))
        return (await self._store.posts(KEEPER, topic, Window(limit=1))).items[0].id


class Site:
    """The stories that a forum would have on Lobsters."""

    def __init__(self, store: ForumStore) -> None:
        self._store = store
        self._made: tuple[int, SiteData] = (-1, SiteData(()))

    async def __call__(self) -> SiteData:
        version = await self._store.version()
        if self._made[0] != version:
            tags = await Names(self._store).tags()
            stories = [
                as_story(topic, await every_post(self._store, topic.id), tags[topic.board])
                for topic in await every_topic(self._store)
            ]
            rows = [
                {"tag": tags[board.id], "description": board.description, "active": True}
                for board in await self._store.boards(KEEPER)
            ]
            self._made = version, SiteData([story for story in stories if story is not None], rows)
        return self._made[1]


def as_story(topic: Topic, posts: Sequence[Post], tag: str) -> dict[str, Any] | None:
    first, *answers = posts
    if first.deleted:
        return None
    name = f"t{int(topic.id):05}"
    text = "" if first.body is None else first.body.source
    return {
        "short_id": name,
        "created_at": time_text(first.created),
        "title": topic.title,
        "url": "",
        "score": first.likes,
        "comment_count": len(answers),
        "description": f"<p>{html.escape(text)}</p>",
        "description_plain": text,
        "comments_url": f"https://lobsters.example/s/{name}/title",
        "submitter_user": first.author and first.author.name,
        "tags": [tag],
        "comments": [_comment(post, name, first.id) for post in answers],
    }


def _comment(post: Post, story: str, first: PostId) -> dict[str, Any]:
    text = "" if post.body is None else post.body.source
    name = f"c{int(post.id):05}"
    return {
        "short_id": name,
        "created_at": time_text(post.created),
        "last_edited_at": time_text(post.created),
        "is_deleted": post.deleted,
        "is_moderated": False,
        "score": post.likes,
        "parent_comment": None if post.parent in {None, first} else f"c{int(post.parent or 0):05}",
        "comment": "<em>Comment removed by author</em>" if post.deleted else f"<p>{html.escape(text)}</p>",
        "comment_plain": text,
        "depth": 0 if post.parent in {None, first} else 1,
        "commenting_user": post.author and post.author.name,
        "url": f"https://lobsters.example/s/{story}/title#{name}",
    }


class TestLobsters(BackendContract):
    can_write = can_moderate = can_mark = has_feed = can_watch = has_leaders = has_notice = False
    has_title = boards_nest = has_roles = has_closed_topics = outlives_first_post = False

    @asynccontextmanager
    async def open(self, me: str) -> AsyncIterator[Stage]:
        store = ReferenceForum()
        naming = Names(store)
        server = LobstersServer(Site(store))
        async with session("https://lobsters.example", transport=server, keep=0.0, limits=Limits(at_once=1)) as backend:
            yield RenamedStage(backend, renamed(store, naming), naming=naming)
