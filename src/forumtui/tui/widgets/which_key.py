"""`WhichKey`: a strip that shows what may follow the keys typed so far."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from forumtui.tui.commands import Command
from forumtui.tui.keys import shown

_COLUMN = 34


class WhichKey(Static):
    """Lies over the panes, above the footer."""

    DEFAULT_CSS = """
    WhichKey {
        layer: over; dock: bottom; margin: 0 0 1 0; height: auto; max-height: 60%; padding: 0 1;
        background: $panel; display: none;
    }
    """

    def offer(self, typed: Sequence[str], options: Sequence[tuple[str, Command]]) -> None:
        """Show the keys that may come next and what they do."""
        width = max(_COLUMN, self.app.size.width - 2)
        columns = max(1, width // _COLUMN)
        cells = []
        for key, command in sorted(options, key=lambda option: (option[0].casefold(), option[0])):
            label = f"{shown(key):>5}  {command.title}"[: _COLUMN - 2]
            cells.append(Content(label.ljust(_COLUMN)).stylize("bold", 0, 5))
        rows = [Content("").join(cells[at : at + columns]) for at in range(0, len(cells), columns)]
        head = Content(f"{shown(' '.join(typed))} …   Esc ends").stylize("dim")
        self.update(Content("\n").join([head, *rows]))
        self.display = True

    def hide(self) -> None:
        """Show nothing."""
        self.display = False
