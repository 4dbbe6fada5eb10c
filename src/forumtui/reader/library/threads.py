"""The three threads of SQL, and the news of what they changed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import apsw

from forumtui.errors import Damaged
from forumtui.model import Millis
from forumtui.reader.library.opening import Opening
from forumtui.reader.rows import Changed
from forumtui.sqlite.connection import connect, readable_errors, transaction
from forumtui.sqlite.thread import ConnectionThread

T = TypeVar("T")


class News:
    """Calls listeners on the event loop; what happens in one turn of the loop is told once."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._listeners: dict[object, Callable[[Changed], None]] = {}
        self._waiting: dict[Changed, None] = {}

    def subscribe(self, listener: Callable[[Changed], None]) -> Callable[[], None]:
        """Returns the way out."""
        token = object()
        self._listeners[token] = listener
        return lambda: self._listeners.pop(token, None) and None

    def publish(self, changes: Iterable[Changed]) -> None:
        """From any thread."""
        told = tuple(changes)
        if told and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._collect, told)

    def _collect(self, changes: tuple[Changed, ...]) -> None:
        if not self._waiting:
            self._loop.call_soon(self._tell)
        self._waiting.update(dict.fromkeys(changes))

    def _tell(self) -> None:
        changes, self._waiting = list(self._waiting), {}
        for listener in list(self._listeners.values()):
            for change in changes:
                listener(change)


class Threads:
    """A writer, a reader of pages and a searcher, each with its own connection to one file.

    Where the file can be opened only once, the three are one.
    """

    def __init__(self, opening: Opening, now: Callable[[], Millis], writer: ConnectionThread) -> None:
        self.now = now
        self.news = News()
        self._opening = opening
        self._writer = self._reader = self._searcher = writer
        if not opening.alone:
            self._reader = ConnectionThread(lambda: connect(opening.path, read_only=True), "library-reader")
            self._searcher = ConnectionThread(lambda: connect(opening.path, read_only=True), "library-searcher")

    @classmethod
    async def start(cls, opening: Opening, now: Callable[[], Millis]) -> Threads:
        """Open the writer first, then the two that only read.  Raises what `Opening.open` raises."""
        writer = ConnectionThread(opening.open, "library-writer")
        try:
            await writer.run(lambda connection: connection.pragma("data_version"))
        except BaseException:
            await writer.close()
            raise
        return cls(opening, now, writer)

    async def read(self, work: Callable[[apsw.Connection], T]) -> T:
        """One consistent look at the library."""
        return await self._reader.run(self._reading(work))

    async def search(self, work: Callable[[apsw.Connection], T]) -> T:
        """A read that may take long; cancelled, because a newer one takes its place, it stops at once."""
        stopped = threading.Event()
        started = threading.Event()
        reading = self._reading(work)

        def job(connection: apsw.Connection) -> T:
            started.set()
            while True:
                try:
                    return reading(connection)
                except apsw.InterruptError:
                    if stopped.is_set():
                        raise
                    # meant for the search before this one

        try:
            return await self._searcher.run(job)
        except asyncio.CancelledError:
            if started.is_set() and self._searcher is not self._writer:
                stopped.set()
                self._searcher.interrupt()
            raise

    async def write(
        self,
        work: Callable[[apsw.Connection, set[Changed]], T],
        *,
        urgent: bool = False,
        durable: bool = False,
        then: Callable[[apsw.Connection], None] | None = None,
    ) -> T:
        """One transaction; ``work`` adds what it changes to the set, which is told after the commit.

        ``durable``: it survives a power cut.  ``then`` runs after the commit, in the same turn.
        """

        def job(connection: apsw.Connection) -> T:
            changes: set[Changed] = set()
            with self._errors():
                with transaction(connection, durable=durable):
                    result = work(connection, changes)
                self.news.publish(changes)
                if then is not None:
                    then(connection)
            return result

        return await self._writer.run(job, urgent=urgent)

    async def with_writer(self, work: Callable[[apsw.Connection], T]) -> T:
        """Use the writer's connection without a transaction."""
        return await self._writer.run(self._guarded(work))

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            with readable_errors(self._opening.path):
                yield
        except Damaged as error:
            self._opening.mark_damaged()
            raise Damaged("The library is damaged; the next start rebuilds it and keeps your texts.") from error

    async def close(self) -> None:
        """Finish what is queued.  The writer goes last: only it can put the WAL file's content into the library."""
        for thread in (self._reader, self._searcher, self._writer):
            await thread.close()

    def _guarded(self, work: Callable[[apsw.Connection], T]) -> Callable[[apsw.Connection], T]:
        def job(connection: apsw.Connection) -> T:
            with self._errors():
                return work(connection)

        return job

    def _reading(self, work: Callable[[apsw.Connection], T]) -> Callable[[apsw.Connection], T]:
        """A read transaction, so that several statements see the same state."""

        def job(connection: apsw.Connection) -> T:
            with self._errors():
                connection.execute("BEGIN")
                try:
                    return work(connection)
                finally:
                    if connection.in_transaction:
                        connection.execute("COMMIT")

        return job
