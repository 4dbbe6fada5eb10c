"""`BoardChoice`: choose a board by a part of its name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from forumtui.rows import BoardRow
from forumtui.text.fold import fold
from forumtui.tui.commands import Where
from forumtui.tui.keys import Keymap
from forumtui.tui.render.strips import line_of
from forumtui.tui.screens.base import DeskScreen
from forumtui.tui.widgets.page_list import PageList, PageRow


class BoardChoice(DeskScreen):
    """A field and the boards that match it; Enter hands the one under the cursor to ``chosen``."""

    CSS = """
    BoardChoice Input, BoardChoice Input:focus {
        border: none; height: 1; padding: 0 1; background: $surface; margin: 0 0 1 0;
    }
    """

    def __init__(
        self, keymap: Keymap, what: str, boards: Sequence[BoardRow], chosen: Callable[[BoardRow], Awaitable[None]]
    ) -> None:
        super().__init__(keymap)
        self.title_path = ("Move", what)
        self.input = Input(placeholder="To which board? Type a part of its name", select_on_focus=False)
        self.input.cursor_blink = False
        self.page = PageList(empty_text="No other board is called that.")
        self._boards = boards
        self._chosen = chosen

    def body(self) -> ComposeResult:
        """Field and list."""
        yield self.input
        yield self.page

    @property
    def place(self) -> Where:
        """A question, as it were."""
        return Where.PROMPT

    @property
    def field(self) -> Input:
        """The field."""
        return self.input

    @property
    def rows(self) -> Widget:
        """The list."""
        return self.page

    async def load(self) -> None:
        """All boards."""
        self.input.focus()
        await self._show("")

    async def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        event.stop()
        await self._show(event.value)

    async def _show(self, typed: str) -> None:
        words = fold(typed).split()
        found = [board for board in self._boards if all(word in fold(board.title) for word in words)]
        await self.page.show(
            PageRow(board.key, line_of(" " + "  " * board.depth, board.title), board) for board in found
        )
        await self.page.go_start()

    async def open_row(self) -> None:
        """This one."""
        row = self.page.current
        await self.leave()
        if row is not None and isinstance(row.target, BoardRow):
            await self._chosen(row.target)
