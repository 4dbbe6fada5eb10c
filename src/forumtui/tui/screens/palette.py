"""`Palette`: find a command by a part of its name."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from forumtui.tui.commands import COMMANDS, PROMPT, Command, Where
from forumtui.tui.keys import Keymap, shown
from forumtui.tui.render.strips import line_of
from forumtui.tui.screens.base import DeskScreen
from forumtui.tui.widgets.page_list import PageList, PageRow


class Palette(DeskScreen):
    """A field and the commands that match it; Enter runs one where the palette was opened."""

    CSS = """
    Palette Input, Palette Input:focus { border: none; height: 1; padding: 0 1; background: $surface; margin: 0 0 1 0; }
    """
    title_path = ("Commands",)

    def __init__(self, keymap: Keymap, under: DeskScreen) -> None:
        super().__init__(keymap)
        self.under = under
        self.input = Input(placeholder="Type a part of a command's name", select_on_focus=False)
        self.input.cursor_blink = False
        self.page = PageList(empty_text="No command is called that.")

    def body(self) -> ComposeResult:
        """Field and list."""
        yield self.input
        yield self.page

    @property
    def place(self) -> Where:
        """A question, as it were."""
        return Where.PROMPT

    @property
    def field(self) -> Input:
        """The field."""
        return self.input

    @property
    def rows(self) -> Widget:
        """The list."""
        return self.page

    async def load(self) -> None:
        """All commands."""
        self.input.focus()
        await self.show_matches("")

    async def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        event.stop()
        await self.show_matches(event.value)

    async def show_matches(self, typed: str) -> None:
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
        await self.page.show(rows)
        await self.page.go_start()

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
