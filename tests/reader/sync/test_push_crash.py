"""Kill -9 at every step, and a forum that fails every third time: nothing is lost, nothing arrives twice."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.reader.sync.clock import FakeClock
from tests.reader.sync.stage import World, fill, forum_texts
from tests.reference.forum import ReferenceForum

from forumtui.backends.api import Backend
from forumtui.backends.local import ForumBackend
from forumtui.errors import Conflict, ForumtuiError, Offline, RateLimited, Unanswered
from forumtui.model import Action, Delivery, Receipt, Reply, TopicId, Window
from forumtui.reader.library import Library
from forumtui.reader.library.outbox import Typed
from forumtui.reader.rows import AccountKey, OutState
from forumtui.reader.sync.pull import Policy, Pull
from forumtui.reader.sync.push import Push
from forumtui.reader.target import OutKind, Remote, Target

pytestmark = pytest.mark.slow

KEY = Delivery("key")
MESSAGE_ID = Delivery("message_id")
RECONCILE = Delivery("reconcile", settle=60)
TOPICS = [TopicId("1"), TopicId("2"), TopicId("3")]
LEASE_S = 61


class Killed(BaseException):
    """The process ends here; what is on disk stays."""


class Wire:
    """A forum of a kind at the end of a bad line.  ``late``: what was given up on may arrive seconds later."""

    def __init__(
        self, store: ReferenceForum, delivery: Delivery, clock: FakeClock, chance: random.Random | None
    ) -> None:
        self.delivery = delivery
        self._store = store
        self._inner = ForumBackend(store, "ann")
        self._clock = clock
        self._chance = chance
        self._late: list[tuple[int, Action]] = []
        self._tries = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def _store_it(self, action: Action) -> Receipt:
        """As this kind of forum does with something that it may have already."""
        if self.delivery.kind == "message_id" and await self._inner.find(action) is not None:
            raise Conflict("This message is here already.")
        self._tries += 1
        key = action.key if self.delivery.kind != "reconcile" else f"{action.key}-{self._tries}"
        return await self._inner.perform(Action(key, action.act))

    async def tick(self) -> None:
        for due, action in list(self._late):
            if due <= self._clock.time:
                self._late.remove((due, action))
                with contextlib.suppress(ForumtuiError):
                    await self._store_it(action)

    async def perform(self, action: Action) -> Receipt:
        await self.tick()
        luck = self._chance.random() if self._chance else 1.0
        if luck < 0.08:
            raise Offline("no line")
        if luck < 0.14:
            raise RateLimited("too often", 3)
        if luck < 0.22:
            raise Unanswered("lost on the way")
        if luck < 0.28:
            assert self._chance
            self._late.append((self._clock.time + self._chance.randint(1, 40) * 1000, action))
            raise Unanswered("slow")
        receipt = await self._store_it(action)
        if luck < 0.36:
            raise Unanswered("lost on the way back")
        return receipt

    async def find(self, action: Action) -> Receipt | None:
        await self.tick()
        if self._chance and self._chance.random() < 0.15:
            raise Offline("no line")
        if self.delivery.kind != "reconcile":
            return await self._inner.find(action)
        assert isinstance(action.act, Reply)
        page = await self._store.posts("ann", action.act.topic, Window(limit=1000))
        mine = [p for p in page.items if p.author and p.author.name == "ann" and p.body == action.act.body]
        return Receipt("created", action.act.topic, mine[0].id) if mine else None


class Life:
    """One life of the program: it may be killed at the n-th step between two things that last."""

    def __init__(self, folder: Path, clock: FakeClock, wire: Wire, kill: Callable[[], bool]) -> None:
        self._folder, self._clock, self._wire, self._kill = folder, clock, wire, kill

    async def __aenter__(self) -> Life:
        self.library = await Library.open(self._folder, now=self._clock.now)
        for name in ("claim", "set_baseline", "begin_send", "finish", "retry", "refuse", "need_attention"):
            setattr(self.library.outbox, name, self._mortal(getattr(self.library.outbox, name)))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.library.close()

    def _mortal(self, work: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def step(*args: Any, **kwargs: Any) -> Any:
            if self._kill():
                raise Killed
            result = await work(*args, **kwargs)
            if self._kill():
                raise Killed
            return result

        return step

    async def push_all(self, account: AccountKey, lease: str) -> None:
        backend: Backend = self._wire
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self._wire, "perform", self._mortal(self._wire.perform))
            push = Push(self.library, account, backend, lease=lease, now=self._clock.now, chance=lambda: 0.5)
            while await push.one():
                pass


async def prepare(folder: Path, world: World, delivery: Delivery, count: int) -> AccountKey:
    library = await Library.open(folder, now=world.clock.now)
    try:
        account = await world.account(library)
        await library.accounts.set_delivery(account.key, delivery.kind)
        pull = Pull(library, account.key, world.plan(), Policy())
        await pull.greet(account.identity, boards=True)
        await library.accounts.set_delivery(account.key, delivery.kind)
        await pull.catch_up()
        for number in range(count):
            topic = TOPICS[number % len(TOPICS)]
            row = await library.outbox.start(
                Target(account.key, OutKind.REPLY, topic=Remote(topic)),
                Typed(text=f"Text {number}."),
                uid=f"uid-{number}",
            )
            await library.outbox.submit(row.uid)
        return account.key
    finally:
        await library.close()


async def arrived(store: ReferenceForum) -> list[list[str]]:
    return [[text for text in await forum_texts(store, topic) if text.startswith("Text ")] for topic in TOPICS]


async def states(folder: Path, clock: FakeClock) -> set[OutState]:
    library = await Library.open(folder, now=clock.now)
    try:
        return {row.state for row in await library.outbox.rows(sent=True)}
    finally:
        await library.close()


@pytest.mark.parametrize("delivery", [KEY, MESSAGE_ID, RECONCILE], ids=["key", "message id", "reconcile"])
async def test_killed_at_every_step(tmp_path: Path, delivery: Delivery) -> None:
    async def run(step: int) -> bool:
        folder = tmp_path / str(step)
        world = World()
        await fill(world.forum())
        account = await prepare(folder, world, delivery, 2)
        wire = Wire(world.forum(), delivery, world.clock, None)
        left = [step]

        def kill() -> bool:
            left[0] -= 1
            return left[0] == 0

        killed = False
        for life in range(60):
            async with Life(folder, world.clock, wire, kill) as alive:
                try:
                    await alive.push_all(account, f"sender-{life}")
                except Killed:
                    killed = True
            world.clock.advance(LEASE_S if killed else 5)
            if await states(folder, world.clock) == {OutState.SENT}:
                break
        assert await arrived(world.forum()) == [["Text 0."], ["Text 1."], []]
        assert await states(folder, world.clock) == {OutState.SENT}
        return killed

    step = 1
    while await run(step):
        step += 1
    assert step > 12


@pytest.mark.parametrize("delivery", [KEY, MESSAGE_ID, RECONCILE], ids=["key", "message id", "reconcile"])
@pytest.mark.parametrize("seed", range(8))
async def test_bad_line_and_crashes(tmp_path: Path, delivery: Delivery, seed: int) -> None:
    async with asyncio.timeout(60):
        chance = random.Random(seed)
        world = World()
        await fill(world.forum())
        account = await prepare(tmp_path, world, delivery, 6)
        wire = Wire(world.forum(), delivery, world.clock, chance)
        for life in range(300):
            async with Life(tmp_path, world.clock, wire, lambda: chance.random() < 0.04) as alive:
                try:
                    for _ in range(12):
                        world.clock.advance(chance.choice([1, 2, 5, 20]))
                        with contextlib.suppress(ForumtuiError):
                            await alive.push_all(account, f"sender-{life}")
                except Killed:
                    pass
            world.clock.advance(chance.choice([1, LEASE_S]))
            if await states(tmp_path, world.clock) == {OutState.SENT}:
                break
        world.clock.advance(100)
        await wire.tick()
        assert await arrived(world.forum()) == [["Text 0.", "Text 3."], ["Text 1.", "Text 4."], ["Text 2.", "Text 5."]]
        assert await states(tmp_path, world.clock) == {OutState.SENT}
