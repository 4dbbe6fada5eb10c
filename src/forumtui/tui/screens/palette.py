"""`Palette`: find a command by a part of its name."""

from __future__ import annotations

from collections.abc import Iterable

from forumtui.tui.commands import COMMANDS, PROMPT, Command
from forumtui.tui.keys import Keymap, shown
from forumtui.tui.render.strips import line_of
from forumtui.tui.screens.base import DeskScreen
from forumtui.tui.screens.chooser import Chooser
from forumtui.tui.widgets.page_list import PageRow


class Palette(Chooser):
    """A field and the commands that match it; Enter runs one where the palette was opened."""

    title_path = ("Commands",)

    def __init__(self, keymap: Keymap, under: DeskScreen) -> None:
        super().__init__(keymap, placeholder="Type a part of a command's name", empty_text="No command is called that.")
        self.under = under

    def matches(self, typed: str) -> Iterable[PageRow]:
        """Commands that hold every word that was typed; those that work here."""
        words = typed.casefold().split()
        place = self.under.place
        rows = []
        for command in COMMANDS.values():
            text = f"{command.name} {command.title}".casefold()
            if place not in command.where or command.where == PROMPT or command.name == "palette":
                continue
            if all(word in text for word in words):
                rows.append(self._row(command))
        return rows

    def _row(self, command: Command) -> PageRow:
        keys = "  ".join(shown(key) for key in self.keymap.keys[command.name])
        refusal = self.under.refusal(command)
        style = "" if refusal is None else "faint"
        why = f"  ({refusal})" if refusal is not None else ""
        return PageRow(command.name, line_of((f" {keys:<16}", "key"), (command.title, style), (why, "dim")), command)

    async def open_row(self) -> None:
        """Run the command under the cursor."""
        row = self.page.current
        await self.leave()
        if row is not None and isinstance(row.target, Command):
            await self.desk.app.implementation(row.target)(None)
