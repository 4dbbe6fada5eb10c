"""Acts over a line that cuts, lies and stalls, with reader and server killed at random: each arrives once.

`python benchmarks/reliability/faults.py JOB` is one reader, killed and started again by `run`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.reliability.tally import Tally  # noqa: E402 - after the path is set
from tests.soak.cutting_proxy import CuttingProxy  # noqa: E402
from tests.soak.storm import Server, Storm, content_of, make_forum  # noqa: E402

from forumtui.errors import ForumtuiError, NotFound  # noqa: E402
from forumtui.model import Millis  # noqa: E402
from forumtui.reader.library import Library  # noqa: E402
from forumtui.reader.library.outbox import Typed  # noqa: E402
from forumtui.reader.rows import AccountKey, OutRow, OutState  # noqa: E402
from forumtui.reader.secrets import Secrets  # noqa: E402
from forumtui.reader.sync.engine import Engines  # noqa: E402
from forumtui.reader.sync.pull import Policy  # noqa: E402
from forumtui.reader.sync.session import Clock  # noqa: E402
from forumtui.reader.target import (  # noqa: E402
    OutKind,
    Remote,
    Target,
)

ACTS = 3200
READERS = 4
TOPICS = 20
PACE = 20
LIMIT = 300.0
"""Seconds of faults at the full count; after that the line is healed."""
HEAL = 120.0
AT_ONCE = 30
"""Texts that one reader has waiting at most."""
PAGES = (
    b"302 Found\r\nLocation: http://portal.invalid/", b"301 Moved Permanently\r\nLocation: https://portal.invalid/",
    b"200 OK", b"400 Bad Request", b"401 Unauthorized", b"403 Forbidden", b"404 Not Found", b"409 Conflict",
    b"422 Unprocessable Content", b"451 Unavailable For Legal Reasons", b"502 Bad Gateway",
)  # fmt: skip
_BODY = b"<!doctype html><title>Welcome</title><p>Accept our terms first."


class LyingProxy(CuttingProxy):
    """Cuts as its parent does; of each hundred connections, ``lies`` get a stranger's page, ``stalls`` wait a while.

    Half of the pages come in place of the request, half in place of the forum's answer to it.
    """

    def __init__(self, target: int, *, cut: int, lies: int, stalls: int, seed: int) -> None:
        super().__init__(target, cut=cut, seed=seed)
        self.lies = lies
        self.stalls = stalls
        self.told = 0

    def heal(self) -> None:
        """All is well from now on."""
        self.cut = self.lies = self.stalls = 0

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._chance.randrange(100) < self.stalls:
            await asyncio.sleep(self._chance.uniform(0.1, 1.0))
        if self._chance.randrange(100) < self.lies:
            self.told += 1
            await self._lie(reader, writer)
        else:
            await super()._join(reader, writer)

    async def _lie(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await _request(reader)
        if self._chance.random() < 0.5:
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.target)
            there_writer.write(request)
            await there_writer.drain()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(5):
                    await there_reader.readuntil(b"\r\n\r\n")
            there_writer.close()
        page = self._chance.choice(PAGES)
        head = b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
        writer.write(head % (page, len(_BODY)) + _BODY)
        await writer.drain()


async def _request(reader: asyncio.StreamReader) -> bytes:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        sizes = [
            int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
        ]
        return head + (await reader.readexactly(sizes[0]) if sizes else b"")
    except asyncio.IncompleteReadError as error:
        raise ConnectionError("no whole request") from error


# -- one reader


class FastClock(Clock):
    """`PACE` times as fast since ``base``, whichever process asks."""

    def __init__(self, base: float) -> None:
        self._base = base

    def now(self) -> Millis:
        """The time in ms."""
        return Millis(int((self._base + (time.time() - self._base) * PACE) * 1000))

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        """For an event, or so long."""
        await super().wait(event, None if seconds is None else max(0.02, seconds / PACE))


def text_of(reader: int, number: int) -> str:
    """Each text once in the world."""
    return f"reader {reader} text {number}"


async def read_and_write(job: dict[str, Any]) -> None:
    """Go on where the last life of this reader ended, until everything is settled."""
    clock = FastClock(job["base"])
    library = await Library.open(Path(job["home"]), now=clock.now)
    try:
        secrets = Secrets(Path(job["home"]), use_keyring=False)
        async with Engines(library, clock=clock, policy=Policy(poll=30), secrets=secrets) as engines:
            account = await _joined(library, engines, job)
            engines.wake()
            for number in range(job["acts"]):
                await _write(library, account, job["reader"], number)
                while len(await waiting(library)) >= AT_ONCE:  # noqa: ASYNC110 - no event tells of it
                    await asyncio.sleep(0.05)
            while await waiting(library):
                engines.wake()
                await asyncio.sleep(0.2)
    finally:
        await library.close()
    await asyncio.to_thread(Path(job["done"]).touch)


async def _joined(library: Library, engines: Engines, job: dict[str, Any]) -> AccountKey:
    known = await library.accounts.by_name("faults")
    while known is None:
        with contextlib.suppress(ForumtuiError):
            known = await engines.add(job["url"], name="faults", options={"token": job["token"]})
    return known.key


async def _write(library: Library, account: AccountKey, reader: int, number: int) -> None:
    uid = f"r{reader}-{number}"
    try:
        row = await library.outbox.get(uid)
    except NotFound:
        text = text_of(reader, number)
        if number % 20 == 19:
            row = await library.outbox.start(
                Target(account, OutKind.TOPIC, board=Remote("1")),
                Typed(subject=f"Topic {uid}", text=text),
                uid=uid,
            )
        else:
            topic = str(1 + number % TOPICS)
            row = await library.outbox.start(
                Target(account, OutKind.REPLY, topic=Remote(topic)),
                Typed(text=text),
                uid=uid,
            )
    if row.state is OutState.DRAFT:
        await library.outbox.submit(uid)


async def waiting(library: Library) -> list[OutRow]:
    """What is neither there nor waits for its author."""
    rows = await library.outbox.rows(drafts=True)
    return [row for row in rows if row.state not in {OutState.REFUSED, OutState.ATTENTION, OutState.HELD}]


# -- the trial


@dataclass
class _Reader:
    job: dict[str, Any]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    kills: int = 0

    @property
    def done(self) -> bool:
        return Path(self.job["done"]).exists()

    def start(self) -> None:
        with self.log.open("ab") as log:
            command = [sys.executable, str(Path(__file__)), json.dumps(self.job)]
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
            self.kills += 1


async def trial(folder: Path, seed: int, acts: int, limit: float) -> Tally:
    """One trial in an empty folder."""
    chance = random.Random(seed)
    forum = folder / "forum.db"
    tokens = await make_forum(forum, Storm(clients=READERS, topics=TOPICS))
    server = Server(forum, folder / "server.log")
    server.start()
    proxy = LyingProxy(server.port, cut=60, lies=30, stalls=10, seed=seed)
    await proxy.start()
    readers = [
        _Reader(
            {
                "reader": number,
                "home": str(folder / f"home-{number}"),
                "done": str(folder / f"done-{number}"),
                "url": f"http://127.0.0.1:{proxy.port}",
                "token": tokens[number],
                "acts": acts // READERS,
                "base": time.time(),
            },
            folder / "readers.log",
        )
        for number in range(READERS)
    ]
    began = time.monotonic()
    try:
        await server.answers()
        for reader in readers:
            reader.start()
        while not all(reader.done for reader in readers) and time.monotonic() - began < limit:
            await server.answers()  # a reader or a server that is killed before it does anything tries nothing
            await asyncio.sleep(chance.uniform(2.0, 5.0))
            if chance.random() < 0.4:
                await asyncio.to_thread(server.kill)
                await asyncio.sleep(chance.uniform(0.0, 0.3))
                server.start()
            else:
                victim = chance.choice(readers)
                await asyncio.to_thread(victim.kill)
                if not victim.done:
                    victim.start()
        proxy.heal()
        healed = time.monotonic()
        while not all(reader.done for reader in readers) and time.monotonic() - healed < HEAL:
            for reader in readers:
                if not reader.done and (reader.process is None or reader.process.poll() is not None):
                    reader.start()
            await asyncio.sleep(0.2)
    finally:
        for reader in readers:
            await asyncio.to_thread(reader.kill)
        await proxy.close()
        await asyncio.to_thread(server.stop)
    return await _count(folder, readers, acts, server.kills, proxy, time.monotonic() - began)


async def _count(
    folder: Path, readers: list[_Reader], acts: int, kills: int, proxy: LyingProxy, seconds: float
) -> Tally:
    there = Counter(str(row[4]) for row in await content_of(folder / "forum.db"))
    lost = stuck = asking = told_wrong = 0
    for reader in readers:
        library = await Library.open(Path(reader.job["home"]))
        try:
            rows = {row.uid: row for row in await library.outbox.rows()}
        finally:
            await library.close()
        number_of = reader.job["reader"]
        written = max((1 + int(uid.partition("-")[2]) for uid in rows if uid.startswith("r")), default=0)
        for number in range(reader.job["acts"]):
            row, arrived = rows.get(f"r{number_of}-{number}"), there[text_of(number_of, number)]
            # a reader writes in order, so what it has no row of before its last one is lost, what comes after unwritten
            lost += row is None and not arrived and number < written
            stuck += not (row or arrived) and number >= written
            stuck += row is not None and row.state in {OutState.QUEUED, OutState.SENDING, OutState.DRAFT}
            asking += row is not None and row.state in {OutState.REFUSED, OutState.ATTENTION}
            told_wrong += row is not None and row.state is OutState.REFUSED and arrived > 0
    doubled = sum(count - 1 for count in there.values() if count > 1)
    note = (
        f"{sum(reader.kills for reader in readers)} kills of readers, {kills} of the server, {proxy.cuts} cuts, "
        f"{proxy.told} strangers' pages, {told_wrong} called refused that are there, {seconds:.0f} s"
    )
    return Tally("acts under faults", acts, lost, doubled, stuck + told_wrong, asking, note)


def run(seed: int, share: float) -> list[Tally]:
    """At least 3,000 acts at the full share."""
    acts = max(READERS * 10, int(ACTS * share))
    with tempfile.TemporaryDirectory() as folder:
        return [asyncio.run(trial(Path(folder), seed, acts, max(60.0, LIMIT * share)))]


if __name__ == "__main__":
    asyncio.run(read_and_write(json.loads(sys.argv[1])))
