"""Requests counted in the library, so that the screen, the command line and a second copy keep one budget."""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from forumtui.ledger import Asked, Budget, Urgency
from forumtui.reader.library.threads import Threads
from forumtui.reader.rows import Changed
from forumtui.reader.sql import asked as store


class SharedLedger:
    """Implements `forumtui.ledger.Ledger`."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    async def take(self, who: str, budget: Budget, urgency: Urgency) -> float:
        """Count one more request if there is room, else the seconds until there is."""

        def work(connection: apsw.Connection, _: set[Changed]) -> float:
            return store.take(connection, who, budget, urgency, self._threads.now())

        return await self._threads.write(work)

    async def count(self, who: str, budget: Budget) -> None:
        """One more was made in any case."""

        def work(connection: apsw.Connection, _: set[Changed]) -> None:
            store.count(connection, who, budget, self._threads.now())

        await self._threads.write(work)

    async def told(self) -> Sequence[Asked]:
        """What was asked of each server in each span of its budget."""
        return await self._threads.read(lambda connection: store.told(connection, self._threads.now()))
