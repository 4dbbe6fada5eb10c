"""A forum page saved as text, taken apart: the forum, the board, the topic, its posts, and the page's furniture.

A page goes, from the top::

    Title of the topic
    A notice of the forum (any number of lines, or none)
    Board > Forum Log in                 (with boards above it: Group > Board > Forum)

    Subject of a post
    Author, Role
    A paragraph a line

    (further posts, a blank line between them)

    Do you wish to study further? ...    (the board's further-study line)
    Special Interest Group Leader        (and who it is; nobody, or only "You here": leader wanted)
    More on Board                        (sections: Best Practices, Expert Tips, and their entries)
    About | Terms of Service             (the footer, with version and date)

Only the breadcrumb and the posts must be there.  A post begins where a blank line is followed by one line of
subject, a line "Name, Role" with a role that forums use, and text: so neither a sentence with a comma nor a
signature under a letter splits a post.  An entry of a section that is the subject of a post on the page
marks that post (the first of that subject); any other entry becomes a link of the board.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import field, replace
from itertools import pairwise

from forumtui.errors import NotAForum
from forumtui.host.house import BoardDraft
from forumtui.host.importing.identity import Ordinals, folded, origin
from forumtui.host.importing.tail import Tail, split_tail
from forumtui.host.store import ImportedBoard, ImportedForum, ImportedPost, ImportedTopic
from forumtui.model import Body, Mark
from forumtui.text.mentions import find_mentions
from forumtui.text.sanitise import clean_line
from forumtui.values import dataclass

_ROLES = [
    "Member",
    "Editor",
    "Moderator",
    "Administrator",
    "Admin",
    "Expert",
    "Leader",
    "Guest",
    "Contributor",
    "Author",
    "Owner",
    "Founder",
    "Coordinator",
    "Facilitator",
    "Mentor",
    "Teacher",
    "Student",
]
_BYLINE = re.compile(
    rf"(?P<author>[^\s,].{{0,79}}?)\s*,\s*(?P<role>(?:[A-Z][\w-]*\s){{0,3}}(?:{'|'.join(_ROLES)}))\s*$"
)
_BREADCRUMB = re.compile(
    r"(?P<path>.+?)\s*[>»›]\s*Forum(?:\s+(?:log\s?in|log\s?out|sign\s?(?:in|up|out)|register))*\s*$", re.IGNORECASE
)
_CRUMB = re.compile(r"\s*[>»›]\s*")
_LONGEST_SUBJECT = 300


@dataclass(frozen=True, slots=True)
class SavedPage:
    """What a saved page holds."""

    forum: ImportedForum
    boards: tuple[ImportedBoard, ...]
    topic: ImportedTopic


@dataclass(slots=True)
class _Found:
    """A post as its lines say it."""

    subject: str
    author: str
    role: str
    paragraphs: list[str]
    marks: set[Mark] = field(default_factory=set)


def looks_like_page(text: str) -> bool:
    """Whether there is a breadcrumb and at least one post."""
    lines = _lines(text)
    return any(_BREADCRUMB.match(line) for line in lines) and any(_begins_post(lines, at) for at in range(len(lines)))


def parse(text: str) -> SavedPage:
    """Take a page apart.  Raises `NotAForum` when it has no breadcrumb or no post."""
    lines = _lines(text)
    crumb = next((at for at, line in enumerate(lines) if _BREADCRUMB.match(line)), None)
    if crumb is None:
        raise NotAForum('it has no line "Board > Forum", as a forum page has above its posts')
    path = _path(lines[crumb])
    tail = split_tail(lines[crumb + 1 :], path[-1])
    intro, found = _posts(tail.lines)
    if not found:
        raise NotAForum('it has no post: no subject with a line "Name, Member" below it and text')
    above = [clean_line(line) for line in lines[:crumb] if line.strip()]
    title = next((line for line in above if folded(line) == folded(found[0].subject)), "")
    title = title or (above[0] if above else found[0].subject)
    notice = "\n".join(line for line in above if line != title)
    links = _sections(tail, found)
    boards = _boards(path, tail, links, "\n".join(intro))
    return SavedPage(
        forum=replace(tail.forum, notice=notice),
        boards=boards,
        topic=ImportedTopic(
            origin=origin("topic", path[-1], title),
            board_origin=boards[-1].origin,
            title=title,
            author=found[0].author,
            posts=_imported(found, path[-1], title),
        ),
    )


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in re.split(r"\r\n|\r|\n", text.lstrip("\ufeff"))]


def _path(breadcrumb: str) -> list[str]:
    """Board titles, outermost first."""
    found = _BREADCRUMB.match(breadcrumb)
    assert found is not None
    path = [clean_line(crumb) for crumb in _CRUMB.split(found["path"]) if crumb.strip()]
    return path[1:] if len(path) > 1 and path[0].casefold() == "home" else path


def _begins_post(lines: Sequence[str], at: int) -> bool:
    """Blank line, subject, byline, text."""
    return (
        at + 2 < len(lines)
        and 0 < len(lines[at].strip()) <= _LONGEST_SUBJECT
        and (at == 0 or not lines[at - 1].strip())
        and bool(lines[at + 2].strip())
        and _BYLINE.match(lines[at + 1]) is not None
    )


def _posts(lines: Sequence[str]) -> tuple[list[str], list[_Found]]:
    """What stands before the first post, and the posts."""
    starts = [at for at in range(len(lines)) if _begins_post(lines, at)]
    found = []
    for start, end in pairwise([*starts, len(lines)]):
        byline = _BYLINE.match(lines[start + 1])
        assert byline is not None
        paragraphs = [line for line in lines[start + 2 : end] if line.strip()]
        found.append(
            _Found(clean_line(lines[start]), clean_line(byline["author"]), clean_line(byline["role"]), paragraphs)
        )
    before = lines[: starts[0]] if starts else lines
    return [clean_line(line) for line in before if line.strip()], found


def _sections(tail: Tail, found: Sequence[_Found]) -> list[tuple[str, str]]:
    """Mark the posts that the board's sections name; the other entries are links (title, address)."""
    links = []
    for entry in tail.entries:
        named = next((post for post in found if folded(post.subject) == folded(entry.title)), None)
        if named is not None and entry.mark is not None:
            named.marks.add(entry.mark)
        else:
            links.append((entry.title, entry.address))
    return links


