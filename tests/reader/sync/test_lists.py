"""Lists in a forum's own orders: fetched when they are looked at, kept ready, and as they were without a line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.reader.sync.stage import World, add_post, add_topic, fill, library_in

from forumtui.errors import Offline, UsageError
from forumtui.forum.orders import NEW, TOP, UNANSWERED
from forumtui.model import LATEST, Action, Like, PostId, TopicId
from forumtui.reader.library import Library
from forumtui.reader.rows import AccountKey, Sorted, TopicQuery, WantTopics
from forumtui.reader.sync.lists import FRESH, OLD
from forumtui.reader.sync.pull import Policy, Pull
from forumtui.testing import Fault


@dataclass
class Room:
    library: Library
    world: World
    account: AccountKey
    pull: Pull

    async def look(self, order: str, *, more: bool = False, anew: bool = False) -> int:
        """Look at the forum's list; how many requests that took."""
        before = len(self.world.plan().calls)
        await self.pull.answer(WantTopics(self.account, None, order, more=more, anew=anew))
        return len(self.world.plan().calls) - before

    async def titles(self, order: str, period: str = "") -> list[str]:
        query = TopicQuery(self.account, order=order, period=period)
        return [row.title for row in (await self.library.reading.topics(query, after=1000)).rows]

    async def sorted_as(self, order: str = "") -> Sorted:
        return await self.library.listings.sorted_as(TopicQuery(self.account, order=order))

    def later(self, seconds: float) -> None:
        self.world.clock.advance(seconds)


@asynccontextmanager
async def room(folder: Path, *, feed: bool = True) -> AsyncIterator[Room]:
    world = World()
    async with library_in(folder, world.clock.now) as library:
        account = await world.account(library)
        if not feed:
            world.plan().script("changes", *[Fault.UNSUPPORTED] * 100)
        pull = Pull(library, account.key, world.plan(), Policy())
        await pull.greet(account.identity, boards=True)
        yield Room(library, world, account.key, pull)


async def liked(world: World, topic: TopicId, *names: str) -> None:
    store = world.forum()
    (post, *_) = store.records.topics[int(topic)].posts
    for name in names:
        await store.perform(name, Action(f"{name} likes {topic}", Like(topic, PostId(str(post.id)))))


