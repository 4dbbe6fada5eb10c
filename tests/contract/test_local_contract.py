"""A forum file keeps every promise, also when another process changes it."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import apsw
from tests.contract.own_orders import OwnOrders

from forumtui.backends.local import ForumBackend
from forumtui.forum.file import SqliteForumStore
from forumtui.testing import BackendContract, Stage


class TestForumFile(BackendContract, OwnOrders):
    path: Path

    @asynccontextmanager
    async def open(self, me: str) -> AsyncIterator[Stage]:
        with tempfile.TemporaryDirectory() as folder:
            self.path = Path(folder) / "forum.db"
            behind = await SqliteForumStore.open(self.path, create=True, title="A forum")
            store = await SqliteForumStore.open(self.path)
            try:
                yield Stage(ForumBackend(store, me, poll=0.01), behind)
            finally:
                await store.close()
                await behind.close()

    async def take_place(self, stage: Stage) -> None:
        connection = apsw.Connection(str(self.path))
        connection.execute("UPDATE forum SET epoch = 'another'")
        connection.close()
