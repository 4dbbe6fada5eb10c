from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.reader.sync.stage import World, fill, forum_texts, library_in, texts
from tests.waiting import never, turns

from forumtui.errors import AuthRequired, Busy, Offline, RateLimited, Unanswered, Unreadable
from forumtui.model import Action, Delivery, Receipt, TopicId
from forumtui.reader.library import Library
from forumtui.reader.library.outbox import Typed
from forumtui.reader.rows import AccountRow, OutRow, OutState, WantPosts
from forumtui.reader.sync.pull import Policy, Pull
from forumtui.reader.sync.push import ASKED, Push
from forumtui.reader.target import OutKind, Remote, Target, Unsent, ref_of
from forumtui.testing import Fault
from forumtui.testing.faults import Bug

FIRST = TopicId("1")
KEY_FOR_EVER = Delivery("key")
KEY_FOR_A_DAY = Delivery("key", ttl=86_400)
MESSAGE_ID = Delivery("message_id")
BOUNDED = Delivery("reconcile", settle=60)
UNBOUNDED = Delivery("reconcile", settle=None)


def sender(library: Library, world: World, account: AccountRow, lease: str = "one") -> Push:
    return Push(library, account.key, world.plan(), lease=lease, now=world.clock.now, chance=world.clock.chance)


@asynccontextmanager
async def playing(
    folder: Path, delivery: Delivery = KEY_FOR_EVER
) -> AsyncIterator[tuple[Library, World, AccountRow, Push]]:
    async with asyncio.timeout(60):
        world = World(delivery=delivery)
        await fill(world.forum())
        async with library_in(folder, world.clock.now) as library:
            account = await world.account(library)
            await library.accounts.set_delivery(account.key, delivery.kind)
            pull = Pull(library, account.key, world.plan(), Policy())
            await pull.greet(account.identity, boards=True)
            await pull.catch_up()
            await pull.answer(WantPosts(account.key, FIRST))
            world.plan().calls.clear()
            yield library, world, account, sender(library, world, account)


async def reply(library: Library, account: AccountRow, text: str = "Mine.", topic: str = "1") -> OutRow:
    row = await library.outbox.start(Target(account.key, OutKind.REPLY, topic=ref_of(topic)), Typed(text=text))
    return await library.outbox.submit(row.uid)


async def unanswered(library: Library, world: World, account: AccountRow, push: Push, *faults: Fault) -> OutRow:
    """A reply that left, and of which nobody knows whether it arrived."""
    row = await reply(library, account)
    world.plan().script("perform", *faults)
    with pytest.raises(Unanswered):
        await push.one()
    return row


async def drain(push: Push) -> None:
    while await push.one():
        pass


