from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from tests.reader.sync.stage import World, add_post, fill, forum_texts, library_in, texts, titles
from tests.waiting import until

from forumtui.backends.local import ForumBackend
from forumtui.errors import FileProblem, Offline, Refused, Unreadable
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import BoardDraft
from forumtui.model import Action, Body, Member, MemberId, NewTopic, Place, Reply, TopicId, Window
from forumtui.reader.library import Library
from forumtui.reader.library.outbox import Typed
from forumtui.reader.rows import AccountRow, Changed, Health, OutState, WantPosts, WantSearch, WantTopics
from forumtui.reader.sync.engine import Engines
from forumtui.reader.sync.pull import Policy
from forumtui.reader.target import OutKind, Remote, Target
from forumtui.testing import Fault

FIRST = TopicId("1")


@asynccontextmanager
async def playing(
    folder: Path, *, policy: Policy | None = None, plugged: bool = True
) -> AsyncIterator[tuple[Library, World, AccountRow, Engines]]:
    async with asyncio.timeout(60):
        world = World()
        await fill(world.forum())
        async with library_in(folder, world.clock.now) as library:
            account = await world.account(library)
            if not plugged:
                await library.accounts.set_plugged(account.key, False)
            async with Engines(library, clock=world.clock, open_backend=world.open, policy=policy) as engines:
                yield library, world, account, engines
            assert world.sessions == 0
            assert [task for task in asyncio.all_tasks() if "engine" in task.get_name()] == []


async def health(library: Library, account: AccountRow) -> Health:
    return (await library.accounts.get(account.key)).health


async def is_well(library: Library, account: AccountRow) -> bool:
    return await health(library, account) is Health.OK


async def well(library: Library, account: AccountRow) -> None:
    await until(lambda: is_well(library, account))


async def ill(library: Library, account: AccountRow, expected: Health) -> str:
    async def is_ill() -> bool:
        return await health(library, account) is expected

    await until(is_ill)
    return (await library.accounts.get(account.key)).note


async def queue(library: Library, account: AccountRow, text: str = "Mine.", topic: str = "1") -> str:
    row = await library.outbox.start(Target(account.key, OutKind.REPLY, topic=Remote(topic)), Typed(text=text))
    await library.outbox.submit(row.uid)
    return row.uid


async def is_sent(library: Library, uid: str) -> bool:
    return (await library.outbox.get(uid)).state is OutState.SENT


async def sent(library: Library, uid: str) -> None:
    await until(lambda: is_sent(library, uid))


async def test_nothing_runs_before_it_is_woken(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, _engines):
        before = asyncio.all_tasks()
        heard: list[Changed] = []
        library.subscribe(heard.append)
        await queue(library, account)
        library.want(WantTopics(account.key))
        await until(lambda: heard)  # and so have they, who were there first
        assert asyncio.all_tasks() == before
        assert world.opened == []


async def test_forum_is_mirrored_and_made_ready(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, engines):
        engines.wake()
        await well(library, account)
        assert await titles(library, account.key) == {"Topic 0", "Topic 1", "Topic 2"}

        async def is_ready() -> bool:
            return [len(await texts(library, account.key, TopicId(topic))) for topic in "123"] == [4, 4, 4]

        await until(is_ready)
        assert (await library.accounts.get(account.key)).synced_at == world.clock.time


async def test_wants_are_answered_as_they_come(tmp_path: Path) -> None:
    async with playing(tmp_path, policy=Policy(ready=0)) as (library, world, account, engines):
        engines.wake()
        await well(library, account)
        library.want(WantPosts(account.key, TopicId("2"), Window(Place.UNREAD)))

        async def is_there() -> bool:
            return len(await texts(library, account.key, TopicId("2"))) == 4

        await until(is_there)
        library.want(WantSearch(None, "post"))

        async def is_found() -> bool:
            return "search" in world.plan().calls and (await library.reading.search("post")).complete

        await until(is_found)


async def test_want_that_the_forum_refuses_harms_nothing(tmp_path: Path) -> None:
    async with playing(tmp_path, policy=Policy(ready=0)) as (library, world, account, engines):
        engines.wake()
        await well(library, account)
        library.want(WantPosts(account.key, TopicId("999")))
        await until(lambda: "topic" in world.plan().calls)
        library.want(WantPosts(account.key, FIRST))
        await until(lambda: "posts" in world.plan().calls)
        assert world.opened == ["/forum.db"]
        assert await health(library, account) is Health.OK


async def test_post_of_somebody_else_shows(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, engines):
        engines.wake()
        library.want(WantPosts(account.key, FIRST))

        async def is_open() -> bool:
            return len(await texts(library, account.key, FIRST)) == 4

        await until(is_open)
        await add_post(world.forum(), FIRST, "Just written.")

        async def is_there() -> bool:
            return "Just written." in await texts(library, account.key, FIRST)

        await until(is_there)


