"""`LineList`: a list of any length that draws only the rows on screen and holds only a window of them.

Rows come from an async source in windows of three screens each way.  While a window is on its way the rows
at hand stay, so there is never a blank one; a row is known by its ``key``, never by a number in the whole list.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from textual import events
from textual.message import Message
from textual.widget import Widget

from forumtui.model import Millis
from forumtui.reader.rows import Rows
from forumtui.tui.guard import Guard
from forumtui.tui.lists.line_pane import LinePane, clock
from forumtui.tui.lists.window import R, RowSource, RowWindow
from forumtui.tui.render.cells import RowRenderer

__all__ = ["LineList", "clock"]


T = TypeVar("T")


class LineList(LinePane[R], can_focus=True):
    """Rows under a cursor.  Keys are the app's business: it calls `move`, `page`, `go_start`, `go_end`."""

    class CursorMoved(Message, Generic[T]):
        """The cursor stands on another row now, or on none."""

        def __init__(self, line_list: LineList[T], row: T | None) -> None:  # type: ignore[type-var]
            super().__init__()
            self.line_list = line_list
            self.row = row

        @property
        def control(self) -> Widget:
            """The list, for ``@on`` with a selector."""
            return self.line_list

    class Chosen(Message, Generic[T]):
        """A row was clicked."""

        def __init__(self, line_list: LineList[T], row: T) -> None:  # type: ignore[type-var]
            super().__init__()
            self.line_list = line_list
            self.row = row

        @property
        def control(self) -> Widget:
            """The list, for ``@on`` with a selector."""
            return self.line_list

    def __init__(
        self,
        source: RowSource[R],
        renderer: RowRenderer[R],
        *,
        empty_text: str = "",
        now: Callable[[], Millis] = clock,
        id: str | None = None,  # noqa: A002  # as every widget calls it
    ) -> None:
        super().__init__(renderer, empty_text=empty_text, now=now, id=id)
        self.source = source
        """May be replaced; call `load` after it."""
        self._owed = 0
        self._guard = Guard()

    # -- loading

    async def load(self, anchor: Hashable | None = None, *, end: bool = False) -> None:
        """Show the list around ``anchor``, or from its start or ``end``."""
        ask = self._guard.begin()
        rows = await self._ask(anchor, end=end)
        if ask.stale:
            return
        self._owed = 0
        index = len(rows.rows) - 1 if end and anchor is None else rows.index
        if anchor is not None:
            index = next((i for i, row in enumerate(rows.rows) if row.key == anchor), rows.index)
        self._take(rows, index, self._window.page // 3 if anchor is not None else index)
        self._tell()

    async def refresh_rows(self) -> None:
        """Ask again; the cursor stays on its row and the row on its screen line."""
        ask = self._guard.join()
        row = self.current
        rows = await self._ask(row.key if row is not None else None)
        if ask.stale:
            return
        before = self.current
        self._take(rows, self._window.place_in(rows), self._window.cursor - self._window.top)
        if before is None or self.current is None or before.key != self.current.key:
            self._tell()

    async def _ask(self, anchor: Hashable | None, *, end: bool = False) -> Rows[R]:
        self._measure()
        reach = 3 * self._window.page
        if anchor is None:
            return await self.source.window(
                None, end=end, before=2 * reach if end else 0, after=0 if end else 2 * reach
            )
        return await self.source.window(anchor, end=end, before=reach, after=reach)

    def _take(self, rows: Rows[R], cursor: int, screen_row: int) -> None:
        self._loaded = True
        self._window.take(rows, cursor, screen_row)
        self.refresh()

    def _fetch_near_edge(self) -> None:
        """Start the worker where there is more than the rows at hand, and the screen comes near it."""
        fetching = any(
            worker.group == "window" and not worker.is_finished for worker in self.workers if worker.node is self
        )
        if self._window.near_edge and not fetching:
            self.run_worker(self._fetch(), group="window", exclusive=True, exit_on_error=False)

    async def _fetch(self) -> None:
        ask = self._guard.join()
        row = self.current
        rows = await self._ask(row.key) if row is not None else None
        here = self.current
        if rows is None or here is None or ask.stale:
            return
        if any(row.key == here.key for row in rows.rows):
            self._take(rows, self._window.place_in(rows), self._window.cursor - self._window.top)
        self.call_next(self._follow_up)

    def _follow_up(self) -> None:
        """After a window came: the rest of a step that went beyond the last one, or the next window."""
        if self._owed:
            self.move(self._owed)
        else:
            self._fetch_near_edge()

    # -- moving

    def move(self, n: int) -> None:
        """Down by ``n`` rows (up if negative); what lies beyond the rows at hand follows when they come."""
        with self._moving() as window:
            self._owed = window.go(window.cursor + n)

    def page(self, n: float) -> None:
        """By screens: 1 is a whole one, -0.5 half a one up."""
        with self._moving() as window:
            window.turn(n)

    async def go_start(self) -> None:
        """To the first row."""
        if not self._window.held.at_start:
            await self.load()
            return
        with self._moving() as window:
            window.go(0)

    async def go_end(self) -> None:
        """To the last row."""
        if not self._window.held.at_end:
            await self.load(end=True)
            return
        with self._moving() as window:
            window.go(len(window) - 1)

    @contextmanager
    def _moving(self) -> Iterator[RowWindow[R]]:
        """Afterwards two rows are painted again, or all of them where the view scrolled."""
        window = self._window
        before, top = window.cursor, window.top
        yield window
        if window.top != top:
            self.refresh()
        elif before != window.cursor:
            self._refresh_row(before)
            self._refresh_row(window.cursor)
        if before != window.cursor:
            self._tell()
        self._fetch_near_edge()

    def _tell(self) -> None:
        self.post_message(self.CursorMoved(self, self.current))

    def _resized(self) -> None:
        if self._loaded:
            self._fetch_near_edge()

    def on_click(self, event: events.Click) -> None:
        """The row under the pointer is chosen."""
        row = event.y // self._row_height
        if row >= len(self._window.on_screen):
            return
        with self._moving() as window:
            window.go(window.top + row)
        if self.current is not None:
            self.post_message(self.Chosen(self, self.current))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel moves the view, and the cursor only where it would leave it."""
        event.stop()
        with self._moving() as window:
            window.scroll(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel moves the view, and the cursor only where it would leave it."""
        event.stop()
        with self._moving() as window:
            window.scroll(-3)
