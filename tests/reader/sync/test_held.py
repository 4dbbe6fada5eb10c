"""Texts that wait for a moderator: what becomes of them is found out, and each ends in one post or with its reason."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.reader.sync.stage import World, fill, forum_texts, library_in, texts
from tests.reference.forum import ReferenceForum
from tests.waiting import until

from forumtui.backends.local import ForumBackend
from forumtui.errors import BackendError, Conflict, Forbidden, Missing, Refused, Unsupported
from forumtui.forum.house import Approval
from forumtui.forum.house import Policy as Rules
from forumtui.model import Action, Body, Decide, Delivery, NewTopic, Receipt, TopicId
from forumtui.reader.library import Library
from forumtui.reader.library.outbox import Typed
from forumtui.reader.rows import AccountRow, OutState, WantPosts
from forumtui.reader.sync.engine import Engines
from forumtui.reader.sync.pull import Policy
from forumtui.reader.sync.push import ASK_HELD, ASKED, LEAST_HELD, Push
from forumtui.reader.target import OutKind, Remote, Target
from forumtui.testing import Fault, FaultPlan

FIRST = TopicId("1")


class Moderated(FaultPlan):
    """A forum that holds everything until somebody decides."""

    def __init__(self, store: ReferenceForum) -> None:
        super().__init__(ForumBackend(store, "ann", poll=0.005))
        self.held: dict[str, Action] = {}
        self.verdicts: dict[str, BackendError | None] = {}

    async def perform(self, action: Action) -> Receipt:
        self.held.setdefault(action.key, action)
        self.actions.append(action)
        return Receipt("held")

    async def find(self, action: Action) -> Receipt | None:
        self.calls.append("find")
        self._fail(self._next("find"))
        verdict = self.verdicts.get(action.key)
        if verdict is not None:
            raise verdict
        if action.key in self.held:
            return Receipt("held")
        return await self.backend.find(action)

    async def approve(self, key: str) -> None:
        """Publish it; the change feed tells."""
        await self.backend.perform(self.held[key])
        del self.held[key]

    def asked(self) -> int:
        return self.calls.count("find")


@asynccontextmanager
async def playing(
    folder: Path, *, delivery: Delivery | None = None, wake: bool = True, real: bool = False
) -> AsyncIterator[tuple[Library, World, AccountRow, Any, Engines]]:
    async with asyncio.timeout(60):
        world = World()
        store = world.forum()
        await fill(store)
        forum = FaultPlan(ForumBackend(store, "ann", poll=0.005)) if real else Moderated(store)
        forum.delivery = delivery or forum.delivery
        world.plans["/forum.db"] = forum
        async with library_in(folder, world.clock.now) as library:
            account = await world.account(library)
            await library.accounts.set_delivery(account.key, forum.delivery.kind)
            async with Engines(library, clock=world.clock, open_backend=world.open, policy=Policy(ready=0)) as engines:
                await engines.run_once(account.key, wants=(WantPosts(account.key, FIRST),))
                if wake:
                    engines.wake()
                yield library, world, account, forum, engines


async def send(library: Library, account: AccountRow, text: str = "Mine.") -> str:
    row = await library.outbox.start(Target(account.key, OutKind.REPLY, topic=Remote(FIRST)), Typed(text=text))
    await library.outbox.submit(row.uid)
    return row.uid


async def comes_to(library: Library, uid: str, state: OutState) -> None:
    async def has_come() -> bool:
        return (await library.outbox.get(uid)).state is state

    await until(has_come)


async def test_held_text_shows_as_waiting_and_once_when_it_is_published(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, forum, _engines):
        uid = await send(library, account)
        await comes_to(library, uid, OutState.HELD)
        assert (await texts(library, account.key, FIRST))[-1] == "Mine."  # the pending row
        assert "Mine." not in await forum_texts(world.forum(), FIRST)
        await forum.approve(uid)
        await comes_to(library, uid, OutState.SENT)

        async def is_one() -> bool:
            return await texts(library, account.key, FIRST) == await forum_texts(world.forum(), FIRST)

        await until(is_one)
        assert (await texts(library, account.key, FIRST)).count("Mine.") == 1
        assert len(forum.actions) == 1


async def test_two_held_texts_of_the_same_words_become_two_posts(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, forum, _engines):
        uids = [await send(library, account) for _ in "ab"]
        for uid in uids:
            await comes_to(library, uid, OutState.HELD)
        for uid in reversed(uids):
            await forum.approve(uid)
        for uid in uids:
            await comes_to(library, uid, OutState.SENT)

        async def are_two() -> bool:
            return (await texts(library, account.key, FIRST)).count("Mine.") == 2

        await until(are_two)
        assert (await forum_texts(world.forum(), FIRST)).count("Mine.") == 2


async def test_rejected_text_is_kept_with_the_reason_and_can_be_sent_again(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, forum, _engines):
        uid = await send(library, account)
        await comes_to(library, uid, OutState.HELD)
        forum.verdicts[uid] = Refused("Not about leadership.")
        await world.clock.wake(ASK_HELD + 1)
        await comes_to(library, uid, OutState.REFUSED)
        row = await library.outbox.get(uid)
        assert (row.error, row.body) == ("Not about leadership.", Body("Mine."))
        assert (await texts(library, account.key, FIRST))[-1] == "Mine."
        await library.outbox.withdraw(uid)
        await library.outbox.save(uid, subject="", text="About leadership.", cursor=0)
        await library.outbox.submit(uid)
        await comes_to(library, uid, OutState.HELD)
        again = forum.actions[-1]
        assert again.key not in {uid, ""}
        await forum.approve(again.key)
        await comes_to(library, uid, OutState.SENT)
        assert (await forum_texts(world.forum(), FIRST))[-1] == "About leadership."


@pytest.mark.parametrize("error", [Forbidden("You are suspended."), Missing("No such topic."), Unsupported("No.")])
async def test_what_the_forum_says_of_us_is_no_verdict_on_the_text(tmp_path: Path, error: BackendError) -> None:
    async with playing(tmp_path) as (library, world, account, forum, _engines):
        uid = await send(library, account)
        await comes_to(library, uid, OutState.HELD)
        forum.verdicts[uid] = error
        before = forum.asked()
        await world.clock.wake(ASK_HELD + 1)
        await until(lambda: forum.asked() > before)
        assert (await library.outbox.get(uid)).state is OutState.HELD


@pytest.mark.parametrize("verdict", [None, Conflict("Another text has this key.")])
async def test_what_the_forum_lost_sight_of_is_asked_about(tmp_path: Path, verdict: BackendError | None) -> None:
    async with playing(tmp_path) as (library, world, account, forum, _engines):
        uid = await send(library, account)
        await comes_to(library, uid, OutState.HELD)
        forum.held.clear()
        forum.verdicts[uid] = verdict
        await world.clock.wake(ASK_HELD + 1)
        await comes_to(library, uid, OutState.ATTENTION)
        row = await library.outbox.get(uid)
        assert (row.choices, row.body) == (ASKED, Body("Mine."))
        assert "held" in row.error


async def test_a_broken_connection_changes_nothing_and_it_is_asked_again(tmp_path: Path) -> None:
    async with playing(tmp_path, wake=False) as (library, _world, account, forum, engines):
        uid = await send(library, account)
        await engines.run_once(account.key)
        assert (await library.outbox.get(uid)).state is OutState.HELD
        await forum.approve(uid)
        forum.script("find", Fault.OFFLINE)
        with pytest.raises(BackendError):
            await engines.run_once(account.key)
        await engines.run_once(account.key)
        assert (await library.outbox.get(uid)).state is OutState.SENT
        assert (await texts(library, account.key, FIRST)).count("Mine.") == 1


async def test_a_held_topic_is_found_too(tmp_path: Path) -> None:
    async with playing(tmp_path, wake=False) as (library, _world, account, forum, engines):
        row = await library.outbox.start(
            Target(account.key, OutKind.TOPIC, board=Remote("1")), Typed(subject="New", text="First.")
        )
        await library.outbox.submit(row.uid)
        await engines.run_once(account.key)
        assert isinstance(forum.held[row.uid].act, NewTopic)
        await forum.approve(row.uid)
        await engines.run_once(account.key)
        sent = await library.outbox.get(row.uid)
        assert sent.state is OutState.SENT
        assert sent.remote_topic is not None
        assert await texts(library, account.key, sent.remote_topic) == ["First."]


async def test_a_busy_forum_is_not_asked_at_every_change(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, forum, _engines):
        begun = forum.calls.count("changes")
        await until(lambda: forum.calls.count("changes") > begun)  # a session asks once when it begins
        uid = await send(library, account)
        await comes_to(library, uid, OutState.HELD)
        world.clock.advance(LEAST_HELD + 1)
        await world.forum().house.set_info({"title": "New title 0"})
        await until(lambda: forum.asked() == 1)

        def has_looked(before: int) -> bool:
            return bool(forum.calls.count("changes") > before)

        for number in range(1, 6):
            looks = forum.calls.count("changes")
            await world.forum().house.set_info({"title": f"New title {number}"})
            await until(partial(has_looked, looks))
        await world.clock.idle()
        assert forum.asked() == 1
        world.clock.advance(LEAST_HELD + 1)
        await world.forum().house.set_info({"title": "New title 6"})
        await until(lambda: forum.asked() == 2)


async def test_news_that_comes_while_a_turn_is_under_way_asks_after_what_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with playing(tmp_path) as (library, world, account, forum, engines):
        begun = forum.calls.count("changes")
        await until(lambda: forum.calls.count("changes") > begun)
        uid = await send(library, account)
        await comes_to(library, uid, OutState.HELD)
        engine = engines._engines[account.key]
        await until(lambda: not engine._look_due)
        asked_after_sent, is_told = Push.ask_after_sent, asyncio.Event()

        async def with_news(push: Push) -> None:
            if not is_told.is_set():
                is_told.set()
                await world.forum().house.set_info({"title": "Told meanwhile"})
                await until(lambda: engine._look_due)
            await asked_after_sent(push)

        monkeypatch.setattr(Push, "ask_after_sent", with_news)
        world.clock.advance(LEAST_HELD + 1)
        await library.outbox.start(
            Target(account.key, OutKind.REPLY, topic=Remote(FIRST)), Typed(text="A draft stirs the engine.")
        )
        await until(is_told.is_set)
        await until(lambda: forum.asked() == 1)


@pytest.mark.parametrize("delivery", [Delivery("key", ttl=3600), Delivery("message_id"), Delivery("reconcile")])
async def test_where_no_key_names_it_for_ever_it_is_known_when_it_appears(tmp_path: Path, delivery: Delivery) -> None:
    async with playing(tmp_path, delivery=delivery, wake=False) as (library, _world, account, forum, engines):
        uid = await send(library, account)
        await engines.run_once(account.key)
        assert (await library.outbox.get(uid)).state is OutState.HELD
        asked = forum.asked()
        await engines.run_once(account.key)
        assert forum.asked() == asked
        await forum.approve(uid)
        await engines.run_once(account.key)
        assert (await library.outbox.get(uid)).state is OutState.SENT
        assert (await texts(library, account.key, FIRST)).count("Mine.") == 1


async def decide(store: ReferenceForum, *, approve: bool, reason: str = "") -> None:
    """A moderator settles what waits."""
    (item,) = (await store.queue("mo", None, 10)).items
    await store.perform("mo", Action(f"decide-{item.id}", Decide(item.id, approve, reason)))


async def test_the_whole_way_through_a_forum_that_holds_posts(tmp_path: Path) -> None:
    async with playing(tmp_path, wake=False, real=True) as (library, world, account, forum, engines):
        store = world.forum()
        await store.house.set_role("mo", "Moderator")
        await store.house.set_policy(Rules(approval=Approval.EVERYBODY))
        forum.script("perform", Fault.LOST_AFTER)
        uid = await send(library, account)
        with pytest.raises(BackendError):
            await engines.run_once(account.key)
        world.clock.advance(60)
        await engines.run_once(account.key)
        assert (await library.outbox.get(uid)).state is OutState.HELD
        await decide(store, approve=False, reason="Off topic.")
        await engines.run_once(account.key)
        row = await library.outbox.get(uid)
        assert row.state is OutState.REFUSED
        assert "Off topic." in row.error
        await library.outbox.withdraw(uid)
        await library.outbox.submit(uid)  # the same words once more, in the hope of a milder moderator
        await engines.run_once(account.key)
        assert (await library.outbox.get(uid)).state is OutState.HELD
        forum.script("find", Fault.LOST_AFTER)
        await decide(store, approve=True)
        with pytest.raises(BackendError):
            await engines.run_once(account.key)
        await engines.run_once(account.key)
        assert (await library.outbox.get(uid)).state is OutState.SENT
        assert (await texts(library, account.key, FIRST)).count("Mine.") == 1
        assert (await forum_texts(store, FIRST)).count("Mine.") == 1
