"""`forumtui serve` as it is started by people, and a server in this process with limits of a test's own."""

from __future__ import annotations

import asyncio
import os
import pwd
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the server is an extra: pip install 'forumtui[server]'")

import httpx

from forumtui.forum.file import SqliteForumStore
from forumtui.server.limits import Limits
from forumtui.server.listening import tcp_socket
from forumtui.server.running import serve

SECONDS = 30
"""So long may a server take to start or end on a busy machine."""


@dataclass
class Serving:
    """A server process that is ready."""

    process: subprocess.Popen[str]
    line: str
    address: str

    def end(self, how: int = signal.SIGTERM) -> tuple[int, str]:
        """Its exit code, and what it said on standard error."""
        self.process.send_signal(how)
        _, said = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, said


@contextmanager
def served(forum: Path, *options: str, how: int = signal.SIGTERM) -> Iterator[Serving]:
    """A server over a forum file at a port that is free, or at a ``--socket``; it must end well."""
    where = [] if "--socket" in options else ["--port", "0"]
    process = subprocess.Popen(
        [sys.executable, "-m", "forumtui", "serve", str(forum), *where, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "FORUMTUI_HOME": str(forum.parent / "home")},
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("Serving "), process.communicate()
        serving = Serving(process, line, line.split(" at ")[1].split(" (pid")[0])
        yield serving
        if process.poll() is None:
            code, said = serving.end(how)
            assert code == 0, said
            assert "Traceback" not in said
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


@asynccontextmanager
async def in_this_process(forum: Path, limits: Limits) -> AsyncIterator[tuple[SqliteForumStore, int]]:
    """A real server in this process, at the port given."""
    store = await SqliteForumStore.open(forum, create=True, title="Bees")
    ready = asyncio.Event()
    with tcp_socket("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        running = asyncio.create_task(serve(store, listener, limits=limits, ready=ready.set))
        await ready.wait()
        try:
            yield store, port
        finally:
            signal.raise_signal(signal.SIGTERM)
            await running
            await store.close()


@contextmanager
def at_socket(path: str, user: int = os.getuid()) -> Iterator[httpx.Client]:
    """A client that connected to a Unix socket as this user."""
    with httpx.Client(
        transport=httpx.HTTPTransport(uds=path), base_url="http://forum/api/v1", timeout=SECONDS
    ) as client:
        with acting_as(user):
            client.get("/forum")
        yield client


@contextmanager
def acting_as(user: int) -> Iterator[None]:
    """Be another user for a moment, as the kernel sees it, without root's groups."""
    if user == os.geteuid():
        yield
        return
    groups, group, me = os.getgroups(), os.getegid(), os.geteuid()
    os.setgroups([])
    os.setegid(pwd.getpwuid(user).pw_gid)
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(me)
        os.setegid(group)
        os.setgroups(groups)


def exchange(address: tuple[str, int], *pieces: bytes, timeout: float = SECONDS) -> bytes:
    """All that a server sends on a connection, after these bytes, until it ends the connection."""
    with socket.create_connection(address, timeout=timeout) as connection:
        for piece in pieces:
            connection.sendall(piece)
        received = b""
        while part := connection.recv(1 << 16):
            received += part
        return received
