"""Screens of a terminal in memory, to be compared cell by cell."""

from __future__ import annotations

from typing import Any

from tests.terminal import Terminal

Screen = list[list[tuple[Any, ...]]]


def cells(terminal: Terminal) -> Screen:
    """Each cell's character and looks, line by line."""
    screen = terminal.screen
    return [
        [
            (c.data, c.fg, c.bg, c.bold, c.reverse, c.underscore)
            for c in (screen.buffer[y][x] for x in range(screen.columns))
        ]
        for y in range(screen.lines)
    ]