async def test_queued_text_is_sent_at_once(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, engines):
        engines.wake()
        await well(library, account)
        await sent(library, await queue(library, account))
        assert (await forum_texts(world.forum(), FIRST))[-1] == "Mine."


async def test_like_is_told(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, engines):
        engines.wake()
        await well(library, account)
        library.want(WantPosts(account.key, FIRST))

        async def is_open() -> bool:
            return len(await texts(library, account.key, FIRST)) == 4

        await until(is_open)
        row = await library.reading.topic_by_id(account.key, FIRST)
        assert row is not None
        await library.marks.like((await library.reading.outline(row.key)).keys[0], True)
        await until(lambda: world.forum().records.posts[1].liked_by == {"ann"})


async def test_failed_send_is_tried_again_when_its_time_has_come(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, engines):
        engines.wake()
        await well(library, account)
        world.plan().script("perform", Fault.LOST_AFTER, Fault.OFFLINE, Fault.BUSY)
        uid = await queue(library, account)
        await world.clock.pass_until(lambda: is_sent(library, uid))
        assert len(world.plan().actions) == 4
        assert (await forum_texts(world.forum(), FIRST)).count("Mine.") == 1


@pytest.mark.parametrize("call", ["info", "changes", "boards"])
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.OFFLINE, Health.OFFLINE),
        (Fault.LOST_BEFORE, Health.OFFLINE),
        (Fault.RATE_LIMITED, Health.OFFLINE),
        (Fault.BUSY, Health.OFFLINE),
        (Fault.REFUSED, Health.FAILED),
        (Fault.CONFLICT, Health.FAILED),
        (Fault.UNREADABLE, Health.FAILED),
        (Fault.BUG, Health.FAILED),
    ],
)
async def test_engine_survives_every_error(tmp_path: Path, call: str, fault: Fault, expected: Health) -> None:
    async with playing(tmp_path) as (library, world, account, engines):
        world.forum("/other.db", "Another")
        other = await world.account(library, "/other.db")
        world.plan().script(call, fault, fault, fault)
        engines.wake()
        assert await ill(library, account, expected)
        await well(library, other)
        await world.clock.pass_until(lambda: is_well(library, account))
        assert (await library.accounts.get(account.key)).note == ""


