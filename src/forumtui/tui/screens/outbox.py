"""`OutboxScreen`: drafts and what waits to be sent, with what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.widget import Widget

from forumtui.reader.rows import OutRow, OutState
from forumtui.reader.target import OutKind
from forumtui.text.ages import age
from forumtui.text.blocks import Line
from forumtui.text.sanitise import clean_line
from forumtui.tui.keys.commands import Where
from forumtui.tui.keys.keymap import Keymap
from forumtui.tui.lists.line_list import LineList
from forumtui.tui.lists.window import HeldRows
from forumtui.tui.render.cells import Frame, cell_len, fit
from forumtui.tui.render.strips import line_of
from forumtui.tui.screens.base import AppScreen
from forumtui.tui.screens.leads import Lead, ToText
from forumtui.tui.services.changes import LibraryChanged
from forumtui.values import quick_dataclass

_STYLES = {
    OutState.DRAFT: "dim",
    OutState.QUEUED: "pending",
    OutState.SENDING: "pending",
    OutState.SENT: "success",
    OutState.HELD: "warning",
    OutState.REFUSED: "error",
    OutState.ATTENTION: "error",
}
_KINDS = {OutKind.TOPIC: "New topic", OutKind.REPLY: "Reply", OutKind.EDIT: "Edit", OutKind.DELETE: "Delete"}

_GLANCE = 2000
"""Characters of a text that are looked at for its first words."""
_LEAST_WORDS = 10
"""Cells; a text's first words cut shorter than this are left out."""


@quick_dataclass(frozen=True, slots=True)
class OutEntry:
    """A row of the outbox under the name that lists know it by."""

    key: str
    out: OutRow


class OutRows:
    """Draws an outbox row in two lines: what and where; state, reason and first words."""

    def height(self, width: int) -> int:  # noqa: ARG002  # a renderer's signature
        """Two."""
        return 2

    def lines(self, row: OutEntry, frame: Frame) -> Sequence[Line]:
        """What, to whom, where; then the state."""
        out = row.out
        state, style = out.state.label, _STYLES[out.state]
        to = f" to {out.to}" if out.to else ""
        when = f"  {age(out.updated, frame.now)} "
        title = clean_line(out.subject or out.where or "(no subject)")
        left = fit(f"{_KINDS[out.kind]}{to}: {title}", frame.width - cell_len(state + when) - 1, frame.glyphs.ellipsis)
        gap = " " * max(1, frame.width - cell_len(left + state + when))
        reason = fit(clean_line(out.error), frame.width - 3, frame.glyphs.ellipsis)
        where = clean_line(f"{out.account_name}  {out.where}")
        words = clean_line(out.body.source[:_GLANCE], 200)
        room = frame.width - 3 - (cell_len(reason) + 2 if reason else 0)
        rest = fit(words or where, room, frame.glyphs.ellipsis) if room >= _LEAST_WORDS else ""
        second = line_of("  ", (reason, style), "  " if reason and rest else "", (rest, "dim"))
        return line_of((left, "strong"), gap, (state, style), (when, "age")), second


class OutboxScreen(AppScreen):
    """What waits; or, with ``drafts``, what is still being written."""

    EMPTY: ClassVar = {
        True: "No drafts. Whatever you begin to write and leave with Esc is kept here.",
        False: "Nothing waits to be sent. What you write offline stands here until you go online (g p).",
    }

    def __init__(self, keymap: Keymap, *, drafts: bool) -> None:
        super().__init__(keymap)
        self.drafts = drafts
        self.title_path = ("Drafts" if drafts else "Outbox",)
        self._entries: HeldRows[OutEntry] = HeldRows()
        self.list = LineList(self._entries, OutRows(), empty_text=self.EMPTY[drafts])

    def body(self) -> ComposeResult:
        """The list."""
        yield self.list

    @property
    def place(self) -> Where:
        """The outbox's own keys."""
        return Where.OUTBOX

    @property
    def rows(self) -> Widget:
        """The list."""
        return self.list

    @property
    def chosen(self) -> OutRow | None:
        """The row under the cursor."""
        entry = self.list.current
        return None if entry is None else entry.out

    async def load(self) -> None:
        """The first rows."""
        self.set_focus(self.list)
        await self.show_rows()

    async def changed(self, message: LibraryChanged) -> None:
        """States follow the engine."""
        del message
        await self.show_rows()

    async def show_rows(self) -> None:
        """Ask again."""
        rows = await self.services.library.outbox.rows(drafts=True, sent=not self.drafts)
        wanted = [row for row in rows if (row.state is OutState.DRAFT) is self.drafts]
        self._entries.rows = tuple(OutEntry(row.uid, row) for row in wanted)
        await self.list.refresh_rows()

    async def open_row(self) -> Lead | None:
        """Edit what is under the cursor."""
        entry = self.list.current
        if entry is None:
            return None
        if entry.out.state is OutState.HELD:
            self.say("The forum has this; it shows once a moderator has approved it.")
            return None
        if entry.out.state in {OutState.SENT, OutState.SENDING}:
            self.say("This has left already; it is in the thread.")
            return None
        return ToText(entry.out)
