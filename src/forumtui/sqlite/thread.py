"""A thread that owns one connection, so that SQL never runs on the event loop; and long work that ends soon after nobody waits for it."""

from __future__ import annotations

import asyncio
import itertools
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import apsw

T = TypeVar("T")
_STOP = 2
_NORMAL = 1
_URGENT = 0


class ConnectionThread:
    """Runs functions of a connection one after the other in its own thread, urgent ones first.

    ``patience``: seconds that closing waits for what only reads before it is ended; None: for ever.
    """

    def __init__(
        self, open_connection: Callable[[], apsw.Connection], name: str, *, patience: float | None = None
    ) -> None:
        self._patience = patience
        self._open = open_connection
        self._jobs: queue.PriorityQueue[tuple[int, int, Callable[[apsw.Connection], None] | None]] = (
            queue.PriorityQueue()
        )
        self._order = itertools.count()
        self._connection: apsw.Connection | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    async def run(self, work: Callable[[apsw.Connection], T], *, urgent: bool = False) -> T:
        """The result of ``work(connection)``; cancelled before its turn, it never runs."""
        if self._closed:
            raise RuntimeError("the connection is closed")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()

        def deliver(result: T | None, error: BaseException | None) -> None:
            if done.cancelled():
                return
            if error is not None:
                done.set_exception(error)
            else:
                done.set_result(result)  # type: ignore[arg-type]  # None only where T is None

        def job(connection: apsw.Connection) -> None:
            if done.cancelled():
                return
            result: T | None = None
            problem: BaseException | None = None
            try:
                result = work(connection)
            except BaseException as error:  # noqa: BLE001 - handed to the one who awaits, whatever it is
                problem = error
            if not loop.is_closed():
                loop.call_soon_threadsafe(deliver, result, problem)

        self._jobs.put((_URGENT if urgent else _NORMAL, next(self._order), job))
        return await done

    def interrupt(self) -> None:
        """Stop the statement that is running now (a superseded search)."""
        if self._connection is not None:
            self._connection.interrupt()

    async def close(self) -> None:
        """Finish what is queued, close the connection and end the thread."""
        if not self._closed:
            self._closed = True
            self._jobs.put((_STOP, next(self._order), None))
        await asyncio.to_thread(self._end)

    def _end(self) -> None:
        self._thread.join(self._patience)
        while self._thread.is_alive():  # each job that still waits is interrupted in its turn
            self.interrupt()
            self._thread.join(0.05)

    def _work(self) -> None:
        failure: BaseException | None = None
        try:
            self._connection = self._open()
        except BaseException as error:  # noqa: BLE001 - raised again in every job, where somebody awaits it
            failure = error
        while True:
            _, _, job = self._jobs.get()
            if job is None:
                break
            if self._connection is not None:
                job(self._connection)
            else:
                job(_Broken(failure))  # type: ignore[arg-type]  # any use of it raises the failure to open
        if self._connection is not None:
            with suppress(apsw.Error):  # a disk that fails at the very end; what was committed is in the WAL file
                self._connection.close()


class _Broken:
    """Stands for a connection that could not be opened."""

    def __init__(self, failure: BaseException | None) -> None:
        object.__setattr__(self, "_failure", failure)

    def __getattr__(self, name: str) -> Any:
        raise object.__getattribute__(self, "_failure")


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
