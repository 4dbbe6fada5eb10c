"""`LineList`: a list of any length that draws only the rows on screen and holds only a window of them.

Rows come from an async source in windows of three screens each way.  While a window is on its way the rows
at hand stay, so there is never a blank one; a row is known by its ``key``, never by a number in the whole list.
"""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable, Hashable
from typing import Generic, Protocol, TypeVar

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.worker import WorkerState

from forumtui.model import Millis
from forumtui.rows import Rows
from forumtui.text.fold import fold
from forumtui.tui.render.frame import Frame, RowRenderer
from forumtui.tui.render.strips import highlighted, line_of, strip_of
from forumtui.tui.render.styles import looks_for
from forumtui.tui.widgets.hardware_cursor import stand_on

__all__ = ["Keyed", "LineList", "RowSource", "clock"]


class Keyed(Protocol):
    """A row that has a name of its own, stable as long as the row exists."""

    @property
    def key(self) -> Hashable:
        """The row's name."""


R = TypeVar("R", bound=Keyed)
T = TypeVar("T")


class RowSource(Protocol[R]):
    """Where a list's rows come from."""

    async def window(self, anchor: Hashable | None, *, end: bool, before: int, after: int) -> Rows[R]:
        """At most ``before`` rows above and ``after`` below the anchor; without one, the start or the ``end``."""


def clock() -> Millis:
    """The time now."""
    return Millis(int(time.time() * 1000))


