"""The two threads of an open forum file: one reads, one writes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import apsw

from forumtui.errors import FileProblem, Forbidden
from forumtui.forum.file.forum_file import ForumFile, file_errors
from forumtui.forum.file.lock import WriteLock
from forumtui.forum.file.viewer import Viewer, snapshot, viewer
from forumtui.sqlite.connection import transaction
from forumtui.sqlite.thread import ConnectionThread

T = TypeVar("T")
READING_SECONDS = 60.0
"""So long may one look at a forum take: even a search of a million posts on a slow disk is over long before."""
_CLOSING_SECONDS = 2.0
_STEPS = 100_000
"""Of SQLite's machine between two looks at the clock; some milliseconds."""


class ForumThreads:
    """Runs functions of a connection to a forum file, each in a transaction of its own."""

    def __init__(self, file: ForumFile, lock: WriteLock) -> None:
        self.file = file
        self._lock = lock
        self._reader = ConnectionThread(file.reader, f"read {file.path.name}", patience=_CLOSING_SECONDS)
        self._writer = None if file.blocked else ConnectionThread(file.writer, f"write {file.path.name}")

    async def look(self, work: Callable[[apsw.Connection], T]) -> T:
        """What ``work`` finds in one state of the file, whoever asks.  Raises `FileProblem` or one of its kinds."""

        def job(connection: apsw.Connection) -> T:
            with file_errors(self.file.path), self._bounded(connection), snapshot(connection):
                return work(connection)

        return await self._reader.run(job)

    @contextmanager
    def _bounded(self, connection: apsw.Connection) -> Iterator[None]:
        """End what takes too long.  Raises `FileProblem`."""
        ends = time.monotonic() + READING_SECONDS
        connection.set_progress_handler(lambda: time.monotonic() > ends, _STEPS)
        try:
            yield
        except apsw.InterruptError as error:
            raise FileProblem(f"Reading {self.file.path} took too long and was ended.") from error
        finally:
            connection.set_progress_handler(None)

    async def read(self, me: str | None, work: Callable[[apsw.Connection, Viewer], T]) -> T:
        """What ``work`` finds for ``me``.  Raises `AuthRequired` where guests may not look, and as `look`."""

        def admitted(connection: apsw.Connection) -> T:
            who = viewer(connection, me, self.file.blocked)
            who.admit()
            return work(connection, who)

        return await self.look(admitted)

    async def write(self, work: Callable[[apsw.Connection], T], *, durable: bool = True) -> T:
        """Do ``work`` whole or not at all.  Raises `Forbidden` for a file that can only be read, `Busy`, `FileProblem`."""
        if self._writer is None:
            raise Forbidden(f"Nothing can be written: {self.file.blocked}.")

        def job(connection: apsw.Connection) -> T:
            with file_errors(self.file.path), self._lock.held() as patience:
                connection.set_busy_timeout(max(100, int(patience * 1000)))
                with transaction(connection, durable=durable):
                    return work(connection)

        return await self._writer.run(job)

    async def version(self) -> int:
        """Differs after any write by any process; compare it only with what this object said before."""

        def job(connection: apsw.Connection) -> int:
            with file_errors(self.file.path):
                return int(connection.pragma("data_version"))

        return await self._reader.run(job)

    async def close(self) -> None:
        """Finish what is running and let the file go."""
        await self._reader.close()
        if self._writer is not None:
            await self._writer.close()