def _boards(path: Sequence[str], tail: Tail, links: list[tuple[str, str]], intro: str) -> tuple[ImportedBoard, ...]:
    names = [origin("board", *path[: depth + 1]) for depth in range(len(path))]
    outer = [
        ImportedBoard(name, title, names[depth - 1] if depth else None, BoardDraft(title=title))
        for depth, (name, title) in enumerate(zip(names[:-1], path[:-1], strict=True))
    ]
    draft = BoardDraft(
        title=path[-1],
        description=intro or None,
        leader=tail.leader if tail.has_leader_line else None,
        leader_wanted=not tail.leader if tail.has_leader_line else None,
        links=links or None,
        further_study=tail.further_study or None,
    )
    return (*outer, ImportedBoard(names[-1], path[-1], names[-2] if len(path) > 1 else None, draft))


def _imported(found: Sequence[_Found], board: str, title: str) -> list[ImportedPost]:
    ordinals = Ordinals()
    names = {post.author for post in found}
    posts = []
    for post in found:
        text = "\n\n".join(post.paragraphs)
        name = origin("post", board, title, post.author, post.subject, text)
        posts.append(
            ImportedPost(
                origin=ordinals.name(name),
                subject=post.subject,
                author=post.author,
                role=post.role,
                body=Body(text, "plain"),
                marks=frozenset(post.marks),
                mentions=find_mentions(text, names),
            )
        )
    return posts
