"""What a member writes arrives once, whatever goes wrong with the line, the site or the program meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest
from tests.backends.discourse.mishaps import MISHAPS, Killed, Mishap, Talk, lost_after

from forumtui.backends.web import Answer, Request

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("mishap", MISHAPS, ids=lambda mishap: mishap.name)
async def test_everything_arrives_once(tmp_path: Path, mishap: Mishap) -> None:
    count = 4
    tally = await Talk(tmp_path, mishap).live(count)
    assert (tally.lost, tally.doubled, tally.untrue) == (0, 0, 0)
    assert tally.sent >= count


def _at(fatal: int, end: type[BaseException], step: int) -> type[BaseException] | None:
    return end if step == fatal else None


@pytest.mark.parametrize("end", [Killed, asyncio.CancelledError])
@pytest.mark.parametrize("line", [None, lost_after], ids=["all is well", "answers are lost"])
async def test_the_program_may_end_at_any_step(
    tmp_path: Path, end: type[BaseException], line: Callable[[Talk, Request], Awaitable[Answer]] | None
) -> None:
    fatal, steps = 0, 1
    while fatal < steps:
        talk = Talk(tmp_path / str(fatal), Mishap("ends", line=line, dies=partial(_at, fatal, end)))
        tally = await talk.live(1)
        assert (tally.lost, tally.doubled, tally.untrue, tally.asked) == (0, 0, 0, 0), fatal
        fatal, steps = fatal + 1, talk.steps
    assert fatal > 10
