"""A saved forum page taken apart: the forum, the board, its topics, their posts, and the page's furniture.

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

Only the breadcrumb and the posts must be there.  Where posts begin, `recognise` tells.  A line that stands alone
above a post of the same subject begins a topic, and so does another breadcrumb.  An entry of a section that is the
subject of a post on the page marks that post (the first of that subject); any other stands in the section as a link.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from itertools import pairwise
from typing import TypeAlias

from forumtui.errors import NotAForum
from forumtui.forum.house import BoardDraft
from forumtui.forum.importing.findings import Findings, Unplaced
from forumtui.forum.importing.line import Line, lines_of, spoken, squeezed, word_set
from forumtui.forum.importing.markup import Seen
from forumtui.forum.importing.origin import Ordinals, folded, origin
from forumtui.forum.importing.recognise import recognise
from forumtui.forum.importing.tail import Tail, split_tail
from forumtui.forum.store import ImportedBoard, ImportedForum, ImportedPost, ImportedTopic
from forumtui.model import Body, Format, Mark
from forumtui.text.mentions import Names
from forumtui.text.sanitise import clean_line
from forumtui.values import quick_dataclass

_CALLS = word_set(
    "log login in sign signin signup up out logout register anmelden abmelden registrieren einloggen connexion"
)
_FORUM = frozenset({"forum", "forums", "foro", "foren", "fórum", "форум", "论坛", "フォーラム"})
_Link: TypeAlias = tuple[str, str] | tuple[str, str, Mark | None]
_NOTICE_LINES = 6
"""More lines than this above the breadcrumb of a web page are what leads about the site."""


@quick_dataclass(frozen=True, slots=True)
class SavedPage:
    """What a saved page holds."""

    forum: ImportedForum
    boards: tuple[ImportedBoard, ...]
    topics: tuple[ImportedTopic, ...]
    labels: tuple[Line, ...]
    """Headings and calls of the page that say nothing by themselves."""
    findings: Findings


@quick_dataclass(slots=True)
class _Found:
    """A post as its lines say it; ``title``: of the topic that it opens."""

    subject: str
    author: str
    role: str
    paragraphs: list[str]
    marks: set[Mark] = field(default_factory=set)
    title: str = ""


@quick_dataclass(slots=True)
class _Part:
    """What is above and below one breadcrumb."""

    above: list[Line]
    path: list[str]
    tail: Tail
    intro: list[str] = field(default_factory=list)
    posts: list[_Found] = field(default_factory=list)


def looks_like_page(text: str | Seen) -> bool:
    """Whether there is a breadcrumb and at least one post."""
    try:
        parse(text)
    except NotAForum:
        return False
    return True


def parse(page: str | Seen, roles: Sequence[str] = ()) -> SavedPage:
    """Take a page apart.  ``roles``: words that stand for a kind of member on it.

    Raises `NotAForum` when it has no breadcrumb or no post.
    """
    lines, menus = (page.lines, page.menus) if isinstance(page, Seen) else (lines_of(page), [])
    parts = _parts(lines)
    if not parts:
        raise NotAForum('it has no line "Board > Forum", as a forum page has above its posts')
    known = frozenset(map(folded, roles))
    doubtful = [line for part in parts for line in _read_posts(part, known)]
    if not any(part.posts for part in parts):
        raise NotAForum('it has no post: no subject with a line "Name, Member" below it and text')
    aside = [Unplaced(line.number, line, "it leads about the site") for line in menus]
    first: dict[str, _Found] = {}
    for post in (post for part in parts for post in part.posts):
        first.setdefault(folded(post.subject), post)
    notices: dict[str, None] = {}
    extra: list[Line] = []
    boards: dict[str, ImportedBoard] = {}
    topics: list[ImportedTopic] = []
    for part in parts:
        links = _sections(part.tail, first)
        made = _boards(part, links)
        boards |= {board.origin: board for board in made if board.origin not in boards or board is made[-1]}
        title, notice, more = _above(part, is_markup=isinstance(page, Seen))
        notices[notice] = None
        extra += more
        topics += _topics(part, made[-1].origin, title)
    forum = next((part.tail.forum for part in reversed(parts) if part.tail.forum.pages), ImportedForum())
    unplaced = [*aside, *(Unplaced(line.number, line, "nothing says what it is") for line in extra)]
    unplaced += [Unplaced(line.number, line, "it may begin a post; kept where it stands") for line in doubtful]
    return SavedPage(
        forum=replace(forum, notice="\n".join(filter(None, notices))),
        boards=tuple(boards.values()),
        topics=tuple(_merged(topics)),
        labels=tuple(label for part in parts for label in part.tail.labels),
        findings=Findings.of(topics, unplaced),
    )


# -- the breadcrumb


def _path(line: str) -> list[str] | None:
    """Board titles of a breadcrumb, outermost first; None for any other line."""
    text = squeezed(line)
    for sign in "»›":
        text = text.replace(sign, ">")
    *above, last = [crumb.strip() for crumb in text.split(">")]
    words = last.casefold().split()
    if not words or words[0] not in _FORUM or not _CALLS.issuperset(words[1:]):
        return None
    path = [clean_line(crumb) for crumb in above if crumb]
    return (path[1:] if len(path) > 1 and path[0].casefold() == "home" else path) or None


def _parts(lines: Sequence[Line]) -> list[_Part]:
    """One for each breadcrumb; what belongs to the topic below it stands in up to three blocks above."""
    crumbs = [at for at, line in enumerate(lines) if _path(line) is not None]
    starts = [0, *(_title_above(lines, crumb, above) for above, crumb in pairwise(crumbs)), len(lines)]
    parts = []
    for crumb, (start, end) in zip(crumbs, pairwise(starts), strict=False):
        path = _path(lines[crumb]) or []
        parts.append(_Part(spoken(lines[start:crumb]), path, split_tail(lines[crumb + 1 : end], path[-1])))
    return parts


def _title_above(lines: Sequence[Line], crumb: int, above: int) -> int:
    """Where the title stands that the first post below a breadcrumb repeats; else the breadcrumb itself."""
    below = next((at for at in range(crumb + 1, len(lines)) if lines[at].strip()), crumb)
    subject = folded(lines[below])
    seen = 0
    for at in range(crumb - 1, above, -1):
        if lines[at].strip():
            seen += 1
            if folded(squeezed(lines[at])) == subject:
                return at
        if seen > _NOTICE_LINES:
            break
    return crumb


def _above(part: _Part, *, is_markup: bool) -> tuple[str, str, list[Line]]:
    """The topic's title, the forum's notice, and what of a web page is neither."""
    above = part.above
    subject = part.posts[0].subject if part.posts else ""
    title = next((line for line in above if folded(line) == folded(subject)), None)
    title = title or (above[0] if above and not is_markup else None)
    others = [line for line in above if line is not title]
    kept = others if not is_markup or len(others) <= _NOTICE_LINES else []
    notice = "\n".join(clean_line(line) for line in kept)
    return clean_line(title or subject), notice, [] if kept else others


# -- the posts


def _read_posts(part: _Part, roles: frozenset[str]) -> list[Line]:
    """Fill in the posts of a part, and what stands before the first; returns lines that may begin a post."""
    lines = part.tail.lines
    found = recognise(lines, [clean_line(line) for line in part.above], roles)
    heads = {each.subject: _topic_above(lines, each.subject) for each in found.starts}
    cuts = [heads[each.subject] if heads[each.subject] is not None else each.subject for each in found.starts]
    part.intro = [clean_line(line) for line in spoken(lines[: cuts[0]] if cuts else lines)]
    for each, (_, end) in zip(found.starts, pairwise([*cuts, len(lines)]), strict=True):
        head = heads[each.subject]
        part.posts.append(
            _Found(
                clean_line(lines[each.subject]),
                each.by.author,
                each.by.role,
                list(spoken(lines[each.line + 1 : end])),
                title=clean_line(lines[head]) if head is not None else "",
            )
        )
    return [lines[at] for at in found.doubtful]


def _topic_above(lines: Sequence[Line], subject: int) -> int | None:
    """The line that stands alone above a post and says the same as its subject: the title of a topic."""
    at = subject - 1
    while at >= 0 and not lines[at].strip():
        at -= 1
    alone = at == 0 or (at > 0 and not lines[at - 1].strip())
    return at if alone and at < subject - 1 and folded(lines[at]) == folded(lines[subject]) else None


def _topics(part: _Part, board: str, title: str) -> list[ImportedTopic]:
    topics: list[tuple[str, list[_Found]]] = []
    for post in part.posts:
        if not topics or (post.title and folded(post.title) != folded(topics[-1][0])):
            topics.append((post.title or title, []))
        topics[-1][1].append(post)
    return [
        ImportedTopic(
            origin=origin("topic", part.path[-1], name),
            board_origin=board,
            title=name,
            author=posts[0].author,
            posts=_imported(posts, part.path[-1], name),
        )
        for name, posts in topics
    ]


def _merged(topics: Sequence[ImportedTopic]) -> list[ImportedTopic]:
    """Each topic once, though a page holds it in parts; equal posts of the parts stay two."""
    merged: dict[str, ImportedTopic] = {}
    for topic in topics:
        known = merged.get(topic.origin)
        merged[topic.origin] = topic if known is None else replace(known, posts=[*known.posts, *topic.posts])
    ordinals = Ordinals()
    return [
        replace(topic, posts=[replace(post, origin=ordinals.name(post.origin)) for post in topic.posts])
        for topic in merged.values()
    ]


def _imported(found: Sequence[_Found], board: str, title: str) -> list[ImportedPost]:
    names = Names({post.author for post in found})
    posts = []
    for post in found:
        text = "\n\n".join(post.paragraphs)
        posts.append(
            ImportedPost(
                origin=origin("post", board, title, post.author, post.subject, text),
                subject=post.subject,
                author=post.author,
                role=post.role or None,
                body=Body(text, Format.PLAIN),
                marks=frozenset(post.marks),
                mentions=names.found_in(text),
            )
        )
    return posts


# -- the board


def _sections(tail: Tail, first: Mapping[str, _Found]) -> list[_Link]:
    """Mark the posts that the board's sections name; the other entries are links: title, address, section."""
    links: list[_Link] = []
    for entry in tail.entries:
        named = first.get(folded(entry.title))
        if named is not None and entry.mark is not None:
            named.marks.add(entry.mark)
        else:
            links.append(
                (entry.title, entry.address) if entry.mark is None else (entry.title, entry.address, entry.mark)
            )
    return links


def _boards(part: _Part, links: Sequence[_Link]) -> tuple[ImportedBoard, ...]:
    path, tail = part.path, part.tail
    names = [origin("board", *path[: depth + 1]) for depth in range(len(path))]
    outer = [
        ImportedBoard(name, title, names[depth - 1] if depth else None, BoardDraft(title=title))
        for depth, (name, title) in enumerate(zip(names[:-1], path[:-1], strict=True))
    ]
    draft = BoardDraft(
        title=path[-1],
        description="\n".join([*part.intro, *map(clean_line, tail.about_leader)]) or None,
        leader=tail.leader if tail.has_leader_line else None,
        leader_wanted=not tail.leader if tail.has_leader_line else None,
        links=links or None,
        further_study=tail.further_study or None,
    )
    return (*outer, ImportedBoard(names[-1], path[-1], names[-2] if len(path) > 1 else None, draft))
