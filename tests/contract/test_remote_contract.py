"""A served forum keeps every promise, over TCP and over a Unix socket."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path
from socket import socket

import pytest

pytest.importorskip("fastapi", reason="the server is an extra: pip install 'forumtui[server]'")

from tests.backends.served import served
from tests.contract.own_file import OwnFile
from tests.contract.own_orders import OwnOrders

from forumtui.backends.remote.backend import RemoteBackend
from forumtui.backends.remote.connection import connect
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.identities import Scope
from forumtui.server.listening import tcp_socket, unix_socket
from forumtui.testing import BackendContract, Stage

pytestmark = pytest.mark.slow


class Served(OwnFile):
    def listener(self, folder: Path) -> AbstractContextManager[socket]:
        raise NotImplementedError

    async def way(self, store: SqliteForumStore, listener: socket, me: str) -> tuple[str, Mapping[str, str]]:
        """Where the forum is, and the options by which it knows this member."""
        raise NotImplementedError

    @asynccontextmanager
    async def open(self, me: str) -> AsyncIterator[Stage]:
        async with self.opened() as (store, behind):
            with self.listener(self.path.parent) as listener:
                location, options = await self.way(behind, listener, me)
                async with served(store, listener), connect(location, options) as connection:
                    yield Stage(RemoteBackend(connection), behind)


class TestOverTcp(Served, BackendContract, OwnOrders):
    def listener(self, folder: Path) -> AbstractContextManager[socket]:
        return tcp_socket("127.0.0.1", 0)

    async def way(self, store: SqliteForumStore, listener: socket, me: str) -> tuple[str, Mapping[str, str]]:
        await store.house.add_member(me)
        token = await store.house.issue_token(me, scopes=list(Scope))  # also for roles that come later
        return f"http://127.0.0.1:{listener.getsockname()[1]}", {"token": token}


class TestOverUnixSocket(Served, BackendContract):
    def listener(self, folder: Path) -> AbstractContextManager[socket]:
        return unix_socket(folder / "forum.sock", 0o600)

    async def way(self, store: SqliteForumStore, listener: socket, me: str) -> tuple[str, Mapping[str, str]]:
        await store.house.add_member(me)
        await store.identities.link(me, os.getuid())
        return f"unix:{listener.getsockname()}", {"token": "of no effect here"}
