"""The list's cursor, its window of rows, and what it paints."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager

import pytest
from tests.tui.samples import NOW, TopicsInMemory, topic
from tests.waiting import until
from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.strip import Strip

from forumtui.reader.rows import Rows, TopicKey, TopicRow
from forumtui.tui.lists.line_list import LineList
from forumtui.tui.render.topic_row import TopicRows


class ListApp(App[None]):
    def __init__(self, source: TopicsInMemory) -> None:
        super().__init__()
        self.source = source
        self.list = LineList[TopicRow](
            source, TopicRows(), empty_text="No topics here.\nPress a to add a forum.", now=lambda: NOW, id="topics"
        )
        self.told: list[str] = []
        self.chosen: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.list

    async def on_mount(self) -> None:
        self.list.focus()
        await self.list.load()

    def on_line_list_cursor_moved(self, event: LineList.CursorMoved[TopicRow]) -> None:
        assert event.control is self.list
        self.told.append(event.row.title if event.row else "")

    def on_line_list_chosen(self, event: LineList.Chosen[TopicRow]) -> None:
        assert event.control is self.list
        self.chosen.append(event.row.title)


def shown(app: ListApp) -> list[str]:
    return [app.list.render_line(y).text.rstrip() for y in range(app.list.size.height)]


def titles(app: ListApp) -> list[int]:
    return [row.key for row in app.list._window.on_screen]


def here(app: ListApp) -> int:
    assert app.list.current is not None
    return app.list.current.key


@asynccontextmanager
async def showing(
    count: int, size: tuple[int, int] = (80, 10), source: TopicsInMemory | None = None
) -> AsyncIterator[tuple[Pilot[None], ListApp]]:
    app = ListApp(source or TopicsInMemory([topic(i) for i in range(1, count + 1)]))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield pilot, app


async def comes_to(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    await until(condition, between=pilot.pause)


async def test_cursor_moves_and_tells() -> None:
    async with showing(50) as (pilot, app):
        app.list.move(1)
        app.list.move(2)
        await pilot.pause()
        assert here(app) == 4
        assert app.told[-1] == "Topic 4"
        app.list.move(-100)
        assert here(app) == 1
        assert app.list.cursor_screen_offset == Offset(0, 0)
        app.list.move(3)
        assert app.list.cursor_screen_offset == Offset(0, 3)


async def test_view_scrolls_by_one_line_at_the_edge() -> None:
    async with showing(50) as (_pilot, app):
        app.list.move(9)
        assert titles(app) == list(range(1, 11))
        app.list.move(1)
        assert titles(app) == list(range(2, 12))
        app.list.move(-9)
        assert titles(app) == list(range(2, 12))
        app.list.move(-1)
        assert titles(app) == list(range(1, 11))


async def test_pages_keep_the_cursor_on_its_line_and_stop_at_the_ends() -> None:
    async with showing(95) as (pilot, app):
        app.list.move(2)
        app.list.page(1)
        assert (here(app), titles(app)[0]) == (13, 11)
        app.list.page(-0.5)
        assert (here(app), titles(app)[0]) == (8, 6)
        app.list.page(-3)
        assert here(app) == 1
        app.list.page(100)
        await pilot.pause()
        await app.list.go_end()
        assert (here(app), titles(app)[-1]) == (95, 95)
        app.list.page(1)
        assert here(app) == 95


async def test_end_of_a_long_list_is_one_window_away() -> None:
    async with showing(20_000) as (_pilot, app):
        asked = app.source.asked
        await app.list.go_end()
        assert (here(app), titles(app)[0]) == (20_000, 19_991)
        assert app.source.asked == asked + 1
        await app.list.go_start()
        assert (here(app), titles(app)[0]) == (1, 1)


async def test_a_long_step_arrives_when_its_rows_do() -> None:
    async with showing(2000) as (pilot, app):
        app.list.move(400)
        await comes_to(pilot, lambda: here(app) == 401)
        app.list.move(-1000)
        await comes_to(pilot, lambda: here(app) == 1)


class SlowTopics(TopicsInMemory):
    """Answers when told to."""

    def __init__(self, rows: list[TopicRow]) -> None:
        super().__init__(rows)
        self.gate = asyncio.Event()
        self.gate.set()

    async def window(self, anchor: Hashable | None, *, end: bool, before: int, after: int) -> Rows[TopicRow]:
        await self.gate.wait()
        return await super().window(anchor, end=end, before=before, after=after)


async def test_rows_stay_while_the_next_ones_are_awaited() -> None:
    source = SlowTopics([topic(i) for i in range(1, 101)])
    async with showing(0, source=source) as (pilot, app):
        source.gate.clear()
        for _ in range(30):
            app.list.move(3)
            await pilot.pause()
            assert all("Topic" in line for line in shown(app))
        stuck_at = here(app)
        source.gate.set()
        await comes_to(pilot, lambda: here(app) > stuck_at or not app.list._window.near_edge)
        for _ in range(30):
            app.list.move(3)
            await pilot.pause()
            assert all("Topic" in line for line in shown(app))
        assert here(app) == 100


STEPS: dict[str, Callable[[LineList[TopicRow]], Awaitable[None] | None]] = {
    "j": lambda rows: rows.move(1),
    "k": lambda rows: rows.move(-1),
    "9j": lambda rows: rows.move(9),
    "d": lambda rows: rows.page(1),
    "half": lambda rows: rows.page(0.5),
    "99d": lambda rows: rows.page(99),
    "u": lambda rows: rows.page(-1),
    "g": lambda rows: rows.go_start(),
    "G": lambda rows: rows.go_end(),
}


async def after(steps: str, *, slowly: bool) -> tuple[int, list[int]]:
    """Where the cursor is, and which rows are on screen, after steps that are taken when rows are there, or before any comes."""
    source = SlowTopics([topic(i) for i in range(1, 401)])
    async with showing(0, source=source) as (pilot, app):
        rows = app.list

        def rests() -> bool:
            return not rows._ahead and all(worker.is_finished for worker in rows.workers) and not rows._window.near_edge

        await comes_to(pilot, rests)
        for step in steps.split():
            if not slowly:
                source.gate.clear()
            begun = STEPS[step](rows)
            if begun is not None:
                source.gate.set()
                await begun
            if slowly:
                await comes_to(pilot, rests)
        source.gate.set()
        await comes_to(pilot, rests)
        return here(app), titles(app)


@pytest.mark.parametrize(
    "steps",
    [
        "d d d d d",
        "9j 9j 9j 9j 9j u",
        "d d d d d d u",
        "9j 9j 9j 9j 9j 9j 9j g",
        "9j 9j 9j 9j 9j 9j 9j d k",
        "G u u u u u u",
        "half half half half half half half half half k",
        "9j 99d u k",
        "d d d d d d d d G k",
    ],
)
async def test_steps_that_are_faster_than_the_rows_lead_where_slow_ones_do(steps: str) -> None:
    assert await after(steps, slowly=False) == await after(steps, slowly=True)


async def test_refresh_keeps_the_row_and_its_line() -> None:
    async with showing(300) as (pilot, app):
        app.list.move(30)
        app.list.move(-4)
        key, line = here(app), titles(app).index(here(app))
        app.source.rows[5:5] = [topic(1000)]
        app.source.rows = [row for row in app.source.rows if row.key not in {20, 21}]
        app.source.rows.sort(key=lambda row: row.key)
        await pilot.pause()
        told = len(app.told)
        await app.list.refresh_rows()
        await pilot.pause()
        assert (here(app), titles(app).index(key)) == (key, line)
        assert len(app.told) == told


@pytest.mark.parametrize(("gone", "then"), [({27}, 28), ({27, 28, 29}, 30), (set(range(27, 41)), 26)])
async def test_a_vanished_row_gives_way_to_its_neighbour(gone: set[int], then: int) -> None:
    async with showing(40) as (pilot, app):
        await app.list.load(27)
        app.source.rows = [row for row in app.source.rows if row.key not in gone]
        await app.list.refresh_rows()
        await pilot.pause()
        assert here(app) == then
        assert app.told[-1] == f"Topic {then}"


async def test_load_puts_the_anchor_in_view() -> None:
    async with showing(2000) as (_pilot, app):
        await app.list.load(TopicKey(777))
        assert here(app) == 777
        assert titles(app)[0] == 774
        app.list.move(-20)
        assert here(app) == 757


async def test_an_empty_list_teaches() -> None:
    async with showing(0) as (_pilot, app):
        assert "  Press a to add a forum." in shown(app)
        assert app.list.current is None
        app.list.move(1)
        app.list.page(1)
        await app.list.go_end()
        assert app.list.current is None


async def test_pointer_chooses_and_wheel_scrolls() -> None:
    async with showing(50) as (pilot, app):
        await pilot.click("#topics", offset=(10, 4))
        assert app.chosen == ["Topic 5"]
        app.list.move(-4)
        await pilot._post_mouse_events([events.MouseScrollDown], "#topics", offset=(5, 5))
        await pilot.pause()
        assert (titles(app)[0], here(app)) == (4, 4)
        await pilot._post_mouse_events([events.MouseScrollUp], "#topics", offset=(5, 5))
        await pilot.pause()
        assert (titles(app)[0], here(app)) == (1, 4)


async def test_resize_keeps_the_cursor_in_view() -> None:
    async with showing(50) as (pilot, app):
        app.list.move(9)
        await pilot.resize_terminal(80, 5)
        assert here(app) == 10
        assert 10 in titles(app)
        await pilot.resize_terminal(50, 6)
        await pilot.pause()
        assert 10 in titles(app)
        assert len(titles(app)) == 3
        assert shown(app)[titles(app).index(10) * 2].startswith("▌  Topic 10")


async def test_cursor_moves_repaint_two_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    async with showing(50) as (pilot, app):
        painted: list[int] = []
        original = app.list.render_line

        def noted(y: int) -> Strip:
            painted.append(y)
            return original(y)

        monkeypatch.setattr(app.list, "render_line", noted)
        app.list.move(1)
        await pilot.pause()
        assert sorted(set(painted)) == [0, 1]


async def test_what_is_sought_is_marked() -> None:
    async with showing(3) as (_pilot, app):
        app.list.search_text = "TOPIC 1"
        marked = [s.text for s in app.list.render_line(0) if s.style and s.style.reverse]
        assert marked == ["Topic 1"]
