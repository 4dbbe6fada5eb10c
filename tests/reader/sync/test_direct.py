"""What is asked of a forum at once: acts of moderation, its queue and log, members."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.reader.sync.stage import World, add_post, fill, library_in
from tests.waiting import until

from forumtui.backends.local import ForumBackend
from forumtui.errors import AuthRequired, Busy, Forbidden, Offline, RateLimited, Unanswered
from forumtui.model import (
    BoardId,
    Cursor,
    Delivery,
    LogEntry,
    Mark,
    Member,
    MemberId,
    Millis,
    Page,
    PostId,
    QueueId,
    QueueItem,
    QueueKind,
    SetMark,
    TopicId,
    Window,
)
from forumtui.reader.library import Library
from forumtui.reader.rows import AccountRow, Health, OutState
from forumtui.reader.sync.direct import PERHAPS_DONE
from forumtui.reader.sync.engine import Engines
from forumtui.reader.sync.pull import Policy
from forumtui.reader.target import OutKind, Remote, Target
from forumtui.testing import Fault, FaultPlan

MARK = SetMark(TopicId("1"), PostId("1"), Mark.BEST_PRACTICE)


@asynccontextmanager
async def playing(
    folder: Path, *, role: str = "Moderator", delivery: Delivery | None = None
) -> AsyncIterator[tuple[Library, World, AccountRow, Engines]]:
    async with asyncio.timeout(60):
        world = World(delivery=delivery)
        await fill(world.forum())
        await world.forum().house.set_role("ann", role)
        async with library_in(folder, world.clock.now) as library:
            account = await world.account(library)
            async with Engines(library, clock=world.clock, open_backend=world.open, policy=Policy()) as engines:
                yield library, world, account, engines
            assert world.sessions == 0


async def is_marked(world: World) -> bool:
    page = await world.forum().posts("ann", TopicId("1"), Window())
    return Mark.BEST_PRACTICE in page.items[0].marks


async def test_an_act_is_done_and_shows_while_the_engine_runs(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, _world, account, engines):
        engines.wake()

        async def shows() -> bool:
            row = await library.reading.post_by_id(account.key, PostId("1"))
            return row is not None and Mark.BEST_PRACTICE in row.marks

        await until(lambda: _is_here(library, account))
        assert not await shows()
        assert (await engines.act(account.key, MARK)).outcome == "done"
        await until(shows)

        async def in_section() -> bool:
            boards = await library.reading.boards(account.key)
            return [section.total for board in boards for section in board.sections] == [1, 0]

        await until(in_section)


async def _is_here(library: Library, account: AccountRow) -> bool:
    return await library.reading.post_by_id(account.key, PostId("1")) is not None


async def test_an_act_starts_nothing_in_the_background(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_library, world, account, engines):
        before = asyncio.all_tasks()
        await engines.act(account.key, MARK)
        assert await is_marked(world)
        assert asyncio.all_tasks() == before
        assert len(world.opened) == 1


@pytest.mark.parametrize("fault", [Fault.LOST_BEFORE, Fault.LOST_AFTER, Fault.BUSY])
async def test_a_lost_answer_is_asked_for_again_under_the_same_key(tmp_path: Path, fault: Fault) -> None:
    async with playing(tmp_path) as (_library, world, account, engines):
        world.plan().script("perform", fault)
        await world.clock.during(engines.act(account.key, MARK))
        assert await is_marked(world)
        first, second = world.plan().actions
        assert first == second
        await engines.act(account.key, MARK)
        assert world.plan().actions[-1].key != first.key


async def test_after_a_lost_answer_no_other_trouble_ends_it_early(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_library, world, account, engines):
        world.plan().retry_after = 1.0
        world.plan().script("perform", Fault.LOST_AFTER, Fault.OFFLINE, Fault.RATE_LIMITED)
        await world.clock.during(engines.act(account.key, MARK))
        assert len({action.key for action in world.plan().actions}) == 1


async def test_patience_has_an_end_which_says_that_it_may_be_done(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_library, world, account, engines):
        world.plan().script("perform", Fault.LOST_AFTER, *[Fault.OFFLINE] * 50)
        with pytest.raises(Unanswered) as caught:
            await world.clock.during(engines.act(account.key, MARK))
        assert str(caught.value) == PERHAPS_DONE
        assert len(world.plan().actions) < 10
        assert await is_marked(world)


@pytest.mark.parametrize("delivery", [Delivery("message_id"), Delivery("reconcile", settle=60)])
async def test_where_repeats_would_count_twice_it_is_tried_once(tmp_path: Path, delivery: Delivery) -> None:
    async with playing(tmp_path, delivery=delivery) as (_library, world, account, engines):
        world.plan().script("perform", Fault.LOST_AFTER)
        with pytest.raises(Unanswered, match="may have been done"):
            await world.clock.during(engines.act(account.key, MARK))
        assert len(world.plan().actions) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Fault.OFFLINE, Offline), (Fault.AUTH, AuthRequired), (Fault.RATE_LIMITED, RateLimited)],
)
async def test_what_is_surely_not_done_is_said_at_once(tmp_path: Path, fault: Fault, error: type[Exception]) -> None:
    async with playing(tmp_path) as (_library, world, account, engines):
        world.plan().script("perform", fault)
        with pytest.raises(error):
            await engines.act(account.key, MARK)
        assert len(world.plan().actions) == 1
        assert not await is_marked(world)


async def test_a_forum_that_stays_busy_is_given_up(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_library, world, account, engines):
        world.plan().script("perform", *[Fault.BUSY] * 90)
        with pytest.raises(Busy):
            await world.clock.during(engines.act(account.key, MARK))


async def test_who_may_not_is_told_why(tmp_path: Path) -> None:
    async with playing(tmp_path, role="Member") as (_library, world, account, engines):
        with pytest.raises(Exception, match="may"):
            await engines.act(account.key, MARK)
        assert not await is_marked(world)


async def test_unplugged_nothing_leaves(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_library, world, account, engines):
        await engines.set_plugged(account.key, False)
        for ask in (
            lambda: engines.act(account.key, MARK),
            lambda: engines.queue(account.key),
            lambda: engines.log(account.key),
            lambda: engines.member(account.key, "bob"),
            lambda: engines.log_in(account.key, {"name": "zoe"}),
            lambda: engines.log_out(account.key),
        ):
            with pytest.raises(Offline, match="offline by choice"):
                await ask()
        assert world.opened == []


async def test_queue_log_and_members_are_read_page_by_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    item = QueueItem(QueueId("q1"), QueueKind.REPORT, Millis(1), "bob", BoardId("1"), "Topic 0", "Rude.")
    entry = LogEntry("l1", Millis(1), "ann", "hide", "hid a post")
    asked: list[tuple[str, object]] = []
    async with playing(tmp_path) as (_library, world, account, engines):
        plan = world.plan()

        async def queue(after: Cursor | None = None) -> Page[QueueItem]:
            asked.append(("queue", after))
            return Page((item,), after=Cursor("more"))

        async def log(after: Cursor | None = None) -> Page[LogEntry]:
            asked.append(("log", after))
            return Page((entry,))

        async def member(name: str) -> Member:
            if name != "bob":
                raise Forbidden("no")
            return Member(MemberId("bob"), "bob", "Member", about="I lead.")

        for name, call in (("queue", queue), ("log", log), ("member", member)):
            monkeypatch.setattr(plan, name, call)
        assert (await engines.queue(account.key)).items == (item,)
        assert (await engines.queue(account.key, Cursor("more"))).after == "more"
        assert (await engines.log(account.key)).items == (entry,)
        assert (await engines.member(account.key, "bob")).about == "I lead."
        with pytest.raises(Forbidden):
            await engines.member(account.key, "eve")
        assert asked == [("queue", None), ("queue", "more"), ("log", None)]


async def test_a_log_in_that_ended_is_known_after_an_act_and_the_outbox_stays(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, engines):
        engines.wake()

        async def health() -> Health:
            return (await library.accounts.get(account.key)).health

        async def is_well() -> bool:
            return await health() is Health.OK

        await until(is_well)
        draft = await library.outbox.start(Target(account.key, OutKind.REPLY, topic=Remote("1")))
        world.plan().script("perform", Fault.AUTH)
        world.plan().script("changes", Fault.AUTH)
        world.plan().script("info", Fault.AUTH)
        with pytest.raises(AuthRequired):
            await engines.act(account.key, MARK)

        async def is_out() -> bool:
            return await health() is Health.NEEDS_LOGIN

        await until(is_out)
        assert (await library.outbox.get(draft.uid)).state is OutState.DRAFT


async def test_a_forum_found_at_another_place_is_read_there(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, engines):
        engines.wake()
        await until(lambda: _is_here(library, account))
        world.forums["/moved.db"] = world.forum()
        world.plans["/moved.db"] = FaultPlan(ForumBackend(world.forum(), "ann", poll=0.005))
        assert (await engines.add("/moved.db")).key == account.key
        await until(lambda: world.opened[-1] == "/moved.db" and world.sessions == 1)
        post = await add_post(world.forum(), TopicId("1"), "After the move.")

        async def shows() -> bool:
            return await library.reading.post_by_id(account.key, post) is not None

        await until(shows)
