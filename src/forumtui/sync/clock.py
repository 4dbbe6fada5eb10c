"""Time and chance, handed in so that a test can be master of both."""

from __future__ import annotations

import asyncio
import random
import time

from forumtui.model import Millis


class Clock:
    """The computer's own."""

    def now(self) -> Millis:
        """Ms UTC."""
        return Millis(time.time_ns() // 1_000_000)

    def chance(self) -> float:
        """A number from 0 to 1."""
        return random.random()  # noqa: S311 - spreads requests, guards nothing

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        """Until the event is set, at most so many seconds (None: however long that takes)."""
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            pass
