"""Laid-out lines become strips: names become looks, and every text passes the guard once more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from forumtui.text.blocks import Line, Run
from forumtui.text.fold import fold
from forumtui.text.sanitise import guard
from forumtui.tui.render.cells import cell_len, left
from forumtui.tui.render.styles import Looks

__all__ = ["highlighted", "line_of", "strip_of"]


def line_of(*parts: tuple[str, str] | str) -> Line:
    """A line from texts and (text, style) pairs; empty ones are dropped."""
    runs = [Run(part) if isinstance(part, str) else Run(*part) for part in parts]
    return Line(tuple(run for run in runs if run.text))


def strip_of(line: Line, width: int, looks: Looks, base: Style) -> Strip:
    """The line in exactly ``width`` cells; a link leaves only its index in the segments' meta."""
    segments: list[Segment] = []
    room = width
    for run in line.runs:
        text = guard(run.text)
        cells = cell_len(text)
        if cells > room:
            text, cells = left(text, room, looks.glyphs.ellipsis), room
        style = looks.style(run.style, base)
        if run.link is not None:
            style += Style.from_meta({"link": run.link})
        segments.append(Segment(text, style))
        room -= cells
        if room <= 0:
            break
    if room > 0:
        segments.append(Segment(" " * room, base))
    return Strip(segments, width)


def highlighted(line: Line, sought: str, style: str = "hit") -> Line:
    """The line with every stretch that folds to the folded text ``sought`` in another style."""
    stretches = list(_matches(line.text, sought)) if sought else []
    return restyled(line, stretches, style) if stretches else line


def restyled(line: Line, stretches: Sequence[tuple[int, int]], style: str) -> Line:
    """The line with ``style`` added between these offsets, in characters; sorted, without overlap."""
    runs: list[Run] = []
    at = 0
    for run in line.runs:
        position = 0
        for start, end in stretches:
            first, last = max(start - at, position), min(end - at, len(run.text))
            if first >= last:
                continue
            if first > position:
                runs.append(Run(run.text[position:first], run.style, run.link))
            runs.append(Run(run.text[first:last], f"{run.style} {style}".strip(), run.link))
            position = last
        if position < len(run.text):
            runs.append(Run(run.text[position:], run.style, run.link))
        at += len(run.text)
    return Line(tuple(runs), line.quoted, line.source)


def _matches(text: str, sought: str) -> Iterable[tuple[int, int]]:
    """Offsets in ``text`` of what folds to ``sought``; folding may change lengths, so it goes by character."""
    origin: Sequence[int]
    if text.isascii():
        folded, origin = text.casefold(), range(len(text) + 1)
    else:
        pieces = [fold(character) for character in text]
        folded = "".join(pieces)
        origin = [index for index, piece in enumerate(pieces) for _ in piece] + [len(text)]
    at = folded.find(sought)
    while at >= 0:
        yield origin[at], origin[at + len(sought) - 1] + 1
        at = folded.find(sought, at + len(sought))
