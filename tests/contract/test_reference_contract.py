"""The reference forum keeps the promises that it is there to check."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.contract.own_orders import OwnOrders
from tests.reference.forum import ReferenceForum

from forumtui.backends.local import ForumBackend
from forumtui.testing import BackendContract, Stage


class TestReferenceForum(BackendContract, OwnOrders):
    @asynccontextmanager
    async def open(self, me: str) -> AsyncIterator[Stage]:
        store = ReferenceForum()
        yield Stage(ForumBackend(store, me, poll=0.01), store)

    async def take_place(self, stage: Stage) -> None:
        assert isinstance(stage.store, ReferenceForum)
        stage.store.new_epoch()
