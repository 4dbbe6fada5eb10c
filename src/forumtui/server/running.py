"""Running a server until a signal ends it."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from forumtui.errors import FileProblem
from forumtui.server.app import create_app
from forumtui.server.events import Watcher
from forumtui.server.limits import Limits
from forumtui.server.listening import Proxy
from forumtui.server.places import Complaints
from forumtui.server.protocol import Config
from forumtui.server.served import Forum

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def serve(
    forum: Forum,
    listener: socket.socket,
    *,
    limits: Limits | None = None,
    certificate: tuple[Path, Path] | None = None,
    names: frozenset[str] | None = None,
    proxy: Proxy | None = None,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve a forum until SIGINT, SIGTERM or SIGHUP; ``ready`` is called when requests are answered.

    ``certificate``: the files of the certificate and its key, for TLS.  Raises `FileProblem` for these.
    ``names``: those that the server answers to; None: to all.
    """
    limits = limits or Limits()
    app = create_app(forum, limits, names)
    files = {"ssl_certfile": certificate[0], "ssl_keyfile": certificate[1]} if certificate else {}
    config = Config(app, limits, proxy=proxy, **files)
    try:
        config.load()
    except ssl.SSLError as error:
        raise FileProblem("The certificate and its key do not belong together, or are damaged.") from error
    except OSError as error:
        raise FileProblem(f"The certificate or its key can not be read: {error.strerror}.") from error
    await _Server(config, app.state.served.watcher, ready).serve(sockets=[listener])


class _Server(uvicorn.Server):
    """Ends with the event streams first, because nobody would end them; and without dying of the signal."""

    config: Config

    def __init__(self, config: Config, watcher: Watcher, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._watcher = watcher
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and tell."""
        self.config.places.fit()
        asyncio.get_running_loop().set_exception_handler(Complaints())
        await super().startup(sockets)
        gc.collect()
        gc.freeze()  # what was loaded stays; looking for garbage in it again and again would keep requests waiting
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer what is under way, and end."""
        self._watcher.end()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Let signals end the server, and only that."""
        loop = asyncio.get_running_loop()
        for name in _SIGNALS:
            loop.add_signal_handler(name, self.handle_exit, name, None)
        try:
            yield
        finally:
            for name in _SIGNALS:
                loop.remove_signal_handler(name)
