"""`LogScreen`: who did what in a forum, newest first."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from forumtui.model import THE_KEEPER, Cursor, LogEntry, Page
from forumtui.rows import AccountRow
from forumtui.text.ages import exact
from forumtui.text.sanitise import clean_line
from forumtui.tui.keys import Keymap
from forumtui.tui.render.strips import line_of
from forumtui.tui.screens.fetched import FetchedPage
from forumtui.tui.screens.going import open_post
from forumtui.tui.widgets.page_list import PageRow

_INDENT = 4


class LogScreen(FetchedPage[LogEntry]):
    """The audit log; Enter goes to the post that an entry is about."""

    nothing = "Nothing was done yet that the log tells of."

    def __init__(self, keymap: Keymap, account: AccountRow) -> None:
        super().__init__(keymap, account)
        self.title_path = (account.title, "audit log")

    async def page_after(self, after: Cursor | None) -> Page[LogEntry]:
        """The next page of the log."""
        return await self.desk.engine.log(self.account.key, after)

    async def item_rows(self, item: LogEntry, width: int) -> Sequence[PageRow]:
        """When, who and what; below it the particulars."""
        who = clean_line(item.member) or THE_KEEPER
        head = line_of((exact(item.created), "age"), "  ", (who, "strong"), "  ", clean_line(item.operation))
        detail = textwrap.wrap(clean_line(item.detail, 2000), max(10, width - _INDENT))
        lines = [head, *(line_of(" " * _INDENT, (text, "dim")) for text in detail)]
        return [PageRow((item.id, number), line, item) for number, line in enumerate(lines)]

    async def open_row(self) -> None:
        """Go to the post or topic."""
        entry = self.page.current.target if self.page.current is not None else None
        if isinstance(entry, LogEntry):
            await open_post(self.desk, self.account.key, entry.topic, entry.post)
