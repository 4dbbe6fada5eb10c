"""Breaking text into lines by screen cells; positions in, positions out, so that styles can be laid over them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TypeAlias

from forumtui.text.pattern import pattern

Measure: TypeAlias = Callable[[str], int]
"""How many cells a string takes on the screen."""

_NARROW = " -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e"
_WIDE = "\u3001-\u3029\u3041-\u3096\u309b-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60"
_ALL_NARROW = pattern(f"[{_NARROW}]*")
_NO_CLUSTERS = pattern(f"[{_NARROW}{_WIDE}]*")
_WORD = pattern(r"[^ ]+| +")
_ANYWHERE = pattern(
    "[\u200b\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef\U0001f000-\U0003ffff]"
)
_NOT_FIRST = frozenset("、。，．：；！？）］｝〉》」』】〕ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ…‥,.;:!?)]}”’")
_NOT_LAST = frozenset("（［｛〈《「『【〔“‘([{")


def cells(text: str) -> int:
    """The cells that a terminal gives to ``text``."""
    return len(text) if text.isascii() else _wide_cells(text)


@lru_cache(4096)
def _wide_cells(text: str) -> int:
    from wcwidth import wcswidth, wcwidth  # slow to import, and the screen has its own

    width = wcswidth(text)
    return width if width >= 0 else sum(max(0, wcwidth(character)) for character in text)


def wrap(text: str, width: int, measure: Measure) -> Iterator[tuple[int, int]]:
    """Start and end of each line of ``text`` (which has no newline), none wider than ``width`` >= 2 cells.

    Breaks at spaces, which vanish there, and around CJK characters; longer words break between
    grapheme clusters.  Spaces at the start of the text are an indent and stay.
    """
    size = measure(text)
    if size <= width:
        yield 0, len(text)
        return
    if size == len(text) and _ALL_NARROW.fullmatch(text):
        yield from _wrap_narrow(text, width)
    else:
        yield from _wrap_units(text, width, measure)


def _wrap_units(text: str, width: int, measure: Measure) -> Iterator[tuple[int, int]]:
    """The general case: units of one word or one CJK character are gathered until a line is full."""
    start = end = used = 0
    for first, last, size in _units(text, measure):
        if text[first] == " ":
            used += size
            if first == 0 and used >= width // 2:
                start, end, used = last, last, 0
        elif used + size <= width:
            end, used = last, used + size
        else:
            if end > start:
                yield from _fitting(text, start, end, width, measure)
            start, end, used = first, last, size
            if size > width:
                *full, (start, end) = break_anywhere(text, first, last, width, measure)
                yield from full
                used = measure(text[start:end])
    yield from _fitting(text, start, end, width, measure)


def _wrap_narrow(text: str, width: int) -> Iterator[tuple[int, int]]:
    """The common case, where every character is one cell: the same lines, much quicker."""
    words = len(text) - len(text.lstrip(" "))
    line = 0 if words < width // 2 else words
    length = len(text.rstrip(" "))
    while length - line > width:
        space = text.rfind(" ", words, line + width + 1)
        if space < 0 and line < words:  # a word that is too long with its indent does without it
            line = words
        elif space < 0:
            yield line, line + width
            line = words = line + width
        else:
            end = space
            while text[end - 1] == " ":
                end -= 1
            yield line, end
            while text[space] == " ":
                space += 1
            line = words = space
    yield line, max(line, length)


def break_anywhere(text: str, start: int, end: int, width: int, measure: Measure) -> Iterator[tuple[int, int]]:
    """Lines filled to the last cell, broken only between grapheme clusters (and within one that is too wide itself)."""
    if text.isascii():
        yield from ((at, min(at + width, end)) for at in range(start, end, width))
        return
    line, used, at = start, 0, start
    for at, after in clusters(text, start, end):
        size = measure(text[at:after])
        if used + size > width and at > line:
            yield from _fitting(text, line, at, width, measure)
            line, used = at, 0
        used += size
    if end > line:
        yield from _fitting(text, line, end, width, measure)


def clusters(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """What a reader sees as one character each: a base with its marks, joined emoji, pairs of regional letters."""
    at = start
    while at < end:
        after = at + 1
        if _is_regional(text[at]) and after < end and _is_regional(text[after]):
            after += 1
        while after < end and (_continues(text[after]) or text[after - 1] == "\u200d"):
            after += 1
        yield at, after
        at = after


def _is_regional(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _continues(character: str) -> bool:
    if character < "\u0300":
        return False
    return (
        unicodedata.category(character)[0] == "M"
        or character in "\u200c\u200d"
        or "\u1160" <= character <= "\u11ff"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0020" <= character <= "\U000e007f"
    )


def _fitting(text: str, start: int, end: int, width: int, measure: Measure) -> Iterator[tuple[int, int]]:
    """The stretch itself; cut further in the rare case that it is wider than the sum of its parts."""
    while end - start > 1 and not text.isascii() and measure(text[start:end]) > width:
        cut = end - 1
        while cut - start > 1 and measure(text[start:cut]) > width:
            cut -= 1
        yield start, cut
        start = cut
    yield start, end


def _units(text: str, measure: Measure) -> Iterator[tuple[int, int, int]]:
    """Start, end and cells of what may not be broken if it can be helped: words, single CJK characters, spaces."""
    for found in _WORD.finditer(text):
        word, begin, end = found[0], found.start(), found.end()
        if not word.isascii() and _ANYWHERE.search(word):
            previous = begin
            for at in _starts(text, begin, end):
                if _may_break(text[previous], text[at]):
                    yield begin, at, measure(text[begin:at])
                    begin = at
                previous = at
        yield begin, end, measure(text[begin:end])


def _starts(text: str, start: int, end: int) -> Iterable[int]:
    """Where the second and every further cluster of a word begins."""
    if _NO_CLUSTERS.fullmatch(text, start, end):
        return range(start + 1, end)
    return (at for at, _ in clusters(text, start, end) if at > start)


@lru_cache(4096)
def _may_break(before: str, after: str) -> bool:
    """Whether a line may end between two characters of one word."""
    if after in _NOT_FIRST or before in _NOT_LAST or after == "\u200b":
        return False
    return bool(_ANYWHERE.match(before) or _ANYWHERE.match(after))
