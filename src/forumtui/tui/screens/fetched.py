"""`FetchedPage`: items that a forum is asked for page by page while one reads, and that are not kept; `LogScreen`: who did what."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from functools import partial
from typing import Generic, TypeVar

from textual import on

from forumtui.model import THE_KEEPER, Cursor, LogEntry, Page
from forumtui.reader.rows import AccountRow
from forumtui.text.ages import exact
from forumtui.text.sanitise import clean_line
from forumtui.tui.keys.keymap import Keymap
from forumtui.tui.keys.runner import sentence
from forumtui.tui.lists.line_list import LineList
from forumtui.tui.lists.page_list import PageRow
from forumtui.tui.render.shelf import text_lines
from forumtui.tui.render.strips import line_of
from forumtui.tui.screens.leads import Lead, ToPost
from forumtui.tui.screens.page import PageScreen

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
        self.services.background(partial(self._fetch, after), "fetching")

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


_INDENT = 4


class LogScreen(FetchedPage[LogEntry]):
    """The audit log; Enter goes to the post that an entry is about."""

    nothing = "Nothing was done yet that the log tells of."

    def __init__(self, keymap: Keymap, account: AccountRow) -> None:
        super().__init__(keymap, account)
        self.title_path = (account.title, "audit log")

    async def page_after(self, after: Cursor | None) -> Page[LogEntry]:
        """The next page of the log."""
        return await self.services.engine.log(self.account.key, after)

    async def item_rows(self, item: LogEntry, width: int) -> Sequence[PageRow]:
        """When, who and what; below it the particulars."""
        who = clean_line(item.member) or THE_KEEPER
        head = line_of((exact(item.created), "age"), "  ", (who, "strong"), "  ", clean_line(item.operation))
        detail = textwrap.wrap(clean_line(item.detail, 2000), max(10, width - _INDENT))
        lines = [head, *(line_of(" " * _INDENT, (text, "dim")) for text in detail)]
        return [PageRow((item.id, number), line, item) for number, line in enumerate(lines)]

    async def open_row(self) -> Lead | None:
        """To the post or topic."""
        entry = self.page.current.target if self.page.current is not None else None
        return ToPost(self.account.key, entry.topic, entry.post) if isinstance(entry, LogEntry) else None
