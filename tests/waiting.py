"""Waiting for what is to come: the one place where tests look again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

WAIT = 10.0
"""How long to wait for what surely comes, in seconds."""
LOOK = 0.005
"""How often to look whether it is there, in seconds."""


async def until(condition: Callable[[], object], seconds: float = WAIT) -> None:
    """Wait for a condition, which may be asynchronous."""
    async with asyncio.timeout(seconds):
        while True:
            result = condition()
            if asyncio.iscoroutine(result):
                result = await result
            if result:
                return
            await asyncio.sleep(LOOK)
