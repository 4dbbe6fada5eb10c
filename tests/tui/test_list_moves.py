"""The list's cursor, its window of rows, and what it paints."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from tests.tui.samples import NOW, TopicsInMemory, topic
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from forumtui.rows import TopicRow
from forumtui.tui.render.topic_row import TopicRows
from forumtui.tui.widgets.line_list import LineList


class ListApp(App[None]):
    def __init__(self, source: TopicsInMemory) -> None:
        super().__init__()
        self.list = LineList[TopicRow](
            source, TopicRows(), empty_text="Press a to add a forum.", now=lambda: NOW, id="topics"
        )
        self.told: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.list

    async def on_mount(self) -> None:
        self.list.focus()
        await self.list.load()

    def on_line_list_cursor_moved(self, event: LineList.CursorMoved[TopicRow]) -> None:
        self.told.append(event.row.title if event.row else "")


def shown(app: ListApp) -> list[str]:
    return [app.list.render_line(y).text.rstrip() for y in range(app.list.size.height)]


def with_list(
    count: int, steps: Callable[[Pilot[None], ListApp], Awaitable[None]], size: tuple[int, int] = (80, 10)
) -> None:
    async def run() -> None:
        app = ListApp(TopicsInMemory([topic(i) for i in range(1, count + 1)]))
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await steps(pilot, app)

    asyncio.run(run())


def test_cursor_moves_and_tells() -> None:
    async def steps(pilot: Pilot[None], app: ListApp) -> None:
        app.list.move(1)
        app.list.move(2)
        await pilot.pause()
        assert app.list.current is not None
        assert app.list.current.key == 4
        assert app.told[-1] == "Topic 4"
        app.list.move(-100)
        assert app.list.current.key == 1

    with_list(50, steps)
