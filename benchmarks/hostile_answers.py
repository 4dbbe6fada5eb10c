"""What answers of a hostile server cost the reader: memory, and the longest time in which its event loop does nothing else.

``python benchmarks/hostile_answers.py``; each attack in a process of its own.
"""

from __future__ import annotations

import asyncio
import gzip
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from forumtui.backends.remote import driver
from forumtui.errors import BackendError

MEGABYTES = 60
ATTACKS: dict[str, Callable[[], bytes]] = {
    "empty lists": lambda: b"[" + b"[]," * (MEGABYTES * 333_333) + b"1]",
    "empty lists, as many as are let through": lambda: b"[" + b"[]," * 49_000 + b"1]",
    "numbers of 4,300 digits": lambda: b"[" + (b"9" * 4300 + b",") * 2700 + b"1]",
    "line breaks": lambda: b'["' + b"abcd\\n" * 1_950_000 + b'"]',
    "one long text": lambda: b'["' + b"a" * (MEGABYTES * 1_000_000) + b'"]',
    "commas in a text": lambda: b'["' + b"a," * 5_900_000 + b'"]',
    "quotes": lambda: b'"' * 11_000_000,
    "brackets in one another": lambda: b"[" * 11_000_000,
    "zeros, packed": lambda: bytes(MEGABYTES * 10_000_000),
}


async def attack(body: bytes, *, packed: bool) -> None:
    """Serve it, ask for it, and say what that took."""
    sent = gzip.compress(body, 6) if packed else body
    del body
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(sent)}\r\n"
    head += "Content-Encoding: gzip\r\n\r\n" if packed else "\r\n"

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head.encode())
        with suppress(ConnectionError):
            for start in range(0, len(sent), 1 << 16):
                writer.write(sent[start : start + (1 << 16)])
                await writer.drain()
        writer.close()

    longest = 0.0

    async def heart() -> None:
        nonlocal longest
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0.001)
            longest = max(longest, time.perf_counter() - last)
            last = time.perf_counter()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with driver.open(f"http://127.0.0.1:{port}", {}) as backend:
        beat = asyncio.create_task(heart())
        await asyncio.sleep(0.01)
        before, longest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 0.0
        began = time.perf_counter()
        try:
            await backend.info()
            said = "it was taken"
        except BackendError as error:
            said = str(error).partition(" ")[2]
        took = time.perf_counter() - began
        await asyncio.sleep(0.01)
        beat.cancel()
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    server.close()
    print(f"| {longest * 1000:.0f} ms | {(after - before) / 1000:.0f} MB | {took:.2f} s | {said} |")


def main() -> None:
    """One attack if it is named, else all."""
    if len(sys.argv) > 1:
        asyncio.run(attack(ATTACKS[sys.argv[1]](), packed="packed" in sys.argv[1]))
        return
    print("| answer | longest stall | memory besides | took | said |\n| --- | --- | --- | --- | --- |")
    for name in ATTACKS:
        print(f"| {name} ", end="", flush=True)
        subprocess.run([sys.executable, __file__, name], check=True)


if __name__ == "__main__":
    main()
