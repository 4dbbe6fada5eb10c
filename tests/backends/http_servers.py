"""Servers for tests of what speaks HTTP: one in memory, and one on the loopback that can misbehave on the line."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from tests.backends.mocked import mocked

from forumtui.backends.web import Limits, ReasonOf, WebClient

HOME = "https://example.org"
TOKEN = "s3cret-token-abcdef"
KNOWN = {"Authorization": f"Bearer {TOKEN}"}

Answer = Callable[[httpx.Request], httpx.Response]


def client(
    answer: Answer, address: str = HOME, *, reason_of: ReasonOf | None = None, limits: Limits | None = None
) -> WebClient:
    """A client that knows `TOKEN`, and whose server is a function."""
    transport = mocked(answer)
    return WebClient(address, transport=transport, credentials=KNOWN, reason_of=reason_of, limits=limits or Limits())


def answering(response: httpx.Response) -> Answer:
    """The same, whatever is asked."""
    return lambda _: response


async def ask(answer: Answer, *, act: bool = False, reason_of: ReasonOf | None = None) -> Any:
    """Ask once, for a value or as an act."""
    async with client(answer, reason_of=reason_of) as web:
        return await (web.post_json("/x", {}) if act else web.get_json("/x"))


class Line:
    """One connection, seen from the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def request(self) -> bytes:
        """The head of the next request; its body is read and dropped."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                await self.reader.readexactly(int(line.partition(b":")[2]))
        return head

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, body: bytes, headers: str = "", status: str = "200 OK") -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
        await self.send(head.encode() + body)

    def cut(self) -> None:
        """Reset the connection, without the manners of a close."""
        self.writer.transport.abort()


Behave = Callable[[Line], Awaitable[None]]


@asynccontextmanager
async def loopback(behave: Behave, socket: Path | None = None) -> AsyncIterator[str]:
    """A server that behaves like that on each connection; its address."""
    tasks: set[asyncio.Task[None]] = set()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await behave(Line(reader, writer))
        writer.close()

    if socket is not None:
        server = await asyncio.start_unix_server(meet, str(socket))
        address = "http://forum"
    else:
        server = await asyncio.start_server(meet, "127.0.0.1", 0)
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield address
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
