"""`PageList`: a page of text lines under a cursor, some of which lead somewhere."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from forumtui.reader.rows import Rows
from forumtui.text.blocks import Line
from forumtui.tui.lists.line_list import LineList
from forumtui.tui.render.cells import Frame
from forumtui.values import dataclass


@dataclass(frozen=True, slots=True)
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


class PageSource:
    """Lines held in memory."""

    def __init__(self) -> None:
        self.rows: tuple[PageRow, ...] = ()

    async def window(self, anchor: Hashable | None, *, end: bool, before: int, after: int) -> Rows[PageRow]:  # noqa: ARG002  # all are at hand
        """All of them."""
        index = next((i for i, row in enumerate(self.rows) if row.key == anchor), 0)
        return Rows(self.rows, index, total=len(self.rows))


class PageList(LineList[PageRow]):
    """A page; `show` replaces it and keeps the cursor on its line."""

    def __init__(self, *, empty_text: str = "", id: str | None = None) -> None:  # noqa: A002  # as every widget calls it
        self._page_source = PageSource()
        super().__init__(self._page_source, PageRows(), empty_text=empty_text, id=id)

    async def show(self, rows: Iterable[PageRow]) -> None:
        """Show these lines."""
        self._page_source.rows = tuple(rows)
        await self.refresh_rows()
