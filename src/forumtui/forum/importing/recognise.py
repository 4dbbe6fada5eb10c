"""Where posts begin on a saved page, told by shape and by what the page itself repeats.

A post has a subject, a byline (a name and mostly a role), and text, and a blank line before it.  What only
looks like that, such as a signature under a letter, stays in the post where it stands, and is named as doubtful.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from forumtui.forum.importing.byline import Byline, byline, is_aside, is_closing, is_full_name
from forumtui.forum.importing.line import Line, blocks
from forumtui.forum.importing.origin import folded
from forumtui.values import quick_dataclass

_LONGEST_SUBJECT = 300
_TELLING = ("author", "byline", "username", "poster")
"""Words in an element's class that say that a name stands there."""


@quick_dataclass(frozen=True, slots=True)
class Start:
    """Lines ``subject``, ``line`` (the byline) and ``text`` (the first below it, or the end of the block)."""

    subject: int
    line: int
    text: int
    by: Byline
    loose: bool
    """Blank lines stand between its subject and its byline."""


@quick_dataclass(frozen=True, slots=True)
class Recognised:
    """The starts in the order of the page, and the lines of those that may be none."""

    starts: Sequence[Start]
    doubtful: Sequence[int]


def recognise(lines: Sequence[Line], titles: Collection[str] = (), roles: frozenset[str] = frozenset()) -> Recognised:
    """Find the posts; ``titles``: of topics, which first posts repeat; ``roles``: known besides, folded."""
    whole = list(_candidates(lines, roles))
    found = [each for each in whole if not _is_signature(lines, each)]
    first = next((each for each in found if each.by.role), found[0] if found else None)
    loose = first is not None and first.loose  # posts begin below the breadcrumb: the first shows how all of them look
    return _Evidence(lines, [each for each in found if each.loose == loose], titles).decide(
        {each.line for each in whole if _is_signature(lines, each) and each.by.role}
    )


def _candidates(lines: Sequence[Line], roles: frozenset[str]) -> Iterator[Start]:
    """Whatever has the shape."""
    runs = list(blocks(lines))
    for at, (start, end) in enumerate(runs):
        if not 0 < len(lines[start].strip()) <= _LONGEST_SUBJECT:
            continue
        if end - start >= 2:
            by = byline(lines[start + 1], roles)
            if by is not None:
                yield Start(start, start + 1, start + 2, by, loose=False)
                yield Start(start, start + 1, start + 2, by, loose=True)
        elif at + 1 < len(runs):
            below = runs[at + 1][0]
            by = byline(lines[below], roles)
            if by is not None:
                yield Start(start, below, below + 1, by, loose=True)


def _is_signature(lines: Sequence[Line], each: Start) -> bool:
    """Whether the words before or after it are those of the end of a letter."""
    below = next((line for line in lines[each.line + 1 : each.line + 4] if line.strip()), "")
    return is_closing(lines[each.subject]) or is_aside(below.strip())


class _Evidence:
    """What the candidates of one page say about each other."""

    def __init__(self, lines: Sequence[Line], found: Sequence[Start], titles: Collection[str]) -> None:
        self._lines = lines
        self._found = found
        self.sure = [each for each in found if each.by.known]
        self._titles = {folded(title) for title in titles}
        self._subjects = Counter(folded(lines[each.subject]) for each in found)
        self._authors = {folded(each.by.author) for each in self.sure}
        named = Counter(dict.fromkeys((folded(each.by.role), folded(each.by.author)) for each in found if each.by.role))
        self._repeated = {role for role, times in Counter(role for role, _ in named).items() if times >= 2}
        named_lines = [each.line for each in found if each.by.role]
        looks = Counter(lines[at].look for at in named_lines if lines[at].look)
        common = Counter(line.look for line in lines if line.strip())
        self._look = next(
            (look for look, times in looks.most_common(1) if times >= 2 and common[look] <= 2 * times), ""
        )
        self._bare = Counter(folded(each.by.author) for each in found if not each.by.role)
        self._nameless = not self.sure and any(
            not each.by.role and folded(lines[each.subject]) in self._titles for each in found
        )

    def decide(self, signatures: Collection[int]) -> Recognised:
        """The starts, one after the other, because a signature is known by the post it stands in."""
        starts: list[Start] = []
        doubtful: list[int] = []
        used = -1
        for each in self._found:
            if each.subject <= used:
                continue
            author = folded(starts[-1].by.author) if starts else ""
            if self._begins(each, author):
                starts.append(each)
                used = each.line
            elif each.by.role:
                doubtful.append(each.line)
        return Recognised(starts, sorted({*doubtful, *signatures}))

    def _begins(self, each: Start, author: str) -> bool:
        look = self._lines[each.line].look
        if self._look and look != self._look:
            return False
        told = (bool(self._look) and look == self._look) or any(word in look.casefold() for word in _TELLING)
        known = self._is_known_subject(each)
        if not (told or known or each.loose) and self._is_bare(each) and folded(each.by.author) == author:
            return False  # who signs a letter under the own name
        sentence = self._lines[each.subject].endswith((".", ",", ":", ";"))
        if each.by.known and not (each.loose and sentence and not told):
            return True
        if told or known or folded(each.by.author) in self._authors:
            return True
        if sentence:
            return False
        if each.by.role:
            return folded(each.by.role) in self._repeated or is_full_name(each.by.author)
        return self._nameless and (each.loose or not self._is_bare(each))

    def _is_known_subject(self, each: Start) -> bool:
        """Whether it answers something, or stands above another post as well."""
        subject = folded(self._lines[each.subject])
        return subject in self._titles or self._subjects[subject] >= 2 or subject.startswith("re:")

    def _is_bare(self, each: Start) -> bool:
        """Whether no text stands directly below it."""
        return each.text >= len(self._lines) or not self._lines[each.text].strip()
