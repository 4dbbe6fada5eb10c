"""Boards, topics, hits, header and footer as widgets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from hypothesis import given
from hypothesis import strategies as st
from tests.tui.samples import NOW, TopicsInMemory, topic
from tests.waiting import until
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget

from forumtui.model import BoardId
from forumtui.reader.rows import (
    AccountKey,
    AccountRow,
    BoardKey,
    BoardRow,
    HitRow,
    PostKey,
    Rows,
    TopicKey,
    TopicQuery,
    TopicRow,
)
from forumtui.tui.lists.board_list import BoardForest, BoardList
from forumtui.tui.lists.line_list import LineList
from forumtui.tui.lists.topic_list import TopicList
from forumtui.tui.lists.window import HeldRows
from forumtui.tui.render.topic_row import HitRows
from forumtui.tui.widgets.footer import FooterLine
from forumtui.tui.widgets.header import HeaderLine


class Reading(TopicsInMemory):
    """Topics by query, as the library's reading facet."""

    def __init__(self, rows: Sequence[TopicRow]) -> None:
        super().__init__(rows)
        self.queries: list[TopicQuery] = []

    async def topics(
        self, query: TopicQuery, *, anchor: TopicKey | None = None, end: bool = False, before: int = 0, after: int = 50
    ) -> Rows[TopicRow]:
        self.queries.append(query)
        return await self.window(anchor, end=end, before=before, after=after)


class WidgetApp(App[None]):
    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget
        self.tapped: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.widget

    def on_footer_line_hint_chosen(self, event: FooterLine.HintChosen) -> None:
        self.tapped.append(event.keys)


@asynccontextmanager
async def showing(widget: Widget, width: int = 80) -> AsyncIterator[tuple[Pilot[None], WidgetApp]]:
    app = WidgetApp(widget)
    async with app.run_test(size=(width, 12)) as pilot:
        await pilot.pause()
        yield pilot, app


def lines(widget: Widget) -> list[str]:
    return [text for y in range(widget.size.height) if (text := widget.render_line(y).text.rstrip())]


def account(key: int, title: str) -> AccountRow:
    return AccountRow(AccountKey(key), title, "local", "/x", "u", {}, True, True, title, unread=12)


def board(key: int, title: str, depth: int, unread: int = 0, parent: int | None = None) -> BoardRow:
    above = BoardKey(parent) if parent is not None else None
    return BoardRow(
        BoardId(str(key)), title, topics=1, key=BoardKey(key), account=AccountKey(1), parent_key=above, depth=depth, unread=unread
    )  # fmt: skip


FOREST = [
    (account(1, "Sample"), [board(1, "Leading", 0, 2), board(2, "Following", 1, 3, 1), board(3, "Deciding", 0, 1)]),
    (account(2, "Empty"), []),
]


async def test_boards_fold_and_are_found() -> None:
    boards = BoardList(now=lambda: NOW)
    async with showing(boards):
        await boards.show(FOREST)
        assert [line.split()[-2] for line in lines(boards)] == ["Sample", "Leading", "Following", "Deciding", "Empty"]
        boards.move(1)
        await boards.toggle_fold()
        assert [line.split()[-2:] for line in lines(boards)][1] == ["Leading", "5"]
        assert len(lines(boards)) == 4
        await boards.go_to_board(BoardKey(2))
        assert boards.current is not None
        assert boards.current.title == "Following"
        boards.move(-10)
        await boards.toggle_fold()
        assert len(lines(boards)) == 2
        await boards.go_to_account(AccountKey(2))
        await boards.toggle_fold()
        assert boards.current.title == "Empty"
        await boards.go_to_board(BoardKey(2))
        assert boards.current.title == "Following"
        await boards.show(FOREST[:1])
        assert boards.current.title == "Following"


