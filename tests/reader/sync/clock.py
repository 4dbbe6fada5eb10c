"""A clock that stands still until a test moves it.

Whoever writes a state and then waits can be seen between the two: the state is there, its alarm is not set, and time
that passes now wakes nobody.  So a test that expects somebody to wake asks for the alarm (`FakeClock.wake`), and one
that expects that nobody does asks first whether all are at rest (`FakeClock.idle`).  So that a test that asks for
neither fails always, and not on a busy machine alone, each wait here begins later than a test looks again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from tests.waiting import LOOK, pause, until

from forumtui.model import Millis
from forumtui.reader.sync.session import Clock

START = 1_700_000_000_000
LATE = 3 * LOOK
"""How late a wait begins, in seconds of the real clock."""

Result = TypeVar("Result")


@dataclass(eq=False)
class _Alarm:
    """One wait: for an event, at most until a time (ms; None: however long that takes)."""

    event: asyncio.Event
    due: int | None
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_set(self) -> bool:
        """Whether it is waited for still, and nothing has ended that yet."""
        return not (self.event.is_set() or self.over.is_set())


class FakeClock(Clock):
    """Stands still until it is moved; whoever waits is woken when the time has come."""

    def __init__(self) -> None:
        self.time = START
        self._alarms: set[_Alarm] = set()

    def now(self) -> Millis:
        return Millis(self.time)

    def chance(self) -> float:
        return 0.5

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        await pause(LATE)
        alarm = _Alarm(event, None if seconds is None else self.time + int(seconds * 1000))
        self._alarms.add(alarm)
        waits = [asyncio.ensure_future(event.wait()), asyncio.ensure_future(alarm.over.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._alarms.discard(alarm)
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    def advance(self, seconds: float) -> None:
        """Time passes now.  Who has yet to begin a wait sleeps on: where that matters, `wake` or `idle` comes first."""
        self.time += int(seconds * 1000)
        for alarm in self._alarms:
            if alarm.due is not None and alarm.due <= self.time:
                alarm.over.set()

    async def wake(self, seconds: float) -> None:
        """So much time passes as soon as somebody is to be woken by it."""
        end = self.time + int(seconds * 1000)
        await until(lambda: any(due <= end for due in self.dues))
        self.advance(seconds)

    async def idle(self, engines: int = 1) -> None:
        """Until so many engines, and who keeps them, have nothing to do but to wait."""
        await until(lambda: sum(alarm.is_set for alarm in self._alarms) == engines + 1)

    async def pass_until(self, condition: Callable[[], Awaitable[bool] | bool]) -> None:
        """Time passes from alarm to alarm until something is so."""

        async def is_so() -> bool:
            result = condition()
            if result if isinstance(result, bool) else await result:
                return True
            if self.dues:
                self.advance(max(0, min(self.dues) - self.time) / 1000)
            return False

        await until(is_so)

    async def during(self, doing: Awaitable[Result]) -> Result:
        """What something comes to that waits between its tries: time passes meanwhile."""
        task = asyncio.ensure_future(doing)
        try:
            await self.pass_until(task.done)
        finally:
            task.cancel()
        return await task

    @property
    def dues(self) -> list[int]:
        """When the alarms that are set will ring."""
        return [alarm.due for alarm in self._alarms if alarm.is_set and alarm.due is not None]
