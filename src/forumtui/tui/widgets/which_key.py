"""`WhichKey`: a strip that shows what may follow the keys typed so far."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from forumtui.tui.keys.commands import Command
from forumtui.tui.keys.keymap import shown
from forumtui.tui.render.cells import fit

WHICH_KEY_AFTER = 0.4
"""Seconds before the strip of further keys shows."""
_TALL = 6
"""More rows than this stand in two columns or more where the titles stay readable."""
_LEAST_COLUMN = 36
"""Cells."""


class WhichKey(Static):
    """Lies over the panes, above the footer."""

    DEFAULT_CSS = """
    WhichKey {
        layer: over; dock: bottom; margin: 0 0 1 0; height: auto; max-height: 60%; padding: 0 1;
        background: $panel; display: none;
    }
    """

    _moment: Timer | None = None

    def offer_soon(
        self, typed: Sequence[str], options: Sequence[tuple[str, Command]], refused: Collection[Command] = ()
    ) -> None:
        """Offer, unless something else is typed before."""
        self.wait_no_longer()
        self._moment = self.set_timer(WHICH_KEY_AFTER, lambda: self.offer(typed, options, refused))

    def wait_no_longer(self) -> None:
        """Offer nothing that was to be offered soon."""
        if self._moment is not None:
            self._moment.stop()
            self._moment = None

    def offer(
        self, typed: Sequence[str], options: Sequence[tuple[str, Command]], refused: Collection[Command] = ()
    ) -> None:
        """Show the keys that may come next and what they do; what can not be used here now is dimmed."""
        width = self.app.size.width - 2
        ordered = sorted(options, key=_by_letter)
        labels = [f"{shown(key):>5}  {command.title}" for key, command in ordered]
        column = max(len(label) for label in labels) + 2
        if len(labels) > _TALL:
            column = min(column, max(_LEAST_COLUMN, width // 2))
        columns = max(1, width // column)
        cells = [
            Content(fit(label, min(width, column - 2), "…").ljust(column)).stylize(
                *(("dim",) if command in refused else ("bold", 0, 5))
            )
            for label, (_, command) in zip(labels, ordered, strict=True)
        ]
        rows = [Content("").join(cells[at : at + columns]) for at in range(0, len(cells), columns)]
        head = Content(f"{shown(' '.join(typed))} …   Esc ends").stylize("dim")
        self.update(Content("\n").join([head, *rows]))
        self.display = True

    def hide(self) -> None:
        """Show nothing."""
        self.wait_no_longer()
        self.display = False


def _by_letter(option: tuple[str, Command]) -> tuple[str, str]:
    return option[0].casefold(), option[0]
