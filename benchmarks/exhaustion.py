"""Tries to take a server's memory and connections; `python benchmarks/exhaustion.py [--share 0.1]`.

One attacker, at one address of this machine, tries each way; meanwhile a guest at another address asks for the list of
topics.  Bounded in count and time, on 127.0.0.0/8 alone.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import re
import resource
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.corpus import topics
from benchmarks.homes import forum_file
from benchmarks.tables import percentile, show
from tests.server.processes import Serving, served

from forumtui.forum.file import SqliteForumStore

ATTACKER, GUEST = "127.0.0.66", "127.0.0.77"
SECONDS = 8.0
"""An attack that is not over by then is ended."""
Attack = Callable[["Target"], Awaitable[str]]


class Target:
    """A server, and how much of each attack to try."""

    def __init__(self, serving: Serving, share: float, token: str) -> None:
        self.token = token
        self.pid = serving.process.pid
        self.port = int(serving.address.rpartition(":")[2])
        self.share = share

    def rss(self) -> float:
        """The server's memory, in MB."""
        text = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(re.findall(r"VmRSS:\s+(\d+)", text)[0]) / 1000

    def files(self) -> int:
        """Files that the server has open."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def some(self, count: int) -> int:
        """The part of a count that is to be tried."""
        return max(1, int(count * self.share))

    async def connect(self, address: str = ATTACKER) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection from one of this machine's addresses."""
        return await asyncio.open_connection("127.0.0.1", self.port, local_addr=(address, 0))


async def ask(target: Target, path: str, address: str, headers: str = "") -> tuple[int, float]:
    """The status of a GET, 0 where none came, and how many seconds it took."""
    begun = time.perf_counter()
    try:
        async with asyncio.timeout(30):
            reader, writer = await target.connect(address)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{headers}\r\n".encode())
            answer = await reader.read()
            writer.close()
    except (OSError, TimeoutError):
        return 0, time.perf_counter() - begun
    return int(answer[9:12] or 0), time.perf_counter() - begun


# -- attacks: each says what it did


async def idle(target: Target) -> str:
    """Connections that say nothing."""
    return await _held(target, b"", "connections")


async def slow_heads(target: Target) -> str:
    """Requests whose headers never end."""
    return await _held(target, b"GET / HTTP/1.1\r\nX-Slow: ", "heads")


