"""Where the terminal's own cursor stands: on what the keys act on, for braille lines and input methods."""

from __future__ import annotations

from textual.app import App, ReturnType
from textual.geometry import Offset


class HardwareCursor(App[ReturnType]):
    """An app whose screens say which widget has the keys; that one says where its cursor is, whenever a screen is painted.

    The framework lets any widget move the cursor when something of its own changes, seen or not.
    """

    @property
    def cursor_position(self) -> Offset:
        """Asked at each painting, so that it is never older than what is painted."""
        holder = getattr(self.screen, "holder", None)
        offset = getattr(holder, "cursor_screen_offset", None)
        return offset if isinstance(offset, Offset) else Offset(0, 0)

    @cursor_position.setter
    def cursor_position(self, offset: Offset) -> None:
        """What a widget claims is asked for again when it counts."""
