"""Writing, editing, sending and dying at any moment: nothing is lost, nothing arrives twice, order holds.

The sender here is a small one of its own that keeps the rules of `Outbox`'s engine side.
"""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import Callable, Coroutine
from enum import StrEnum
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from forumtui.errors import UsageError
from forumtui.model import Act, Board, BoardId, ForumInfo, Millis, PostId, Reply, Topic, TopicId
from forumtui.reader.library import Library
from forumtui.reader.rows import AccountKey, OutRow, OutState
from forumtui.reader.target import OutKind, Target
from forumtui.reader.target import Remote as RemoteRef

pytestmark = pytest.mark.slow

T = TypeVar("T")


class Fault(StrEnum):
    """What goes wrong with one request."""

    NONE = "none"
    OFFLINE = "offline"
    LOST_ANSWER = "lost answer"
    DIED_BEFORE = "died before it left"
    DIED_AFTER = "died after it arrived"
    REFUSED = "refused"


class Died(Exception):
    """The program was killed."""


class Remote:
    """A forum that drops repeats of a key (``by_key``), or one in which texts must be looked for."""

    def __init__(self, by_key: bool) -> None:
        self.by_key = by_key
        self.posts: list[tuple[str, str, str]] = []
        """(topic, text, key)"""

    def store(self, key: str, act: Act) -> PostId:
        assert isinstance(act, Reply)
        if self.by_key:
            for number, (_, _, known) in enumerate(self.posts):
                if known == key:
                    return PostId(f"r{number}")
        self.posts.append((act.topic, act.body.source, key))
        return PostId(f"r{len(self.posts) - 1}")

    def find(self, act: Act, claimed: set[str | None]) -> PostId | None:
        assert isinstance(act, Reply)
        for number, (topic, text, _) in enumerate(self.posts):
            if (topic, text) == (act.topic, act.body.source) and f"r{number}" not in claimed:
                return PostId(f"r{number}")
        return None


