"""What stands in one text and not in another, line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from forumtui.text.imprint import words_of

MOST_LINES = 2000
MOST_PAIRS = 100_000
"""Equal lines of the one and the other; texts with more, or longer ones, take too long to compare: each is given whole."""


def difference(old: str, new: str) -> Iterator[tuple[str, str]]:
    """(mark, line) of both: "-" only in the old, "+" only in the new, " " in both."""
    before, after = old.split("\n"), new.split("\n")
    first = _same(before, after)
    last = _same(before[first:][::-1], after[first:][::-1])
    yield from ((" ", line) for line in before[:first])
    yield from _changed(before[first : len(before) - last], after[first : len(after) - last])
    yield from ((" ", line) for line in before[len(before) - last :])


def _changed(before: list[str], after: list[str]) -> Iterator[tuple[str, str]]:
    theirs = Counter(before)
    if max(len(before), len(after)) > MOST_LINES or sum(theirs[line] for line in after) > MOST_PAIRS:
        yield from (("-", line) for line in before)
        yield from (("+", line) for line in after)
        return
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            yield from ((" ", line) for line in before[a:b])
            continue
        yield from (("-", line) for line in before[a:b])
        yield from (("+", line) for line in after[c:d])


def _same(some: Sequence[str], others: Sequence[str]) -> int:
    """How many lines both begin with."""
    pairs = enumerate(zip(some, others, strict=False))
    return next((number for number, (one, other) in pairs if one != other), min(len(some), len(others)))


def difference_from(theirs: str, subject: str, source: str) -> Iterator[tuple[str, str]]:
    """What an edit makes of ``theirs`` (see `words_of`); without a subject of its own it leaves theirs."""
    kept, _, text = theirs.partition("\n")
    if (subject or kept) == kept:
        return difference(text, source)
    return difference(theirs, words_of(subject, source))
