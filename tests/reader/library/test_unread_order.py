"""One order for going on: the list that is seen, the next board or forum, and round, until nothing is unread."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forumtui.model import (
    LATEST,
    Author,
    Board,
    BoardId,
    Body,
    ForumInfo,
    Listing,
    MemberId,
    Millis,
    Order,
    Page,
    Post,
    PostId,
    Topic,
    TopicId,
    Window,
)
from forumtui.reader.library import Library
from forumtui.reader.rows import AccountKey, BoardRow, PostKey, TopicKey, TopicQuery

ORDERS = (Order(LATEST, "Latest"), Order("top", "Top"))
BOARDS = ("top", "sub", "deep", "last")
"""top > sub > deep, and last beside top."""


@dataclass(frozen=True)
class Planted:
    """A topic: where, how recent, and which of its posts are read."""

    forum: int
    board: str
    last: int
    pinned: bool
    read: tuple[bool, ...]


planted = st.lists(
    st.builds(
        Planted,
        st.integers(0, 2),
        st.sampled_from(BOARDS),
        st.integers(0, 5),
        st.booleans(),
        st.lists(st.booleans(), min_size=1, max_size=3).map(tuple),
    ),
    max_size=9,
)


ordered = st.sets(st.integers(0, 11), max_size=6)


class Walk:
    """A library filled at random, and a walk through it that reads every post it comes to."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.accounts: list[AccountKey] = []
        self.boards: list[BoardRow] = []
        self.topics: list[TopicKey] = []
        self.unread: set[PostKey] = set()

    async def fill(self, topics: list[Planted], listed: int, ordered: Collection[int] = ()) -> None:
        """``ordered``: boards that are shown by an order of the forum's, which has every other topic."""
        for number in range(3):
            row = await self.library.accounts.put(
                name=f"forum{number}", driver="local", location=f"/{number}", identity=f"id-{number}", options={},
                info=ForumInfo(f"Forum {number}", orders=ORDERS), listed=number < listed, joined=None,
            )  # fmt: skip
            self.accounts.append(row.key)
            above = {"sub": BoardId("top"), "deep": BoardId("sub")}
            boards = [Board(BoardId(name), name, parent=above.get(name), position=n) for n, name in enumerate(BOARDS)]
            await self.library.accounts.put_boards(row.key, boards)
            self.boards += await self.library.reading.boards(row.key)
        for number, topic in enumerate(topics):
            await self._plant(TopicId(f"t{number}"), topic)
        for number in ordered:
            board = self.boards[number % len(self.boards)]
            await self.library.listings.choose(board.account, board.key, "top")
            here = await self.library.reading.topics(
                TopicQuery(board.account, board.key, with_children=True, order=LATEST)
            )
            listed_topics = [Topic(row.id, board.id, row.title) for row in here.rows[::-2]]
            await self.library.listings.begin(board.account, Listing("top", board.id), Page(tuple(listed_topics)))

    async def _plant(self, name: TopicId, topic: Planted) -> None:
        account, intake = self.accounts[topic.forum], self.library.intake
        author = Author(MemberId("u"), "Ben")
        header = Topic(
            name, BoardId(topic.board), name, author, last_post=Millis(1000 + topic.last), posts=len(topic.read),
            pinned=topic.pinned,
        )  # fmt: skip
        await intake.topics(account, [header])
        posts = [Post(PostId(f"{name}.{n}"), name, n, author=author, body=Body("x")) for n in range(len(topic.read))]
        key = await intake.posts(account, name, Window(), Page(tuple(posts)))
        self.topics.append(key)
        keys = (await self.library.reading.outline(key)).keys
        await self.library.marks.mark_read([each for each, read in zip(keys, topic.read, strict=True) if read])
        self.unread |= {each for each, read in zip(keys, topic.read, strict=True) if not read}

    def query(self, kind: int, number: int) -> TopicQuery:
        board = self.boards[number % len(self.boards)]
        account = self.accounts[number % 3]
        return (
            TopicQuery(),
            TopicQuery(unread=True),
            TopicQuery(account),
            TopicQuery(board.account, board.key, with_children=True),
            TopicQuery(board.account, board.key),
            TopicQuery(account, filter="t1"),
            TopicQuery(bookmarked=True),
        )[kind]

    async def in_list(self, query: TopicQuery, below: TopicKey | None) -> list[TopicKey]:
        """Topics of a list with anything unread, below one of them."""
        rows = (await self.library.reading.topics(replace(query, unread=False))).rows
        keys = [row.key for row in rows]
        start = keys.index(below) + 1 if below in keys else 0
        return [row.key for row in rows[start:] if row.unread]


