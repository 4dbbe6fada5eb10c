"""`HelpScreen`: the keys that work where one is, then all others."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from forumtui.tui.keys.commands import GROUPS, Command, Where
from forumtui.tui.keys.keymap import Keymap, shown
from forumtui.tui.lists.page_list import PageRow
from forumtui.tui.render.strips import line_of
from forumtui.tui.screens.leads import Lead, ToCommand
from forumtui.tui.screens.page import PageScreen

_NAMES = {
    Where.BOARDS: "on boards",
    Where.TOPICS: "on topics",
    Where.THREAD: "in a thread",
    Where.COMPOSE: "while writing",
    Where.OUTBOX: "in the outbox",
    Where.INBOX: "in the inbox",
    Where.HITS: "on search results",
    Where.ACCOUNTS: "on your forums",
    Where.PAGE: "on a page",
    Where.BOARD: "on a board's page",
    Where.MEMBER: "on a member's page",
    Where.QUEUE: "on what waits for moderators",
    Where.SESSIONS: "on where you are logged in",
    Where.FORM: "in a form",
    Where.PROMPT: "in a question",
}


class HelpScreen(PageScreen):
    """Keys and what they do; Enter on one runs it where one came from."""

    follows_library = False

    def __init__(self, keymap: Keymap, about: Where, why_not: Callable[[Command], str | None]) -> None:
        super().__init__(keymap)
        self.about = about
        self._why_not = why_not
        """Why a command can not be used where one came from."""
        self.title_path = ("Keys", _NAMES[about])

    async def lines(self, width: int) -> Sequence[PageRow]:
        """A group a paragraph, what works here first."""
        rows = [PageRow("title", line_of((f"Keys that work {_NAMES[self.about]}", "heading")))]
        rows += self._groups(here=True, width=width)
        rows += [PageRow("gap", line_of("")), PageRow("elsewhere", line_of(("Elsewhere", "heading")))]
        rows += self._groups(here=False, width=width)
        return rows

    def _groups(self, *, here: bool, width: int) -> list[PageRow]:
        rows: list[PageRow] = []
        for title, group in GROUPS:
            shown_here = [c for c in group if (self.about in c.where) is here and self.keymap.keys[c.name]]
            if not shown_here:
                continue
            rows += [PageRow((title, here), line_of("")), PageRow((title, here, 1), line_of((title, "strong")))]
            rows += [self._row(command, here=here, width=width) for command in shown_here]
        return rows

    def _row(self, command: Command, *, here: bool, width: int) -> PageRow:
        keys = "  ".join(shown(key) for key in self.keymap.keys[command.name])
        refusal = self._why_not(command) if here else None
        why = f"  ({refusal})" if refusal is not None else ""
        style = "faint" if refusal is not None else ""
        column = 20 if width >= 60 else 14
        return PageRow(
            command.name,
            line_of(
                (f"  {keys:<{column}}", "key" if refusal is None else "faint"), (command.title, style), (why, "dim")
            ),
            command,
        )

    async def open_row(self) -> Lead | None:
        """Run the command under the cursor, where it belongs."""
        row = self.page.current
        if row is not None and isinstance(row.target, Command) and self.about in row.target.where:
            await self.leave()
            return ToCommand(row.target)
        return None