async def test_unforeseen_error_is_logged_in_full(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with playing(tmp_path) as (library, world, account, engines):
        world.plan().script("changes", Fault.BUG)
        with caplog.at_level(logging.ERROR, "forumtui.reader.sync"):
            engines.wake()
            note = await ill(library, account, Health.FAILED)
        assert "log" in note
        assert "Traceback" in caplog.text
        assert "a mistake in the backend" in caplog.text


async def test_account_that_needs_a_login_waits_for_it(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, engines):
        world.plan().script("info", Fault.AUTH)
        engines.wake()
        await ill(library, account, Health.NEEDS_LOGIN)
        await world.clock.idle()
        world.clock.advance(100_000)
        library.want(WantTopics(account.key))
        await world.clock.idle()
        assert world.plan().calls == ["info"]
        engines.wake(account.key)
        await well(library, account)


async def test_rate_limit_is_honoured_whoever_is_impatient(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, engines):
        world.plan().retry_after = 60
        world.plan().script("changes", Fault.RATE_LIMITED)
        engines.wake()
        await ill(library, account, Health.OFFLINE)
        await world.clock.idle()
        calls = len(world.plan().calls)
        for _ in range(11):
            world.clock.advance(5)
            library.want(WantTopics(account.key))
            engines.wake()
            await world.clock.idle()
        assert len(world.plan().calls) == calls
        await world.clock.wake(20)
        await well(library, account)


async def test_somebody_looking_shortens_the_wait_for_the_line(tmp_path: Path) -> None:
    async with playing(tmp_path, policy=Policy(ready=0)) as (library, world, account, engines):
        world.plan().down = True
        engines.wake()
        await ill(library, account, Health.OFFLINE)
        for _ in range(20):  # by now the pauses are long
            await world.clock.wake(300)
        await world.clock.idle()
        world.plan().down = False
        library.want(WantPosts(account.key, FIRST))
        await world.clock.wake(2)
        await well(library, account)

        async def is_there() -> bool:
            return len(await texts(library, account.key, FIRST)) == 4

        await until(is_there)


async def test_search_of_a_forum_that_is_not_reached_says_so(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, engines):
        world.plan().down = True
        engines.wake()
        await ill(library, account, Health.OFFLINE)
        before = (await library.reading.search("penguin", account=account.key)).covered
        library.want(WantSearch(account.key, "penguin"))
        await world.clock.wake(2)

        async def is_told() -> bool:
            return (await library.reading.search("penguin", account=account.key)).covered != before

        await until(is_told)


async def test_forum_without_feed_and_watch_is_asked_now_and_then(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, engines):
        world.plan().script("changes", *[Fault.UNSUPPORTED] * 9)
        world.plan().script("watch", *[Fault.UNSUPPORTED] * 9)
        engines.wake()
        await well(library, account)
        await world.clock.idle()
        await world.forum().perform(
            "bob", Action("new", NewTopic((await world.forum().boards("a"))[0].id, "Later", Body("x")))
        )
        asked = world.plan().calls.count("topics")
        world.clock.advance(200)
        await world.clock.idle()
        assert world.plan().calls.count("topics") == asked
        await world.clock.wake(110)

        async def is_there() -> bool:
            return "Later" in await titles(library, account.key)

        await until(is_there)


async def test_broken_watch_begins_the_session_again(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, engines):
        world.plan().script("watch", Fault.UNREADABLE)
        engines.wake()
        await ill(library, account, Health.FAILED)
        await world.clock.wake(20)
        await well(library, account)
        assert world.opened == ["/forum.db"] * 2


# -- plugged and unplugged


async def test_unplugged_account_is_left_alone(tmp_path: Path) -> None:
    async with playing(tmp_path, plugged=False) as (library, world, account, engines):
        uid = await queue(library, account)
        engines.wake()
        await world.clock.idle(engines=0)
        assert world.opened == []
        await engines.set_plugged(None, True)
        await sent(library, uid)


async def test_unplugging_breaks_off_what_is_under_way(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, engines):
        engines.wake()
        await well(library, account)
        world.plan().script("perform", Fault.SLOW_AFTER)
        uid = await queue(library, account)
        await asyncio.wait_for(world.plan().reached.wait(), 10)
        await engines.set_plugged(account.key, False)
        assert world.sessions == 0
        row = await library.outbox.get(uid)
        assert (row.state, row.unknown_end) == (OutState.SENDING, True)
        calls = len(world.plan().calls)
        library.want(WantTopics(account.key))
        engines.wake()
        world.clock.advance(1000)
        await world.clock.idle(engines=0)
        assert len(world.plan().calls) == calls
        await engines.set_plugged(account.key, True)
        await sent(library, uid)
        assert (await forum_texts(world.forum(), FIRST)).count("Mine.") == 1


async def test_another_process_may_unplug(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, engines):
        engines.wake()
        await well(library, account)
        async with library_in(tmp_path) as other:
            await other.accounts.set_plugged(account.key, False)
        await until(lambda: world.sessions == 0)


# -- which accounts have an engine


async def test_removed_account_loses_its_engine(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, engines):
        engines.wake()
        await well(library, account)
        await library.accounts.remove(account.key)
        await until(lambda: world.sessions == 0)


async def test_visited_forum_has_an_engine_while_somebody_looks(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, engines):
        world.forum("/visited.db", "Visited")
        visited = await world.account(library, "/visited.db", listed=False)
        engines.wake()
        await well(library, account)
        assert "/visited.db" not in world.opened
        library.want(WantTopics(visited.key))
        await well(library, visited)


# -- visits


async def test_visit_sends_mirrors_and_answers(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, engines):
        uid = await queue(library, account)
        await engines.run_once(account.key, wants=[WantPosts(account.key, FIRST)])
        assert (await library.outbox.get(uid)).state is OutState.SENT
        assert await texts(library, account.key, FIRST) == await forum_texts(world.forum(), FIRST)
        assert await health(library, account) is Health.OK
        assert world.sessions == 0


async def test_visit_does_no_more_than_it_was_asked(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, engines):
        await queue(library, account)
        await engines.run_once(account.key, push=False, mirror=False)
        assert world.plan().calls == ["info", "boards"]
        world.plan().calls.clear()
        await engines.run_once(account.key, push=True, mirror=False)
        assert world.plan().calls[:2] == ["info", "perform"]
        assert "changes" not in world.plan().calls


@pytest.mark.parametrize(
    ("fault", "error", "expected"),
    [(Fault.OFFLINE, Offline, Health.OFFLINE), (Fault.UNREADABLE, Unreadable, Health.FAILED)],
)
async def test_visit_raises_what_goes_wrong(
    tmp_path: Path, fault: Fault, error: type[Exception], expected: Health
) -> None:
    async with playing(tmp_path) as (library, world, account, engines):
        world.plan().script("changes", fault)
        with pytest.raises(error):
            await engines.run_once(account.key)
        assert await health(library, account) is expected
        with pytest.raises(Refused):
            await engines.run_once(account.key, wants=[WantPosts(account.key, TopicId("999"))])


async def test_visit_of_a_forum_that_is_gone(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_library, world, account, engines):
        world.forums.clear()
        with pytest.raises(FileProblem):
            await engines.run_once(account.key)


async def test_visit_needs_a_plug(tmp_path: Path) -> None:
    async with playing(tmp_path, plugged=False) as (_library, world, account, engines):
        with pytest.raises(Offline, match="unplugged"):
            await engines.run_once(account.key)
        assert world.opened == []


# -- several of everything


async def test_two_programs_on_one_library_send_once(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, engines):
        async with (
            library_in(tmp_path, world.clock.now) as second,
            Engines(second, clock=world.clock, open_backend=world.open) as others,
        ):
            engines.wake()
            others.wake()
            await well(library, account)
            uids = [await queue(library, account, f"Text {number}.", str(1 + number % 3)) for number in range(6)]
            for uid in uids:
                await sent(library, uid)
        assert len(world.plan().actions) == 6
        found = [text for topic in "123" for text in await forum_texts(world.forum(), TopicId(topic))]
        assert sorted(text for text in found if text.startswith("Text")) == [f"Text {n}." for n in range(6)]


async def test_text_queued_by_another_program_is_sent(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, engines):
        engines.wake()
        await well(library, account)
        async with library_in(tmp_path, world.clock.now) as other:
            uid = await queue(other, account)
        await sent(library, uid)


async def test_forum_file_written_by_another_process_shows_within_two_seconds(tmp_path: Path) -> None:
    """Everything real: two stores on one file, the driver found by the registry, the clock on the wall."""
    async with asyncio.timeout(60):
        path = tmp_path / "forum.db"
        behind = await SqliteForumStore.open(path, create=True, title="A real forum")
        try:
            board = await behind.house.add_board(BoardDraft(title="General"))
            receipt = await behind.perform("bob", Action("1", NewTopic(board, "Topic", Body("First."))))
            assert receipt.topic is not None
            async with library_in(tmp_path / "home") as library, Engines(library, defaults={"name": "ann"}) as engines:
                account = await engines.add(str(path))
                assert account.me == Member(MemberId("ann"), "ann", "Member")
                engines.wake()
                library.want(WantPosts(account.key, receipt.topic, Window(Place.UNREAD)))

                async def shows(text: str) -> bool:
                    assert receipt.topic is not None
                    return text in await texts(library, account.key, receipt.topic)

                await until(lambda: shows("First."))
                await behind.perform("bob", Action("2", Reply(receipt.topic, Body("Second."))))
                await until(lambda: shows("Second."), 2.0)
                uid = await queue(library, account, "Third.", receipt.topic)
                await sent(library, uid)
                posts = await ForumBackend(behind, "bob").posts(receipt.topic, Window())
                assert [post.author.name for post in posts.items if post.author] == ["bob", "bob", "ann"]
        finally:
            await behind.close()


async def test_a_forum_that_was_only_visited_gets_what_waits_for_it(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, _account, engines):
        visited = await world.account(library, "/visited.db", listed=False)
        await fill(world.forum("/visited.db"), topics=1)
        early = await queue(library, visited, "Before anybody woke.")
        engines.wake()
        await sent(library, early)
        late = await queue(library, visited, "While the reader runs.")
        await sent(library, late)
        assert (await forum_texts(world.forum("/visited.db"), FIRST))[-2:] == [
            "Before anybody woke.",
            "While the reader runs.",
        ]


async def test_a_forum_that_was_only_visited_hears_of_a_like(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, _account, engines):
        visited = await world.account(library, "/visited.db", listed=False)
        await fill(world.forum("/visited.db"), topics=1)
        await engines.run_once(visited.key, wants=[WantPosts(visited.key, FIRST)])
        topic = await library.reading.topic_by_id(visited.key, FIRST)
        assert topic is not None
        await library.marks.like((await library.reading.outline(topic.key)).keys[0], on=True)
        engines.wake()

        async def heard() -> bool:
            return not await library.outbox.wishes(visited.key)

        await until(heard)
        page = await world.forum("/visited.db").posts("ann", FIRST, Window())
        assert page.items[0].likes == 1


async def test_what_the_user_asks_for_expressly_does_not_wait_for_its_next_try(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, engines):
        uid = await queue(library, account)
        world.plan().script("perform", *[Fault.OFFLINE] * 3)
        engines.wake()

        async def tried(times: int) -> bool:
            return (await library.outbox.get(uid)).attempts >= times

        for times in (1, 2, 3):
            await until(partial(tried, times))
            await ill(library, account, Health.OFFLINE)
            engines.wake()
            await world.clock.wake(1)
        await sent(library, uid)
