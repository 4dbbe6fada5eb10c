"""A day on a busy Discourse site, by a clock that does not wait: what it is asked, and what can be read without it afterwards.

`python benchmarks/day.py [HOURS]` plays it on 50 categories and 20,000 topics, and writes the table into
`docs/performance.md` (24 hours take some minutes).
"""

from __future__ import annotations

import asyncio
import random
import re
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.tables import lines, show
from tests.backends.discourse.busy import MINUTE, BusySite

from forumtui.backends.api import Backend
from forumtui.backends.discourse.asking import connect
from forumtui.backends.discourse.backend import DiscourseBackend
from forumtui.backends.web import client as web_client
from forumtui.backends.web.politeness import Gate
from forumtui.model import ForumInfo, Millis, Place, TopicId, Window
from forumtui.reader.library import Library
from forumtui.reader.rows import AccountKey, TopicQuery, WantPosts
from forumtui.reader.sync.engine import Engines
from forumtui.reader.sync.pull import Policy
from forumtui.reader.sync.session import Clock

PLACE = "https://talk.example"
HOUR = 60 * MINUTE
MORNING = 1_800_000_000_000 // (24 * HOUR) * 24 * HOUR + 8 * HOUR
PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
HEAD = ("what", "aim", "measured")
EVERY = 600.0
"""Seconds between two looks."""
OPENED_AN_HOUR = 4