async def streams(target: Target) -> str:
    """Event streams that nobody reads."""
    return await _held(target, b"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "streams")


async def unread(target: Target) -> str:
    """Long answers that nobody reads, asked for again and again."""
    request = b"GET /api/v1/topics/1/posts?limit=1000 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    return await _held(target, request * 40, "connections with 40 questions each")


async def _held(target: Target, sent: bytes, what: str) -> str:
    count, opened = target.some(1200), []
    for _ in range(count):
        with contextlib.suppress(OSError):
            _, writer = await target.connect()
            writer.write(sent)
            opened.append(writer)
    ends = time.monotonic() + SECONDS / 2
    most = 0
    while time.monotonic() < ends:
        most = max(most, target.files())
        await asyncio.sleep(0.2)
    for writer in opened:
        writer.transport.abort()
    return f"{count:,} {what}; files open at most {most:,}"


async def unknown_words(target: Target) -> str:
    """Questions that differ in what no operation looks at."""
    return await _asked(target, lambda number: f"/api/v1/topics?limit=50&x{number}={'y' * 8000}")


async def known_words(target: Target) -> str:
    """Questions that differ in what they ask for."""
    return await _asked(target, lambda number: f"/api/v1/topics?limit={number % 1000 + 1}&after={number}")


async def long_paths(target: Target) -> str:
    """Addresses of 60 kB that mean nothing."""
    return await _asked(target, lambda number: f"/api/v1/{number}{'z' * 60_000}")


async def _asked(target: Target, path: Callable[[int], str]) -> str:
    numbers = iter(range(target.some(20_000)))
    ends = time.monotonic() + SECONDS
    done = 0

    async def client() -> None:
        nonlocal done
        reader, writer = await target.connect()
        for number in numbers:
            if time.monotonic() > ends:
                break
            writer.write(f"GET {path(number)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: (\d+)", head)
            await reader.readexactly(int(length[1]) if length else 0)
            done += 1
        writer.close()

    await asyncio.gather(*(client() for _ in range(8)))
    return f"{done:,} questions"


async def big_bodies(target: Target) -> str:
    """Bodies of a megabyte for whoever would log in."""
    body = b'{"name": "' + b"x" * 1_000_000 + b'", "password": "y"}'
    request = (
        f"POST /api/v1/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    ends, done = time.monotonic() + SECONDS, 0

    async def client() -> None:
        nonlocal done
        while time.monotonic() < ends and done < target.some(400):
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                reader, writer = await target.connect()
                writer.write(request)
                await reader.readuntil(b"\r\n\r\n")
                writer.close()
            done += 1

    await asyncio.gather(*(client() for _ in range(16)))
    return f"{done:,} bodies"


async def many_tags(target: Target) -> str:
    """Topics of 60,000 tags, by a member."""
    return await _written(target, {"subject": "Many", "body": {"source": "x"}, "tags": list(map(str, range(60_000)))})


async def huge_bodies(target: Target) -> str:
    """Topics of 900,000 characters, by a member."""
    return await _written(target, {"subject": "Long", "body": {"source": "long words " * 82_000}})


async def _written(target: Target, topic: dict[str, object]) -> str:
    statuses: dict[int, int] = {}
    ends = time.monotonic() + SECONDS
    for number in range(target.some(79)):
        if time.monotonic() > ends:
            break
        body = json.dumps({"key": f"{topic['subject']} {number}", "act": {"kind": "new-topic", "board": "1", **topic}})
        reader, writer = await target.connect()
        writer.write(
            f"POST /api/v1/actions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nConnection: close\r\n"
            f"Authorization: Bearer {target.token}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        answer = await reader.read()
        writer.close()
        statuses[int(answer[9:12])] = statuses.get(int(answer[9:12]), 0) + 1
    return ", ".join(f"{count} answered {status}" for status, count in statuses.items())


ATTACKS: Sequence[Attack] = (
    idle, slow_heads, streams, unread, unknown_words, known_words, long_paths, big_bodies, many_tags, huge_bodies
)  # fmt: skip


async def attempt(target: Target, attack: Attack) -> list[object]:
    """One row: what was tried, the server's memory, and how a guest fared."""
    before = target.rss()
    peak, statuses, waits = before, [], []
    under_way = asyncio.ensure_future(attack(target))
    while not under_way.done():
        status, seconds = await ask(target, "/api/v1/topics?limit=50", GUEST)
        statuses.append(status)
        waits.append(seconds * 1000)
        peak = max(peak, target.rss())
        await asyncio.wait([under_way], timeout=0.1)
    said = under_way.result()
    served_well = sum(status == 200 for status in statuses)
    name = (attack.__doc__ or "").strip().rstrip(".")
    return [name, said, before, peak, target.rss(), f"{served_well}/{len(statuses)}", percentile(waits, 0.95)]


async def attempts(target: Target) -> list[list[object]]:
    """All attacks, one after the other, on one server."""
    await ask(target, "/api/v1/topics?limit=50", GUEST)
    return [await attempt(target, attack) for attack in ATTACKS]


async def _token(forum: Path) -> str:
    """A member's, for what only members can try."""
    store = await SqliteForumStore.open(forum)
    try:
        await store.house.set_role("mallory", "Member")
        return await store.house.issue_token("mallory")
    finally:
        await store.close()


def main() -> int:
    """Print the table; 1 where a guest was kept out or the memory grew without bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0)
    share = parser.parse_args().share
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with TemporaryDirectory() as folder:
        forum = Path(folder) / "forum.db"
        asyncio.run(forum_file(forum, topics(1000, 50)))
        token = asyncio.run(_token(forum))
        limits = ("reads=0", "writes=0", "logins=0", "searches=0")
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))  # as most services have it
        with served(forum, *(word for limit in limits for word in ("--limit", limit))) as serving:
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
            rows = asyncio.run(attempts(Target(serving, share, token)))
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    head = ["attempt", "tried", "MB before", "MB at most", "MB after", "guest served", "guest p95 ms"]
    show("A server under attempts to exhaust it", head, rows)
    kept_out = [row[0] for row in rows if len(set(str(row[5]).split("/"))) > 1]
    return int(bool(kept_out) or any(float(str(row[3])) > 400 for row in rows))


if __name__ == "__main__":
    sys.exit(main())
