"""A forum file keeps every promise, also when another process changes it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.contract.own_file import OwnFile
from tests.contract.own_orders import OwnOrders

from forumtui.backends.local import ForumBackend
from forumtui.testing import BackendContract, Stage


class TestForumFile(OwnFile, BackendContract, OwnOrders):
    @asynccontextmanager
    async def open(self, me: str) -> AsyncIterator[Stage]:
        async with self.opened() as (store, behind):
            yield Stage(ForumBackend(store, me, poll=0.01), behind)
