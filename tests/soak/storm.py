"""Many writers, one server, a bad line, and a server that is killed: what was written is there once, everywhere.

`run` plays it; `benchmarks/soak.py` does so at full size.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.soak.cutting_proxy import CuttingProxy
from tests.soak.readers import TerminalReader
from tests.waiting import pause

from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import BoardDraft, Policy
from forumtui.model import Action, Body, Listing, NewTopic, Place, TopicId, Window

Content = list[list[object]]
"""(post, topic, parent, author, text) of every post, in order."""


@dataclass(frozen=True)
class Storm:
    """How bad it gets."""

    clients: int = 16
    processes: int = 4
    readers: int = 2
    """In real terminals."""
    posts: int = 20_000
    topics: int = 40
    cut: int = 40
    """Of a hundred connections, so many are cut."""
    calm: float = 4.0
    """Seconds that the server lives, on average."""
    limit: float = 1800.0
    """Seconds until we give up."""
    seed: int = 1


@dataclass(frozen=True)
class Outcome:
    """What was found in the end."""

    written: int
    lost: int
    doubled: int
    unequal: list[str]
    """The clients whose library differs from the forum."""
    kills: int
    cuts: int
    seconds: float


class Server:
    """`forumtui serve`, killed and started again on one port."""

    def __init__(self, forum: Path, log: Path) -> None:
        self._forum = forum
        self._log = log
        self.port = free_port()
        self.kills = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; whoever connects too early is a client on a bad line."""
        command = [sys.executable, "-m", "forumtui", "serve", str(self._forum), "--port", str(self.port)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--limit", "reads=0", "--limit", "writes=0"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    async def answers(self) -> None:
        """Wait until somebody listens."""
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return
            await pause(0.05)

    def kill(self) -> None:
        """As a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self.kills += 1

    def stop(self) -> None:
        """In good order."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def make_forum(path: Path, storm: Storm) -> list[str]:
    """A forum with topics to write in; returns the clients' tokens."""
    store = await SqliteForumStore.open(path, create=True, title="Storm")
    try:
        await store.house.set_policy(Policy(members_only=False))
        board = await store.house.add_board(BoardDraft(title="General"))
        await store.house.add_member("caretaker", "Admin")
        for number in range(storm.topics):
            act = NewTopic(board, f"Topic {number}", Body(f"Opening {number}"))
            await store.perform("caretaker", Action(f"open-{number}", act))
        tokens = []
        for name in [*(f"client {number}" for number in range(storm.clients)), "reader"]:
            await store.house.add_member(name)
            tokens.append(await store.house.issue_token(name))
        return tokens
    finally:
        await store.close()


async def content_of(path: Path) -> Content:
    """What the forum file holds."""
    store = await SqliteForumStore.open(path)
    rows: Content = []
    try:
        cursor = None
        topics: list[TopicId] = []
        while True:
            page = await store.topics(None, Listing(), cursor, 500)
            topics += [topic.id for topic in page.items]
            cursor = page.after
            if cursor is None:
                break
        for topic in topics:
            window = Window(Place.START, limit=500)
            while True:
                found = await store.posts(None, topic, window)
                rows += [
                    [post.id, post.topic, post.parent, post.author and post.author.name, post.body and post.body.source]
                    for post in found.items
                ]
                if found.after is None:
                    break
                window = Window(Place.AFTER, found.after, 500)
        return sorted(rows, key=lambda row: int(str(row[0])))
    finally:
        await store.close()


async def run(folder: Path, storm: Storm) -> Outcome:
    """Play a storm in an empty folder."""
    began = time.monotonic()
    chance = random.Random(storm.seed)
    forum = folder / "forum.db"
    tokens = await make_forum(forum, storm)
    server = Server(forum, folder / "server.log")
    server.start()
    proxy = CuttingProxy(server.port, cut=storm.cut, seed=storm.seed)
    await proxy.start()
    url = f"http://127.0.0.1:{proxy.port}"
    workers = [await _start_worker(folder, storm, url, tokens, number) for number in range(storm.processes)]
    readers = [TerminalReader(folder / f"reader-{number}", url) for number in range(storm.readers)]
    try:
        async with asyncio.timeout(storm.limit):
            for reader in readers:
                await reader.join(tokens[-1])
                await asyncio.to_thread(reader.start)
            while any(not (folder / f"written-{number}").exists() for number in range(storm.processes)):
                await server.answers()
                await pause(chance.uniform(0.5, 1.5) * storm.calm)
                _check_alive(workers, folder)
                await asyncio.to_thread(server.kill)
                await pause(chance.uniform(0.0, 0.5))
                server.start()
            proxy.cut = 0
            (folder / "calm").touch()
            for worker in workers:
                assert await worker.wait() == 0, (folder / "workers.log").read_text()[-3000:]
            for reader in readers:
                assert await asyncio.to_thread(reader.leave) == 0
                await reader.write_down(folder / f"library-{reader.home.name}.json")
    finally:
        for worker in workers:
            if worker.returncode is None:
                worker.kill()
                await worker.wait()
        await proxy.close()
        await asyncio.to_thread(server.stop)
    return await _compare(folder, storm, server.kills, proxy.cuts, time.monotonic() - began)


def _check_alive(workers: list[asyncio.subprocess.Process], folder: Path) -> None:
    for worker in workers:
        assert worker.returncode in {None, 0}, (folder / "workers.log").read_text()[-3000:]


async def _start_worker(
    folder: Path, storm: Storm, url: str, tokens: list[str], number: int
) -> asyncio.subprocess.Process:
    mine = list(range(number, storm.clients, storm.processes))
    job = {
        "folder": str(folder),
        "number": number,
        "url": url,
        "clients": [[client, tokens[client]] for client in mine],
        "posts": storm.posts // storm.clients,
        "topics": storm.topics,
        "seed": storm.seed * 1000 + number,
        "limit": storm.limit,
    }
    with (folder / "workers.log").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.soak.writers",
            json.dumps(job),
            cwd=Path(__file__).resolve().parent.parent.parent,
            env=os.environ | {"PYTHONPATH": "."},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


async def _compare(folder: Path, storm: Storm, kills: int, cuts: int, seconds: float) -> Outcome:
    content = await content_of(folder / "forum.db")
    texts = [str(row[4]) for row in content]
    expected = [
        text
        for number in range(storm.processes)
        for text in json.loads((folder / f"written-{number}").read_text(encoding="utf-8"))
    ]
    there = set(texts)
    unequal = [
        file.stem
        for file in sorted(folder.glob("library-*.json"))
        if json.loads(file.read_text(encoding="utf-8")) != content
    ]
    written = [text for text in texts if not text.startswith("Opening")]
    return Outcome(
        written=len(expected),
        lost=sum(text not in there for text in expected),
        doubled=len(written) - len(set(written)),
        unequal=unequal,
        kills=kills,
        cuts=cuts,
        seconds=seconds,
    )


def shown(outcome: Outcome) -> dict[str, object]:
    """For a table."""
    return asdict(outcome)
