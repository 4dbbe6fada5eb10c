"""A search result as two lines: where and who, then the words around the match."""

from __future__ import annotations

from collections.abc import Sequence

from forumtui.rows import HitRow
from forumtui.text.ages import age
from forumtui.text.blocks import Line
from forumtui.tui.render.cells import cell_len, fit, left, right
from forumtui.tui.render.frame import Frame
from forumtui.tui.render.strips import line_of


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
