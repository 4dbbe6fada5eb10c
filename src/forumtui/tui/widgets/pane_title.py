"""`PaneTitle`: the line over a pane, shown where several panes stand side by side."""

from __future__ import annotations

from textual.strip import Strip
from textual.widget import Widget

from forumtui.tui.render.cells import cell_len, fit
from forumtui.tui.render.strips import line_of, strip_of
from forumtui.tui.render.styles import looks_for


class PaneTitle(Widget):
    """A name on the left, a position on the right."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "PaneTitle { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._texts = ("", "")
        self._here = False

    def show(self, name: str, position: str = "", *, here: bool) -> None:
        """Bring the line up to date; ``here``: the pane has the keys."""
        if ((name, position), here) != (self._texts, self._here):
            self._texts, self._here = (name, position), here
            self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002  # there is only one
        """The line."""
        looks = looks_for(self.app)
        width = self.size.width
        name, position = self._texts
        room = width - 2 - (cell_len(position) + 2 if position else 0)
        name = fit(name, room, looks.glyphs.ellipsis)
        gap = " " * max(0, width - 2 - cell_len(name) - cell_len(position))
        style = "here strong" if self._here else "dim"
        return strip_of(line_of(" ", (name, style), gap, (position, "dim")), width, looks, self.rich_style)
