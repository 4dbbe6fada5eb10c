"""Fetching all that is unread for a journey: what is ready is said, what is not has its reason, and it goes on where it was."""

from __future__ import annotations

from pathlib import Path

from tests.reader.sync.test_engine import playing

from forumtui.reader.rows import Ready
from forumtui.testing import Fault


async def test_everything_unread_is_here_afterwards_and_said_to_be(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, engines):
        steps: list[int] = []
        ready = await engines.packer.pack(account.key, lambda now: steps.append(now.posts))
        assert (ready.topics, ready.posts, ready.left, ready.note) == (3, 12, 0, "")
        assert ready.size > 0
        assert steps == sorted(steps)
        assert steps[-1] == 12
        calls = len(world.plan().calls)
        again = await engines.packer.pack(account.key, lambda _: None)
        assert again.posts == 12
        assert "posts" not in world.plan().calls[calls:]
        assert await library.reading.ready(account.key) == again


async def test_a_short_pause_is_waited_for_and_nothing_is_left_out(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_, world, account, engines):
        world.plan().script("posts", Fault.NONE, Fault.RATE_LIMITED, Fault.RATE_LIMITED)
        ready = await world.clock.during(engines.packer.pack(account.key, lambda _: None))
        assert (ready.posts, ready.left, ready.note) == (12, 0, "")


async def test_of_a_long_pause_it_is_said_when_it_ends_and_the_next_pack_goes_on(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_, world, account, engines):
        world.plan().retry_after = 3000
        world.plan().script("posts", Fault.NONE, Fault.RATE_LIMITED)
        ready = await engines.packer.pack(account.key, lambda _: None)
        assert 0 < ready.posts < 12
        assert ready.left == 12 - ready.posts
        assert "It goes on at " in ready.note
        done = await engines.packer.pack(account.key, lambda _: None)
        assert (done.posts, done.note) == (12, "")


async def test_a_line_that_is_gone_is_said_and_what_came_is_kept(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_, world, account, engines):
        told: list[Ready] = []

        def tell(ready: Ready) -> None:
            told.append(ready)
            world.plan().down = ready.posts >= 4

        ready = await engines.packer.pack(account.key, tell)
        assert 4 <= ready.posts < 12
        assert ready.note


async def test_who_is_offline_by_choice_is_not_asked(tmp_path: Path) -> None:
    async with playing(tmp_path, plugged=False) as (_, world, account, engines):
        ready = await engines.packer.pack(account.key, lambda _: None)
        assert "offline by choice" in ready.note
        assert world.opened == []
