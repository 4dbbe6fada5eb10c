"""All that tests wait for, and how.  Nobody else sleeps (`tests/shape/test_sleeping.py`).

- What is to come is looked for again and again: `until` on the loop, `seen` for what runs beside it (a thread, a
  program).  Both end as soon as it is there; only a test that fails waits to the end.
- That nothing happens is no matter of time.  Wait for what would come after it: another event that goes the same
  way, a count of questions asked meanwhile, an engine that is idle.  `turns` lets begin what was begun on this loop.
- Somebody who is played never answers (`never`), or takes a while (`pause`, `pause_here`): a slow server, a typist, a
  kill at any moment, a measurement.  No outcome may rest on how long that really takes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import NoReturn

WAIT = 10.0
"""How long to wait for what surely comes, in seconds."""
LOOK = 0.005
"""How often to look whether it is there, in seconds."""


async def until(
    condition: Callable[[], object], seconds: float = WAIT, *, between: Callable[[], Awaitable[object]] | None = None
) -> None:
    """Wait for a condition, which may be asynchronous; ``between``: what to wait for between two looks."""
    async with asyncio.timeout(seconds):
        while True:
            result = condition()
            if asyncio.iscoroutine(result):
                result = await result
            if result:
                return
            await (asyncio.sleep(LOOK) if between is None else between())


def seen(condition: Callable[[], object], seconds: float = WAIT, *, every: float = LOOK) -> bool:
    """Whether a condition comes true in time; nothing else runs in this thread meanwhile."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(every)
    return True


async def turns(count: int = 1) -> None:
    """So many turns of the loop: a task that was just made has begun after one."""
    for _ in range(count):
        await asyncio.sleep(0)


async def never() -> NoReturn:
    """Who is played does not go on."""
    await asyncio.Event().wait()
    raise AssertionError


async def pause(seconds: float) -> None:
    """Who is played takes a while."""
    await asyncio.sleep(seconds)


def pause_here(seconds: float) -> None:
    """Who is played takes a while, in this thread."""
    time.sleep(seconds)