class Writing(RuleBasedStateMachine):
    """One user, one forum, two topics, three texts to choose from (so that twins happen)."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp())
        self.loop = asyncio.new_event_loop()
        self.clock = 1_000_000
        self.life = 0
        self.submitted: list[str] = []
        self.texts: dict[str, tuple[str, str]] = {}
        """What each row should hold: (topic, text)."""
        self.dead: list[Library] = []

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def open(self) -> None:
        self.life += 1
        self.library = self.run(Library.open(self.folder, now=lambda: Millis(self.clock)))
        self.outbox = self.library.outbox

    @initialize(by_key=st.booleans())
    def begin(self, by_key: bool) -> None:
        self.remote = Remote(by_key)
        self.open()

        async def fill() -> AccountKey:
            row = await self.library.accounts.put(
                name="one",
                driver="local",
                location="/one",
                identity="uuid",
                options={},
                info=ForumInfo("One"),
                listed=True,
                joined=None,
            )
            await self.library.accounts.set_delivery(row.key, "key" if by_key else "reconcile")
            await self.library.accounts.put_boards(row.key, [Board(BoardId("b"), "B")])
            await self.library.intake.topics(
                row.key, [Topic(TopicId(name), BoardId("b"), name) for name in ("t1", "t2")]
            )
            return row.key

        self.account = self.run(fill())

    def rows(self) -> dict[str, OutRow]:
        return {row.uid: row for row in self.run(self.outbox.rows(sent=True))}

    # -- the user

    @rule(topic=st.sampled_from(["t1", "t2"]), text=st.sampled_from(["yes", "no", "well"]), send=st.booleans())
    def write(self, topic: str, text: str, send: bool) -> None:
        uid = f"u{len(self.texts)}"
        self.run(self.outbox.start(Target(self.account, OutKind.REPLY, topic=RemoteRef(topic)), uid=uid))
        self.run(self.outbox.save(uid, subject="", text=text, cursor=0))
        self.texts[uid] = (topic, text)
        if send:
            self.submit(uid)

    def submit(self, uid: str) -> None:
        self.run(self.outbox.submit(uid))
        self.submitted.append(uid)

    @precondition(lambda self: self.texts)
    @rule(at=st.integers(0, 20), how=st.sampled_from(["submit", "edit", "withdraw", "discard", "undo", "signal"]))
    def change(self, at: int, how: str) -> None:
        uid = list(self.texts)[at % len(self.texts)]
        state = self.rows()[uid].state if uid in self.rows() else None
        try:
            if how == "submit" and state is OutState.DRAFT:
                self.submit(uid)
            elif how == "edit" and state is OutState.DRAFT:
                topic, text = self.texts[uid]
                self.run(self.outbox.save(uid, subject="", text=text + "!", cursor=0))
                self.texts[uid] = (topic, text + "!")
            elif how == "signal" and state is OutState.DRAFT:
                topic, text = self.texts[uid]
                self.outbox.save_now(uid, subject="", text=text + "?", cursor=0)
                self.texts[uid] = (topic, text + "?")
                self.die()
            elif how == "withdraw" and state in {OutState.QUEUED, OutState.REFUSED}:
                self.run(self.outbox.withdraw(uid))
                self.submitted.remove(uid)
            elif how == "discard" and state in {OutState.DRAFT, OutState.QUEUED, OutState.REFUSED}:
                self.run(self.outbox.discard(uid))
                self.run(self.library.marks.undo())
        except UsageError:
            assert how in {"withdraw", "discard"}  # it may be on its way; then nothing was changed

    # -- the engine

    @rule(faults=st.lists(st.sampled_from(Fault), min_size=1, max_size=4))
    def send(self, faults: list[Fault]) -> None:
        for fault in faults:
            try:
                if not self.run(self.one(fault)):
                    return
            except Died:
                self.die()
                return

    async def one(self, fault: Fault) -> bool:
        lease = f"elsewhere:{self.life}:0"
        claimed = await self.outbox.claim(self.account, lease, Millis(self.clock))
        if claimed is None:
            return False
        row, act = claimed
        if row.unknown_end and not self.remote.by_key:
            taken: set[str | None] = {str(other.remote_post) for other in await self.outbox.rows(sent=True)}
            found = self.remote.find(act, taken)
            if found is not None:
                await self.outbox.finish(row.uid, post=found)
                return True
        if fault is Fault.DIED_BEFORE and not row.unknown_end:
            await self.outbox.begin_send(row.uid, lease, Millis(self.clock))
            raise Died
        await self.outbox.begin_send(row.uid, lease, Millis(self.clock))
        if fault is Fault.OFFLINE:
            await self.outbox.retry(row.uid, not_before=Millis(self.clock + 10), error="offline", unknown=False)
            return True
        if fault is Fault.REFUSED and not row.unknown_end:
            await self.outbox.refuse(row.uid, "no")
            return True
        post = self.remote.store(row.uid, act)
        if fault is Fault.DIED_AFTER:
            raise Died
        if fault is Fault.LOST_ANSWER:
            await self.outbox.retry(row.uid, not_before=Millis(self.clock + 10), error="lost", unknown=True)
        else:
            await self.outbox.finish(row.uid, post=post)
        return True

    # -- the world

    @rule(by=st.sampled_from([10, 61_000, -100_000]))
    def let_time_pass(self, by: int) -> None:
        self.clock += by

    @rule(lose_the_file=st.booleans())
    def die(self, lose_the_file: bool = False) -> None:
        """Killed, without closing anything; perhaps the large file is lost as well."""
        lost_sent = lose_the_file and any(row.state is OutState.SENT for row in self.rows().values())
        if lose_the_file and not lost_sent:
            self.run(self.library.close())
            for path in self.folder.glob("library.db*"):
                path.unlink()
        else:
            self.dead.append(self.library)
        self.open()
        if lose_the_file and not lost_sent:
            self.run(self.library.accounts.put_boards(self.account, [Board(BoardId("b"), "B")]))

    # -- what must always hold

    @invariant()
    def nothing_is_lost_and_nothing_doubled(self) -> None:
        if not hasattr(self, "account"):
            return
        rows = self.rows()
        assert set(rows) == set(self.texts)
        for uid, (topic, text) in self.texts.items():
            assert (rows[uid].target.topic, rows[uid].body.source) == (RemoteRef(topic), text)
            arrived = [post for post in self.remote.posts if post[2] == uid]
            assert len(arrived) <= 1
            if rows[uid].state is OutState.SENT:
                assert arrived == [(topic, text, uid)]
            if rows[uid].state in {OutState.DRAFT, OutState.REFUSED}:
                assert not arrived

    @invariant()
    def order_is_kept_within_a_topic(self) -> None:
        if not hasattr(self, "account"):
            return
        rows = self.rows()
        for topic in ("t1", "t2"):
            arrived = [key for at, _, key in self.remote.posts if at == topic]
            wanted = [
                uid for uid in self.submitted if self.texts[uid][0] == topic and rows[uid].state is not OutState.REFUSED
            ]
            assert arrived == [uid for uid in wanted if uid in arrived]

    def teardown(self) -> None:
        if hasattr(self, "account"):
            self.clock += 10_000_000
            for _ in range(10 * len(self.texts) + 10):
                self.clock += 61_000
                self.run(self.one(Fault.NONE))
            assert all(row.state in {OutState.DRAFT, OutState.SENT, OutState.REFUSED} for row in self.rows().values())
            self.nothing_is_lost_and_nothing_doubled()
            self.order_is_kept_within_a_topic()
            for library in (self.library, *self.dead):
                self.run(library.close())
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()
        shutil.rmtree(self.folder)


TestWriting = Writing.TestCase
TestWriting.settings = settings(max_examples=25, stateful_step_count=25)


@pytest.mark.parametrize("seed", range(8))
def test_long_lives(seed: int) -> None:
    """The same with many more steps than Hypothesis takes."""
    chance = random.Random(seed)
    walk = Writing()
    walk.begin(by_key=seed % 2 == 0)
    faults = [*Fault, Fault.NONE, Fault.OFFLINE, Fault.LOST_ANSWER]
    steps: list[Callable[[], object]] = [
        lambda: walk.write(chance.choice(["t1", "t2"]), chance.choice(["yes", "no", "well"]), chance.random() < 0.8),
        lambda: walk.write("t1", chance.choice(["yes", "no"]), True),
        lambda: (
            walk.texts
            and walk.change(chance.randrange(20), chance.choice(["submit", "edit", "withdraw", "discard", "signal"]))
        ),
        *[lambda: walk.send([chance.choice(faults) for _ in range(chance.randint(1, 4))])] * 4,
        lambda: walk.let_time_pass(61_000),
        lambda: walk.let_time_pass(chance.choice([10, -100_000])),
        lambda: walk.die(chance.random() < 0.5),
    ]
    for _ in range(60):
        chance.choice(steps)()
        walk.nothing_is_lost_and_nothing_doubled()
        walk.order_is_kept_within_a_topic()
    walk.teardown()
