"""Pages, headers and feed lines of a growing topic, in any order and repeated: the library ends the same."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import apsw
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from forumtui.model import (
    Author,
    BoardId,
    Body,
    ChangedTopic,
    Cursor,
    ForumInfo,
    Member,
    MemberId,
    Millis,
    Page,
    Place,
    Post,
    PostId,
    Topic,
    TopicId,
    Window,
)
from forumtui.reader.rows import AccountKey, PostKey, ThreadOrder, TopicKey
from forumtui.reader.sql import accounts, feed, marks, outline, posts, spans, topics, undo
from forumtui.reader.sql.columns import every
from forumtui.sqlite.connection import connect, migrate, transaction

NOW = Millis(10_000_000)
TOPIC = TopicId("t")


class Merging(RuleBasedStateMachine):
    """A forum with one topic, and a library that sees it through windows."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        path = Path(self.folder.name) / "library.db"
        self.connection: apsw.Connection = connect(path)
        migrate(self.connection, path, files("forumtui.reader.sql") / "schema", 1)
        self.forum: list[Post] = []
        self.cached: dict[str, Post] = {}
        self.read: set[str] = set()
        self.watermark = 0
        self.before_catch_up: tuple[set[str], int, bool] | None = None
        self.fed = 0
        self.fresh = False
        self.exact = True

    @initialize(joined=st.none() | st.integers(0, 12), size=st.integers(0, 8))
    def join(self, joined: int | None, size: int) -> None:
        for _ in range(size):
            self.grow(False, 0)
        self.joined = 0 if joined is None else joined * 1000
        with transaction(self.connection):
            self.account: AccountKey = accounts.put(
                self.connection,
                name="a",
                driver="local",
                location="/a",
                identity="i",
                options={},
                info=ForumInfo("A", me=Member(MemberId("me"), "Me")),
                listed=True,
                joined=None if joined is None else Millis(joined * 1000),
                now=NOW,
            )
        self.merge_header()
        self.topic: TopicKey = topics.need(self.connection, self.account, TOPIC)

    # -- the forum

    @rule(mine=st.booleans(), parent=st.integers(0, 20), announced=st.booleans())
    def grow(self, mine: bool, parent: int, announced: bool = False) -> None:
        self.fresh = False
        number = len(self.forum) + 1
        author = Author(MemberId("me" if mine else "other"), "Somebody")
        above = self.forum[parent].id if parent < len(self.forum) else None
        self.forum.append(
            Post(
                PostId(f"p{number}"),
                TOPIC,
                number * 10,
                number=number,
                author=author,
                created=Millis(number * 1000),
                parent=above,
                body=Body(f"text {number}"),
            )
        )
        if announced:
            self.merge_header()

    @precondition(lambda self: self.forum)
    @rule(at=st.integers(0, 30))
    def edit(self, at: int) -> None:
        index = at % len(self.forum)
        old = self.forum[index]
        assert old.body is not None
        self.forum[index] = replace(old, body=Body(old.body.source + "!"), edited=NOW)

    def header(self) -> Topic:
        last = self.forum[-1].created if self.forum else None
        return Topic(TOPIC, BoardId("b"), "Title", posts=len(self.forum), created=Millis(1), last_post=last)

    # -- what the engine brings

    @rule()
    def merge_header(self) -> None:
        self.fresh = True
        with transaction(self.connection):
            topics.merge(self.connection, self.account, [self.header()])

    def take(self, window: Window) -> None:
        starts: dict[Place, Callable[[], int]] = {
            Place.START: lambda: 0,
            Place.END: lambda: max(0, len(self.forum) - window.limit),
            Place.AFTER: lambda: int(window.at[1:]),
            Place.BEFORE: lambda: max(0, int(window.at[1:]) - window.limit),
            Place.POST: lambda: max(0, self.index(window.at) - window.limit // 2),
        }
        found = starts[window.place]()
        end = min(int(window.at[1:]), found + window.limit) if window.place is Place.BEFORE else found + window.limit
        items = tuple(self.forum[found:end])
        page = Page(
            items,
            before=Cursor(f"c{found}") if found else None,
            after=Cursor(f"c{found + len(items)}") if found + len(items) < len(self.forum) else None,
        )
        with transaction(self.connection):
            posts.merge_page(self.connection, self.account, self.topic, window, page)
        self.cached |= {post.id: post for post in items}

    def index(self, identity: str) -> int:
        return next(n for n, post in enumerate(self.forum) if post.id == identity)

    @rule(place=st.sampled_from([Place.START, Place.END]), limit=st.integers(1, 6))
    def fetch_an_end(self, place: Place, limit: int) -> None:
        self.take(Window(place, "", limit))

    @rule(place=st.sampled_from([Place.AFTER, Place.BEFORE]), at=st.integers(1, 30), limit=st.integers(1, 6))
    def fetch_from_somewhere(self, place: Place, at: int, limit: int) -> None:
        if at < len(self.forum):
            self.take(Window(place, f"c{at}", limit))

    @rule(limit=st.integers(2, 6))
    def fetch_what_is_missing(self, limit: int) -> None:
        window = spans.next_window(self.connection, self.topic, limit)
        if window is not None:
            self.take(window)

    @precondition(lambda self: self.forum)
    @rule(at=st.integers(0, 30))
    def fetch_one_post(self, at: int) -> None:
        post = self.forum[at % len(self.forum)]
        with transaction(self.connection):
            feed.merge_post(self.connection, self.account, post)
        self.cached[post.id] = post

    @rule()
    def read_the_feed(self) -> None:
        new = tuple(self.forum[self.fed :])
        self.fed = len(self.forum)
        self.fresh = True
        with transaction(self.connection):
            feed.merge(self.connection, self.account, ChangedTopic(TOPIC, self.header(), new))
        self.cached |= {post.id: post for post in new}

    # -- the reader

    @rule(chosen=st.sets(st.integers(1, 30), max_size=4))
    def mark_read(self, chosen: set[int]) -> None:
        some = [f"p{number}" for number in chosen if f"p{number}" in self.cached]
        with transaction(self.connection):
            marks.mark_read(self.connection, [self.key(identity) for identity in some])
        self.read.update(some)
        self.before_catch_up = None

    @rule(stale=st.booleans())
    def catch_up(self, stale: bool) -> None:
        if not stale:
            self.merge_header()
        shown = self.shown()
        last = self.connection.execute("SELECT last_post FROM topic").fetchone()
        with transaction(self.connection):
            count, _ = marks.catch_up(
                self.connection, account=None, board=None, topic=self.topic, up_to=None, older_than=None, now=NOW
            )
        assert count == shown
        if count:
            self.before_catch_up = (set(self.read), self.watermark, self.exact)
            self.exact = self.exact and self.fresh
            self.read |= set(self.cached)
            self.watermark = max(self.watermark, (last[0] if last else None) or NOW)

    @precondition(lambda self: self.before_catch_up is not None)
    @rule()
    def undo(self) -> None:
        assert self.before_catch_up is not None
        with transaction(self.connection):
            step = undo.back(self.connection)
            assert step is not None
            marks.take_back(self.connection, step)
        self.read, self.watermark, self.exact = self.before_catch_up
        self.before_catch_up = None

    def key(self, identity: str) -> PostKey:
        found = self.connection.execute("SELECT key FROM post WHERE id = ?", (identity,)).fetchone()
        assert found is not None
        return PostKey(found[0])

    def shown(self) -> int:
        found = self.connection.execute("SELECT unread FROM topic").fetchone()
        assert found is not None
        return int(found[0])

    def is_read(self, post: Post) -> bool:
        assert post.created is not None
        assert post.author is not None
        old = post.created < self.joined or post.created <= self.watermark
        return old or post.id in self.read or post.author.id == "me"

    # -- what must always hold

    @invariant()
    def counters_are_what_counting_gives(self) -> None:
        if not hasattr(self, "topic"):
            return
        [(cached, cached_unread, skipped, total, unread, posts_here, unread_here)] = every(
            self.connection,
            "SELECT cached, cached_unread, skipped, total, unread, (SELECT count(*) FROM post), (SELECT count(*) FROM unread) FROM topic",
        )
        assert (cached, cached_unread) == (posts_here, unread_here)
        assert skipped >= 0
        assert unread == cached_unread + max(0, (total or 0) - cached - skipped)
        assert self.connection.execute("SELECT topics, unread, unread_topics FROM board").fetchone() == (
            1,
            unread,
            int(unread > 0),
        )

    @invariant()
    def what_shows_as_unread_is_exact_under_a_fresh_header(self) -> None:
        if not hasattr(self, "topic") or self.joined or not (self.fresh and self.exact):
            return
        here = sum(not self.is_read(post) for post in self.forum if post.id in self.cached)
        elsewhere = sum((post.created or 0) > self.watermark for post in self.forum if post.id not in self.cached)
        assert self.shown() == here + elsewhere

    @invariant()
    def posts_are_as_they_came_and_stay_read(self) -> None:
        if not hasattr(self, "topic"):
            return
        rows = every(
            self.connection,
            "SELECT p.id, d.source, p.parent_ref, (SELECT q.id FROM post AS q WHERE q.key = p.parent),"
            " EXISTS (SELECT 1 FROM unread AS u WHERE u.post = p.key) FROM post AS p JOIN body AS d ON d.post = p.key",
        )
        assert {row[0] for row in rows} == set(self.cached)
        for identity, source, parent_ref, parent, unread in rows:
            post = self.cached[identity]
            assert post.body is not None
            assert (source, parent_ref) == (post.body.source, post.parent)
            assert parent == (post.parent if post.parent in self.cached else None)
            assert bool(unread) is not self.is_read(post)

    @invariant()
    def stretches_have_no_holes(self) -> None:
        if not hasattr(self, "topic"):
            return
        last = None
        for span in spans.of_topic(self.connection, self.topic):
            assert last is None or span.low > last
            last = span.high
            assert all(post.id in self.cached for post in self.forum if span.low <= post.sort <= span.high)

    def teardown(self) -> None:
        if hasattr(self, "topic"):
            self.merge_header()
            for _ in range(200):
                window = spans.next_window(self.connection, self.topic, 4)
                if window is None:
                    break
                self.take(window)
            assert set(self.cached) == {post.id for post in self.forum}
            assert self.shown() == sum(not self.is_read(post) for post in self.forum)
            flat = outline.outline(self.connection, self.topic, ThreadOrder.FLAT)
            tree = outline.outline(self.connection, self.topic, ThreadOrder.TREE)
            assert sorted(flat.keys) == sorted(tree.keys)
            assert flat.gaps == ()
        self.connection.close()
        self.folder.cleanup()


TestMerging = Merging.TestCase
TestMerging.settings = settings(max_examples=60, stateful_step_count=25)


@pytest.mark.parametrize("seed", range(20))
def test_long_walks(seed: int) -> None:
    """The same with many more steps than Hypothesis takes."""
    chance = random.Random(seed)
    walk = Merging()
    walk.join(joined=chance.choice([None, 0, 3, 7]), size=chance.randrange(8))
    growth = chance.choice([1, 4])
    steps: list[Callable[[], object]] = [
        lambda: [walk.grow(chance.random() < 0.2, chance.randrange(20), chance.random() < 0.6) for _ in range(growth)],
        walk.merge_header,
        lambda: walk.fetch_an_end(chance.choice([Place.START, Place.END]), chance.randint(1, 3)),
        lambda: walk.fetch_from_somewhere(
            chance.choice([Place.AFTER, Place.BEFORE]), chance.randint(1, 60), chance.randint(1, 3)
        ),
        lambda: walk.fetch_what_is_missing(2),
        lambda: walk.fetch_one_post(chance.randrange(60)) if walk.forum else None,
        lambda: walk.edit(chance.randrange(60)) if walk.forum else None,
        walk.read_the_feed,
        lambda: walk.mark_read({chance.randint(1, 60) for _ in range(3)}),
        lambda: walk.catch_up(chance.random() < 0.05),
        lambda: walk.undo() if walk.before_catch_up else None,
    ]
    for _ in range(80):
        chance.choice(steps)()
        walk.counters_are_what_counting_gives()
        walk.what_shows_as_unread_is_exact_under_a_fresh_header()
        walk.posts_are_as_they_came_and_stay_read()
        walk.stretches_have_no_holes()
    walk.teardown()
