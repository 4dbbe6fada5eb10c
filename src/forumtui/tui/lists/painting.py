"""`Painter`: the screen lines of a list, from the rows at hand; no widget, so that a list is free to be one about keys and rows."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Generic

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from forumtui.model import Millis
from forumtui.text.blocks import Line
from forumtui.tui.lists.window import R, RowWindow
from forumtui.tui.render.cells import Frame, RowRenderer
from forumtui.tui.render.strips import highlighted, line_of, strip_of
from forumtui.tui.render.styles import Looks


class Painter(Generic[R]):
    """Paints the part of a `RowWindow` that is on screen, in as many cells as it is asked for."""

    def __init__(
        self, window: RowWindow[R], renderer: RowRenderer[R], now: Callable[[], Millis], empty_text: str = ""
    ) -> None:
        self.renderer = renderer
        self.empty_text = empty_text
        """What an empty list teaches."""
        self.sought = ""
        """What is highlighted, folded."""
        self._window = window
        self._now = now

    def measure(self, width: int, height: int) -> None:
        """Let the window have as many rows on screen as fit whole."""
        self._window.page = max(1, height // self.renderer.height(width))

    def row_at(self, y: int, width: int) -> int | None:
        """Which of the rows at hand a screen line shows; None where it shows none."""
        row = y // self.renderer.height(width)
        return self._window.top + row if row < len(self._window.on_screen) else None

    def region(self, index: int, width: int) -> Region:
        """Where a row stands on the screen."""
        height = self.renderer.height(width)
        return Region(0, (index - self._window.top) * height, width, height)

    def strip(self, y: int, width: int, looks: Looks, base: Style, *, focused: bool) -> Strip:
        """A screen line; ``focused``: the keys act on the row under the cursor, and it shows that."""
        index = self.row_at(y, width)
        if index is None:
            return strip_of(self._empty_line(y, width), width, looks, base)
        here = index == self._window.cursor
        if here and focused:
            sign, base = looks.glyphs.cursor, base + looks.cursor
        else:
            sign = looks.glyphs.cursor_blurred if here else " "
        lines = self.renderer.lines(self._window.held.rows[index], Frame(width - 1, self._now(), looks.glyphs))
        line = highlighted(lines[y % self.renderer.height(width)], self.sought)
        segments = [Segment(sign, looks.style("cursor-sign" if here else "", base))]
        return Strip([*segments, *strip_of(line, width - 1, looks, base)], width)

    def _empty_line(self, y: int, width: int) -> Line:
        """What stands where no row does: where there is none at all, what the list teaches."""
        if len(self._window) or not self._window.came:
            return line_of("")
        lines = [
            line for text in self.empty_text.split("\n") for line in textwrap.wrap(text, max(8, width - 4)) or [""]
        ]
        return line_of((f"  {lines[y - 1]}" if 1 <= y <= len(lines) else "", "dim"))
