"""News without a feed: whatever is bumped, however, while the latest topics are read page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reader.sync.clock import FakeClock
from tests.reader.sync.stage import World, library_in

from forumtui.backends.api import Refuses
from forumtui.errors import NotYet, Offline, Refused, Unsupported
from forumtui.model import Board, BoardId, Changes, Cursor, Delivery, ForumInfo, Listing, Millis, Page, Topic, TopicId
from forumtui.reader.library import Library
from forumtui.reader.rows import AccountKey
from forumtui.reader.sync import latest
from forumtui.reader.sync.pull import Policy, Pull

DAY = 24 * 3600 * 1000
PER_PAGE = 5


@dataclass
class Bumping(Refuses):
    """A forum of which only the latest topics tell what is new; ``meanwhile`` is done before each page."""

    start: int
    topics_by_id: dict[str, Topic] = field(default_factory=dict)
    meanwhile: list[Any] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    delivery: Delivery = field(default_factory=lambda: Delivery("reconcile", settle=120.0))
    asked: int = 0
    ticks: int = 0

    def bump(self, name: str, *, pinned: bool = False) -> None:
        """A post, or a topic that is new."""
        self.ticks += 1
        before = self.topics_by_id.get(name)
        posts = 1 if before is None else (before.posts or 0) + 1
        time = Millis(self.start + self.ticks // 2)  # two in a millisecond
        self.topics_by_id[name] = Topic(
            TopicId(name), BoardId("b"), name, created=time, last_post=time, posts=posts, pinned=pinned
        )

    async def info(self) -> ForumInfo:
        self.told.append("info")
        return ForumInfo("Bumping")

    async def boards(self) -> list[Board]:
        self.told.append("boards")
        return [Board(BoardId("b"), "Board")]

    async def changes(self, after: Cursor | None) -> Changes:
        raise Unsupported("No feed.")

    async def topics(self, listing: Listing, after: Cursor | None = None) -> Page[Topic]:
        if self.meanwhile:
            self.meanwhile.pop(0)()
        self.asked += 1
        rows = sorted(self.topics_by_id.values(), key=lambda topic: (topic.pinned, topic.last_post), reverse=True)
        page = int(after or 0)
        more = len(rows) > (page + 1) * PER_PAGE
        return Page(tuple(rows[page * PER_PAGE :][:PER_PAGE]), after=Cursor(str(page + 1)) if more else None)


@dataclass
class Room:
    library: Library
    account: AccountKey
    forum: Bumping
    policy: Policy
    clock: FakeClock

    def pull(self) -> Pull:
        """A session."""
        return Pull(self.library, self.account, self.forum, self.policy)  # type: ignore[arg-type]

    async def missed(self) -> list[str]:
        """What is not here as it is there."""
        found = {
            name: await self.library.reading.topic_by_id(self.account, TopicId(name))
            for name in self.forum.topics_by_id
        }
        return [
            name
            for name, topic in self.forum.topics_by_id.items()
            if (row := found[name]) is None or (row.posts, row.last_post) != (topic.posts, topic.last_post)
        ]


@asynccontextmanager
async def room(folder: Path, topics: int, *, joined: int | None = -14 * DAY, pages: int = 20) -> AsyncIterator[Room]:
    """All topics are older than ``joined`` (ms from now), where there is such a time."""
    world = World()
    async with library_in(folder, world.clock.now) as library:
        now = world.clock.now()
        account = await world.account(library, joined=None if joined is None else Millis(now + joined))
        forum = Bumping(now - 20 * DAY)
        for number in range(topics):
            forum.bump(str(number))
        forum.start = now
        yield Room(library, account.key, forum, Policy(latest=pages), world.clock)


async def test_what_was_bumped_beyond_a_page_is_read(tmp_path: Path) -> None:
    async with room(tmp_path, 100) as it:
        pull = it.pull()
        await pull.catch_up()
        assert it.forum.asked == 1  # what is older than the account counts as read
        await pull.catch_up()
        assert it.forum.asked == 2
        for number in range(23):
            it.forum.bump(str(number))
        await pull.catch_up()
        assert it.forum.asked == 7
        assert [name for name in await it.missed() if int(name) < 23] == []


async def test_a_first_visit_reads_what_is_not_older_than_the_account_and_so_many_pages(tmp_path: Path) -> None:
    async with room(tmp_path, 100, pages=4) as it:
        for number in range(12):
            it.forum.bump(str(number))
        await it.pull().catch_up()
        assert it.forum.asked == 3
    async with room(tmp_path / "all", 100, joined=-30 * DAY, pages=4) as it:
        await it.pull().catch_up()
        await it.pull().catch_up()
        assert it.forum.asked == 5
    async with room(tmp_path / "unread", 100, joined=None) as it:
        await it.pull().catch_up()
        assert it.forum.asked == 1


async def test_what_a_look_leaves_is_read_on_at_the_next_one(tmp_path: Path) -> None:
    async with room(tmp_path, 200, pages=4) as it:
        await it.pull().catch_up()
        for number in range(100):
            it.forum.bump(str(number))
        for look in range(7):  # 20 pages and one, and a first page for each look
            before = it.forum.asked
            await it.pull().catch_up()
            assert it.forum.asked - before <= 4
            assert (look < 6) == bool(set(await it.missed()) & {str(number) for number in range(100)})
        before = it.forum.asked
        await it.pull().catch_up()
        assert it.forum.asked - before == 1


async def test_a_topic_that_was_opened_hides_no_news_below_it(tmp_path: Path) -> None:
    async with room(tmp_path, 50) as it:
        pull = it.pull()
        await pull.catch_up()
        for number in range(20):
            it.forum.bump(str(number))
        newest = sorted(it.forum.topics_by_id.values(), key=lambda topic: topic.last_post or 0)[-5:]
        await it.library.intake.topics(it.account, newest)
        await pull.catch_up()
        assert [name for name in await it.missed() if int(name) < 20] == []


async def test_a_topic_of_the_future_hides_nothing(tmp_path: Path) -> None:
    async with room(tmp_path, 50) as it:
        it.forum.bump("0")
        it.forum.topics_by_id["0"] = replace(it.forum.topics_by_id["0"], last_post=Millis(it.forum.start + 9999 * DAY))
        pull = it.pull()
        await pull.catch_up()
        for number in range(1, 20):
            it.forum.bump(str(number))
        await pull.catch_up()
        assert [name for name in await it.missed() if int(name) < 20] == []


async def test_where_times_are_unknown_one_topic_as_it_was_ends_the_news(tmp_path: Path) -> None:
    async with room(tmp_path, 0) as it:
        ranked = [Topic(TopicId(str(number)), BoardId("b"), "A story", posts=3) for number in range(40)]

        async def topics(listing: Listing, after: Cursor | None = None) -> Page[Topic]:
            it.forum.asked += 1
            page = int(after or 0)
            return Page(tuple(ranked[page * PER_PAGE :][:PER_PAGE]), after=Cursor(str(page + 1)))

        it.forum.topics = topics  # type: ignore[method-assign]
        await it.pull().catch_up()
        ranked[:0] = [Topic(TopicId(f"new-{number}"), BoardId("b"), "A story", posts=1) for number in range(8)]
        it.forum.asked = 0
        await it.pull().catch_up()
        assert it.forum.asked == 2
        assert await it.library.reading.topic_by_id(it.account, TopicId("new-7")) is not None


async def test_a_list_without_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latest, "MOST_PAGES", 12)
    async with room(tmp_path, 5) as it:
        await it.pull().catch_up()

        async def topics(listing: Listing, after: Cursor | None = None) -> Page[Topic]:
            it.forum.asked += 1
            it.forum.bump(f"more-{it.forum.asked}")
            return Page((it.forum.topics_by_id[f"more-{it.forum.asked}"],), after=Cursor(str(it.forum.asked)))

        it.forum.topics = topics  # type: ignore[method-assign]
        it.forum.asked = 0
        for _ in range(3):
            await it.pull().catch_up()
        assert it.forum.asked <= 3 * 20


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("bump"), st.lists(st.integers(0, 79), max_size=40)),
        st.tuples(st.just("pin"), st.lists(st.integers(0, 2), max_size=2)),
        st.tuples(st.just("look"), st.lists(st.lists(st.integers(0, 99), max_size=8), max_size=6)),
        st.tuples(st.just("fail"), st.sampled_from([Offline("away"), NotYet("enough", 3.0), Refused("no such page")])),
    ),
    max_size=10,
)


@settings(max_examples=25, deadline=None)
@given(ACTS, st.integers(4, 9))
async def test_no_news_is_missed(acts: list[tuple[str, Any]], pages: int) -> None:
    """Whatever is bumped between looks and between pages, and wherever a look breaks off."""
    with TemporaryDirectory() as folder:
        async with room(Path(folder), 60, joined=-19 * DAY, pages=pages) as it:
            pull, forum = it.pull(), it.forum
            await pull.catch_up()
            touched: set[str] = set()

            def bump(numbers: list[int], *, pinned: bool = False) -> None:
                for number in numbers:
                    touched.add(str(number))
                    forum.bump(str(number), pinned=pinned)

            def fail(error: Exception) -> None:
                raise error

            for kind, what in acts:
                if kind in {"bump", "pin"}:
                    bump(what, pinned=kind == "pin")
                elif kind == "look":
                    forum.meanwhile = [lambda numbers=numbers: bump(numbers) for numbers in what]
                    await pull.catch_up()
                else:
                    forum.meanwhile = [lambda: None, lambda error=what: fail(error)]
                    try:
                        await pull.catch_up()
                    except (Offline, NotYet, Refused):
                        pull = it.pull()
                forum.meanwhile = []
            for _ in range(60):
                forum.asked = 0
                await pull.catch_up()
                if forum.asked == 1:
                    break
            assert forum.asked == 1
            assert set(await it.missed()) & touched == set()


async def test_within_an_hour_a_site_is_not_asked_again_who_it_is(tmp_path: Path) -> None:
    """A forum without an identity of its own, as most on the web are; one with an identity might be another by now."""
    async with room(tmp_path, 20) as it:
        await it.pull().greet("https://talk.example", boards=True)
        assert it.forum.told == ["info", "boards"]
        await it.pull().greet("https://talk.example", boards=True)
        assert it.forum.told == ["info", "boards"]
        await it.pull().greet("a-uuid", boards=True)
        assert it.forum.told == ["info", "boards"] * 2
        it.clock.advance(3600)
        await it.pull().greet("https://talk.example", boards=True)
        assert it.forum.told == ["info", "boards"] * 3


async def test_boards_are_read_when_old_when_unknown_and_when_somebody_asks(tmp_path: Path) -> None:
    async with room(tmp_path, 20) as it:
        pull = it.pull()
        await pull.greet("https://talk.example", boards=True)
        it.forum.told.clear()
        await pull.catch_up()
        assert it.forum.told == []
        it.clock.advance(600)
        await pull.catch_up()
        assert it.forum.told == []
        it.forum.bump("new")
        it.forum.topics_by_id["new"] = replace(it.forum.topics_by_id["new"], board=BoardId("hidden"))
        await pull.catch_up()
        await pull.catch_up()
        assert it.forum.told == ["boards"]  # and not again, though it is in no list
        assert await it.library.reading.topic_by_id(it.account, TopicId("new")) is not None
        it.clock.advance(100)
        pull.ask_anew()
        await pull.catch_up()
        await pull.catch_up()
        assert it.forum.told == ["boards"] * 2
        it.clock.advance(3600)
        await pull.catch_up()
        assert it.forum.told == ["boards"] * 3
