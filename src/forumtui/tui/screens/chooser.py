"""`Chooser`: what a field over a list of matches is made of, whatever is chosen."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from forumtui.tui.commands import Where
from forumtui.tui.keys import Keymap
from forumtui.tui.screens.base import DeskScreen
from forumtui.tui.widgets.page_list import PageList, PageRow


class Chooser(DeskScreen):
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
        self.input.focus()
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
