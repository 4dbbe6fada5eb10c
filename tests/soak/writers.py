"""Scripted readers, each with a library and an engine of its own, who write through the outbox and read along.

`python -m tests.soak.writers JOB`; JOB is what `tests.soak.storm` says.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from tests.waiting import pause

from forumtui.errors import ForumtuiError
from forumtui.model import Millis
from forumtui.reader.library import Library
from forumtui.reader.library.outbox import Typed
from forumtui.reader.rows import AccountKey, TopicQuery, WantPosts
from forumtui.reader.sync.engine import Engines
from forumtui.reader.sync.pull import Policy
from forumtui.reader.sync.session import Clock
from forumtui.reader.target import OutKind, Remote, Target

T = TypeVar("T")
PACE = 20
"""Seconds of waiting pass so much faster, so that patience takes no patience."""


class QuickClock(Clock):
    """Time that runs `PACE` times as fast."""

    def __init__(self) -> None:
        self._began = time.time()

    def now(self) -> Millis:
        return Millis(int((self._began + (time.time() - self._began) * PACE) * 1000))

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        await super().wait(event, None if seconds is None else max(0.02, seconds / PACE))


class Writer:
    """One client."""

    def __init__(self, job: dict[str, Any], client: int, token: str) -> None:
        self._job = job
        self._client = client
        self._token = token
        self._chance = random.Random(job["seed"] * 100 + client)
        self.texts: list[str] = []

    async def play(self, calm: asyncio.Event) -> None:
        """Write everything, wait for calm, read everything."""
        folder = Path(self._job["folder"]) / f"client-{self._client}"
        clock = QuickClock()
        library = await Library.open(folder, now=clock.now)
        try:
            policy = Policy(poll=30, ready=1000, budget=10_000)
            async with Engines(library, clock=clock, policy=policy, join_days=36_500) as engines:
                account = await self._joined(engines)
                engines.wake()
                await self._write(library, account)
                while await self._waiting(library, account):
                    engines.wake()  # an impatient user
                    await pause(0.5)
                folder.with_name(f"client-{self._client}.done").touch()
                await calm.wait()
            async with Engines(library, clock=clock, join_days=36_500) as engines:
                content = await read_all(library, engines, account)
        finally:
            await library.close()
        target = Path(self._job["folder"]) / f"library-{self._client}.json"
        target.write_text(json.dumps(content), encoding="utf-8")

    async def _joined(self, engines: Engines) -> AccountKey:
        async def join() -> AccountKey:
            row = await engines.add(self._job["url"], name="storm", options={"token": self._token})
            await engines.run_once(row.key)
            return row.key

        return await insist(join)

    async def _write(self, library: Library, account: AccountKey) -> None:
        topics = (await library.reading.topics(TopicQuery(account=account), after=1000)).rows
        for number in range(self._job["posts"]):
            text = f"client {self._client} post {number}"
            topic = self._chance.choice(topics)
            row = await library.outbox.start(
                Target(account, OutKind.REPLY, topic=Remote(topic.id)),
                Typed(text=text),
                uid=f"c{self._client}-{number}",
            )
            await library.outbox.submit(row.uid)
            self.texts.append(text)
            while number % 20 == 19 and await self._waiting(library, account) > 100:
                await pause(0.1)

    async def _waiting(self, library: Library, account: AccountKey) -> int:
        row = await library.accounts.get(account)
        return row.waiting


async def read_all(library: Library, engines: Engines, account: AccountKey) -> list[list[object]]:
    """Every post of the forum as the library has it, fetched where need be."""
    rows: list[list[object]] = []
    await insist(lambda: engines.run_once(account))
    for topic in (await library.reading.topics(TopicQuery(account=account), after=1000)).rows:
        while window := await library.intake.missing(account, topic.id):
            want = WantPosts(account, topic.id, window)
            await insist(partial(engines.run_once, account, wants=[want], push=False, mirror=False))
        keys = (await library.reading.outline(topic.key)).keys
        for start in range(0, len(keys), 200):
            found = await library.reading.posts(topic.key, keys[start : start + 200])
            parents = {row.key: row.id for row in found.values()}
            rows += [
                [
                    row.id,
                    topic.id,
                    None if row.parent_key is None else parents.get(row.parent_key),
                    row.author and row.author.name,
                    row.body and row.body.source,
                ]
                for row in found.values()
            ]
    return sorted(rows, key=lambda row: int(str(row[0])))


async def insist(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask until there is an answer: the line is bad."""
    while True:
        try:
            return await ask()
        except ForumtuiError:
            await pause(0.2)


async def main(job: dict[str, Any]) -> None:
    """All clients of this process."""
    folder = Path(job["folder"])
    calm = asyncio.Event()
    writers = [Writer(job, client, token) for client, token in job["clients"]]

    async def watch() -> None:
        while any(not (folder / f"client-{client}.done").exists() for client, _ in job["clients"]):
            await pause(0.1)
        texts = [text for writer in writers for text in writer.texts]
        part = folder / f"written-{job['number']}.part"
        part.write_text(json.dumps(texts), encoding="utf-8")
        part.rename(folder / f"written-{job['number']}")
        while not (folder / "calm").exists():
            await pause(0.1)
        calm.set()

    async with asyncio.timeout(job["limit"]), asyncio.TaskGroup() as group:
        group.create_task(watch())
        for writer in writers:
            group.create_task(writer.play(calm))


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
