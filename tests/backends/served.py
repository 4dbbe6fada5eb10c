"""The real server in this process, for tests of what reaches forums over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from socket import socket

import uvicorn

from forumtui.forum.file import SqliteForumStore
from forumtui.server.app import create_app
from forumtui.server.limits import Limits
from forumtui.server.protocol import Config

UNLIMITED = Limits(reads=0, writes=0, logins=0)


@asynccontextmanager
async def served(store: SqliteForumStore, listener: socket) -> AsyncIterator[None]:
    """Serve a forum at a socket, but without waiting for the signals that end a server."""
    app = create_app(store, UNLIMITED)
    config = Config(app, UNLIMITED)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup([listener])
    try:
        yield
    finally:
        app.state.served.watcher.end()
        await server.shutdown([listener])
