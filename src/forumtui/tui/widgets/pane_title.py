"""`PaneTitle`: the line over a pane, shown where several panes stand side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.strip import Strip
from textual.widget import Widget

from forumtui.tui.render.cells import cell_len, fit
from forumtui.tui.render.strips import line_of, strip_of
from forumtui.tui.render.styles import looks_for
from forumtui.tui.screens.layout import Pane

if TYPE_CHECKING:
    from forumtui.tui.screens.panes import ReaderPanes


class PaneTitle(Widget):
    """A name on the left, a position on the right."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "PaneTitle { height: 1; }"

    def __init__(self, pane: Pane) -> None:
        super().__init__()
        self.pane = pane
        self._texts = ("", "")
        self._here = False

    def show(self, reader: ReaderPanes, *, here: bool) -> None:
        """Bring the line up to date; ``here``: the pane has the keys."""
        texts = getattr(self, f"_{self.pane.value}")(reader)
        if (texts, here) != (self._texts, self._here):
            self._texts, self._here = texts, here
            self.refresh()

    def _boards(self, reader: ReaderPanes) -> tuple[str, str]:
        return ("Boards" if reader.accounts else "No forums", "")

    def _topics(self, reader: ReaderPanes) -> tuple[str, str]:
        query = reader.topics.shown
        name = "Unread" if query.unread else "Bookmarks" if query.bookmarked else "Topics"
        board = reader.board_rows.get(query.board if query.board is not None else -1)
        account = reader.accounts.get(query.account) if query.account is not None else None
        of = board.title if board is not None else account.title if account is not None else ""
        return (of or name, f"filter: {query.filter}" if query.filter else "")

    def _thread(self, reader: ReaderPanes) -> tuple[str, str]:
        if reader.topic is None:
            return ("", "")
        outline, row = reader.thread.outline, reader.thread.current
        if outline is None or row is None or not outline.keys:
            return (reader.topic.title, "")
        index = reader.thread.current_index
        return (reader.topic.title, f"{index + 1}/{len(outline.keys)}")

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
