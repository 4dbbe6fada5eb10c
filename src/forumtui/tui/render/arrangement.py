"""Which panes are on screen at which width; pure."""

from __future__ import annotations

from enum import StrEnum

from forumtui.values import quick_dataclass

READABLE = 72
"""Columns that a thread's text wants."""


class Pane(StrEnum):
    """The three panes, from left to right."""

    BOARDS = "boards"
    TOPICS = "topics"
    THREAD = "thread"


@quick_dataclass(frozen=True, slots=True)
class Layout:
    """Columns of each pane, its rule included; 0: not shown."""

    boards: int
    topics: int
    thread: int


def lay_out(width: int, focus: Pane, *, zoomed: bool = False) -> Layout:
    """Three panes from 120 columns, two from 80, one below; an open thread folds the boards.

    A thread gets `READABLE` columns wherever the screen allows, and has the screen to itself where
    the list beside it would be too narrow to read.
    """
    if zoomed or width < 80:
        return _only(width, focus)
    if focus is Pane.THREAD:
        topics = min(width - READABLE - 1, max(30, width * 2 // 5), 70)
        return Layout(0, topics, width - topics) if topics >= 28 else _only(width, focus)
    boards = max(22, min(34, width // 5))
    if width < 120:
        return Layout(boards, width - boards, 0)
    topics = max(44, min(70, (width - boards) * 9 // 20))
    return Layout(boards, topics, width - boards - topics)


def _only(width: int, focus: Pane) -> Layout:
    return Layout(*(width if pane is focus else 0 for pane in Pane))


def beside(width: int) -> bool:
    """Whether a thread pane of this width has room for the composer beside the text."""
    return width >= 2 * READABLE
