"""Long work in a thread that ends soon after nobody waits for it any more."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import apsw

T = TypeVar("T")
_STEPS = 20_000
"""Steps of SQLite's machine between two looks."""


class Stopped(Exception):
    """Nobody waits for this work any more."""


class Stop:
    """Tells work whether somebody still waits for it."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def ask(self) -> None:
        """Nobody waits any more; from any thread."""
        self._asked.set()

    def look(self) -> None:
        """Raises `Stopped` where nobody waits any more."""
        if self._asked.is_set():
            raise Stopped

    def end_queries_of(self, connection: apsw.Connection) -> None:
        """Let a query of this connection fail where nobody waits any more, however long it would take."""
        connection.set_progress_handler(self._asked.is_set, _STEPS)


async def in_thread(work: Callable[[Stop], T]) -> T:
    """What the work gives; a cancel asks it to stop, and goes on when it has cleared up behind itself."""
    stop = Stop()
    running = asyncio.ensure_future(asyncio.to_thread(work, stop))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        stop.ask()
        with suppress(Exception):
            await running
        raise
