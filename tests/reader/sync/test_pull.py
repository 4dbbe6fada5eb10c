from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.reader.sync.stage import World, add_post, add_topic, fill, forum_texts, library_in, texts, titles

from forumtui.errors import FileProblem, Offline, Refused, Unreadable
from forumtui.forum.house import BoardDraft
from forumtui.model import Ability, Action, Body, Delete, Edit, Place, TopicId, Window
from forumtui.reader.library import Library
from forumtui.reader.rows import AccountRow, WantPosts, WantSearch, WantTopics
from forumtui.reader.sync.pull import FEED, Policy, Pull
from forumtui.testing import Fault


@asynccontextmanager
async def playing(
    folder: Path, *, policy: Policy | None = None, feed: bool = True
) -> AsyncIterator[tuple[Library, World, AccountRow, Pull]]:
    async with asyncio.timeout(60):
        world = World()
        async with library_in(folder, world.clock.now) as library:
            account = await world.account(library)
            if not feed:
                world.plan().script("changes", *[Fault.UNSUPPORTED] * 100)
            pull = Pull(library, account.key, world.plan(), policy or Policy())
            yield library, world, account, pull


async def finish(pull: Pull) -> None:
    while await pull.ahead():
        pass


async def test_catching_up_brings_every_header_and_no_posts(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, pull):
        await fill(world.forum(), topics=5)
        await pull.greet(account.identity, boards=True)
        await pull.catch_up()
        assert await titles(library, account.key) == {f"Topic {number}" for number in range(5)}
        assert "posts" not in world.plan().calls
        assert [board.title for board in await library.reading.boards(account.key)] == ["General"]
        assert (await library.accounts.get(account.key)).unread == 20


async def test_changes_are_merged_one_stretch_at_a_time(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, pull):
        store = world.forum()
        topic, *_ = await fill(store)
        await pull.greet(account.identity, boards=True)
        await pull.catch_up()
        await pull.answer(WantPosts(account.key, topic))
        added = await add_post(store, topic, "New here.")
        await store.perform("bob", Action("e", Edit(topic, added, Body("Newer here."))))
        first = (await store.posts("ann", topic, Window(limit=1))).items[0]
        await store.perform("bob", Action("d", Delete(topic, first.id)))
        await pull.catch_up()
        assert await texts(library, account.key, topic) == await forum_texts(store, topic)
        assert "Newer here." in await texts(library, account.key, topic)


async def test_kill_in_the_middle_of_the_first_reading_goes_on_from_there(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, pull):
        await fill(world.forum(), topics=450, posts=1)
        world.plan().script("changes", Fault.NONE, Fault.OFFLINE)
        await pull.greet(account.identity, boards=True)
        with pytest.raises(Offline):
            await pull.catch_up()
        assert len(await titles(library, account.key)) == 200
        after_first = await library.accounts.cursor(account.key, FEED)
        again = Pull(library, account.key, world.plan(), Policy())
        world.plan().calls.clear()
        assert await again.look()
        assert await library.accounts.cursor(account.key, FEED) != after_first
        await again.catch_up()
        assert len(await titles(library, account.key)) == 450
        assert world.plan().calls.count("changes") == 2


async def test_boards_are_read_again_when_the_feed_says_so(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, pull):
        store = world.forum()
        await fill(store)
        await pull.greet(account.identity, boards=False)
        await pull.catch_up()
        world.plan().calls.clear()
        await add_post(store, TopicId("1"), "nothing about boards")
        await pull.catch_up()
        assert "boards" not in world.plan().calls
        board = await store.house.add_board(BoardDraft(title="Second"))
        await add_topic(store, board, "On the new board")
        await store.house.set_info({"notice": "Be kind."})
        await pull.catch_up()
        assert {row.title for row in await library.reading.boards(account.key)} == {"General", "Second"}
        assert "On the new board" in await titles(library, account.key)
        assert (await library.accounts.get(account.key)).notice == "Be kind."


async def test_what_one_may_do_follows_ones_role(tmp_path: Path) -> None:
    """Posts that were read as a member are read again by a moderator, who may do more with them."""
    async with playing(tmp_path) as (library, world, account, pull):

        async def refusals() -> set[str | None]:
            row = await library.reading.topic_by_id(account.key, topic)
            assert row is not None
            posts = await library.reading.posts(row.key, (await library.reading.outline(row.key)).keys)
            return {post.can.rules.get(Ability.DELETE, "") for post in posts.values()}

        store = world.forum()
        (topic,) = await fill(store, topics=1)
        await pull.greet(account.identity, boards=True)
        await pull.catch_up()
        await pull.answer(WantPosts(account.key, topic))
        assert "" not in await refusals()
        for role, refused in (("Moderator", False), ("Member", True)):
            await store.house.set_role("ann", role)
            await pull.catch_up()
            assert ("" not in await refusals()) is refused
        world.plan().calls.clear()
        await store.house.set_info({"notice": "Nothing about anybody."})
        await pull.catch_up()
        assert "posts" not in world.plan().calls


