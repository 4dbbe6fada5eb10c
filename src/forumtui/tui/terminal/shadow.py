"""`Shadow`: what the terminal shows, cell by cell, so that only what differs is written.

Pure: rows of styled text go in, a string for the terminal comes out.  The rules are those of curses: styles are
sent when they change, blank tails are erased, and a block of lines that moved is scrolled by the terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

from rich.cells import split_graphemes

from forumtui.text.sanitise import guard

Cell: TypeAlias = tuple[str, str]
"""Text and SGR codes; the text is "" in the second cell of a wide character."""
Piece: TypeAlias = tuple[str, str]
"""A stretch of text and its SGR codes."""

BLANK: Cell = (" ", "")
_MOVE = 7
"""Bytes of a cursor move: fewer unchanged cells than this are written again instead."""
_RESTYLE = 4
"""What an unchanged cell in another style costs, in cells."""
_LEAST_SCROLL = 3
"""Lines that must have moved together before the terminal is told to scroll."""
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "7": "27", "9": "29", "fg": "39", "bg": "49"}
"""What ends an attribute or a colour."""
_MOST_REPEATS = 8
"""Equal lines that are compared with each other when looking for a scroll."""


@lru_cache(8192)
def cells_of(text: str, codes: str) -> tuple[Cell, ...]:
    """The cells that a text fills; whatever could steer the terminal is replaced."""
    text = guard(text)
    if text.isascii():
        return tuple((character, codes) for character in text)
    cells: list[Cell] = []
    for start, end, width in split_graphemes(text)[0]:
        if width:
            cells.append((text[start:end], codes))
            cells.extend([("", codes)] * (width - 1))
    return tuple(cells)


class Shadow:
    """A grid of cells that follows the terminal's."""

    def __init__(self, *, can_scroll: bool = True) -> None:
        self._can_scroll = can_scroll
        self._width = self._height = 0
        self._rows: list[list[Cell]] | None = None

    def forget(self) -> None:
        """Nothing is known about the terminal any more; the next update must be a whole screen."""
        self._rows = None

    def knows(self, width: int, height: int) -> bool:
        """Whether it holds a screen of this size."""
        return self._rows is not None and (width, height) == (self._width, self._height)

    def update(self, width: int, height: int, painted: Iterable[tuple[int, int, Iterable[Piece]]]) -> str:
        """What brings the terminal up to date after ``painted``: (line, column, pieces) from there on."""
        output: list[str] = []
        if self._rows is None or not self.knows(width, height):
            self._width, self._height = width, height
            self._rows = [[BLANK] * width for _ in range(height)]
            output.append("\x1b[0m\x1b[2J")
        old = self._rows
        new = self._painted_over(old, painted)
        changed = [y for y in sorted(new) if new[y] != old[y]]
        if self._can_scroll and len(changed) > _LEAST_SCROLL:
            output.append(self._scroll(old, new, changed))
            changed = [y for y in sorted(new) if new[y] != old[y]]
        pen = _Pen()
        for y in changed:
            for start, end in _stretches(old[y], new[y]):
                pen.write(y, start, end, new[y])
            old[y] = new[y]
        output.append(pen.finish())
        return "".join(output)

    def _painted_over(
        self, old: Sequence[list[Cell]], painted: Iterable[tuple[int, int, Iterable[Piece]]]
    ) -> dict[int, list[Cell]]:
        """The lines that were painted, as they shall be."""
        new: dict[int, list[Cell]] = {}
        for y, column, pieces in painted:
            if not 0 <= y < self._height:
                continue
            row = new.get(y)
            if row is None:
                row = new[y] = old[y].copy()
            x = column
            for text, codes in pieces:
                cells = cells_of(text, codes)[: max(0, self._width - x)]
                row[x : x + len(cells)] = cells
                x += len(cells)
        return new

    def _scroll(self, old: list[list[Cell]], new: dict[int, list[Cell]], changed: Sequence[int]) -> str:
        """Let the terminal move lines that only moved; ``old`` follows, ``new`` then covers every line touched."""
        top, bottom = changed[0], changed[-1] + 1
        before = old[top:bottom]
        shift = _shift(before, [new.get(y, old[y]) for y in range(top, bottom)])
        if not shift:
            return ""
        blank = [[BLANK] * self._width for _ in range(abs(shift))]
        for y in range(top, bottom):
            new.setdefault(y, old[y])
        old[top:bottom] = [*before[shift:], *blank] if shift > 0 else [*blank, *before[:shift]]
        letter = "M" if shift > 0 else "L"
        return f"\x1b[m\x1b[{top + 1};{bottom}r\x1b[{top + 1}H\x1b[{abs(shift)}{letter}\x1b[r"


