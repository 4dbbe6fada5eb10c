"""`PageList`: a page of text lines under a cursor, some of which lead somewhere."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from forumtui.text.blocks import Line
from forumtui.tui.lists.line_list import LineList
from forumtui.tui.lists.window import HeldRows
from forumtui.tui.render.cells import Frame
from forumtui.values import quick_dataclass


@quick_dataclass(frozen=True, slots=True)
class PageRow:
    """A line of a page; ``target`` is what Enter on it opens."""

    key: Hashable
    line: Line
    target: object = None


class PageRows:
    """Draws lines as they are."""

    def height(self, width: int) -> int:  # noqa: ARG002  # a renderer's signature
        """One."""
        return 1

    def lines(self, row: PageRow, frame: Frame) -> Sequence[Line]:  # noqa: ARG002  # a renderer's signature
        """The line."""
        return (row.line,)


class PageList(LineList[PageRow]):
    """A page; `show` replaces it and keeps the cursor on its line."""

    def __init__(self, *, empty_text: str = "", id: str | None = None) -> None:  # noqa: A002  # as every widget calls it
        self._held: HeldRows[PageRow] = HeldRows()
        super().__init__(self._held, PageRows(), empty_text=empty_text, id=id)

    async def show(self, rows: Iterable[PageRow]) -> None:
        """Show these lines."""
        self._held.rows = tuple(rows)
        await self.refresh_rows()