async def test_unread_window_is_the_part_that_is_missing(tmp_path: Path) -> None:
    """A topic of which all but the end is old is fetched from its end."""
    async with playing(tmp_path) as (library, world, _account, _pull):
        store = world.forum()
        (topic,) = await fill(store, topics=1, posts=30)
        world.clock.advance(100)
        account = await world.account(library, joined=world.clock.now(), identity="another", name="another")
        world.clock.advance(100)
        pull = Pull(library, account.key, world.plan(), Policy())
        await add_post(store, topic, "The only new one.")
        await library.accounts.put_boards(account.key, await store.boards("ann"))
        await pull.catch_up()
        await pull.answer(WantPosts(account.key, topic, Window(Place.UNREAD, limit=5)))
        assert (await texts(library, account.key, topic))[-1] == "The only new one."
        assert len(await texts(library, account.key, topic)) == 5


async def test_opened_topic_becomes_whole_while_nobody_waits(tmp_path: Path) -> None:
    async with playing(tmp_path, policy=Policy(page=10, ready=0)) as (library, world, account, pull):
        store = world.forum()
        (topic,) = await fill(store, topics=1, posts=57)
        await pull.greet(account.identity, boards=True)
        await pull.catch_up()
        await pull.answer(WantPosts(account.key, topic, Window(Place.NUMBER, "30", 10)))
        assert len(await texts(library, account.key, topic)) == 10
        await finish(pull)
        assert await texts(library, account.key, topic) == await forum_texts(store, topic)
        assert await library.intake.missing(account.key, topic) is None


async def test_unread_topics_are_made_ready_within_the_budget(tmp_path: Path) -> None:
    async with playing(tmp_path, policy=Policy(budget=6)) as (library, world, account, pull):
        topics = await fill(world.forum(), topics=10, posts=4)
        await pull.greet(account.identity, boards=True)
        await pull.catch_up()
        await finish(pull)
        assert world.plan().calls.count("posts") == 6
        pull.refill()
        await finish(pull)
        assert [len(await texts(library, account.key, topic)) for topic in topics] == [4] * 10
        world.plan().calls.clear()
        pull.refill()
        await finish(pull)
        assert world.plan().calls == []


async def test_a_forum_that_allows_few_requests_is_asked_for_less_ahead(tmp_path: Path) -> None:
    async with playing(tmp_path, policy=Policy(budget=6)) as (library, world, account, _):
        await fill(world.forum(), topics=10, posts=4)
        for allowed, asked in ((3, 3), (9, 6)):
            sparing = world.plan()
            setattr(sparing, "ahead", allowed)  # noqa: B010 - of `SparesRequests`
            pull = Pull(library, account.key, sparing, Policy(budget=6))
            await pull.greet(account.identity, boards=True)
            await pull.catch_up()
            sparing.calls.clear()
            await finish(pull)
            assert sparing.calls.count("posts") == asked


async def test_ahead_gives_way_when_a_window_brings_nothing(tmp_path: Path) -> None:
    """A count that no window can reach does not make the engine ask for ever."""
    async with playing(tmp_path) as (_library, world, account, pull):
        topic, *_ = await fill(world.forum(), topics=1, posts=3)
        await pull.greet(account.identity, boards=True)
        await pull.catch_up()
        world.forum().records.topics[int(topic)].posts.clear()
        await finish(pull)
        assert world.plan().calls.count("posts") <= 2


async def test_search_hits_come_in_the_forums_order(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, pull):
        store = world.forum()
        topic, *_ = await fill(store)
        for number in range(3):
            await add_post(store, topic, f"A penguin, number {number}.")
        await pull.greet(account.identity, boards=True)
        await pull.catch_up()
        await pull.answer(WantSearch(account.key, "penguin"))
        result = await library.reading.search("penguin", account=account.key)
        assert len(result.hits) == 3
        assert {hit.topic.id for hit in result.hits} == {topic}


@pytest.mark.parametrize(
    ("fault", "raises"), [(Fault.UNSUPPORTED, None), (Fault.REFUSED, None), (Fault.OFFLINE, Offline)]
)
async def test_failed_search_is_noted(tmp_path: Path, fault: Fault, raises: type[Exception] | None) -> None:
    async with playing(tmp_path) as (library, world, account, pull):
        world.plan().script("search", fault)
        if raises is None:
            await pull.answer(WantSearch(account.key, "penguin"))
        else:
            with pytest.raises(raises):
                await pull.answer(WantSearch(account.key, "penguin"))
        result = await library.reading.search("penguin", account=account.key)
        assert result.hits == ()
        assert account.title in result.covered or account.name in result.covered


