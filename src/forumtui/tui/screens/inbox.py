"""`InboxScreen`: what the forums tell us, over all accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.widget import Widget

from forumtui.reader.inbox import NoticeRow
from forumtui.text.ages import age
from forumtui.text.blocks import Line
from forumtui.text.sanitise import clean_line
from forumtui.tui.keys.commands import Command, Where
from forumtui.tui.keys.keymap import Keymap
from forumtui.tui.lists.line_list import LineList
from forumtui.tui.lists.window import HeldRows
from forumtui.tui.render.cells import Frame, cell_len, fit
from forumtui.tui.render.strips import line_of
from forumtui.tui.screens.base import AppScreen
from forumtui.tui.screens.leads import Lead, ToLink, ToPost
from forumtui.tui.services.changes import LibraryChanged


class NoticeRows:
    """Draws a notification in two lines: who does what, when; what it is about, and where."""

    def height(self, width: int) -> int:  # noqa: ARG002  # a renderer's signature
        """Two."""
        return 2

    def lines(self, row: NoticeRow, frame: Frame) -> Sequence[Line]:
        """Unread ones have the sign that topics have."""
        sign = " " if row.seen else frame.glyphs.unread
        when = f"  {age(row.created, frame.now)} "
        words = (
            " ".join(filter(None, [clean_line(row.who or "The site"), row.kind.phrase]))
            if row.kind.phrase or row.who
            else ""
        )
        title = clean_line(row.title)
        first = fit(words or title, max(1, frame.width - cell_len(when) - 3), frame.glyphs.ellipsis)
        gap = " " * max(1, frame.width - cell_len(first + when) - 2)
        where = clean_line(row.account_title)
        second = fit(f"{title}  {where}" if words else where, max(1, frame.width - 3), frame.glyphs.ellipsis)
        head = line_of((f"{sign} ", "unread"), (first, "" if row.seen else "strong"), gap, (when, "age"))
        return head, line_of("  ", (second, "dim"))


class InboxScreen(AppScreen):
    """Newest first; Enter opens the topic at that post."""

    EMPTY: ClassVar = (
        "Nothing here. Where a forum tells who mentions you, answers you or writes to you, it stands here."
    )
    title_path = ("Inbox",)

    def __init__(self, keymap: Keymap) -> None:
        super().__init__(keymap)
        self._held: HeldRows[NoticeRow] = HeldRows()
        self.list = LineList(self._held, NoticeRows(), empty_text=self.EMPTY)

    def body(self) -> ComposeResult:
        """The list."""
        yield self.list

    @property
    def place(self) -> Where:
        """The inbox's own keys."""
        return Where.INBOX

    @property
    def rows(self) -> Widget:
        """The list."""
        return self.list

    @property
    def unread(self) -> list[int]:
        """The keys of those that were not seen."""
        return [row.key for row in self._held.rows if not row.seen]

    def refusal(self, command: Command) -> str | None:
        """Marking takes something that is not read."""
        return "all of it is read" if command.where == frozenset({Where.INBOX}) and not self.unread else None

    async def load(self) -> None:
        """The first rows."""
        self.set_focus(self.list)
        await self.show_rows()

    async def changed(self, message: LibraryChanged) -> None:
        """News come in at the top; the cursor stays on its row."""
        del message
        await self.show_rows()

    async def show_rows(self) -> None:
        """Ask again."""
        self._held.rows = tuple(await self.services.library.notices.rows())
        await self.list.refresh_rows()
        self.show_hints()

    async def open_row(self) -> Lead | None:
        """To the post; where the topic is not here yet, by its address."""
        row = self.list.current
        if row is None:
            return None
        await self.services.library.notices.see([row.key])
        known = row.topic and await self.services.library.reading.topic_by_id(row.account, row.topic)
        if known is None and row.url is not None:
            return ToLink(row.url)
        return ToPost(row.account, row.topic, row.post)