@st.composite
def forests(draw: st.DrawFn) -> BoardForest:
    """Boards depth first, each at most one step deeper than the one before; some lines folded."""
    boards: list[BoardRow] = []
    above: list[int] = []
    for key, depth in enumerate(draw(st.lists(st.integers(0, 3), max_size=12)), 1):
        del above[depth:]
        boards.append(board(key, f"Board {key}", len(above), draw(st.integers(0, 9)), above[-1] if above else None))
        above.append(key)
    keys = ["account 1", *(f"board {each.key}" for each in boards)]
    return BoardForest(((account(1, "Sample"), tuple(boards)),), frozenset(draw(st.sets(st.sampled_from(keys)))))


@given(forests())
def test_folding_hides_what_is_below_and_loses_no_unread_post(forest: BoardForest) -> None:
    entries = list(forest.entries())
    shown = {entry.key for entry in entries}
    boards = forest.trees[0][1]
    for each in boards:
        above = f"board {each.parent_key}" if each.parent_key is not None else "account 1"
        assert (f"board {each.key}" in shown) == (above in shown and above not in forest.folded)
    if "account 1" not in forest.folded:
        assert sum(entry.unread for entry in entries if entry.board) == sum(each.unread for each in boards)
    for each in boards:
        assert f"board {each.key}" in {entry.key for entry in forest.opened(each.key).entries()}


async def test_topics_follow_the_query() -> None:
    reading = Reading([topic(n) for n in range(1, 31)])
    topics = TopicList(reading, now=lambda: NOW)
    async with showing(topics, width=120):
        query = TopicQuery(board=BoardKey(1))
        await topics.show(query, TopicKey(20))
        assert topics.current is not None
        assert (topics.current.key, topics.shown) == (20, query)
        assert "Action-Centered" not in "".join(lines(topics))
        await topics.show(TopicQuery())
        assert reading.queries[-1] == TopicQuery()
        assert "Action-Centered" in "".join(lines(topics))


async def test_hits_stay_under_the_cursor_when_more_come() -> None:
    held = HeldRows[HitRow]()
    hits = LineList(held, HitRows(), now=lambda: NOW, empty_text="Nothing found.")
    found = [HitRow(PostKey(n), topic(n), "Anna", NOW, f"word {n}", "here") for n in range(1, 9)]

    async def show(rows: Sequence[HitRow], sought: str = "") -> None:
        held.rows = tuple(rows)
        hits.search_text = sought
        await hits.refresh_rows()

    async with showing(hits):
        await show([])
        assert lines(hits) == ["  Nothing found."]
        await show(found[4:], "WORD")
        hits.move(1)
        await show(found, "word")
        assert hits.current is not None
        assert hits.current.key == 6
        marked = {s.text for y in range(12) for s in hits.render_line(y) if s.style and s.style.reverse}
        assert marked == {"word"}


async def test_header_shows_and_paints_only_what_is_new() -> None:
    header = HeaderLine()
    async with showing(header):
        header.show(("Sample", "Board"), 12, "offline, data of 14:02", 2)
        assert header.render_line(0).text.split() == [
            "Sample",
            "›",
            "Board",
            "12",
            "unread",
            "offline,",
            "data",
            "of",
            "14:02",
            "outbox",
            "2",
        ]
        header.show(("Sample", "Board"))
        assert header.render_line(0).text.split() == ["Sample", "›", "Board"]


async def test_footer_says_and_is_tapped() -> None:
    footer = FooterLine()
    async with showing(footer) as (pilot, app):
        footer.show([("j", "down", True), ("r", "reply", False), ("?", "keys", True)])
        assert footer.render_line(0).text.rstrip() == " j down  r reply  ? keys"
        await pilot.click(footer, offset=(2, 0))
        await pilot.click(footer, offset=(10, 0))
        await pilot.click(footer, offset=(18, 0))
        assert app.tapped == ["j", "?"]
        footer.say("Sent.", "success")
        assert (footer.said, footer.render_line(0).text.rstrip()) == ("Sent.", " Sent.")
        await pilot.click(footer, offset=(2, 0))
        assert footer.said == ""
        footer.say("For ever", seconds=None)
        footer.say("A moment", seconds=0.01)
        await until(lambda: not footer.said, between=pilot.pause)
        assert app.tapped == ["j", "?"]