async def test_posts_of_an_unknown_topic_bring_its_header(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, pull):
        topic, *_ = await fill(world.forum())
        await pull.greet(account.identity, boards=False)
        await pull.answer(WantPosts(account.key, topic))
        assert len(await texts(library, account.key, topic)) == 4
        with pytest.raises(Refused):
            await pull.answer(WantPosts(account.key, TopicId("999")))


async def test_listing_brings_its_first_page(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, pull):
        await fill(world.forum(), topics=3)
        board = (await world.forum().boards("ann"))[0].id
        await pull.greet(account.identity, boards=False)
        await pull.answer(WantTopics(account.key, board))
        assert len(await titles(library, account.key)) == 3


async def test_without_a_feed_listings_are_read_further_each_time(tmp_path: Path) -> None:
    async with playing(tmp_path, feed=False) as (library, world, account, pull):
        store = world.forum()
        (topic, *_) = await fill(store, topics=450, posts=1)
        await pull.greet(account.identity, boards=False)
        assert not await pull.look()
        assert not pull.has_feed
        assert len(await titles(library, account.key)) == 200
        for expected in (400, 450, 450):
            await pull.answer(WantTopics(account.key))
            assert len(await titles(library, account.key)) == expected
        await pull.answer(WantPosts(account.key, topic))
        await add_post(store, topic, "Later.")
        await pull.answer(WantPosts(account.key, topic, Window(Place.UNREAD)))
        assert (await texts(library, account.key, topic))[-1] == "Later."


async def test_another_epoch_is_reconciled(tmp_path: Path) -> None:
    """A backup took the forum's place: what it does not have is gone, what it has is right, read marks stay."""
    async with playing(tmp_path) as (library, world, account, pull):
        store = world.forum()
        kept, lost, *_ = await fill(store)
        await pull.greet(account.identity, boards=True)
        await pull.catch_up()
        for topic in (kept, lost):
            await pull.answer(WantPosts(account.key, topic))
        row = await library.reading.topic_by_id(account.key, kept)
        assert row is not None
        outline = await library.reading.outline(row.key)
        await library.marks.mark_read(outline.keys[:1])
        records = store.records
        del records.topics[int(lost)]
        last = records.topics[int(kept)].posts.pop()
        del records.posts[last.id]
        records.topics[int(kept)].posts[1].body = Body("As it was in the backup.")
        store.new_epoch()
        await pull.catch_up()
        assert await titles(library, account.key) == {"Topic 0", "Topic 2"}
        assert await texts(library, account.key, kept) == await forum_texts(store, kept)
        row = await library.reading.topic_by_id(account.key, kept)
        assert row is not None
        assert list((await library.reading.outline(row.key)).unread) == [False, True, True]
        world.plan().calls.clear()
        await Pull(library, account.key, world.plan(), Policy()).catch_up()
        assert world.plan().calls == ["changes"]


@pytest.mark.parametrize("topics", [0, 1])
async def test_a_forum_that_has_nothing_left_is_reconciled_too(tmp_path: Path, topics: int) -> None:
    """Whatever is read anew comes to an end, though there is no topic to compare."""
    async with playing(tmp_path) as (library, world, account, pull):
        store = world.forum()
        await fill(store, topics=topics)
        await pull.greet(account.identity, boards=True)
        await pull.catch_up()
        store.records.topics.clear()
        store.records.posts.clear()
        store.new_epoch()
        world.plan().calls.clear()
        steps = 0
        while await pull.look():
            steps += 1
            assert steps < 10, world.plan().calls
        assert await titles(library, account.key) == set()
        world.plan().calls.clear()
        await Pull(library, account.key, world.plan(), Policy()).catch_up()
        assert world.plan().calls == ["changes"]


async def test_killed_reconciling_begins_again(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, pull):
        store = world.forum()
        topics = await fill(store, topics=450, posts=1)
        await pull.greet(account.identity, boards=True)
        await pull.catch_up()
        del store.records.topics[int(topics[7])]
        store.new_epoch()
        world.plan().script("changes", Fault.NONE, Fault.NONE, Fault.OFFLINE)
        with pytest.raises(Offline):
            await pull.catch_up()
        assert len(await titles(library, account.key)) == 450
        await Pull(library, account.key, world.plan(), Policy()).catch_up()
        row = await library.reading.topic_by_id(account.key, topics[7])
        assert row is None
        boards = await library.reading.boards(account.key)
        assert boards[0].topics == 449


async def test_another_forum_at_this_place_is_not_mixed_in(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, pull):
        world.forum().records.uuid = "somebody-else"
        with pytest.raises(FileProblem, match="Another forum"):
            await pull.greet(account.identity, boards=True)
        assert await library.reading.boards(account.key) == []


async def test_listing_that_can_not_be_read_says_so(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_library, world, account, pull):
        world.plan().script("topics", Fault.UNREADABLE)
        with pytest.raises(Unreadable):
            await pull.answer(WantTopics(account.key))