def _shift(before: Sequence[list[Cell]], after: Sequence[list[Cell]]) -> int:
    """By how many lines most of the block moved up (negative: down); 0 where scrolling would not pay."""
    places: dict[tuple[Cell, ...], list[int]] = {}
    blank = (BLANK,) * len(before[0])
    for index, row in enumerate(before):
        if (cells := tuple(row)) != blank:
            places.setdefault(cells, []).append(index)
    votes: dict[int, int] = {}
    for index, row in enumerate(after):
        for place in places.get(tuple(row), ())[:_MOST_REPEATS]:
            votes[place - index] = votes.get(place - index, 0) + 1
    if not votes:
        return 0
    best = max(votes, key=lambda shift: votes[shift])
    return best if votes[best] >= max(_LEAST_SCROLL, votes.get(0, 0) + 2) else 0


def _stretches(old: Sequence[Cell], new: Sequence[Cell]) -> Iterator[tuple[int, int]]:
    """Where a line differs; neighbours are joined where writing on costs less than moving the cursor."""
    start = end = -1
    cost = 0
    for x, (before, after) in enumerate(zip(old, new, strict=True)):
        if before != after:
            if start >= 0 and cost >= _MOVE:
                yield start, end
                start = -1
            if start < 0:
                start = x
                while start and not new[start][0]:
                    start -= 1
            end, cost = x + 1, 0
        elif start >= 0:
            cost += 1 if after[1] == new[end - 1][1] else _RESTYLE
    if start >= 0:
        yield start, end


class _Pen:
    """Writes stretches of cells, and remembers where the cursor is and what style is in force."""

    def __init__(self) -> None:
        self._output: list[str] = []
        self._codes: str | None = None

    def write(self, y: int, start: int, end: int, row: Sequence[Cell]) -> None:
        """Write the cells from ``start`` up to ``end``; a blank tail up to the margin is erased instead."""
        text_end = len(row)
        while text_end > start and row[text_end - 1] == BLANK:
            text_end -= 1
        erase = text_end < end and len(row) - text_end > 4
        self._output.append(f"\x1b[{y + 1};{start + 1}H" if start else f"\x1b[{y + 1}H")
        for x in range(start, text_end if erase else end):
            text, codes = row[x]
            self._style(codes)
            if _width_is_doubtful(text):
                cells = 2 if x + 1 < len(row) and not row[x + 1][0] else 1
                self._output.append(f"{' ' * cells}\x1b[{y + 1};{x + 1}H{text}\x1b[{y + 1};{x + 1 + cells}H")
            else:
                self._output.append(text)
        if erase:
            self._style("")
            self._output.append("\x1b[K")

    def finish(self) -> str:
        """Everything written, with the style put back."""
        if self._codes:
            self._output.append("\x1b[m")
        return "".join(self._output)

    def _style(self, codes: str) -> None:
        if codes != self._codes:
            self._output.append(restyle(self._codes, codes))
            self._codes = codes


@lru_cache(4096)
def restyle(before: str | None, after: str) -> str:
    """The shortest way from one style to another; None: it is not known what is in force."""
    afresh = f"\x1b[0;{after}m" if after else "\x1b[m"
    if not before or not after:
        return afresh
    old, new = _settings(before), _settings(after)
    gone = old.keys() - new.keys()
    if not gone <= _OFF.keys():
        return afresh
    off = {_OFF[kind] for kind in gone}
    if "22" in off:  # ends bold and dim alike
        old = {kind: codes for kind, codes in old.items() if kind not in {"1", "2"}}
    changes = ";".join([*sorted(off), *(codes for kind, codes in new.items() if old.get(kind) != codes)])
    return min(f"\x1b[{changes}m", afresh, key=len)


def _settings(codes: str) -> dict[str, str]:
    """SGR codes by what they set: "fg", "bg", or an attribute by its own number."""
    settings: dict[str, str] = {}
    numbers = codes.split(";")
    while numbers:
        first = numbers.pop(0)
        kind = {"3": "fg", "9": "fg", "4": "bg", "10": "bg"}.get(first[:-1], first)
        if first in {"38", "48"}:
            count = 2 if numbers[:1] == ["5"] else 4
            first = ";".join([first, *numbers[:count]])
            del numbers[:count]
        settings[kind] = first
    return settings


@lru_cache(4096)
def _width_is_doubtful(text: str) -> bool:
    """Whether terminals disagree on how wide this is: emoji and joined characters."""
    return len(text) > 1 or "\U0001f000" <= text <= "\U0001ffff"