async def test_a_list_is_fetched_when_somebody_looks_and_again_when_it_is_old(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        await fill(it.world.forum(), posts=2)
        await it.pull.catch_up()
        assert await it.titles(NEW) == []
        assert (await it.sorted_as(NEW)).at is None
        await it.look(NEW)
        assert await it.titles(NEW) == ["Topic 2", "Topic 1", "Topic 0"]
        told = await it.sorted_as(NEW)
        assert (told.at, told.more, told.order.title) == (it.world.clock.now(), False, "New")
        it.later(FRESH - 1)
        assert await it.look(NEW) == 0
        assert await it.look(NEW, anew=True) == 1
        it.later(FRESH)
        await add_topic(it.world.forum(), (await it.world.forum().boards("ann"))[0].id, "Topic 3")
        assert await it.look(NEW) == 1
        assert await it.titles(NEW) == ["Topic 3", "Topic 2", "Topic 1", "Topic 0"]


async def test_a_topic_that_leaves_a_list_leaves_it(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        _, two, _ = await fill(it.world.forum(), posts=1)
        await it.look(UNANSWERED)
        assert len(await it.titles(UNANSWERED)) == 3
        await add_post(it.world.forum(), two, "An answer")
        await it.look(UNANSWERED, anew=True)
        assert await it.titles(UNANSWERED) == ["Topic 2", "Topic 0"]
        assert len(await it.titles(LATEST)) == 3


async def test_a_list_goes_on_page_by_page(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        await fill(it.world.forum(), topics=450, posts=1)
        seen = []
        await it.look(NEW)
        while (told := await it.sorted_as(NEW)).more:
            seen.append(len(await it.titles(NEW)))
            assert await it.look(NEW, more=True) == 1
        assert seen == [200, 400]
        assert await it.titles(NEW) == [f"Topic {number}" for number in reversed(range(450))]
        assert await it.look(NEW, more=True) == 0
        it.later(1000)
        await it.look(NEW)
        assert (await it.sorted_as(NEW)).at != told.at
        assert len(await it.titles(NEW)) == 450  # what was fetched of it stays at hand


async def test_a_place_that_the_forum_forgot_begins_anew(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        await fill(it.world.forum(), topics=250, posts=1)
        await it.look(NEW)
        it.world.plan().script("topics", Fault.REFUSED)
        assert await it.look(NEW, more=True) == 2
        assert (await it.sorted_as(NEW)).more
        await it.look(NEW, more=True)
        assert len(await it.titles(NEW)) == 250


async def test_without_a_line_a_list_is_as_it_was(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        one, two, _ = await fill(it.world.forum(), posts=1)
        await liked(it.world, one, "Cy", "Di")
        await liked(it.world, two, "Cy")
        await it.look(TOP)
        when = it.world.clock.now()
        it.later(5000)
        it.world.plan().down = True
        with pytest.raises(Offline):
            await it.look(TOP)
        assert await it.titles(TOP) == ["Topic 0", "Topic 1"]
        assert await it.titles(TOP, "week") == ["Topic 0", "Topic 1"]
        assert await it.titles(TOP, "all") == []
        assert (await it.sorted_as(TOP)).at == when


async def test_what_the_forum_does_not_give_is_said(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        await fill(it.world.forum(), posts=1)
        await it.look(TOP)
        it.later(5000)
        it.world.plan().script("topics", Fault.REFUSED)
        await it.look(TOP)
        assert (await it.sorted_as(TOP)).note == "The forum does not want this."
        await it.look(TOP, anew=True)
        assert (await it.sorted_as(TOP)).note == ""


async def test_lists_that_are_looked_at_are_kept_ready(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        await fill(it.world.forum(), posts=1)
        await it.look(NEW)
        await it.look(UNANSWERED)
        while await it.pull.ahead():
            pass
        calls = it.world.plan().calls
        asked = calls.count("topics")
        it.later(OLD + 1)
        it.pull.refill()
        while await it.pull.ahead():
            pass
        assert calls.count("topics") == asked + 2
        it.later(15 * 24 * 3600)
        it.pull.refill()
        while await it.pull.ahead():
            pass
        assert calls.count("topics") == asked + 2


async def test_what_is_shown_of_a_forum_is_ready_before_anybody_looks(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        await fill(it.world.forum(), posts=1)
        await it.library.listings.choose(it.account, None, NEW)
        while await it.pull.ahead():
            pass
        assert await it.titles("") == ["Topic 2", "Topic 1", "Topic 0"]
        it.later(OLD + 1)
        it.pull.refill()
        it.world.plan().script("topics", *[Fault.REFUSED] * 5)
        calls = len(it.world.plan().calls)
        while await it.pull.ahead():
            pass
        assert len(it.world.plan().calls) - calls == 1  # no more than one question for what is refused


async def test_a_choice_is_kept_at_a_sync_and_only_of_what_is_offered(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        await fill(it.world.forum(), posts=1)
        await it.pull.catch_up()
        (board,) = await it.library.reading.boards(it.account)
        with pytest.raises(UsageError, match="does not come in that order"):
            await it.library.listings.choose(it.account, board.key, "hottest")
        with pytest.raises(UsageError, match="does not come in that order"):
            await it.library.listings.choose(it.account, board.key, TOP, "century")
        await it.library.listings.choose(it.account, board.key, TOP, "year")
        await it.world.forum().house.set_info({"title": "Another title"})
        await it.pull.greet((await it.library.accounts.get(it.account)).identity, boards=True)
        told = await it.library.listings.sorted_as(TopicQuery(it.account, board.key))
        assert (told.order.name, told.period) == (TOP, "year")
        assert (await it.sorted_as()).is_latest
        info = await it.world.plan().info()
        await it.library.accounts.update_info(it.account, replace(info, orders=()))
        told = await it.library.listings.sorted_as(TopicQuery(it.account, board.key))
        assert (told.is_latest, [order.name for order in told.orders]) == (True, [LATEST])


async def test_without_a_feed_the_latest_go_on_as_one_scrolls(tmp_path: Path) -> None:
    async with room(tmp_path, feed=False) as it:
        await fill(it.world.forum(), topics=650, posts=1)
        await it.pull.look()
        assert len(await it.titles(LATEST)) == 200
        await it.look(LATEST)
        assert len(await it.titles(LATEST)) == 400
        assert (await it.sorted_as(LATEST)).more
        assert await it.look(LATEST, more=True) == 1
        assert len(await it.titles(LATEST)) == 600
        await it.look(LATEST, more=True)
        assert not (await it.sorted_as(LATEST)).more
        assert await it.look(LATEST, more=True) == 0


async def test_lists_that_nobody_looked_at_for_long_are_forgotten(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        await fill(it.world.forum(), posts=1)
        await it.look(NEW)
        it.later(91 * 24 * 3600)
        await it.look(UNANSWERED)
        assert (await it.sorted_as(NEW)).at is None
        assert len(await it.titles(UNANSWERED)) == 3