class DayClock(Clock):
    """Stands still while anybody works; who waits, and with a site's gate who is held up, is woken when it is moved."""

    def __init__(self) -> None:
        self.time = MORNING
        self._alarms: dict[object, tuple[int, asyncio.Event]] = {}
        self.rested = asyncio.Event()

    def now(self) -> Millis:
        """Ms UTC."""
        return Millis(self.time)

    def seconds(self) -> float:
        """The same, as a gate counts."""
        return self.time / 1000

    def chance(self) -> float:
        """Always the same."""
        return 0.5

    async def sleep(self, seconds: float) -> None:
        """As a gate does."""
        await self.wait(asyncio.Event(), seconds)

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        """Until the event is set, at most so many seconds of this clock."""
        if seconds is None:
            await event.wait()
            return
        token, over = object(), asyncio.Event()
        self._alarms[token] = self.time + round(seconds * 1000 + 0.5), over
        self.rested.set()
        waits = [asyncio.ensure_future(event.wait()), asyncio.ensure_future(over.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            del self._alarms[token]
            self.rested.clear()
            for wait in waits:
                wait.cancel()

    async def settle(self) -> int:
        """Until the engine waits; when it is to be woken."""
        async with asyncio.timeout(300):
            for _ in range(20):
                await self.rested.wait()
                await asyncio.sleep(0)
        return min(due for due, _ in self._alarms.values())

    def move(self, time: int) -> None:
        """It is so late now."""
        self.time = max(self.time, time)
        for due, over in self._alarms.values():
            if due <= self.time:
                over.set()
                self.rested.clear()


@dataclass
class Day:
    """What was found."""

    hours: float
    first: int = 0
    """Requests to the first readable screen."""
    again: int = 0
    """Requests of a new session, some minutes later, until it has looked."""
    redirects: int = 0
    most: int = 0
    refused: int = 0
    requests: int = 0
    lists: int = 0
    bumped: int = 0
    missed: int = 0
    late: int = 0
    """Topics that an hourly check did not find as they stood at the last look but one."""
    opened: int = 0
    waited: float = 0.0
    """Seconds, the longest, from opening a topic until its posts came."""
    topics: int = 0
    with_posts: int = 0
    posts: int = 0
    unread: int = 0
    unread_whole: int = 0
    megabytes: float = 0.0

    def rows(self) -> list[tuple[object, ...]]:
        """The table."""
        return [
            ("requests to the first readable screen", "at most 3", self.first),
            ("redirects", 0, self.redirects),
            ("requests when it is opened again within the hour", "at most 3", self.again),
            ("most requests in any minute", "at most 20", self.most),
            ("requests refused (429)", 0, self.refused),
            ("requests in all, of them for lists", "", f"{self.requests:,}, {self.lists:,}"),
            ("topics that were bumped", "", self.bumped),
            ("news missed at the end", 0, self.missed),
            ("news missed by two looks", 0, self.late),
            ("topics opened, the longest wait for one (s)", "", f"{self.opened}, {self.waited:.1f}"),
            ("readable offline afterwards: headers of topics", "", self.topics),
            ("readable offline afterwards: posts, in topics", "", f"{self.posts:,}, {self.with_posts:,}"),
            ("topics with unread posts, all of them here", "", f"{self.unread:,}, {self.unread_whole:,}"),
            ("the library (MB)", "", self.megabytes),
        ]


@contextmanager
def gates_by(clock: DayClock) -> Iterator[None]:
    """Clients that are made meanwhile wait by this clock."""
    with patch.object(web_client, "Gate", partial(Gate, clock=clock.seconds, sleep=clock.sleep)):
        yield


@dataclass
class Play:
    """A day, with its reader."""

    clock: DayClock
    site: BusySite
    library: Library
    account: AccountKey
    day: Day
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    wanted: dict[int, int] = field(default_factory=dict)

    @asynccontextmanager
    async def open(self, driver: str, location: str, options: Mapping[str, str]) -> AsyncIterator[Backend]:  # noqa: ARG002 - an OpenBackend
        """A session as a member's."""
        async with connect(PLACE, {"key": "a-key", "client": "this", "name": "ann"}, transport=self.site) as asking:
            yield DiscourseBackend(asking, PLACE, "ann")

    async def live(self, until: int) -> None:
        """Members post, the engine looks, somebody reads."""
        opens = self.clock.time + HOUR // OPENED_AN_HOUR
        check = self.clock.time + HOUR
        while self.clock.time < until:
            due = await self.clock.settle()
            self._see_answers()
            then = min(due, opens, check, until)
            self.site.live_until(then)
            self.clock.move(then)
            if then == opens and then != due:
                await self._open_one()
                opens += HOUR // OPENED_AN_HOUR
            elif then == opens:
                opens += 1
            if then >= check:
                self.day.late += len(await self.missed(self.site.looks[-2:][0]))
                check += HOUR
        await self.clock.settle()

    async def _open_one(self) -> None:
        found = await self.library.reading.topics(TopicQuery(self.account), after=30)
        row = self.chance.choice(found.rows)
        self.wanted[int(row.id)] = self.clock.time
        self.day.opened += 1
        self.clock.rested.clear()
        self.library.want(WantPosts(self.account, row.id, Window(Place.UNREAD)))

    def _see_answers(self) -> None:
        for topic, at in list(self.wanted.items()):
            came = [each.at for each in self.site.asked[-200:] if each.at >= at and each.path.startswith(f"t/{topic}")]
            if came:
                self.day.waited = max(self.day.waited, (came[0] - at) / 1000)
                del self.wanted[topic]

    async def missed(self, until: int) -> list[TopicId]:
        """What was bumped by then and is not known as it stands, or as it stood later than that."""
        found = []
        for row in self.site.bumped.values():
            if row.bumped <= until:
                here = await self.library.reading.topic_by_id(self.account, TopicId(str(row.id)))
                if here is None or here.last_post != row.bumped or here.posts != row.posts:
                    found.append(TopicId(str(row.id)))
        return found

    async def count(self) -> None:
        """What can be read without a line."""
        day = self.day
        found = await self.library.reading.topics(TopicQuery(self.account), after=100_000)
        day.topics = len(found.rows)
        for row in found.rows:
            posts = len((await self.library.reading.outline(row.key)).keys)
            day.posts += posts
            day.with_posts += posts > 0
        unread = [row for row in found.rows if row.unread]
        missing = set(await self.library.intake.unread_topics(self.account, 100_000))
        day.unread, day.unread_whole = len(unread), sum(row.id not in missing for row in unread)


async def play(folder: Path, hours: float, *, topics: int = 20_000, posts_a_day: int = 6000) -> Day:
    """A day of so many hours."""
    clock, day = DayClock(), Day(hours)
    site = BusySite(clock.now, topics=topics, posts_a_day=posts_a_day)
    library = await Library.open(folder, now=clock.now)
    try:
        with gates_by(clock):
            account = await library.accounts.put(
                name="busy",
                driver="discourse",
                location=PLACE,
                identity=PLACE,
                options={},
                info=ForumInfo("Busy Talk"),
                listed=True,
                joined=Millis(clock.time - 14 * 24 * HOUR),
            )
            it = Play(clock, site, library, account.key, day)
            policy = Policy(poll=EVERY)
            end = clock.time + int(hours * HOUR)
            for until in (clock.time + HOUR // 2, end):
                async with Engines(library, clock=clock, open_backend=it.open, policy=policy) as engines:
                    before = len(site.asked)
                    engines.wake()
                    await it.live(until)
                    lists = [n for n, each in enumerate(site.asked[before:], 1) if each.path == "latest"]
                    if not before:
                        day.first = lists[0]
                    else:
                        day.again = lists[0]
            day.missed = len(await it.missed(site.looks[-1]))
            await it.count()
    finally:
        await library.close()
    day.bumped, day.requests, day.lists = len(site.bumped), len(site.asked), site.kinds()["latest"]
    day.redirects = sum(300 <= each.status < 400 for each in site.asked)
    day.refused = sum(each.status == 429 for each in site.asked)
    day.most = site.most_in_a_minute()
    return day


def write(day: Day, page: Path = PAGE) -> None:
    """Put the table in the place of the last one."""
    table = "\n".join(lines(HEAD, day.rows()))
    begin, end = "<!-- a day -->", "<!-- end -->"
    text = page.read_text(encoding="utf-8")
    made = f"{begin}\n\nOver {day.hours:g} hours:\n\n{table}\n\n{end}"
    page.write_text(re.sub(f"{begin}.*?{end}", lambda _: made, text, flags=re.DOTALL), encoding="utf-8")


def main(words: Sequence[str]) -> None:
    """Play, print, and write."""
    began = time.perf_counter()
    with TemporaryDirectory() as folder:
        day = asyncio.run(play(Path(folder), float(words[0]) if words else 24.0))
        day.megabytes = sum(path.stat().st_size for path in Path(folder).glob("library.db*")) / 1e6
    show(f"A day of {day.hours:g} hours, played in {time.perf_counter() - began:.0f} s", HEAD, day.rows())
    write(day)


if __name__ == "__main__":
    main(sys.argv[1:])