@settings(max_examples=150, deadline=None)
@given(planted, st.integers(1, 3), st.integers(0, 6), st.integers(0, 11), st.none() | st.integers(0, 8), ordered)
async def test_a_walk_comes_to_every_unread_post_once_and_then_all_is_read(
    topics: list[Planted], listed: int, kind: int, number: int, start: int | None, ordered: set[int]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        library = await Library.open(Path(folder))
        try:
            walk = Walk(library)
            await walk.fill(topics, listed, ordered)
            query = walk.query(kind, number)
            await _go(walk, query, await _start(walk, query, start))
        finally:
            await library.close()


async def _start(walk: Walk, query: TopicQuery, start: int | None) -> TopicKey | None:
    """A topic that stands in the list."""
    rows = (await walk.library.reading.topics(query)).rows
    return rows[start % len(rows)].key if rows and start is not None else None


async def _go(walk: Walk, query: TopicQuery, topic: TopicKey | None) -> None:
    library, after = walk.library, None
    in_reach = set(walk.unread)
    visited: list[PostKey] = []
    while True:
        expected = await walk.in_list(query, topic)
        total, _ = await library.reading.unread_total()
        found = await library.reading.next_unread(query, after=after, topic=topic)
        if found is None:
            assert total == 0
            break
        assert found.post is not None
        assert found.post not in visited
        if topic is not None and found.topic.key != topic and expected:
            assert (found.topic.key, found.shown) == (expected[0], query)  # what is seen comes first
        if found.shown != query:
            await _is_another_list(walk, found.shown, found.topic.key)
        visited.append(found.post)
        await library.marks.mark_read([found.post])
        query, topic, after = found.shown, found.topic.key, found.post
    assert set(visited) <= in_reach
    assert {row.key for row in (await library.reading.topics(TopicQuery(unread=True))).rows} == set()


async def _is_another_list(walk: Walk, shown: TopicQuery, topic: TopicKey) -> None:
    """What is gone on with is the first unread topic of the list that it says it stands in."""
    assert not shown.filter
    assert not shown.bookmarked
    rows = (await walk.library.reading.topics(replace(shown, unread=True))).rows
    assert rows[0].key == topic


@settings(max_examples=15, deadline=None)
@given(planted, st.integers(0, 6), st.integers(0, 11), st.integers(0, 8), ordered)
async def test_backwards_nothing_comes_twice_and_nothing_goes_round(
    topics: list[Planted], kind: int, number: int, start: int, ordered: set[int]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        library = await Library.open(Path(folder))
        try:
            walk = Walk(library)
            await walk.fill(topics, 3, ordered)
            query = walk.query(kind, number)
            topic, after = await _start(walk, query, start), None
            visited: list[PostKey] = []
            while topic is not None:
                found = await library.reading.next_unread(query, after=after, topic=topic, backwards=True)
                if found is None:
                    break
                assert found.post is not None
                assert found.post not in visited
                visited.append(found.post)
                query, topic, after = found.shown, found.topic.key, found.post
        finally:
            await library.close()


@pytest.mark.parametrize("backwards", [False, True])
async def test_a_board_that_is_gone_ends_no_walk(tmp_path: Path, backwards: bool) -> None:
    library = await Library.open(tmp_path)
    try:
        walk = Walk(library)
        await walk.fill([Planted(0, "last", 1, False, (False,))], 3)
        gone = TopicQuery(walk.accounts[0], walk.boards[0].key, with_children=True)
        await library.accounts.put_boards(walk.accounts[0], [Board(BoardId("last"), "last")])
        found = await library.reading.next_unread(gone, backwards=backwards)
        assert backwards or (found is not None and found.topic.id == "t0")
    finally:
        await library.close()
