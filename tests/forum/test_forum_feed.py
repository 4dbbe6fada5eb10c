"""The change feed of a forum file."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.forum.forum_files import (
    act,
    check_file,
    forum,
    import_thread,
    imported,
    new_topic,
    post_id,
    reply,
    sql,
    topic_id,
)

from forumtui.errors import Refused
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import BoardDraft
from forumtui.forum.store import ImportedBoard, ImportedTopic
from forumtui.model import (
    Act,
    Body,
    Close,
    Cursor,
    Delete,
    Edit,
    Hide,
    Like,
    Listing,
    Move,
    NewTopic,
    Pin,
    Post,
    PostId,
    Reply,
    Report,
    Topic,
    TopicId,
    Window,
)

T = TypeVar("T")


class Mirror:
    """What a reader knows who follows the feed and reads the posts of every new topic.

    When told to begin anew, a reader forgets everything and reads it all again.
    """

    def __init__(self, me: str | None = None) -> None:
        self.me = me
        self.after: Cursor | None = None
        self.topics: dict[TopicId, Topic] = {}
        self.posts: dict[PostId, Post] = {}
        self.boards = self.resets = 0

    async def follow(self, store: SqliteForumStore, limit: int) -> None:
        resets = self.resets
        while True:
            stretch = await store.changes(self.me, self.after, limit)
            self.boards += stretch.boards
            if stretch.reset:
                self.resets += 1
                self.topics, self.posts = {}, {}
            for item in stretch.items:
                assert item.header is not None
                self.topics[item.topic] = item.header
                self.posts.update((post.id, post) for post in item.posts)
            self.after = stretch.after
            if not stretch.more:
                break
        if self.resets > resets:
            for topic in self.topics:
                page = await store.posts(self.me, topic, Window(limit=1000))
                self.posts.update((post.id, post) for post in page.items)


async def everything(store: SqliteForumStore, me: str | None) -> tuple[dict[TopicId, Topic], dict[PostId, Post]]:
    topics = {topic.id: topic for topic in (await store.topics(me, Listing(), None, 1000)).items}
    posts = [post for topic in topics for post in (await store.posts(me, topic, Window(limit=1000))).items]
    return topics, {post.id: post for post in posts}


class Feed(RuleBasedStateMachine):
    """Whoever follows the feed, in stretches of any length, knows the forum."""

    @initialize(limit=st.integers(1, 4), me=st.sampled_from([None, "zed"]))
    def begin(self, limit: int, me: str | None) -> None:
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.opened = forum(Path(self.folder.name))
        self.store, self.board = self.run(self.opened.__aenter__())
        self.private = self.run(self.store.house.add_board(BoardDraft("Private", members_only=True)))
        self.run(self.store.house.set_role("boss", "Admin"))
        self.limit, self.mirror, self.imported, self.crossed = limit, Mirror(me), 0, False
        self.run(self.mirror.follow(self.store, limit))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @rule()
    def open_topic(self) -> None:
        self.run(new_topic(self.store, self.board))

    @rule(pick=st.integers(0), kind=st.sampled_from(["reply", "edit", "delete", "like", "hide", "restore", "report"]))
    def change(self, pick: int, kind: str) -> None:
        _, posts = self.run(everything(self.store, "boss"))
        living = [post for post in posts.values() if not post.deleted and (not post.hidden or kind == "restore")]
        if not living:
            return
        post = living[pick % len(living)]
        whats: dict[str, Act] = {
            "reply": Reply(post.topic, Body("r"), post.id),
            "edit": Edit(post.topic, post.id, Body(f"e{pick}")),
            "delete": Delete(post.topic, post.id),
            "like": Like(post.topic, post.id),
            "hide": Hide(post.topic, post.id),
            "restore": Hide(post.topic, post.id, on=False),
            "report": Report(post.topic, post.id, "rude"),
        }
        with suppress(Refused):  # reported before
            self.run(self.store.perform("boss", act(whats[kind])))

    @rule(pick=st.integers(0), kind=st.sampled_from(["pin", "close", "move", "publish"]), on=st.booleans())
    def moderate(self, pick: int, kind: str, on: bool) -> None:
        topics = list(self.run(everything(self.store, "boss"))[0])
        if not topics:
            return
        topic = topics[pick % len(topics)]
        whats: dict[str, Act] = {
            "pin": Pin(topic, on),
            "close": Close(topic, on),
            "move": Move(topic, self.private),
            "publish": Move(topic, self.board, opens=True),
        }
        self.crossed = self.crossed or kind in {"move", "publish"}
        self.run(self.store.perform("boss", act(whats[kind])))

    @rule(size=st.integers(1, 4))
    def grow(self, size: int) -> None:
        self.imported += size
        posts = [imported(str(number), parent_origin=str(number + 2)) for number in range(self.imported)]
        self.run(import_thread(self.store, *posts))

    @rule()
    def follow(self) -> None:
        self.run(self.mirror.follow(self.store, self.limit))
        assert not self.run(self.store.changes(self.mirror.me, self.mirror.after, 5)).items
        self.crossed = False

    @invariant()
    def the_mirror_is_true(self) -> None:
        if not hasattr(self, "mirror"):
            return
        follower = Mirror(self.mirror.me)
        follower.after, follower.topics, follower.posts = (
            self.mirror.after,
            dict(self.mirror.topics),
            dict(self.mirror.posts),
        )
        self.run(follower.follow(self.store, self.limit))
        assert (follower.topics, follower.posts) == self.run(everything(self.store, self.mirror.me))
        assert follower.resets == 0 or (self.crossed and self.mirror.me is None)

    def teardown(self) -> None:
        if hasattr(self, "opened"):
            self.run(self.opened.__aexit__(None, None, None))
            check_file(self.store.path)
            self.runner.close()
            self.folder.cleanup()


TestFeed = Feed.TestCase
TestFeed.settings = settings(max_examples=20, stateful_step_count=15, deadline=None)


async def test_the_first_walk_has_every_header_and_no_post(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        for number in range(7):
            await new_topic(store, board, str(number))
        first = await store.changes(None, None, 3)
        assert first.more
        assert first.boards
        await reply(store, TopicId("1"), "meanwhile")  # this header was told already
        mirror = Mirror()
        mirror.after = first.after
        mirror.topics = {item.topic: item.header for item in first.items if item.header}
        assert mirror.topics[TopicId("1")].posts == 1
        await mirror.follow(store, 3)
        assert len(mirror.topics) == 7
        assert mirror.topics[TopicId("1")].posts == 2
        assert [post.body and post.body.source for post in mirror.posts.values()] == ["meanwhile"]


async def test_boards_and_fields_are_news(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        mirror = Mirror()
        await mirror.follow(store, 10)
        for work in (
            lambda: store.house.add_board(BoardDraft("More")),
            lambda: store.house.edit_board(board, BoardDraft(notice="N")),
            lambda: store.house.set_role("x", "Editor"),
            lambda: store.house.set_info({"notice": "N"}),
            lambda: new_topic(store, board),
            lambda: store.import_boards([ImportedBoard("b", "B")]),
            lambda: store.import_topics([ImportedTopic("t", "b", "T")]),
        ):
            told = mirror.boards
            await work()
            await mirror.follow(store, 10)
            assert mirror.boards == told + 1
        told = mirror.boards
        await reply(store, TopicId("1"))
        await mirror.follow(store, 10)
        assert mirror.boards == told


@pytest.mark.parametrize("change", ["UPDATE forum SET epoch = 'other'", "UPDATE forum SET feed = 1"])
async def test_another_life_of_the_file_starts_again(tmp_path: Path, change: str) -> None:
    async with forum(tmp_path) as (store, board):
        for number in range(3):
            await new_topic(store, board, str(number))
        mirror = Mirror()
        await mirror.follow(store, 2)
        sql(store.path, change)
        again = await store.changes(None, mirror.after, 2)
        assert again.reset
        assert again.more
        assert [item.topic for item in again.items] == ["1", "2"]
        rest = await store.changes(None, again.after, 2)
        assert not rest.reset
        assert [item.topic for item in rest.items] == ["3"]
        assert (await store.changes(None, Cursor("rubbish"), 2)).reset


async def test_a_large_import_is_told_in_stretches(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, _):
        mirror = Mirror()
        await mirror.follow(store, 10)
        await import_thread(store, *[imported(str(number)) for number in range(35)])
        stretch = await store.changes(None, mirror.after, 10)
        assert sum(len(item.posts) for item in stretch.items) == 10
        await mirror.follow(store, 10)
        assert len(mirror.posts) == 35


async def test_the_version_tells_of_any_write(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        seen = {await store.version()}
        assert await store.version() in seen
        topic = topic_id(await new_topic(store, board))
        seen.add(await store.version())
        assert len(seen) == 2
        code = (
            "import asyncio, sys; from pathlib import Path; from forumtui.forum.file import SqliteForumStore as S\n"
            "from forumtui.model import *\n"
            "async def main():\n"
            "    s = await S.open(Path(sys.argv[1]))\n"
            "    await s.perform('zoe', Action('k', Reply(TopicId(sys.argv[2]), Body('from afar'))))\n"
            "    await s.close()\n"
            "asyncio.run(main())"
        )
        mirror = Mirror()
        await mirror.follow(store, 10)
        await asyncio.to_thread(subprocess.run, [sys.executable, "-c", code, str(store.path), topic], check=True)
        assert await store.version() not in seen
        await mirror.follow(store, 10)
        assert [post.author and post.author.name for post in mirror.posts.values()] == ["zoe"]


async def test_a_deleted_post_is_told_as_a_placeholder(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        opened = await new_topic(store, board)
        mirror = Mirror()
        await mirror.follow(store, 10)
        await store.perform("anna", act(Delete(topic_id(opened), post_id(opened))))
        await store.perform("anna", act(NewTopic(board, "S", Body("b"))))
        await mirror.follow(store, 10)
        assert mirror.posts[post_id(opened)].deleted
