"""`LinePane`: rows painted line by line under a cursor; holds a window of them and asks nobody for more."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable
from typing import Generic

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Offset, Region
from textual.strip import Strip
from textual.widget import Widget

from forumtui.model import Millis
from forumtui.text.fold import fold
from forumtui.tui.lists.window import R, RowWindow
from forumtui.tui.render.cells import Frame, RowRenderer
from forumtui.tui.render.strips import highlighted, line_of, strip_of
from forumtui.tui.render.styles import Looks, looks_for


def clock() -> Millis:
    """The time now."""
    return Millis(int(time.time() * 1000))


class LinePane(Widget, Generic[R]):
    """Paints a `RowWindow`."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "LinePane { height: 1fr; }"

    def __init__(
        self,
        renderer: RowRenderer[R],
        *,
        empty_text: str = "",
        now: Callable[[], Millis] = clock,
        id: str | None = None,  # noqa: A002  # as every widget calls it
    ) -> None:
        super().__init__(id=id)
        self.renderer = renderer
        self.empty_text = empty_text
        """What an empty list teaches."""
        self._now = now
        self._window: RowWindow[R] = RowWindow()
        self._loaded = False
        self._sought = ""
        self._painting: tuple[Looks, Style] | None = None

    @property
    def current(self) -> R | None:
        """The row under the cursor."""
        return self._window.current

    @property
    def visible_rows(self) -> tuple[R, ...]:
        """The rows on screen, from the top."""
        return self._window.on_screen

    @property
    def search_text(self) -> str:
        """What is highlighted, folded."""
        return self._sought

    @search_text.setter
    def search_text(self, text: str) -> None:
        self._sought = fold(text.strip())
        self.refresh()

    @property
    def _row_height(self) -> int:
        return self.renderer.height(self.size.width)

    def _measure(self) -> None:
        """Whole rows on a screen; before the first layout, as many as the terminal would show."""
        self._window.page = max(1, (self.size.height or self.app.size.height) // self._row_height)

    def _refresh_row(self, index: int) -> None:
        height = self._row_height
        self.refresh(Region(0, (index - self._window.top) * height, self.size.width, height))

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the terminal's cursor stands: on the row under the cursor."""
        return self.content_region.offset + Offset(0, (self._window.cursor - self._window.top) * self._row_height)

    def notify_style_update(self) -> None:
        """Another theme, or other colours under the pane."""
        super().notify_style_update()
        self._painting = None

    def render_line(self, y: int) -> Strip:
        """One screen line."""
        width = self.size.width
        if self._painting is None:
            self._painting = (looks_for(self.app), self.rich_style)
        looks, base = self._painting
        height = self._row_height
        window = self._window
        row, index = y // height, window.top + y // height
        if index >= len(window) or row >= window.page:
            text = self._empty_line(y, width) if self._loaded and not len(window) else ""
            return strip_of(line_of((text, "dim")), width, looks, base)
        here = index == window.cursor
        if here and self.has_focus:
            sign, base = looks.glyphs.cursor, base + looks.cursor
        else:
            sign = looks.glyphs.cursor_blurred if here else " "
        lines = self.renderer.lines(window.held.rows[index], Frame(width - 1, self._now(), looks.glyphs))
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
        self._measure()
        self._window.scroll_to(self._window.top)
        self._window.keep_in_view()
        self.refresh()
        self._resized()

    def _resized(self) -> None:
        """For subclasses: the size and what is on screen are settled."""

    def on_focus(self) -> None:
        """The cursor's row shows that the keys act here."""
        self._refresh_row(self._window.cursor)

    def on_blur(self) -> None:
        """The cursor's row steps back."""
        self._refresh_row(self._window.cursor)
