"""`BoardChoice`: choose a board by a part of its name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence

from forumtui.rows import BoardRow
from forumtui.text.fold import fold
from forumtui.tui.keys import Keymap
from forumtui.tui.render.strips import line_of
from forumtui.tui.screens.chooser import Chooser
from forumtui.tui.widgets.page_list import PageRow


class BoardChoice(Chooser):
    """A field and the boards that match it; Enter hands the one under the cursor to ``chosen``."""

    def __init__(
        self, keymap: Keymap, what: str, boards: Sequence[BoardRow], chosen: Callable[[BoardRow], Awaitable[None]]
    ) -> None:
        super().__init__(
            keymap,
            placeholder="To which board? Type a part of its name",
            empty_text="No other board is called that.",
        )
        self.title_path = ("Move", what)
        self._boards = boards
        self._chosen = chosen

    def matches(self, typed: str) -> Iterable[PageRow]:
        """Boards whose titles hold every word."""
        words = fold(typed).split()
        found = [board for board in self._boards if all(word in fold(board.title) for word in words)]
        return [PageRow(board.key, line_of(" " + "  " * board.depth, board.title), board) for board in found]

    async def open_row(self) -> None:
        """This one."""
        row = self.page.current
        await self.leave()
        if row is not None and isinstance(row.target, BoardRow):
            await self._chosen(row.target)