class LineList(Widget, Generic[R], can_focus=True):
    """Rows under a cursor.  Keys are the app's business: it calls `move`, `page`, `go_start`, `go_end`."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "LineList { height: 1fr; }"

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
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.source = source
        """May be replaced; call `load` after it."""
        self.renderer = renderer
        self.empty_text = empty_text
        """What an empty list teaches."""
        self._now = now
        self._rows: Rows[R] = Rows(())
        self._loaded = False
        self._cursor = 0
        self._top = 0
        self._owed = 0
        self._generation = 0
        self._sought = ""

    # -- what others read

    @property
    def current(self) -> R | None:
        """The row under the cursor."""
        rows = self._rows.rows
        return rows[self._cursor] if self._cursor < len(rows) else None

    @property
    def visible_rows(self) -> tuple[R, ...]:
        """The rows on screen, from the top."""
        return self._rows.rows[self._top : self._top + self._page]

    @property
    def search_text(self) -> str:
        """What is highlighted, folded."""
        return self._sought

    @search_text.setter
    def search_text(self, text: str) -> None:
        self._sought = fold(text.strip())
        self.refresh()

    # -- loading

    async def load(self, anchor: Hashable | None = None, *, end: bool = False) -> None:
        """Show the list around ``anchor``, or from its start or ``end``."""
        self._generation += 1
        generation = self._generation
        rows = await self._window(anchor, end=end)
        if generation == self._generation:
            self._owed = 0
            index = len(rows.rows) - 1 if end and anchor is None else rows.index
            if anchor is not None:
                index = next((i for i, row in enumerate(rows.rows) if row.key == anchor), rows.index)
            self._take(rows, max(0, index), self._page // 3 if anchor is not None else index)
            self._tell()

    async def refresh_rows(self) -> None:
        """Ask again; the cursor stays on its row and the row on its screen line."""
        generation = self._generation
        row = self.current
        rows = await self._window(row.key if row is not None else None, end=False)
        if generation != self._generation:
            return
        before = self.current
        self._take(rows, self._place_in(rows), self._cursor - self._top)
        if before is None or self.current is None or before.key != self.current.key:
            self._tell()

    async def go_start(self) -> None:
        """To the first row."""
        if self._rows.at_start:
            self._go(0)
        else:
            await self.load()

    async def go_end(self) -> None:
        """To the last row."""
        if self._rows.at_end:
            self._go(len(self._rows.rows) - 1)
        else:
            await self.load(end=True)

    async def _window(self, anchor: Hashable | None, *, end: bool) -> Rows[R]:
        reach = 3 * self._page
        if anchor is None:
            return await self.source.window(
                None, end=end, before=2 * reach if end else 0, after=0 if end else 2 * reach
            )
        return await self.source.window(anchor, end=end, before=reach, after=reach)

    def _place_in(self, rows: Rows[R]) -> int:
        """Where the cursor's row went; if it is gone, where its nearest neighbour is."""
        where = {row.key: index for index, row in enumerate(rows.rows)}
        old = self._rows.rows
        for row in (*old[self._cursor :], *reversed(old[: self._cursor])):
            if row.key in where:
                return where[row.key]
        return min(rows.index, max(0, len(rows.rows) - 1))

    def _take(self, rows: Rows[R], cursor: int, screen_row: int) -> None:
        self._loaded = True
        self._rows = rows
        self._cursor = cursor
        self._top = max(0, min(cursor - screen_row, len(rows.rows) - self._page))
        self._keep_in_view()
        self.refresh()
        self._stand()

    # -- moving

    def move(self, n: int) -> None:
        """Down by ``n`` rows (up if negative); what lies beyond the rows at hand follows when they come."""
        target = self._cursor + n
        within = max(0, min(target, len(self._rows.rows) - 1))
        self._owed = target - within if not (self._rows.at_end if n > 0 else self._rows.at_start) else 0
        self._go(within)

    def page(self, n: float) -> None:
        """By screens: 1 is a whole one, -0.5 half a one up."""
        rows = round(n * self._page) or (1 if n > 0 else -1)
        screen_row = self._cursor - self._top
        self._top = max(0, min(self._top + rows, len(self._rows.rows) - self._page))
        last = len(self._rows.rows) - 1
        reached_end = self._cursor + rows > last or self._cursor + rows < 0
        self._go(max(0, min(self._cursor + rows if reached_end else self._top + screen_row, last)), repaint=True)

    def _go(self, index: int, *, repaint: bool = False) -> None:
        """Move the cursor; two rows are painted again, or all of them where the view scrolled."""
        before, top = self._cursor, self._top
        self._cursor = max(0, index)
        self._keep_in_view()
        if repaint or self._top != top:
            self.refresh()
        elif before != self._cursor:
            self._refresh_row(before)
            self._refresh_row(self._cursor)
        if before != self._cursor:
            self._tell()
        self._stand()
        self._fetch_near_edge()

    def _keep_in_view(self) -> None:
        self._top = max(0, self._cursor - self._page + 1, min(self._top, self._cursor))

    def _fetch_near_edge(self) -> None:
        """Start the worker when the rows at hand end within a screen and a half and there are more."""
        margin = self._page * 3 // 2
        above = not self._rows.at_start and self._top < margin
        below = not self._rows.at_end and self._top + self._page + margin > len(self._rows.rows)
        running = any(
            worker.group == "window" and worker.state in _ALIVE for worker in self.workers if worker.node is self
        )
        if (above or below) and not running:
            self.run_worker(self._fetch(), group="window", exclusive=True, exit_on_error=False)

    async def _fetch(self) -> None:
        generation = self._generation
        row = self.current
        if row is None:
            return
        rows = await self._window(row.key, end=False)
        now_on = self.current
        if generation != self._generation or now_on is None:
            return
        if all(row.key != now_on.key for row in rows.rows):
            return
        self._take(rows, self._place_in(rows), self._cursor - self._top)
        if self._owed:
            self.call_next(self.move, self._owed)

    def _tell(self) -> None:
        self.post_message(self.CursorMoved(self, self.current))

    # -- painting

    @property
    def _row_height(self) -> int:
        return self.renderer.height(self.size.width)

    @property
    def _page(self) -> int:
        """Whole rows on a screen; before the first layout, as many as the terminal would show."""
        return max(1, (self.size.height or self.app.size.height) // self._row_height)

    def _refresh_row(self, index: int) -> None:
        height = self._row_height
        self.refresh(Region(0, (index - self._top) * height, self.size.width, height))

    def _stand(self) -> None:
        stand_on(self, (self._cursor - self._top) * self._row_height)

    def render_line(self, y: int) -> Strip:
        """One screen line."""
        width, base = self.size.width, self.rich_style
        looks = looks_for(self.app)
        height = self._row_height
        index = self._top + y // height
        rows = self._rows.rows
        if index >= len(rows) or y // height >= self._page:
            text = self._empty_line(y, width) if self._loaded and not rows else ""
            return strip_of(line_of((text, "dim")), width, looks, base)
        here = index == self._cursor
        if here and self.has_focus:
            sign, base = looks.glyphs.cursor, base + looks.cursor
        else:
            sign = looks.glyphs.cursor_blurred if here else " "
        lines = self.renderer.lines(rows[index], Frame(width - 1, self._now(), looks.glyphs))
        line = highlighted(lines[y % height], self._sought)
        segments = [Segment(sign, looks.style("cursor-sign" if here else "", base))]
        return Strip([*segments, *strip_of(line, width - 1, looks, base)], width)

    def _empty_line(self, y: int, width: int) -> str:
        lines = [
            line for text in self.empty_text.split("\n") for line in textwrap.wrap(text, max(8, width - 4)) or [""]
        ]
        return f"  {lines[y - 1]}" if 1 <= y <= len(lines) else ""

    # -- what happens around it

    def on_resize(self) -> None:
        """The cursor stays in view, and the window follows the new size."""
        self._top = max(0, min(self._top, len(self._rows.rows) - self._page))
        self._keep_in_view()
        self.refresh()
        self._stand()
        if self._loaded:
            self._fetch_near_edge()

    def on_focus(self) -> None:
        """The cursor's row shows that the keys act here."""
        self._refresh_row(self._cursor)
        self._stand()

    def on_blur(self) -> None:
        """The cursor's row steps back."""
        self._refresh_row(self._cursor)

    def on_click(self, event: events.Click) -> None:
        """The row under the pointer is chosen."""
        index = self._top + event.y // self._row_height
        if event.y // self._row_height < self._page and index < len(self._rows.rows):
            self._go(index)
            self.post_message(self.Chosen(self, self._rows.rows[index]))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel moves the view, and the cursor only where it would leave it."""
        self._wheel(event, 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel moves the view, and the cursor only where it would leave it."""
        self._wheel(event, -3)

    def _wheel(self, event: events.MouseEvent, rows: int) -> None:
        event.stop()
        self._top = max(0, min(self._top + rows, len(self._rows.rows) - self._page))
        self._go(max(self._top, min(self._cursor, self._top + self._page - 1, len(self._rows.rows) - 1)), repaint=True)


_ALIVE = frozenset({WorkerState.PENDING, WorkerState.RUNNING})