async def test_sent_reply_shows_as_a_post(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        row = await reply(library, account)
        assert await push.one()
        assert not await push.one()
        sent = await library.outbox.get(row.uid)
        assert (sent.state, sent.remote_topic, sent.attempts) == (OutState.SENT, FIRST, 1)
        assert (await forum_texts(world.forum(), FIRST))[-1] == "Mine."
        assert await texts(library, account.key, FIRST) == await forum_texts(world.forum(), FIRST)


async def test_sending_is_on_disk_before_a_byte_leaves(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        row = await reply(library, account)
        world.plan().script("perform", Fault.SLOW_BEFORE)
        sending = asyncio.create_task(push.one())
        await asyncio.wait_for(world.plan().reached.wait(), 10)
        assert (await library.outbox.get(row.uid)).state is OutState.SENDING
        world.plan().release.set()
        assert await sending


async def test_new_topic_its_reply_and_an_edit_follow_each_other(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        opening = await library.outbox.start(
            Target(account.key, OutKind.TOPIC, board=Remote("1")), Typed(subject="Mine", text="Opened.")
        )
        await library.outbox.submit(opening.uid)
        answer = await reply(library, account, "Answered.", str(Unsent(opening.uid)))
        await drain(push)
        topic = (await library.outbox.get(opening.uid)).remote_topic
        assert topic is not None
        assert await forum_texts(world.forum(), topic) == ["Opened.", "Answered."]
        assert await texts(library, account.key, topic) == ["Opened.", "Answered."]
        post = (await library.outbox.get(answer.uid)).remote_post
        assert post is not None
        edit = await library.outbox.start(
            Target(account.key, OutKind.EDIT, topic=Remote(topic), post=Remote(post)), Typed(text="Answered better.")
        )
        await library.outbox.submit(edit.uid)
        await drain(push)
        assert await texts(library, account.key, topic) == ["Opened.", "Answered better."]
        gone = await library.outbox.start(Target(account.key, OutKind.DELETE, topic=Remote(topic), post=Remote(post)))
        await library.outbox.submit(gone.uid)
        await drain(push)
        assert await texts(library, account.key, topic) == ["Opened."]


@pytest.mark.parametrize(
    ("fault", "raises", "state", "unknown", "arrived"),
    [
        (Fault.OFFLINE, Offline, OutState.QUEUED, False, 0),
        (Fault.BUSY, Busy, OutState.QUEUED, False, 0),
        (Fault.RATE_LIMITED, RateLimited, OutState.QUEUED, False, 0),
        (Fault.AUTH, AuthRequired, OutState.QUEUED, False, 0),
        (Fault.LOST_BEFORE, Unanswered, OutState.SENDING, True, 0),
        (Fault.LOST_AFTER, Unanswered, OutState.SENDING, True, 1),
        (Fault.UNREADABLE, Unreadable, OutState.SENDING, True, 0),
        (Fault.BUG, Bug, OutState.SENDING, True, 0),
        (Fault.REFUSED, None, OutState.REFUSED, False, 0),
        (Fault.CONFLICT, None, OutState.REFUSED, False, 0),
        (Fault.UNSUPPORTED, None, OutState.REFUSED, False, 0),
    ],
)
async def test_failed_send(
    tmp_path: Path, fault: Fault, raises: type[Exception] | None, state: OutState, unknown: bool, arrived: int
) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        row = await reply(library, account)
        world.plan().script("perform", fault)
        if raises is None:
            assert await push.one()
        else:
            with pytest.raises(raises):
                await push.one()
        after = await library.outbox.get(row.uid)
        assert (after.state, after.unknown_end) == (state, unknown)
        assert after.error
        assert (await forum_texts(world.forum(), FIRST)).count("Mine.") == arrived
        if raises is not None:
            assert not await push.one()  # it is not due yet
            world.clock.advance(301)
            await drain(push)
            assert (await library.outbox.get(row.uid)).state is OutState.SENT
            assert (await forum_texts(world.forum(), FIRST)).count("Mine.") == 1


async def test_rate_limit_is_waited_for(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        world.plan().retry_after = 90
        await reply(library, account)
        world.plan().script("perform", Fault.RATE_LIMITED)
        with pytest.raises(RateLimited):
            await push.one()
        world.clock.advance(89)
        assert not await push.one()
        world.clock.advance(10)
        assert await push.one()


@pytest.mark.parametrize("fault", [Fault.LOST_BEFORE, Fault.LOST_AFTER])
async def test_offline_does_not_make_an_unknown_end_known(tmp_path: Path, fault: Fault) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        row = await reply(library, account)
        world.plan().script("perform", fault, Fault.OFFLINE)
        for error in (Unanswered, Offline):
            with pytest.raises(error):
                await push.one()
            after = await library.outbox.get(row.uid)
            assert (after.state, after.unknown_end) == (OutState.SENDING, True)
            world.clock.advance(301)
        await drain(push)
        assert (await forum_texts(world.forum(), FIRST)).count("Mine.") == 1


@pytest.mark.parametrize("fault", [Fault.SLOW_BEFORE, Fault.SLOW_AFTER])
async def test_cancelled_send_ends_as_unknown_and_arrives_once(tmp_path: Path, fault: Fault) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        row = await reply(library, account)
        world.plan().script("perform", fault)
        sending = asyncio.create_task(push.one())
        await asyncio.wait_for(world.plan().reached.wait(), 10)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        after = await library.outbox.get(row.uid)
        assert (after.state, after.unknown_end) == (OutState.SENDING, True)
        await drain(sender(library, world, account, "another"))
        assert (await library.outbox.get(row.uid)).state is OutState.SENT
        assert (await forum_texts(world.forum(), FIRST)).count("Mine.") == 1


async def test_cancelled_before_sending_leaves_it_queued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        row = await reply(library, account)
        begun = asyncio.Event()
        begin = library.outbox.begin_send

        async def slow(*args: Any) -> None:
            begun.set()
            await never()

        monkeypatch.setattr(library.outbox, "begin_send", slow)
        sending = asyncio.create_task(push.one())
        await begun.wait()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        assert (await library.outbox.get(row.uid)).state is OutState.QUEUED
        monkeypatch.setattr(library.outbox, "begin_send", begin)
        assert await sender(library, world, account, "another").one()


async def test_taken_back_at_the_last_moment_is_not_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        row = await reply(library, account)
        begin = library.outbox.begin_send

        async def too_late(*args: Any) -> None:
            world.clock.advance(61)  # longer than any lease
            await library.outbox.withdraw(row.uid)
            await begin(*args)

        monkeypatch.setattr(library.outbox, "begin_send", too_late)
        assert await push.one()
        assert (await library.outbox.get(row.uid)).state is OutState.DRAFT
        assert "perform" not in world.plan().calls


async def test_held_for_approval_is_not_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        row = await reply(library, account)

        async def hold(action: object) -> Receipt:
            return Receipt("held")

        monkeypatch.setattr(world.plan(), "perform", hold)
        assert await push.one()
        assert (await library.outbox.get(row.uid)).state is OutState.HELD
        assert "post" not in world.plan().calls


async def test_sent_although_it_can_not_be_read_back(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        row = await reply(library, account)
        world.plan().script("post", Fault.OFFLINE)
        assert await push.one()
        assert (await library.outbox.get(row.uid)).state is OutState.SENT


# -- settling unknown ends by looking


@pytest.mark.parametrize("delivery", [MESSAGE_ID, BOUNDED, UNBOUNDED], ids=["message id", "bounded", "unbounded"])
async def test_what_arrived_is_found(tmp_path: Path, delivery: Delivery) -> None:
    async with playing(tmp_path, delivery) as (library, world, account, push):
        row = await unanswered(library, world, account, push, Fault.LOST_AFTER)
        world.clock.advance(10)
        assert await push.one()
        assert (await library.outbox.get(row.uid)).state is OutState.SENT
        assert world.plan().calls.count("perform") == 1


async def test_bounded_lateness_is_waited_out_before_sending_again(tmp_path: Path) -> None:
    async with playing(tmp_path, BOUNDED) as (library, world, account, push):
        row = await unanswered(library, world, account, push, Fault.LOST_BEFORE)
        for _ in range(58):
            world.clock.advance(1)
            await drain(push)
        assert world.plan().calls.count("perform") == 1
        assert 2 <= world.plan().calls.count("find") <= 5
        world.clock.advance(3)
        await drain(push)
        assert (await library.outbox.get(row.uid)).state is OutState.SENT


async def test_unbounded_lateness_asks_the_user(tmp_path: Path) -> None:
    async with playing(tmp_path, UNBOUNDED) as (library, world, account, push):
        row = await unanswered(library, world, account, push, Fault.LOST_BEFORE)
        for _ in range(130):
            world.clock.advance(1)
            await drain(push)
        asked = await library.outbox.get(row.uid)
        assert (asked.state, asked.choices) == (OutState.ATTENTION, ASKED)
        assert world.plan().calls.count("perform") == 1
        await library.outbox.settle(row.uid, "resend")
        await drain(push)
        assert (await library.outbox.get(row.uid)).state is OutState.SENT


async def test_old_key_is_looked_for_instead_of_used_again(tmp_path: Path) -> None:
    async with playing(tmp_path, KEY_FOR_A_DAY) as (library, world, account, push):
        row = await unanswered(library, world, account, push, Fault.LOST_AFTER)
        world.clock.advance(86_400)
        assert await push.one()
        assert world.plan().calls.count("perform") == 1
        assert (await library.outbox.get(row.uid)).state is OutState.SENT


async def test_young_key_is_used_again(tmp_path: Path) -> None:
    async with playing(tmp_path, KEY_FOR_A_DAY) as (library, world, account, push):
        await unanswered(library, world, account, push, Fault.LOST_AFTER)
        world.clock.advance(600)
        assert await push.one()
        assert "find" not in world.plan().calls
        assert (await forum_texts(world.forum(), FIRST)).count("Mine.") == 1


@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.UNSUPPORTED, Fault.CONFLICT])
async def test_forum_that_can_not_be_asked(tmp_path: Path, fault: Fault) -> None:
    async with playing(tmp_path, BOUNDED) as (library, world, account, push):
        world.plan().script("find", fault)
        row = await unanswered(library, world, account, push, Fault.LOST_BEFORE)
        world.clock.advance(10)
        assert await push.one()
        assert (await library.outbox.get(row.uid)).state is OutState.ATTENTION


async def test_key_that_was_another_texts(tmp_path: Path) -> None:
    async with playing(tmp_path, KEY_FOR_A_DAY) as (library, world, account, push):
        world.plan().script("find", Fault.CONFLICT)
        row = await unanswered(library, world, account, push, Fault.LOST_BEFORE)
        world.clock.advance(86_400)
        assert await push.one()
        assert (await library.outbox.get(row.uid)).state is OutState.REFUSED


@pytest.mark.parametrize(("fault", "raises"), [(Fault.OFFLINE, Offline), (Fault.BUG, Bug)])
async def test_look_that_fails_settles_nothing(tmp_path: Path, fault: Fault, raises: type[Exception]) -> None:
    async with playing(tmp_path, BOUNDED) as (library, world, account, push):
        world.plan().script("find", fault)
        row = await unanswered(library, world, account, push, Fault.LOST_AFTER)
        world.clock.advance(10)
        with pytest.raises(raises):
            await push.one()
        after = await library.outbox.get(row.uid)
        assert (after.state, after.unknown_end) == (OutState.SENDING, True)
        world.clock.advance(301)
        assert await push.one()
        assert world.plan().calls.count("perform") == 1


async def test_refused_repeat_of_a_message_means_it_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with playing(tmp_path, MESSAGE_ID) as (library, world, account, push):
        world.plan().script("find", Fault.NONE, Fault.OFFLINE)
        row = await unanswered(library, world, account, push, Fault.LOST_AFTER, Fault.CONFLICT)
        world.clock.advance(10)
        real, seen = world.plan().find, []

        async def late(action: Action) -> Receipt | None:
            """The first look is too early, the second fails."""
            found = await real(action)
            seen.append(found)
            return None if len(seen) == 1 else found

        monkeypatch.setattr(world.plan(), "find", late)
        with pytest.raises(Offline):
            await push.one()
        assert (await library.outbox.get(row.uid)).unknown_end
        world.clock.advance(301)
        assert await push.one()
        assert (await library.outbox.get(row.uid)).state is OutState.SENT
        assert (await forum_texts(world.forum(), FIRST)).count("Mine.") == 1


# -- wishes


async def test_like_is_told_once_and_after_the_outbox(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        row = await library.reading.topic_by_id(account.key, FIRST)
        assert row is not None
        post = (await library.reading.outline(row.key)).keys[0]
        await library.marks.like(post, True)
        await reply(library, account)
        await push.wishes()
        assert "perform" not in world.plan().calls
        await drain(push)
        await push.wishes()
        await push.wishes()
        assert world.plan().calls.count("perform") == 2
        shown = await library.reading.post(post)
        assert (shown.liked, shown.likes) == (True, 1)


async def test_refused_like_shows_the_forums_state_again(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        row = await library.reading.topic_by_id(account.key, FIRST)
        assert row is not None
        post = (await library.reading.outline(row.key)).keys[0]
        await library.marks.like(post, True)
        world.plan().script("perform", Fault.OFFLINE, Fault.REFUSED)
        with pytest.raises(Offline):
            await push.wishes()
        assert (await library.reading.post(post)).liked
        await push.wishes()
        assert not (await library.reading.post(post)).liked
        assert not await library.outbox.wishes(account.key)


# -- several senders, one library


async def test_two_senders_send_once(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        for number in range(6):
            await reply(library, account, f"Text {number}.", str(1 + number % 3))
        async with library_in(tmp_path, world.clock.now) as second:
            senders = [push, sender(second, world, account, "two")]

            async def work(push: Push) -> None:
                for _ in range(40):
                    await push.one()
                    await turns()

            await asyncio.gather(*(work(push) for push in senders))
        sent = [text for topic in "123" for text in await forum_texts(world.forum(), TopicId(topic))]
        assert sorted(text for text in sent if text.startswith("Text")) == [f"Text {number}." for number in range(6)]
        assert world.plan().calls.count("perform") == 6


async def test_hurry_cuts_our_own_pauses_but_not_the_forums(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        await reply(library, account)
        world.plan().script("perform", Fault.OFFLINE, Fault.RATE_LIMITED)
        with pytest.raises(Offline):
            await push.one()
        assert not await push.one()
        await push.hurry()
        with pytest.raises(RateLimited):
            await push.one()
        await push.hurry()
        assert not await push.one()
        world.clock.advance(40)
        assert await push.one()
