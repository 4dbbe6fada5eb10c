"""A server whose lists never end: reading stops, says so and comes back later; what waits is sent all the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reader.sync.stage import World, fill, library_in
from tests.reader.sync.test_engine import queue, sent
from tests.waiting import until

from forumtui.backends.api import Backend
from forumtui.course import Course
from forumtui.errors import Endless
from forumtui.model import ChangedTopic, Changes, Cursor, TopicId
from forumtui.reader.rows import Health, WantPosts
from forumtui.reader.sync import pull as reading
from forumtui.reader.sync.backoff import delay
from forumtui.reader.sync.engine import Engines
from forumtui.reader.sync.pull import Policy, Pull

PAGES = 30
Feed = Callable[[int, Cursor | None], Changes]


def more(cursor: str, *items: ChangedTopic) -> Changes:
    return Changes(items, Cursor(cursor), more=True)


FEEDS: dict[str, Feed] = {
    "always more": lambda number, after: more(f"c{number}"),
    "repeats a cursor": lambda number, after: more("c"),
    "stays where it is": lambda number, after: more(after or "c"),
    "goes round": lambda number, after: more(f"c{number % 3}"),
    "is set back always": lambda number, after: Changes((), Cursor(f"c{number}"), reset=True),
    "is set back now and then": lambda number, after: Changes(
        (), Cursor(f"c{number}"), more=True, reset=number % 3 == 2
    ),
    "grows ids": lambda number, after: more(f"c{number}", ChangedTopic(TopicId("9" * number), None, gone=True)),
}


class Hostile:
    """A backend that is another's but for its feed."""

    def __init__(self, backend: Any, feed: Feed) -> None:
        self._backend = backend
        self._feed = feed
        self.asked = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)

    async def changes(self, after: Cursor | None) -> Changes:
        self.asked += 1
        assert self.asked < 40 * PAGES, "it asks for ever"
        return self._feed(self.asked, after)


@pytest.mark.parametrize("feed", FEEDS.values(), ids=FEEDS)
async def test_a_walk_through_an_endless_feed_ends_with_a_sentence(tmp_path: Path, feed: Feed) -> None:
    async with asyncio.timeout(60):
        world = World()
        async with library_in(tmp_path, world.clock.now) as library:
            account = await world.account(library)
            hostile = Hostile(world.plan(), feed)
            pull = Pull(library, account.key, hostile, Policy(pages=PAGES))
            await pull.greet(account.identity, boards=True)
            for _ in range(3):  # also when it is tried again
                before = hostile.asked
                with pytest.raises(Endless) as caught:
                    await pull.catch_up()
                assert hostile.asked - before <= PAGES * reading.MOST_TIMES_ANEW
                assert str(caught.value).endswith(".")


async def test_a_forum_that_is_set_back_once_is_read_as_ever(tmp_path: Path) -> None:
    async with asyncio.timeout(60):
        world = World()
        await fill(world.forum(), topics=5)
        async with library_in(tmp_path, world.clock.now) as library:
            account = await world.account(library)
            pull = Pull(library, account.key, world.plan(), Policy())
            await pull.greet(account.identity, boards=True)
            for _ in range(3 * reading.MOST_TIMES_ANEW):  # each time it is read through
                await pull.catch_up()
                await reading.begin_anew(library, account.key)
            await pull.catch_up()
            assert (await library.accounts.get(account.key)).unread == 20


async def test_what_is_left_of_a_long_feed_is_read_in_the_next_walk(tmp_path: Path) -> None:
    def feed(number: int, after: Cursor | None) -> Changes:
        place = int(after or 0) + 1
        return Changes((), Cursor(str(place)), more=place < 2.5 * PAGES)

    async with asyncio.timeout(60):
        world = World()
        async with library_in(tmp_path, world.clock.now) as library:
            account = await world.account(library)
            hostile = Hostile(world.plan(), feed)
            pull = Pull(library, account.key, hostile, Policy(pages=PAGES))
            await pull.greet(account.identity, boards=True)
            for _ in range(2):
                with pytest.raises(Endless, match="no end"):
                    await pull.catch_up()
            await pull.catch_up()
            assert hostile.asked == 2.5 * PAGES


class Engine:
    """The engines of a world in which one forum's feed is hostile."""

    def __init__(self, world: World, feed: Feed) -> None:
        self._world = world
        self._feed = feed
        self.asked = 0

    @asynccontextmanager
    async def open(self, driver: str, location: str, options: Mapping[str, str]) -> AsyncIterator[Backend]:
        async with self._world.open(driver, location, options) as backend:
            hostile = Hostile(backend, self._count)
            yield hostile

    def _count(self, _: int, after: Cursor | None) -> Changes:
        self.asked += 1
        return self._feed(self.asked, after)


@pytest.mark.parametrize("name", ["always more", "repeats a cursor", "is set back always"])
async def test_reading_pauses_and_says_so_while_what_waits_is_sent_and_what_is_looked_at_comes(
    tmp_path: Path, name: str
) -> None:
    async with asyncio.timeout(60):
        world = World()
        topic, *_ = await fill(world.forum(), topics=1, posts=2)
        header = await world.forum().topic("ann", topic)

        def feed(number: int, after: Cursor | None) -> Changes:
            if number == 1:
                return Changes((ChangedTopic(topic, header),), Cursor("first"), more=True)
            return FEEDS[name](number, after)

        engine = Engine(world, feed)
        async with library_in(tmp_path, world.clock.now) as library:
            account = await world.account(library)
            async with Engines(
                library, clock=world.clock, open_backend=engine.open, policy=Policy(pages=PAGES)
            ) as engines:
                engines.wake()

                async def resting() -> bool:
                    row = await library.accounts.get(account.key)
                    return row.health is Health.FAILED and "Reading pauses" in row.note

                engines.wake(account.key)
                await until(resting, 20)
                asked = engine.asked
                assert asked <= 1 + PAGES * reading.MOST_TIMES_ANEW
                library.want(WantPosts(account.key, topic))
                await until(lambda: "posts" in world.plan().calls)
                await sent(library, await queue(library, account, topic=topic))
                assert engine.asked == asked  # it is not asked again for that
                assert await resting()


def test_each_vain_walk_is_followed_by_a_longer_pause() -> None:
    pauses = [delay(Endless("x"), attempt, 0.5) for attempt in range(1, 12)]
    assert pauses == sorted(pauses)
    assert pauses[0] == 60
    assert pauses[-1] == 6 * 3600


@settings(max_examples=200)
@given(st.lists(st.integers(0, 12), max_size=40), st.integers(1, 30))
def test_a_course_goes_through_new_places_only_and_so_many_at_most(steps: list[int], most: int) -> None:
    course = Course("It", most)
    course.begin_at("0")
    met = {0}
    for number, step in enumerate(steps, 1):
        if step in met or number >= most:
            with pytest.raises(Endless):
                course.go(str(step))
            return
        course.go(str(step))
        met.add(step)
