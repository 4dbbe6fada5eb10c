"""`Chooser`: a field over a list of matches; `Palette` finds a command with it, `BoardChoice` a board."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence

from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from forumtui.reader.rows import BoardRow
from forumtui.text.fold import fold
from forumtui.tui.keys.commands import COMMANDS, PROMPT, Command, Where
from forumtui.tui.keys.keymap import Keymap, shown
from forumtui.tui.lists.page_list import PageList, PageRow
from forumtui.tui.render.strips import line_of
from forumtui.tui.screens.base import AppScreen
from forumtui.tui.screens.leads import Lead, ToCommand, ToOrder


class Chooser(AppScreen):
    """A field and the rows that match it; Enter opens the one under the cursor."""

    CSS = """
    Chooser Input, Chooser Input:focus { border: none; height: 1; padding: 0 1; background: $surface; margin: 0 0 1 0; }
    """

    def __init__(self, keymap: Keymap, *, placeholder: str, empty_text: str) -> None:
        super().__init__(keymap)
        self.input = Input(placeholder=placeholder, select_on_focus=False)
        self.input.cursor_blink = False
        self.page = PageList(empty_text=empty_text)

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
        """All there are."""
        self.set_focus(self.input)
        await self._show("")

    async def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        event.stop()
        await self._show(event.value)

    def matches(self, typed: str) -> Iterable[PageRow]:
        """The rows that hold every word that was typed."""
        raise NotImplementedError

    async def _show(self, typed: str) -> None:
        await self.page.show(self.matches(typed))
        await self.page.go_start()


class BoardChoice(Chooser):
    """A field and the boards that match it; Enter hands the one under the cursor to ``chosen``."""

    def __init__(
        self, keymap: Keymap, what: str, boards: Sequence[BoardRow], chosen: Callable[[BoardRow], Awaitable[None]]
    ) -> None:
        super().__init__(
            keymap,
            placeholder="To which board? Type a part of its name",
            empty_text="No other board is called that.",
        )
        self.title_path = ("Move", what)
        self._boards = boards
        self._chosen = chosen

    def matches(self, typed: str) -> Iterable[PageRow]:
        """Boards whose titles hold every word."""
        words = fold(typed).split()
        found = [board for board in self._boards if all(word in fold(board.title) for word in words)]
        return [PageRow(board.key, line_of(" " + "  " * board.depth, board.title), board) for board in found]

    async def open_row(self) -> Lead | None:
        """This one."""
        row = self.page.current
        await self.leave()
        if row is not None and isinstance(row.target, BoardRow):
            await self._chosen(row.target)
        return None


class Palette(Chooser):
    """A field and the commands that match it; Enter runs one where the palette was opened.

    ``orders``: those in which the list there can be shown, each by its word and by what people call it.
    """

    title_path = ("Commands",)

    def __init__(self, keymap: Keymap, under: AppScreen, orders: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(keymap, placeholder="Type a part of a command's name", empty_text="No command is called that.")
        self.under = under
        self._orders = orders

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
        for name, title in self._orders:
            text = f"order of the list: {title}"
            if all(word in f"{name} {text}".casefold() for word in words):
                rows.append(PageRow(f"order {name}", line_of((f" {'':<16}", ""), text), ToOrder(name)))
        return rows

    def _row(self, command: Command) -> PageRow:
        keys = "  ".join(shown(key) for key in self.keymap.keys[command.name])
        refusal = self.under.refusal(command)
        style = "" if refusal is None else "faint"
        why = f"  ({refusal})" if refusal is not None else ""
        return PageRow(command.name, line_of((f" {keys:<16}", "key"), (command.title, style), (why, "dim")), command)

    async def open_row(self) -> Lead | None:
        """Run the command under the cursor."""
        row = self.page.current
        await self.leave()
        if row is not None and isinstance(row.target, ToOrder):
            return row.target
        return ToCommand(row.target) if row is not None and isinstance(row.target, Command) else None
