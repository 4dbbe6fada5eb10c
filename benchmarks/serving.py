"""A forum that is served: requests a second beside a bare endpoint, and what a reader's sync costs."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from benchmarks.corpus import topics
from benchmarks.homes import EVER, FOLDER, forum_file
from benchmarks.tables import median, show
from tests.soak.storm import free_port

from forumtui.backends.web import Answer, Request
from forumtui.forum.file import SqliteForumStore
from forumtui.model import Cursor
from forumtui.reader.library import Library
from forumtui.reader.rows import WantPosts
from forumtui.reader.sync.engine import Engines

SECONDS = 4
ROUNDS = 3
LISTS = {"50 topics": "/api/v1/topics?limit=50", "100 posts": "/api/v1/topics/1/posts?limit=100"}


def forum_of(count: int, posts: int) -> tuple[Path, str]:
    """A forum file of so many topics, made once, and a token for it."""
    path = FOLDER / f"served-{count}-{posts}.db"

    async def prepare() -> str:
        if not path.exists():
            await forum_file(path, topics(count, posts))
        store = await SqliteForumStore.open(path)
        try:
            if not any(member.name == "reader" for member in await store.house.members()):
                await store.house.add_member("reader")
            return await store.house.issue_token("reader")
        finally:
            await store.close()

    return path, asyncio.run(prepare())


@contextmanager
def running(command: list[str], port: int, token: str) -> Iterator[None]:
    """A server, for as long as the context lasts."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        asked = urllib.request.Request(
            f"http://127.0.0.1:{port}{LISTS['50 topics']}", headers={"Authorization": f"Bearer {token}"}
        )
        for _ in range(200):
            try:
                urllib.request.urlopen(asked, timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(10)


def load(port: int, path: str, token: str) -> tuple[float, float]:
    """Requests a second and the 99th percentile in ms, by 16 connections (wrk)."""
    done = subprocess.run(
        [
            "wrk", "-t1", "-c16", f"-d{SECONDS}s", "--latency",
            "-H", f"Authorization: Bearer {token}",
            f"http://127.0.0.1:{port}{path}",
        ],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "Non-2xx" not in done.stdout, done.stdout
    rate = float(_found(r"Requests/sec:\s*([\d.]+)", done.stdout)[1])
    value, unit = _found(r"99%\s+([\d.]+)(us|ms|s)", done.stdout).groups()
    return rate, float(value) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]


def _found(pattern: str, text: str) -> re.Match[str]:
    found = re.search(pattern, text)
    assert found is not None, text
    return found


def serving() -> None:
    """`forumtui serve` beside a bare Starlette endpoint with the same query, token check and JSON."""
    if shutil.which("wrk") is None:
        print("\n(serving is measured with wrk, which is not installed)")
        return
    path, token = forum_of(10_000, 10)
    ours, bare = free_port(), free_port()
    figures: dict[tuple[str, str], list[tuple[float, float]]] = {}
    limits = ["--limit", "reads=0", "--limit", "writes=0"]
    with (
        running([sys.executable, "-m", "forumtui", "serve", str(path), "--port", str(ours), *limits], ours, token),
        running([sys.executable, str(Path(__file__).parent / "bare_server.py"), str(path), str(bare)], bare, token),
    ):
        for _ in range(ROUNDS):
            for name, target in LISTS.items():
                for program, port in (("bare Starlette", bare), ("forumtui serve", ours)):
                    figures.setdefault((name, program), []).append(load(port, target, token))
    rows: list[list[object]] = []
    for name in LISTS:
        base = median([rate for rate, _ in figures[name, "bare Starlette"]])
        for program in ("bare Starlette", "forumtui serve"):
            rates, slowest = zip(*figures[name, program], strict=True)
            rows.append([name, program, median(rates), median(slowest), median(rates) / base])
    show("Requests to a server, 16 connections, 10,000 topics", ["list", "server", "req/s", "p99 ms", "ratio"], rows)


class Counting:
    """Asks over the network, and counts requests and the bytes of answers as they were on the line."""

    def __init__(self) -> None:
        self.requests = 0
        self.size = 0

    async def __call__(self, request: Request) -> Answer:
        """Ask, and count."""
        self.requests += 1
        asked = httpx.Request(request.method, request.url, headers=dict(request.headers), content=request.content)
        async with httpx.AsyncHTTPTransport() as line:
            response = await line.handle_async_request(asked)
            content = b"".join([piece async for piece in response.aiter_raw()])
        self.size += len(content)
        return Answer(response.status_code, content, dict(response.headers))


@asynccontextmanager
async def reader(folder: Path) -> AsyncIterator[tuple[Library, Engines]]:
    """An empty library and its engines."""
    library = await Library.open(folder)
    try:
        async with Engines(library, join_days=EVER) as engines:
            yield library, engines
    finally:
        await library.close()


def syncing() -> None:
    """100,000 posts into an empty library over HTTP; then a look that finds nothing new."""
    path, token = forum_of(1_000, 100)
    port = free_port()
    limits = ["--limit", "reads=0", "--limit", "writes=0"]
    with (
        TemporaryDirectory() as folder,
        running([sys.executable, "-m", "forumtui", "serve", str(path), "--port", str(port), *limits], port, token),
    ):
        asyncio.run(_syncing(Path(folder), f"http://127.0.0.1:{port}", token))


async def _syncing(folder: Path, address: str, token: str) -> None:
    from forumtui.backends.remote.backend import RemoteBackend
    from forumtui.backends.remote.connection import connect

    async with reader(folder) as (library, engines):
        row = await engines.add(address, options={"token": token})
        began = time.perf_counter()
        await engines.run_once(row.key)
        headers = time.perf_counter() - began
        wanted = await library.intake.unread_topics(row.key, 2_000)
        count = 0
        began = time.perf_counter()
        for topic in wanted:
            while window := await library.intake.missing(row.key, topic, 200):
                await engines.run_once(row.key, wants=[WantPosts(row.key, topic, window)], push=False, mirror=False)
            count += 100
        seconds = time.perf_counter() - began
        counting = Counting()
        cursor = await library.accounts.cursor(row.key, "changes")
        assert cursor is not None
        async with connect(address, {"token": token}, transport=counting) as connection:
            changes = await RemoteBackend(connection).changes(Cursor(cursor))
        assert not changes.items
        show(
            "Sync of a served forum (1,000 topics, 100,000 posts)",
            ["what", "s", "posts/s", "requests", "bytes"],
            [
                ["headers of all topics", headers, "", "", ""],
                ["all posts, empty library", seconds, count / seconds, "", ""],
                ["nothing new", "", "", counting.requests, counting.size],
            ],
        )
