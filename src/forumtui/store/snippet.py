"""A few words around what was found."""

from __future__ import annotations

import re

from forumtui.text.fold import ZERO_WIDTH_SPACE, fold
from forumtui.text.sanitise import clean_line

WIDTH = 160
_WORD = re.compile(r'"[^"]*"?|\S+')


def cut(text: str, query: str) -> str:
    """One line of about `WIDTH` characters of ``text``, with the first of the words sought in it."""
    place = _first(text, query)
    start = max(0, place - WIDTH // 3)
    if start:
        gap = text.find(" ", start, place)
        start = gap + 1 if gap >= 0 else start
    end = start + WIDTH
    cut_text = clean_line(text[start:end], WIDTH)
    return f"{'…' if start else ''}{cut_text}{'…' if end < len(text) else ''}"


def _first(text: str, query: str) -> int:
    """Where the first word sought stands; folding hardly moves it, so a search in the folded text will do."""
    folded = fold(text).replace(ZERO_WIDTH_SPACE, "")
    words = [fold(word.strip('"')).replace(ZERO_WIDTH_SPACE, "") for word in _WORD.findall(query)]
    places = [place for word in words if word and (place := folded.find(word)) >= 0]
    return min(places, default=0)
