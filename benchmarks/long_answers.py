"""A stream of half an hour and a backup over a slow line: do they arrive whole?

`python benchmarks/long_answers.py [MINUTES [MB [KB_A_SECOND]]]`; 30 minutes, 200 MB and 200 kB/s take half an hour.
"""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.tables import show
from tests.server.processes import served

from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import BoardDraft
from forumtui.model import Action, Body, NewTopic


async def forum_of(path: Path, megabytes: int) -> str:
    """A forum file of about this size, and a token of its keeper's."""
    store = await SqliteForumStore.open(path, create=True, title="Long")
    try:
        board = await store.house.add_board(BoardDraft(title="Long texts"))
        word = "".join(f"{number:07d} " for number in range(30_000))  # a quarter of one, and as much in the index
        for number in range(megabytes * 2):
            await store.perform(
                "anna", Action(f"k{number}", NewTopic(board, f"Topic {number}", Body(f"{number} {word}")))
            )
        await store.house.set_role("anna", "Admin")
        return await store.house.issue_token("anna")
    finally:
        await store.close()


def request(path: str, token: str) -> bytes:
    """A GET."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


async def stream(port: int, token: str, seconds: float) -> tuple[int, float]:
    """Signs of life, and how many seconds the stream lasted."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request("/api/v1/events", token))
    begun, beats = time.monotonic(), 0
    while time.monotonic() < begun + seconds:
        part = await asyncio.wait_for(reader.read(1 << 16), 60)
        if not part:
            break
        beats += part.count(b": still here") + part.count(b"event: ")
    writer.close()
    return beats, time.monotonic() - begun


async def download(port: int, token: str, target: Path, bytes_a_second: int) -> tuple[int, int, float]:
    """Bytes announced, bytes that came, and seconds, over a line of this speed."""
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
    plain.connect(("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=plain, limit=1 << 16)
    begun = time.monotonic()
    writer.write(request("/api/v1/backup", token))
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 300)
    announced = int(
        next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")).split()[1]
    )
    came, started = 0, time.monotonic()
    with target.open("wb") as file:
        while came < announced:
            part = await asyncio.wait_for(reader.read(bytes_a_second // 10), 60)
            if not part:
                break
            file.write(part)
            came += len(part)
            await asyncio.sleep(max(0.0, started + came / bytes_a_second - time.monotonic()))
    writer.close()
    return announced, came, time.monotonic() - begun


async def both(port: int, token: str, copy: Path, minutes: float, rate: int) -> list[list[object]]:
    """The rows of the table."""
    (beats, lasted), (announced, came, took) = await asyncio.gather(
        stream(port, token, minutes * 60), download(port, token, copy, rate)
    )
    sound = "whole" if came == announced and _is_sound(copy) else "CUT"
    return [
        [f"an event stream of {minutes:g} minutes", f"{beats} signs of life", f"{lasted:.0f} s", "whole" if lasted >= minutes * 60 else "CUT"],
        [f"a backup at {rate // 1000} kB/s", f"{came:,} of {announced:,} bytes", f"{took:.0f} s", sound],
    ]  # fmt: skip


def _is_sound(copy: Path) -> bool:
    connection = sqlite3.connect(copy)
    try:
        connection.create_function("ft_fold", 1, str)
        return bool(connection.execute("PRAGMA quick_check").fetchone() == ("ok",))
    finally:
        connection.close()


def main() -> int:
    """Print the table; 1 where one was cut."""
    numbers = [float(word) for word in sys.argv[1:]]
    minutes, megabytes, rate = [*numbers, *(30.0, 200.0, 200.0)[len(numbers) :]]
    with TemporaryDirectory() as folder:
        forum = Path(folder) / "forum.db"
        token = asyncio.run(forum_of(forum, int(megabytes)))
        with served(forum, "--limit", "reads=0") as serving:
            port = int(serving.address.rpartition(":")[2])
            rows = asyncio.run(both(port, token, Path(folder) / "copy.db", minutes, int(rate * 1000)))
    show("Long answers", ["what", "came", "took", "how"], rows)
    return int(any(row[3] != "whole" for row in rows))


if __name__ == "__main__":
    sys.exit(main())
