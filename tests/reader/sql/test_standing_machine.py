"""Pages of a list, fetched whenever: a list is in the forum's order, and what left it leaves it."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import apsw
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from forumtui.model import Board, BoardId, Cursor, ForumInfo, Listing, Millis, Order, Topic, TopicId
from forumtui.reader.rows import AccountKey, BoardKey, TopicKey, TopicQuery
from forumtui.reader.sql import accounts, boards, listing, orders, standing, topics
from forumtui.sqlite.connection import connect, migrate, transaction

TOP = Listing("top", BoardId("b"), "week")
SOME = st.lists(st.integers(0, 15), unique=True, max_size=16)


class Listed(RuleBasedStateMachine):
    """A forum that lists what it likes, and a library that sees pages of it, each as it is at that time."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        path = Path(self.folder.name) / "library.db"
        self.connection: apsw.Connection = connect(path)
        migrate(self.connection, path, files("forumtui.reader.sql") / "schema", 1)
        self.forum: list[int] = []
        self.walked: list[int] | None = None
        """What pages of this walk showed, each topic where it was met first; None: no walk was begun."""
        self.steady = True
        """Whether the forum's list stayed as it is since the walk began."""
        self.before: list[int] = []
        self.now = 0
        info = ForumInfo("A", orders=(Order("latest", "Latest"), Order("top", "Top", ("week", "all"))))
        with transaction(self.connection):
            self.account: AccountKey = accounts.put(
                self.connection, name="a", driver="local", location="/a", identity="i", options={}, info=info,
                listed=True, joined=None, now=Millis(1),
            )  # fmt: skip
            boards.put(self.connection, self.account, [Board(BoardId("b"), "B"), Board(BoardId("c"), "C")])
            self.board = BoardKey(boards.key_of(self.connection, self.account, BoardId("b")))
            orders.choose(self.connection, self.account, self.board, "top", "week")

    @initialize(forum=SOME)
    def begin(self, forum: list[int]) -> None:
        self.forum = forum

    @rule(forum=SOME)
    def change(self, forum: list[int]) -> None:
        self.forum, self.steady = forum, False

    @rule(size=st.integers(1, 6))
    def first_page(self, size: int) -> None:
        page, after = self.page(0, size)
        old = self.shown()
        with transaction(self.connection):
            standing.begin(self.connection, self.account, TOP, ids(page), after, self.tick())
        self.walked, self.steady = page, True
        if after is not None:
            last = next((old.index(topic) for topic in reversed(page) if topic in old), -1)
            assert self.shown() == page + [topic for topic in old[last + 1 :] if topic not in page]

    @precondition(lambda self: self.walked is not None)
    @rule(size=st.integers(1, 6))
    def next_page(self, size: int) -> None:
        _, kept = standing.find_listing(self.connection, self.account, TOP)
        assert kept is not None
        if kept.after is None:
            return
        page, after = self.page(int(kept.after), size)
        with transaction(self.connection):
            standing.go_on(self.connection, self.account, kept, ids(page), after)
        assert self.walked is not None
        self.walked += [topic for topic in page if topic not in self.walked]

    @precondition(lambda self: self.walked is not None)
    @rule()
    def late_answer(self) -> None:
        """A page that was asked for before the list was begun anew, or before the page behind it came, changes nothing."""
        _, kept = standing.find_listing(self.connection, self.account, TOP)
        assert kept is not None
        shown = self.shown()
        with transaction(self.connection):
            late = standing.Kept(kept.key, kept.at, Cursor("99"), "")
            standing.go_on(self.connection, self.account, late, ids(self.forum), None)
        assert self.shown() == shown

    @rule(topic=st.integers(0, 15))
    def gone(self, topic: int) -> None:
        """The forum has a topic no more."""
        with transaction(self.connection):
            topics.drop(self.connection, topics.keys_of(self.connection, self.account, [TopicId(str(topic))]))
        self.forum = [each for each in self.forum if each != topic]
        self.walked = None if self.walked is None else [each for each in self.walked if each != topic]
        self.steady = False

    @invariant()
    def in_order(self) -> None:
        if self.walked is None:
            return
        shown = self.shown()
        assert shown[: len(self.walked)] == self.walked
        assert len(shown) == len(set(shown))
        told = listing.sorted_as(self.connection, self.query)
        if not told.more:
            assert shown == self.walked
            assert shown == self.forum or not self.steady
        assert (told.order.name, told.period, told.at) == ("top", "week", self.now)
        last = TopicKey(shown[-1]) if shown else None
        window = listing.window(self.connection, self.query, anchor=None, end=True, before=3, after=0)
        assert [int(row.id) for row in window.rows] == shown[-3:]
        assert last is None or window.at_end

    @property
    def query(self) -> TopicQuery:
        return TopicQuery(self.account, self.board, with_children=True)

    def shown(self) -> list[int]:
        """As a list shows it, by windows of two."""
        found: list[int] = []
        anchor: TopicKey | None = None
        while True:
            rows = listing.window(self.connection, self.query, anchor=anchor, end=False, before=0, after=2)
            found += [int(row.id) for row in rows.rows if row.key != anchor]
            if rows.at_end:
                assert rows.total == len(found)
                return found
            anchor = rows.rows[-1].key

    def page(self, start: int, size: int) -> tuple[list[int], Cursor | None]:
        """A stretch of the forum's list; some of its topics stand on another board."""
        page = self.forum[start : start + size]
        headers = [Topic(TopicId(str(number)), BoardId("bc"[number % 2]), f"Topic {number}") for number in page]
        with transaction(self.connection):
            topics.merge(self.connection, self.account, headers)
        return page, Cursor(str(start + size)) if start + size < len(self.forum) else None

    def tick(self) -> Millis:
        self.now += 1
        return Millis(self.now)

    def teardown(self) -> None:
        self.connection.close()
        self.folder.cleanup()


def ids(numbers: list[int]) -> list[TopicId]:
    return [TopicId(str(number)) for number in numbers]


TestListed = Listed.TestCase
TestListed.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def test_a_page_costs_what_it_brings() -> None:
    """Nothing looks through all topics of a forum, or through the whole list, for a page of it."""
    room = Listed()
    room.forum = list(range(8))
    room.first_page(3)
    asked: list[tuple[str, Any]] = []

    def remember(_: object, statement: str, values: Any) -> bool:
        asked.append((statement, values))
        return True

    room.connection.exec_trace = remember
    room.next_page(3)
    room.first_page(2)
    room.connection.exec_trace = None
    about = [(sql, values) for sql, values in asked if "standing" in sql and "EXPLAIN" not in sql]
    plans = [
        str(row[3]) for sql, values in about for row in room.connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)
    ]
    room.teardown()
    assert any("SEARCH t USING" in plan and "(account=? AND id=?)" in plan for plan in plans), plans
    assert not [
        plan for plan in plans if plan.startswith("SCAN") and "json_each" not in plan and "w VIRTUAL" not in plan
    ], plans
