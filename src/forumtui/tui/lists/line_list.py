"""`LineList`: a list of any length that draws only the rows on screen and holds only a window of them.

Rows come from an async source in windows of three screens each way.  While a window is on its way the rows
at hand stay, so there is never a blank one; a row is known by its ``key``, never by a number in the whole list.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from rich.style import Style
from textual import events, on
from textual.geometry import Offset
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from forumtui.model import Millis
from forumtui.reader.rows import Rows
from forumtui.text.fold import fold
from forumtui.tui.lists.painting import Painter
from forumtui.tui.lists.window import R, RowSource, RowWindow
from forumtui.tui.render.cells import RowRenderer
from forumtui.tui.render.styles import Looks, looks_for
from forumtui.tui.services.guard import Guard
from forumtui.tui.services.shared import clock

T = TypeVar("T")

_REACH = 3
"""Screens each way that are asked for."""


class RowMessage(Message, Generic[T]):
    """Something befell a row of a list."""

    def __init__(self, line_list: LineList[Any], row: T) -> None:
        super().__init__()
        self.line_list = line_list
        self.row = row

    @property
    def control(self) -> Widget:
        """The list, for ``@on`` with a selector."""
        return self.line_list


class LineList(Widget, Generic[R], can_focus=True):
    """Rows under a cursor.  Keys are the app's business: it calls `move`, `page`, `go_start`, `go_end`."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "LineList { height: 1fr; }"

    class CursorMoved(RowMessage[T | None], Generic[T]):
        """The cursor stands on another row now, or on none."""

    class Chosen(RowMessage[T], Generic[T]):
        """A row was clicked."""

    def __init__(
        self,
        source: RowSource[R],
        renderer: RowRenderer[R],
        *,
        empty_text: str = "",
        now: Callable[[], Millis] = clock,
        id: str | None = None,  # noqa: A002  # as every widget calls it
    ) -> None:
        super().__init__(id=id)
        self.source = source
        self._window: RowWindow[R] = RowWindow()
        self.painter = Painter(self._window, renderer, now, empty_text)
        self._look: tuple[Looks, Style] | None = None
        self._ahead: list[tuple[Callable[[RowWindow[R], float], float], float]] = []
        """Steps that wait for more rows, and how far each goes."""
        self._guard = Guard()

    @property
    def current(self) -> R | None:
        """The row under the cursor."""
        return self._window.current

    @property
    def last_of_all(self) -> R | None:
        """The list's last row, where the screen comes near it."""
        return self._window.held.rows[-1] if self._window.near_end else None

    @property
    def search_text(self) -> str:
        """What is highlighted, folded."""
        return self.painter.sought

    @search_text.setter
    def search_text(self, text: str) -> None:
        self.painter.sought = fold(text.strip())
        self.refresh()

    # -- loading

    async def load(self, anchor: Hashable | None = None, *, end: bool = False) -> None:
        """Show the list around ``anchor``, or from its start or ``end``."""
        ask = self._guard.begin()
        rows = await self._ask(anchor, end=end)
        if ask.stale:
            return
        self._ahead = []
        self._window.open(rows, anchor, end=end)
        self.refresh()
        self._tell()

    async def refresh_rows(self) -> None:
        """Ask again; the cursor stays on its row and the row on its screen line."""
        ask = self._guard.join()
        row = self.current
        rows = await self._ask(row.key if row is not None else None)
        if ask.stale:
            return
        before = self.current
        self._window.renew(rows)
        self.refresh()
        if before is None or self.current is None or before.key != self.current.key:
            self._tell()

    async def _ask(self, anchor: Hashable | None, *, end: bool = False) -> Rows[R]:
        self._measure()
        reach = _REACH * self._window.page
        if anchor is None:
            return await self.source.window(
                None, end=end, before=2 * reach if end else 0, after=0 if end else 2 * reach
            )
        return await self.source.window(anchor, end=end, before=reach, after=reach)

    def _measure(self) -> None:
        """Before the first layout there are as many rows on a screen as the terminal would show."""
        self.painter.measure(self.size.width, self.size.height or self.app.size.height)

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
            self._window.renew(rows)
            self.refresh()
        self.call_next(self._step)

    # -- moving

    def move(self, n: int) -> None:
        """Down by ``n`` rows (up if negative); what lies beyond the rows at hand follows when they come."""
        self._ahead.append((RowWindow.step, n))
        self._step()

    def page(self, n: float) -> None:
        """By screens: 1 is a whole one, -0.5 half a one up; as `move` does beyond the rows at hand."""
        self._ahead.append((RowWindow.turn, n))
        self._step()

    def _step(self) -> None:
        """Take the steps that are ahead, as far as the rows at hand go; more are fetched where they end."""
        steps = self._ahead
        with self._moving() as window:
            while steps:
                take, n = steps.pop(0)
                if left := take(window, n):
                    steps.insert(0, (take, left))
                    if left == n:
                        break
        self._ahead = steps

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
        """Steps that are still ahead are dropped.  Afterwards two rows are painted again, or all where the view scrolled."""
        window, width = self._window, self.size.width
        before, top = window.cursor, window.top
        self._ahead = []
        yield window
        if window.top != top:
            self.refresh()
        elif before != window.cursor:
            self.refresh(self.painter.region(before, width), self.painter.region(window.cursor, width))
        if before != window.cursor:
            self._tell()
        self._fetch_near_edge()

    def _tell(self) -> None:
        self.post_message(self.CursorMoved(self, self.current))

    # -- painting

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the terminal's cursor stands: on the row under the cursor."""
        return self.content_region.offset + self.painter.region(self._window.cursor, self.size.width).offset

    def notify_style_update(self) -> None:
        """Another theme, or other colours under the list."""
        super().notify_style_update()
        self._look = None

    def render_line(self, y: int) -> Strip:
        """One screen line."""
        if self._look is None:
            self._look = (looks_for(self.app), self.rich_style)
        return self.painter.strip(y, self.size.width, *self._look, focused=self.has_focus)

    # -- what happens around it

    def on_resize(self) -> None:
        """The cursor stays in view, and the window follows the new size."""
        self._measure()
        self._window.scroll_to(self._window.top)
        self._window.keep_in_view()
        self.refresh()
        if self._window.came:
            self._fetch_near_edge()

    @on(events.Focus)
    @on(events.Blur)
    def _show_cursor(self) -> None:
        """The cursor's row shows whether the keys act here."""
        self.refresh(self.painter.region(self._window.cursor, self.size.width))

    def on_click(self, event: events.Click) -> None:
        """The row under the pointer is chosen."""
        row = self.painter.row_at(event.y, self.size.width)
        if row is None:
            return
        with self._moving() as window:
            window.go(row)
        if self.current is not None:
            self.post_message(self.Chosen(self, self.current))

    @on(events.MouseScrollDown)
    @on(events.MouseScrollUp)
    def _turn_wheel(self, event: events.MouseEvent) -> None:
        """The wheel moves the view, and the cursor only where it would leave it."""
        event.stop()
        with self._moving() as window:
            window.scroll(3 if isinstance(event, events.MouseScrollDown) else -3)
