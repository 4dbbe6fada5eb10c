"""A topic, or a search result, as a line of a list, or as two where the pane is narrow."""

from __future__ import annotations

from collections.abc import Sequence

from forumtui.reader.rows import HitRow, TopicRow
from forumtui.text.ages import age
from forumtui.text.blocks import Line
from forumtui.tui.render.cells import Frame, Glyphs, cell_len, fit, left, right
from forumtui.tui.render.strips import line_of

NARROW = 60
"""Below this many cells a topic takes two lines."""
_LEAST_BOARD = 10
"""Cells; a board's name cut shorter than this is left out."""


def topic_marks(row: TopicRow, glyphs: Glyphs) -> str:
    """The states of a topic, one cell each."""
    states = (
        (row.pinned, glyphs.pinned),
        (row.closed, glyphs.closed),
        (row.removed, glyphs.removed),
        (row.bookmarked, glyphs.bookmarked),
        (row.waiting, glyphs.waiting),
    )
    return "".join(glyph for is_so, glyph in states if is_so)


class TopicRows:
    """Draws topics; ``with_board`` names the board too, for lists over several."""

    def __init__(self, *, with_board: bool = False) -> None:
        self.with_board = with_board

    def height(self, width: int) -> int:
        """Two lines below `NARROW` cells."""
        return 1 if width >= NARROW else 2

    def lines(self, row: TopicRow, frame: Frame) -> Sequence[Line]:
        """Unread dot, states, title, author, unread, replies, age of the last post."""
        return (self._one(row, frame),) if frame.width >= NARROW - 1 else self._two(row, frame)

    def _head(self, row: TopicRow, frame: Frame) -> list[tuple[str, str]]:
        marks = topic_marks(row, frame.glyphs)
        dot = frame.glyphs.unread if row.unread else " "
        return [(dot, "unread"), (" ", ""), (f"{marks} " if marks else "", "mark")]

    def _one(self, row: TopicRow, frame: Frame) -> Line:
        width = frame.width
        author_width = 18 if width >= 100 else 14 if width >= 76 else 10
        new_width = 8 if width >= 76 else 5
        head = self._head(row, frame)
        tail = [
            (" " + left(row.author.name if row.author else "", author_width, frame.glyphs.ellipsis), "dim"),
            (right(_unread(row, spelled=width >= 76), new_width), "unread"),
            (right(_count(row.replies), 5), "count"),
            (right(age(row.last_post, frame.now), 5) + " ", "age"),
        ]
        if self.with_board and width >= 90:
            tail.insert(0, (" " + left(row.board_title, 18, frame.glyphs.ellipsis), "dim"))
        room = width - sum(cell_len(text) for text, _ in (*head, *tail))
        return line_of(*head, (left(row.title, room, frame.glyphs.ellipsis), _title_style(row)), *tail)

    def _two(self, row: TopicRow, frame: Frame) -> tuple[Line, Line]:
        head = self._head(row, frame)
        room = frame.width - 1 - sum(cell_len(text) for text, _ in head)
        title = fit(row.title, room, frame.glyphs.ellipsis)
        facts = [age(row.last_post, frame.now)]
        if row.replies is not None:
            facts.insert(0, "1 reply" if row.replies == 1 else f"{row.replies} replies")
        new = _unread(row, spelled=True)
        rest = f" {frame.glyphs.dot} ".join(fact for fact in facts if fact)
        separator = f" {frame.glyphs.dot} "
        tail = [(new, "unread"), (separator if new and rest else "", "dim"), (rest, "dim")]
        name_room = frame.width - 3 - sum(cell_len(text) for text, _ in tail) - len(separator)
        name = fit(row.author.name if row.author else "", name_room, frame.glyphs.ellipsis)
        board_room = name_room - cell_len(name) - len(separator)
        if self.with_board and board_room >= _LEAST_BOARD:
            name = separator.join(
                part for part in (name, fit(row.board_title, board_room, frame.glyphs.ellipsis)) if part
            )
        second = line_of("  ", (name, "dim"), (separator if name and (new or rest) else "", "dim"), *tail)
        return line_of(*head, (title, _title_style(row))), second


def _title_style(row: TopicRow) -> str:
    return "title-unread" if row.unread else ""


def _count(number: int | None) -> str:
    if number is None:
        return ""
    return str(number) if number < 10_000 else f"{number // 1000}k"


def _unread(row: TopicRow, *, spelled: bool) -> str:
    if not row.unread:
        return ""
    return f"{_count(row.unread)} new" if spelled else _count(row.unread)


class HitRows:
    """Draws search results."""

    def height(self, width: int) -> int:  # noqa: ARG002  # a renderer's signature
        """Two lines at any width."""
        return 2

    def lines(self, row: HitRow, frame: Frame) -> Sequence[Line]:
        """Topic, author, age and source; below them the snippet."""
        source = "from the forum" if row.source == "forum" and frame.width >= 60 else ""
        tail = [
            (f" {left(row.author or '', 14, frame.glyphs.ellipsis)}" if frame.width >= 50 else "", "dim"),
            (f" {source}" if source else "", "note"),
            (right(age(row.created, frame.now), 6) + " ", "age"),
        ]
        room = frame.width - sum(cell_len(text) for text, _ in tail) - 1
        title = left(row.topic.title, room, frame.glyphs.ellipsis)
        snippet = fit(row.snippet.replace("\n", " "), frame.width - 4, frame.glyphs.ellipsis)
        return line_of(" ", (title, "strong"), *tail), line_of("   ", (snippet, ""))
