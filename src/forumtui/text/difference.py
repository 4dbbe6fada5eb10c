"""What stands in one text and not in another, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from forumtui.text.imprint import words_of

MOST_LINES = 2000
"""Longer texts take too long to compare; each is then given whole."""


def difference(old: str, new: str) -> Iterator[tuple[str, str]]:
    """(mark, line) of both: "-" only in the old, "+" only in the new, " " in both."""
    before, after = old.split("\n"), new.split("\n")
    if max(len(before), len(after)) > MOST_LINES:
        yield from (("-", line) for line in before)
        yield from (("+", line) for line in after)
        return
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            yield from ((" ", line) for line in before[a:b])
            continue
        yield from (("-", line) for line in before[a:b])
        yield from (("+", line) for line in after[c:d])


def difference_from(theirs: str, subject: str, source: str) -> Iterator[tuple[str, str]]:
    """What an edit makes of ``theirs`` (see `words_of`); without a subject of its own it leaves theirs."""
    kept, _, text = theirs.partition("\n")
    if (subject or kept) == kept:
        return difference(text, source)
    return difference(theirs, words_of(subject, source))
