"""What comes to a forum after one follows it is unread, however old its dates; what goes is not."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reader.sync.clock import START
from tests.reader.sync.stage import World, add_post, fill, library_in

from forumtui.forum.house import BoardDraft
from forumtui.forum.store import ImportedBoard, ImportedPost, ImportedTopic
from forumtui.model import (
    Action,
    Author,
    Board,
    BoardId,
    Body,
    ChangedTopic,
    Delete,
    MemberId,
    Millis,
    NewTopic,
    Page,
    Post,
    PostId,
    Reply,
    Topic,
    TopicId,
    Window,
)
from forumtui.reader.library import Library
from forumtui.reader.rows import AccountKey, TopicQuery
from forumtui.reader.sync.engine import Engines
from forumtui.reader.sync.pull import Policy, Pull

DAY = 86_400_000
OLD = START - 400 * DAY


def imported(name: str, days: Sequence[int | None]) -> ImportedTopic:
    """A topic whose posts were written so many days before everything else."""
    posts = [
        ImportedPost(
            f"{name}.{n}", None, "Old Hand", None, Body(f"{name} {n}"),
            created=None if day is None else Millis(OLD - day * DAY),
        )
        for n, day in enumerate(days, 1)
    ]  # fmt: skip
    return ImportedTopic(name, "b", f"Topic {name}", posts=posts)


async def followed(library: Library, world: World, first: Sequence[ImportedTopic]) -> tuple[AccountKey, Pull]:
    """A forum with an old stock, followed from 14 days back."""
    forum = world.forum()
    await forum.import_boards([ImportedBoard("b", "Board")])
    await forum.import_topics(first)
    account = await world.account(library, joined=Millis(START - 14 * DAY))
    pull = Pull(library, account.key, world.plan(), Policy())
    await pull.greet(account.identity, boards=True)
    await pull.catch_up()
    return account.key, pull


async def look(pull: Pull) -> None:
    """What one session with the forum does: the changes, then what should be ready offline."""
    await pull.catch_up()
    pull.refill()
    while await pull.ahead():
        pass


async def unread(library: Library, account: AccountKey) -> dict[str, int]:
    rows = (await library.reading.topics(TopicQuery(account), after=200)).rows
    return {row.title: row.unread for row in rows if row.unread}


@pytest.mark.parametrize(
    "days", [[0], [300, 200, 100], [None, 5], list(range(250))], ids=["one", "three", "undated", "many"]
)
async def test_a_topic_that_an_import_adds_is_unread(tmp_path: Path, days: list[int | None]) -> None:
    world = World()
    async with library_in(tmp_path, world.clock.now) as library:
        account, pull = await followed(library, world, [imported("stock", [9, 8, 7])])
        assert await unread(library, account) == {}
        await world.forum().import_topics([imported("late", days)])
        await look(pull)
        assert await unread(library, account) == {"Topic late": len(days)}


async def test_posts_that_an_import_adds_to_an_old_topic_are_unread(tmp_path: Path) -> None:
    world = World()
    async with library_in(tmp_path, world.clock.now) as library:
        account, pull = await followed(library, world, [imported("stock", [9, 8, 7])])
        await world.forum().import_topics([imported("stock", [9, 8, 7, 6, 5])])
        await look(pull)
        assert await unread(library, account) == {"Topic stock": 2}
        # another session, another process: what was read through stays so
        pull = Pull(library, account, world.plan(), Policy())
        await world.forum().import_topics([imported("more", [1])])
        await look(pull)
        assert await unread(library, account) == {"Topic stock": 2, "Topic more": 1}


async def test_the_stock_that_was_there_stays_read(tmp_path: Path) -> None:
    world = World()
    async with library_in(tmp_path, world.clock.now) as library:
        account, pull = await followed(library, world, [imported("stock", [9, 8, 7]), imported("other", [3])])
        await look(pull)
        [row] = (await library.reading.topics(TopicQuery(account, filter="stock"))).rows
        page = await world.plan().posts(row.id, Window())
        await library.intake.posts(account, row.id, Window(), page)
        assert await unread(library, account) == {}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(st.integers(0, 900), min_size=1, max_size=4), max_size=3), st.lists(st.lists(st.integers(0, 900), min_size=1, max_size=4), max_size=3))  # fmt: skip
async def test_whatever_the_dates_just_what_came_since_is_unread(stock: list[list[int]], late: list[list[int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World()
        async with library_in(Path(folder), world.clock.now) as library:
            account, pull = await followed(library, world, [imported(f"s{n}", days) for n, days in enumerate(stock)])
            await world.forum().import_topics([imported(f"l{n}", days) for n, days in enumerate(late)])
            await look(pull)
            assert await unread(library, account) == {f"Topic l{n}": len(days) for n, days in enumerate(late)}


async def test_a_post_that_is_deleted_is_not_unread(tmp_path: Path) -> None:
    world = World()
    async with library_in(tmp_path, world.clock.now) as library:
        [topic] = await fill(world.forum(), 1, 2)
        account = (await world.account(library)).key
        pull = Pull(library, account, world.plan(), Policy())
        await look(pull)
        assert await unread(library, account) == {"Topic 0": 2}
        here = await add_post(world.forum(), topic, "short-lived")
        await look(pull)
        await world.forum().perform("bob", Action("gone-1", Delete(topic, here)))
        gone = await add_post(world.forum(), topic, "gone before anybody came")
        await world.forum().perform("bob", Action("gone-2", Delete(topic, gone)))
        await look(pull)
        assert await unread(library, account) == {"Topic 0": 2}
        assert await library.reading.unread_total() == (2, 1)


@given(
    st.lists(st.lists(st.tuples(st.sampled_from(["ann", "bob"]), st.booleans()), min_size=1, max_size=7), max_size=4),
    st.integers(1, 4),
)
@settings(max_examples=25, deadline=None)
async def test_a_visit_that_counts_counts_what_others_wrote(topics: list[list[tuple[str, bool]]], page: int) -> None:
    """Whoever wrote which post, before or after one follows the forum.

    Behind a page of nothing but new posts of an old topic more may be new: that is not counted before it is here.
    """
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        world = World()
        board = await world.forum().house.add_board(BoardDraft(title="General"))
        written = [(number, who, late) for number, topic in enumerate(topics) for who, late in topic]
        there: dict[int, TopicId] = {}
        for turn, (number, who, late) in enumerate(sorted(written, key=lambda each: each[2])):
            world.clock.time = START + turn + (10 * DAY if late else 0)
            act = Reply(there[number], Body("x")) if number in there else NewTopic(board, f"T{number}", Body("x"))
            receipt = await world.forum().perform(who, Action(f"{turn:08}", act))
            there.setdefault(number, receipt.topic or TopicId(""))
        async with (
            library_in(folder, world.clock.now) as library,
            Engines(library, clock=world.clock, open_backend=world.open, policy=Policy(page=page)) as engines,
        ):
            account = (await world.account(library, joined=Millis(START + 5 * DAY))).key
            await engines.run_once(account, count=True)
            new = sum(who == "bob" and late for _, who, late in written)
            counted, _ = await library.reading.unread_total()
            assert counted == new if page >= max(map(len, topics), default=0) else counted <= new


@pytest.mark.parametrize("how", ["deleted", "hidden"])
async def test_what_comes_back_is_as_unread_as_it_was(tmp_path: Path, how: str) -> None:
    async with library_in(tmp_path) as library:
        account = (await World().account(library)).key
        await library.accounts.put_boards(account, [Board(BoardId("b"), "B")])
        await library.intake.topics(account, [Topic(TopicId("t"), BoardId("b"), "T", posts=2)])
        author = Author(MemberId("u"), "Ben")
        posts = [Post(PostId(f"p{n}"), TopicId("t"), n, author=author, body=Body("x")) for n in (1, 2)]
        key = await library.intake.posts(account, TopicId("t"), Window(), Page(tuple(posts)))
        read = (await library.reading.outline(key)).keys[0]
        await library.marks.mark_read([read])
        gone = tuple(replace(post, body=None, deleted=how == "deleted", hidden=how == "hidden") for post in posts)

        async def feed(some: Sequence[Post]) -> int:
            await library.intake.changed(account, [ChangedTopic(TopicId("t"), None, tuple(some))])
            return (await library.reading.topic(key)).unread

        assert await feed(gone) == 0
        assert await library.reading.unread_total() == (0, 0)
        assert await feed(posts) == 1
        assert await feed(gone) == 0
        await library.marks.catch_up(topic=key)
        assert (await library.reading.outline(key)).unread == [False, False]
