"""Pages have a bound in bytes as well as in rows, and nothing is left out between them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.forum.forum_files import act, new_topic, reply, topic_id

from forumtui.forum.file import SqliteForumStore, pages, windows
from forumtui.forum.house import BoardDraft
from forumtui.model import Cursor, Like, Place, Post, PostId, TopicId, Window

MOST = 2000
LENGTHS = st.lists(st.sampled_from((5, 300, 900, 1500, 5000)), min_size=1, max_size=14)


async def forum(path: Path, lengths: list[int]) -> tuple[SqliteForumStore, TopicId]:
    store = await SqliteForumStore.open(path, create=True, title="Long")
    board = await store.house.add_board(BoardDraft(title="Texts"))
    topic = topic_id(await new_topic(store, board, text="needle " + "x" * lengths[0]))
    for length in lengths[1:]:
        await reply(store, topic, "needle " + "y" * length)
    return store, topic


@asynccontextmanager
async def opened(folder: Path, lengths: list[int]) -> AsyncIterator[tuple[SqliteForumStore, TopicId]]:
    store, topic = await forum(folder / f"{abs(hash(tuple(lengths)))}.db", lengths)
    try:
        yield store, topic
    finally:
        await store.close()
        for file in folder.glob("*.db*"):
            file.unlink()


def within(posts: tuple[Post, ...]) -> bool:
    lengths = [len(post.body.source) for post in posts if post.body is not None]
    return len(posts) == 1 or sum(lengths) <= MOST


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_BYTES", MOST)
    monkeypatch.setattr(windows, "MOST_BYTES", MOST)


quickly = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


@quickly
@given(LENGTHS)
async def test_walks_either_way_meet_every_post_once(tmp_path: Path, lengths: list[int]) -> None:
    async with opened(tmp_path, lengths) as (store, topic):
        for start, onward in ((Place.START, Place.AFTER), (Place.END, Place.BEFORE)):
            window, seen = Window(start), list[int]()
            while True:
                page = await store.posts("anna", topic, window)
                assert within(page.items)
                numbers = [post.sort for post in page.items]
                seen = seen + numbers if onward is Place.AFTER else numbers + seen
                cursor = page.after if onward is Place.AFTER else page.before
                if cursor is None:
                    break
                window = Window(onward, cursor)
            assert seen == list(range(1, len(lengths) + 1))


@quickly
@given(LENGTHS, st.integers(0, 13), st.integers(1, 20))
async def test_a_window_around_a_post_holds_it(tmp_path: Path, lengths: list[int], which: int, limit: int) -> None:
    async with opened(tmp_path, lengths) as (store, topic):
        number = which % len(lengths) + 1
        page = await store.posts("anna", topic, Window(Place.NUMBER, str(number), limit))
        assert number in [post.sort for post in page.items]
        assert len(page.items) <= limit
        numbers = [post.sort for post in page.items]
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
        others = [len(post.body.source) for post in page.items if post.body and post.sort > number]
        before = [len(post.body.source) for post in page.items if post.body and post.sort < number]
        assert len(before) <= 1 or sum(before) <= MOST // 2
        assert len(others) <= 1 or sum(others) <= MOST


@quickly
@given(LENGTHS)
async def test_the_feed_and_the_search_tell_everything_in_pages_that_fit(tmp_path: Path, lengths: list[int]) -> None:
    async with opened(tmp_path, lengths) as (store, topic):
        first = await store.changes("anna", None, 100)
        start = first.after
        for number in range(1, len(lengths) + 1):  # every post changes once more
            post = (await store.posts("anna", topic, Window(Place.NUMBER, str(number), 1))).items[0]
            await store.perform("ben", act(Like(topic, post.id)))
        told, more, cursor = list[PostId](), True, start
        while more:
            changes = await store.changes("anna", cursor, 100)
            posts = tuple(post for item in changes.items for post in item.posts)
            assert within(posts)
            told += [post.id for post in posts]
            cursor, more = changes.after, changes.more
        assert len(set(told)) == len(lengths)
        found, after = 0, None
        while True:
            page = await store.search("anna", "needle", after, 100)
            assert within(tuple(hit.post for hit in page.items))
            found += len(page.items)
            if page.after is None:
                break
            after = Cursor(page.after)
        assert found == len(lengths)
