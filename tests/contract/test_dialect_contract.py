"""The remote backend keeps every promise, over another's implementation of the HTTP API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.backends.mocked import mocked
from tests.backends.other_side import OtherSide
from tests.contract.own_orders import OwnOrders
from tests.reference.forum import ReferenceForum

from forumtui.backends.remote.backend import RemoteBackend
from forumtui.backends.remote.connection import connect
from forumtui.testing import BackendContract, Stage
from forumtui.testing.contract.feed import FeedContract


class OverDialect:
    streams = True

    @asynccontextmanager
    async def open(self, me: str) -> AsyncIterator[Stage]:
        store = ReferenceForum()
        other = OtherSide(store, {"a-token-of-mine": me})
        other.streams = self.streams
        transport = mocked(other)
        async with connect("https://forum.example", {"token": "a-token-of-mine"}, transport=transport) as way:
            yield Stage(RemoteBackend(way, poll=0.02), store)

    async def take_place(self, stage: Stage) -> None:
        assert isinstance(stage.store, ReferenceForum)
        stage.store.new_epoch()


class TestDialect(OverDialect, BackendContract, OwnOrders):
    pass


class TestWithoutEvents(OverDialect, FeedContract):
    streams = False
