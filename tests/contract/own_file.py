"""A forum file that is open twice, for contracts that are kept over our own kind of forum."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import apsw

from forumtui.forum.file import SqliteForumStore
from forumtui.testing import Stage


class OwnFile:
    path: Path

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[tuple[SqliteForumStore, SqliteForumStore]]:
        """The forum that is looked at, and the same as another process has it."""
        with tempfile.TemporaryDirectory() as folder:
            self.path = Path(folder) / "forum.db"
            behind = await SqliteForumStore.open(self.path, create=True, title="A forum")
            store = await SqliteForumStore.open(self.path)
            try:
                yield store, behind
            finally:
                await store.close()
                await behind.close()

    async def take_place(self, stage: Stage) -> None:
        connection = apsw.Connection(str(self.path))
        connection.execute("UPDATE forum SET epoch = 'another'")
        connection.close()
