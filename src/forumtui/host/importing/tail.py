"""The end of a saved forum page: everything after the last post, which belongs to the board and the forum.

Looked for from the bottom up, so that a post which quotes such a line keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from forumtui.host.importing.identity import folded
from forumtui.host.store import ImportedForum
from forumtui.model import Body, Mark
from forumtui.text.sanitise import clean_line
from forumtui.values import dataclass

_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright)\s*(?P<years>\d{4}(?:\s*-\s*\d{4})?)?\s*(?P<rest>.*)", re.IGNORECASE)
_VERSION = re.compile(r"\bV\d+(?:\.\d+)*\b", re.IGNORECASE)
_UPDATED = re.compile(r"last updated:?\s*(?P<when>.+?)(?=\.\s|\.?$)", re.IGNORECASE)
_ADDRESS = re.compile(r"\s*[(<]?(?P<address>https?://[^\s<>)]+)[)>]?")
_COUNT = re.compile(r"\s*\(\d+\)$")
_HEADINGS = {"best practices": Mark.BEST_PRACTICE, "expert tips": Mark.EXPERT_TIP}
_LEADER = "special interest group leader"
_STUDY = "do you wish to study further"
_ROLE_AFTER_NAME = re.compile(r",\s*(?:[A-Z][\w-]*\s){0,3}[A-Z][\w-]*$")
_LEADER_LINES = 6
"""More lines than this below the heading are no longer about a leader."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line under "More on BOARD": what it says, where it leads ("" if the page does not say), and its section."""

    title: str
    address: str
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class Tail:
    """``lines`` is what is left above the tail: the posts.  ``leader`` is "" where nobody is named."""

    lines: Sequence[str]
    forum: ImportedForum
    entries: tuple[Entry, ...]
    has_leader_line: bool
    leader: str
    further_study: str


def split_tail(lines: Sequence[str], board: str) -> Tail:
    """Cut the tail off the lines below the breadcrumb."""
    end, forum = _footer(lines)
    lines = lines[:end]
    more = _last(lines, lambda line: folded(line) == folded(f"More on {board}"))
    entries = _entries(lines[more + 1 :]) if more is not None else ()
    lines = lines[:more]
    heading = _last(lines, lambda line: folded(line) in {_LEADER, f"{_LEADER}s"})
    below = [line.strip() for line in lines[heading + 1 :] if line.strip()] if heading is not None else []
    has_leader_line = heading is not None and len(below) <= _LEADER_LINES
    if has_leader_line:
        lines = lines[:heading]
    study = _last(lines, lambda line: folded(line).startswith(_STUDY))
    further_study = ""
    if study is not None and not any(line.strip() for line in lines[study + 1 :]):
        further_study = lines[study].strip()
        lines = lines[:study]
    return Tail(lines, forum, entries, has_leader_line, _leader(below) if has_leader_line else "", further_study)


def _last(lines: Sequence[str], wanted: Callable[[str], bool]) -> int | None:
    """The last such line that begins a paragraph group: posts are not broken by blank lines, furniture stands apart."""
    for at in range(len(lines) - 1, -1, -1):
        if lines[at].strip() and (at == 0 or not lines[at - 1].strip()) and wanted(lines[at]):
            return at
    return None


def _footer(lines: Sequence[str]) -> tuple[int, ImportedForum]:
    """Where the footer begins, and what it says of the forum: name, slogan, version, date."""
    credit = next((at for at in range(len(lines) - 1, -1, -1) if _COPYRIGHT.match(lines[at].strip())), None)
    if credit is None or sum(bool(line.strip()) for line in lines[credit + 1 :]) > 3:
        return len(lines), ImportedForum()
    start = credit - 1 if credit and lines[credit - 1].count(" | ") >= 2 else credit
    if start and lines[start - 1].strip():
        return len(lines), ImportedForum()
    text = "\n\n".join(line.strip() for line in lines[start:] if line.strip())
    found = _COPYRIGHT.match(lines[credit].strip())
    assert found is not None
    name, _, slogan = found["rest"].partition(". ")[0].rstrip(".").partition(" - ")
    version, updated = _VERSION.search(text), _UPDATED.search(text)
    return start, ImportedForum(
        title=clean_line(name),
        tagline=clean_line(slogan),
        version=version[0] if version else "",
        updated=clean_line(updated["when"]) if updated else "",
        pages=(("imprint", "Imprint", Body(text, "plain")),),
    )


def _entries(lines: Sequence[str]) -> tuple[Entry, ...]:
    mark: Mark | None = None
    entries = []
    for line in lines:
        heading = _HEADINGS.get(folded(_COUNT.sub("", line.strip())))
        if heading is not None:
            mark = heading
        elif line.strip():
            address = _ADDRESS.search(line)
            title = clean_line(_ADDRESS.sub("", line)) if address else clean_line(line)
            found = address["address"] if address else ""
            entries.append(Entry(title or found, found, mark))
    return tuple(entries)


def _leader(below: Sequence[str]) -> str:
    """The leader's name; "You here" is the forum's call for one."""
    named = next((line for line in below if not folded(line).startswith("you here")), "")
    return clean_line(_ROLE_AFTER_NAME.sub("", named))
