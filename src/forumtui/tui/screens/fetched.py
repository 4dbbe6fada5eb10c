"""`FetchedPage`: items that a forum is asked for page by page while one reads, and that are not kept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Generic, TypeVar

from textual import on

from forumtui.model import Cursor, Page
from forumtui.rows import AccountRow
from forumtui.tui.keys import Keymap
from forumtui.tui.render.strips import line_of
from forumtui.tui.runner import sentence
from forumtui.tui.screens.page import PageScreen
from forumtui.tui.widgets.line_list import LineList
from forumtui.tui.widgets.page_list import PageRow, text_lines

T = TypeVar("T")
_MORE = "more"
"""Enter on the line behind the last item, or standing on it, asks for those that follow."""


class FetchedPage(PageScreen, Generic[T]):
    """Asks beside the keys; what goes wrong stands in the page, with what is there already."""

    nothing = "There is nothing."

    def __init__(self, keymap: Keymap, account: AccountRow) -> None:
        super().__init__(keymap)
        self.account = account
        self.items: list[T] = []
        self._after: Cursor | None = None
        self._asking = False
        self._problem = ""

    async def page_after(self, after: Cursor | None) -> Page[T]:
        """One page from the forum."""
        raise NotImplementedError

    async def item_rows(self, item: T, width: int) -> Sequence[PageRow]:
        """An item's lines."""
        raise NotImplementedError

    async def load(self) -> None:
        """Show the empty page and ask."""
        await super().load()
        self.fetch()

    def fetch(self, after: Cursor | None = None) -> None:
        """Ask for the first page again, or for the one after."""
        self._asking = True
        self.desk.background(partial(self._fetch, after), "fetching")

    async def _fetch(self, after: Cursor | None) -> None:
        self._problem = ""
        await self.show_page()
        try:
            page = await self.page_after(after)
        except Exception as error:  # noqa: BLE001 - it ends in a sentence, in the page
            self._problem = sentence(error)
        else:
            self.items = [*(self.items if after is not None else []), *page.items]
            self._after = page.after
        self._asking = False
        if self.is_attached:
            await self.show_page()

    async def lines(self, width: int) -> Sequence[PageRow]:
        """The items, then how one goes on."""
        rows: list[PageRow] = []
        for item in self.items:
            rows += await self.item_rows(item, width)
        if self._problem:
            said = f"{self._problem}  This shows only what was fetched before." if self.items else self._problem
            rows += [PageRow(("problem", n), line) for n, line in enumerate(await text_lines(said, width, "error"))]
        elif self._asking:
            rows.append(PageRow((_MORE, len(self.items)), line_of(("Asking the forum …", "note"))))
        elif self._after is not None:
            rows.append(PageRow((_MORE, len(self.items)), line_of(("More …", "note")), _MORE))
        elif not self.items:
            rows.append(PageRow("nothing", line_of((self.nothing, "dim"))))
        return rows

    @on(LineList.CursorMoved)
    def on_cursor_moved(self, event: LineList.CursorMoved[PageRow]) -> None:
        """The end comes into reach: go on."""
        if event.row is not None and event.row.target == _MORE and not self._asking:
            self.fetch(self._after)
