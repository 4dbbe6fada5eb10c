"""A line of a saved page, with what its text does not say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

LONGEST = 1000
"""Characters.  A longer line is a paragraph: no furniture of a page, and never a byline."""


class Line(str):
    """``number``: counted from 1; ``look``: the elements it stood in ("" in a text); ``link``: where all of it leads."""

    __slots__ = ("link", "look", "number")
    number: int
    look: str
    link: str

    def __new__(cls, text: str, number: int = 0, look: str = "", link: str = "") -> Line:
        """The text without blanks at its end."""
        line = super().__new__(cls, text.rstrip())
        line.number, line.look, line.link = number, look, link
        return line


def word_set(text: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(text.split())


def lines_of(text: str) -> list[Line]:
    """The lines of a text, however they end."""
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return [Line(line, number) for number, line in enumerate(text.split("\n"), 1)]


def squeezed(line: str) -> str:
    """With single blanks only; "" where it is longer than any furniture."""
    stripped = line.strip()
    found = " ".join(stripped.split()) if len(stripped) <= 4 * LONGEST else ""
    return found if len(found) <= LONGEST else ""


def spoken(lines: Iterable[Line]) -> list[Line]:
    """Those that are not blank."""
    return [line for line in lines if line.strip()]


def blocks(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """Start and end of each run of lines between blank ones."""
    start = 0
    for at in range(len(lines) + 1):
        if at == len(lines) or not lines[at].strip():
            if start < at:
                yield start, at
            start = at + 1
