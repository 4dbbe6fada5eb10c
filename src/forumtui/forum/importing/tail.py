"""The end of a saved forum page: everything after the last post, which belongs to the board and the forum.

Looked for from the bottom up, so that a post which quotes such a line keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from forumtui.forum.importing.byline import byline
from forumtui.forum.importing.line import LONGEST, Line, spoken, squeezed
from forumtui.forum.importing.origin import folded
from forumtui.forum.store import ImportedForum
from forumtui.model import Body, Format, Mark
from forumtui.text.sanitise import clean_line
from forumtui.values import quick_dataclass

_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright) ?(?P<years>\d{4}(?: ?- ?\d{4})?)? ?(?P<rest>.*)", re.IGNORECASE)
_VERSION = re.compile(r"\bV\d+(?:\.\d+)*\b", re.IGNORECASE)
_UPDATED = re.compile(r"last updated:? ?(?P<when>.+?)(?=\. |\.?$)", re.IGNORECASE)
_ADDRESS = re.compile(r" ?[(<]?(?P<address>https?://[^ <>)]+)[)>]?")
_COUNT = re.compile(r" ?\(\d{1,9}\)$")
_HEADINGS = {mark.heading.lower(): mark for mark in Mark if mark.heading}
_LEADER = "special interest group leader"
_STUDY = "do you wish to study further"
_PAGES = {"about": "about", "privacy": "privacy", "terms": "terms", "suggestions": "suggestion"}
"""The slug of a page, and a word of its name in a footer."""
_LEADER_LINES = 6
"""More lines than this below the heading are no longer about a leader."""


@quick_dataclass(frozen=True, slots=True)
class Entry:
    """A line under "More on BOARD": what it says, where it leads ("" if the page does not say), and its section."""

    title: str
    address: str
    mark: Mark | None


@quick_dataclass(frozen=True, slots=True)
class Tail:
    """``lines`` is what is left above the tail: the posts.  ``leader`` is "" where nobody is named."""

    lines: Sequence[Line]
    forum: ImportedForum
    entries: tuple[Entry, ...]
    has_leader_line: bool
    leader: str
    about_leader: tuple[Line, ...]
    """What else stands below the leader's heading."""
    further_study: str
    labels: tuple[Line, ...]
    """Headings and calls that are the page's own, and say nothing by themselves."""


def split_tail(lines: Sequence[Line], board: str) -> Tail:
    """Cut the tail off the lines below the breadcrumb."""
    end, forum = _footer(lines)
    whole = lines = lines[:end]
    more = _last(lines, lambda line: folded(line) == folded(f"More on {board}"))
    entries = _entries(lines[more + 1 :]) if more is not None else ()
    lines = lines[:more]
    heading = _last(lines, lambda line: folded(line) in {_LEADER, f"{_LEADER}s"})
    below = spoken(lines[heading + 1 :]) if heading is not None else []
    has_leader_line = heading is not None and len(below) <= _LEADER_LINES
    labels = [whole[more]] if more is not None else []
    labels += [line for line in whole[more + 1 :] if _heading_of(line)] if more is not None else []
    leader, about, calls = _leader(below) if has_leader_line else ("", [], [])
    if heading is not None and has_leader_line:
        labels += [lines[heading], *calls]
        lines = lines[:heading]
    study = _last(lines, lambda line: folded(line).startswith(_STUDY))
    further_study = ""
    if study is not None and not any(line.strip() for line in lines[study + 1 :]):
        further_study = lines[study].strip()
        lines = lines[:study]
    return Tail(lines, forum, entries, has_leader_line, leader, tuple(about), further_study, tuple(labels))


def _last(lines: Sequence[Line], wanted: Callable[[str], bool]) -> int | None:
    """The last such line that begins a paragraph group: posts are not broken by blank lines, furniture stands apart."""
    for at in range(len(lines) - 1, -1, -1):
        if lines[at].strip() and (at == 0 or not lines[at - 1].strip()) and wanted(lines[at]):
            return at
    return None


def _footer(lines: Sequence[Line]) -> tuple[int, ImportedForum]:
    """Where the footer begins, and what it says of the forum: name, slogan, version, date."""
    last = [at for at in range(len(lines) - 1, -1, -1) if lines[at].strip()][:4]
    credit, found = next(((at, found) for at in last if (found := _COPYRIGHT.match(squeezed(lines[at])))), (0, None))
    if found is None:
        return len(lines), ImportedForum()
    above = next((at for at in range(credit - 1, max(-1, credit - 4), -1) if lines[at].strip()), None)
    named = above is not None and lines[above].count(" | ") >= 2
    start = above if named and above is not None else credit
    if start and lines[start - 1].strip():
        return len(lines), ImportedForum()
    text = "\n\n".join(line.strip() for line in lines[start:] if line.strip())
    if len(text) > LONGEST:
        return len(lines), ImportedForum()
    name, _, slogan = found["rest"].partition(". ")[0].rstrip(".").partition(" - ")
    version, updated = _VERSION.search(text), _UPDATED.search(text)
    return start, ImportedForum(
        title=clean_line(name),
        tagline=clean_line(slogan),
        version=version[0] if version else "",
        updated=clean_line(updated["when"]) if updated else "",
        pages=(("imprint", "Imprint", Body(text, Format.PLAIN)), *(_pages(lines[start]) if named else ())),
    )


def _pages(line: str) -> Iterator[tuple[str, str, Body]]:
    """The pages that a footer names; a saved page says no more of them than that there are such."""
    found: dict[str, str] = {}
    for part in line.split(" | "):
        title = clean_line(part)
        slug = next((slug for slug, word in _PAGES.items() if word in folded(title)), None)
        if slug is not None:
            found.setdefault(slug, title)
    for slug, title in found.items():
        yield (
            slug,
            title,
            Body(f"The saved page names this in its footer ({title}) and does not hold its text.", Format.PLAIN),
        )


def _heading_of(line: str) -> Mark | None:
    return _HEADINGS.get(folded(_COUNT.sub("", squeezed(line))))


def _entries(lines: Sequence[Line]) -> tuple[Entry, ...]:
    mark: Mark | None = None
    entries = []
    for line in lines:
        heading = _heading_of(line)
        if heading is not None:
            mark = heading
        elif line.strip():
            text = squeezed(line)
            address = _ADDRESS.search(text)
            title = clean_line(_ADDRESS.sub("", text) if address else line, 2000)
            found = address["address"] if address else line.link
            entries.append(Entry(title or found, found, mark))
    return tuple(entries)


def _leader(below: Sequence[Line]) -> tuple[str, list[Line], list[Line]]:
    """The leader's name, what else is said, and the forum's calls for one ("You here")."""
    calls = [line for line in below if folded(line).startswith("you here")]
    named, *about = [line for line in below if line not in calls] or [Line("")]
    found = byline(named)
    if found is not None and found.role:
        rest = [] if folded(found.role) == _LEADER else [named]
        return found.author, rest + about, calls
    return clean_line(named), about, calls
