"""The clock of these tests: what passes before a wait begins wakes nobody, and what waits for the alarm always does."""

from __future__ import annotations

import asyncio
from functools import partial

from tests.reader.sync.clock import START, FakeClock
from tests.waiting import until


async def sleeper(clock: FakeClock, told: list[int], *pauses: float | None) -> None:
    """Says what time it is, and sleeps; again and again."""
    for pause in pauses:
        told.append(clock.now() - START)
        await clock.wait(asyncio.Event(), pause)
    told.append(clock.now() - START)


async def test_time_that_passes_between_what_is_said_and_the_wait_wakes_nobody() -> None:
    clock, told = FakeClock(), list[int]()
    task = asyncio.create_task(sleeper(clock, told, 5.0))
    await until(lambda: told)
    clock.advance(20)
    await clock.idle(engines=0)
    assert told == [0]
    await clock.wake(20)
    await task
    assert told == [0, 40_000]


async def test_who_is_to_be_woken_is_woken_however_late_the_wait_begins() -> None:
    clock, told = FakeClock(), list[int]()
    task = asyncio.create_task(sleeper(clock, told, 5.0, 5.0))

    def heard(times: int) -> bool:
        return len(told) == times

    for number in (1, 2):
        await until(partial(heard, number))
        await clock.wake(20)
    await task
    assert told == [0, 20_000, 40_000]


async def test_time_passes_from_alarm_to_alarm() -> None:
    clock, told = FakeClock(), list[int]()
    task = asyncio.create_task(sleeper(clock, told, 5.0, 0.5, 60.0, None))
    await clock.pass_until(lambda: len(told) == 4)
    assert told == [0, 5_000, 5_500, 65_500]
    await clock.idle(engines=0)
    task.cancel()
    other = list[int]()
    await clock.during(sleeper(clock, other, 1.0, 2.0))
    assert [time - other[0] for time in other] == [0, 1_000, 3_000]


async def test_what_ended_already_is_no_alarm() -> None:
    clock, event = FakeClock(), asyncio.Event()
    task = asyncio.create_task(clock.wait(event, 5.0))
    await clock.idle(engines=0)
    event.set()
    assert clock.dues == []
    await task
