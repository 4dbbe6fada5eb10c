"""A bad line: a TCP proxy that cuts connections after random numbers of bytes, in either direction."""

from __future__ import annotations

import asyncio
import contextlib
import random

CHUNK = 2048


class CuttingProxy:
    """Passes connections on to a port; of each hundred, ``cut`` end early.  Heal it with ``cut = 0``."""

    def __init__(self, target: int, *, cut: int = 40, seed: int = 0) -> None:
        self.target = target
        self.cut = cut
        self.port = 0
        self.cuts = 0
        self._chance = random.Random(seed)
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen on a port of its own choice."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Hang up everywhere."""
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await self._join(reader, writer)
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            return  # the server is away: the client sees a line that ends at once
        try:
            limits = [1 << 40, 1 << 40]
            if self._chance.randrange(100) < self.cut:
                self.cuts += 1
                limits[self._chance.randrange(2)] = int(10 ** self._chance.uniform(1, 4.5))
            ways = [
                asyncio.create_task(_pour(reader, there_writer, limits[0])),
                asyncio.create_task(_pour(there_reader, writer, limits[1])),
            ]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        finally:
            there_writer.transport.abort()


async def _pour(source: asyncio.StreamReader, target: asyncio.StreamWriter, limit: int) -> None:
    while limit > 0 and (data := await source.read(min(CHUNK, limit))):
        limit -= len(data)
        target.write(data)
        await target.drain()
