"""`FooterLine`: the keys that work here, or for a while what was just done; one line."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from forumtui.text.blocks import Line
from forumtui.tui.render.cells import cell_len, fit
from forumtui.tui.render.strips import line_of, strip_of
from forumtui.tui.render.styles import looks_for
from forumtui.tui.services.shared import Tone

Hint = tuple[str, str, bool]
"""Keys, title, and whether the command can be used now."""


def fitting_hints(hints: Sequence[Hint], width: int) -> list[tuple[int, Hint]]:
    """The first hints that fit and always the last, which leads to all others, with the column where each begins."""
    placed: list[tuple[int, Hint]] = []
    column, kept = 1, sum(_cells(hint) + 2 for hint in hints[-1:])
    for hint in hints[:-1]:
        if column + _cells(hint) + kept > width:
            break
        placed.append((column, hint))
        column += _cells(hint) + 2
    placed += [(column, hint) for hint in hints[-1:] if column + _cells(hint) <= width]
    return placed


def _cells(hint: Hint) -> int:
    return cell_len(hint[0]) + 1 + cell_len(hint[1])


def footer_line(hints: Sequence[Hint], width: int) -> Line:
    """Keys and titles, two cells between them."""
    parts: list[tuple[str, str]] = []
    for column, (keys, title, enabled) in fitting_hints(hints, width):
        parts.append((" " if column == 1 else "  ", ""))
        parts += [(keys, "key" if enabled else "faint"), (f" {title}", "dim" if enabled else "faint")]
    return line_of(*parts)


class FooterLine(Widget):
    """One line under the panes."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "FooterLine { height: 1; dock: bottom; background: $panel; }"

    class HintChosen(Message):
        """A hint was clicked or tapped."""

        def __init__(self, keys: str) -> None:
            super().__init__()
            self.keys = keys

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # as every widget calls it
        super().__init__(id=id)
        self._hints: tuple[Hint, ...] = ()
        self._said: tuple[str, str] | None = None
        self._timer: Timer | None = None

    def show(self, hints: Sequence[Hint]) -> None:
        """The hints of the moment; what was said stays over them until its time is up."""
        if tuple(hints) != self._hints:
            self._hints = tuple(hints)
            self.refresh()

    def say(self, text: str, kind: Tone = "note", seconds: float | None = 6.0) -> None:
        """Say one line in place of the hints; None: until `hush`.  "" is `hush`."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._said = (text, kind) if text else None
        if text and seconds is not None:
            self._timer = self.set_timer(seconds, self.hush)
        self.refresh()

    def hush(self) -> None:
        """Show the hints again."""
        self.say("")

    @property
    def said(self) -> str:
        """What it says now, "" where it shows the hints."""
        return self._said[0] if self._said else ""

    def render_line(self, y: int) -> Strip:  # noqa: ARG002  # there is only one
        """The line."""
        looks = looks_for(self.app)
        width = self.size.width
        if self._said is not None:
            line = line_of((" " + fit(self._said[0], width - 2, looks.glyphs.ellipsis), self._said[1]))
        else:
            line = footer_line(self._hints, width)
        return strip_of(line, width, looks, self.rich_style)

    def on_click(self, event: events.Click) -> None:
        """A tap on a hint is its key; a tap on what was said puts it away."""
        if self._said is not None:
            self.hush()
            return
        for column, (keys, title, enabled) in fitting_hints(self._hints, self.size.width):
            if column <= event.x < column + cell_len(keys) + 1 + cell_len(title) and enabled:
                self.post_message(self.HintChosen(keys))
