"""Where the terminal's own cursor stands: on what the keys act on, for braille lines and input methods."""

from __future__ import annotations

from textual.geometry import Offset
from textual.widget import Widget


def stand_on(widget: Widget, row: int, column: int = 0) -> None:
    """Put the cursor on a line of the widget's content, if the widget has the focus."""
    if widget.has_focus and widget.is_attached:
        region = widget.content_region
        widget.app.cursor_position = Offset(region.x + column, region.y + row)
