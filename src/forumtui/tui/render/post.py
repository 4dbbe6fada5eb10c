"""A post as screen lines: rules above it, one line about it, its body, a blank line."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from dataclasses import replace

from forumtui.model import DELETED_POST, STAFF_ONLY, Mark, Millis
from forumtui.reader.rows import OutRow, OutState, PostRow
from forumtui.text.ages import age, exact
from forumtui.text.blocks import Line, Run, Target
from forumtui.text.parse import is_loaded
from forumtui.text.said import said
from forumtui.tui.render.cells import ASCII, UNICODE, Glyphs, cell_len, fit
from forumtui.tui.render.parts import Part, line_of_parts
from forumtui.tui.render.shelf import LaidOut, Wanted, laid_out, shown_body
from forumtui.tui.render.strips import line_of
from forumtui.values import quick_dataclass

BODY_WIDTH = 80
"""A line of text is never longer, however wide the pane."""


@quick_dataclass(frozen=True, slots=True)
class PostFrame:
    """How posts are drawn now.  ``width`` is the pane's without the cursor's cell."""

    width: int
    now: Millis
    glyphs: Glyphs = UNICODE
    fold_quotes: bool = False
    exact_times: bool = False


@quick_dataclass(frozen=True, slots=True)
class PostPlace:
    """What a post's place in its thread adds to it."""

    depth: int = 0
    new_here: bool = False
    """The first post since the last visit."""
    gap_before: bool = False
    gap_after: bool = False
    subject: str = ""
    """The subject that starts here, "" where it goes on."""
    subject_posts: int = 0
    folded: bool = False
    hidden_answers: int = 0
    names_parent: bool = True
    uncovered: bool = False
    """Whether it shows what its author hid."""
    """Whether it must be said whom it answers."""


@quick_dataclass(frozen=True, slots=True)
class PostLines:
    """``head`` is the line about the post, ``body`` its first line of text, ``last`` its last."""

    lines: tuple[Line, ...]
    links: tuple[Target, ...]
    head: int
    body: int
    last: int
    owed: tuple[Wanted, ...] = ()
    """What is not laid out yet; until then a line stands for it."""


def post_lines(
    row: PostRow | None,
    place: PostPlace,
    frame: PostFrame,
    parent: PostRow | None = None,
    at_hand: Callable[[Wanted], LaidOut | None] = laid_out,
) -> PostLines:
    """Everything a post shows; None: its body has not come yet.  ``parent`` is shown in place above the body.

    ``at_hand`` may have no lines for a body yet.
    """
    step = max(0, min(place.depth * 2, frame.width // 4))
    indent = " " * step
    edge = min(frame.width - 1, BODY_WIDTH + 4)
    lines = list(_rules(place, edge, frame.glyphs))
    head = len(lines)
    if row is None:
        lines.append(line_of(indent, " ", frame.glyphs.ellipsis))
        return PostLines((*lines, Line(())), (), head, head, head)
    lines.append(_indented(_head(row, place, frame, max(8, edge - step), deeper=place.depth * 2 > step), indent))
    body = len(lines)
    links: tuple[Target, ...] = ()
    owed: list[Wanted] = []
    if not place.folded:
        room = max(8, min(edge - step - 2, BODY_WIDTH))
        for part in _body(row, place, frame, room, indent + "  ", parent):
            if isinstance(part, Line):
                lines.append(part)
            elif (found := at_hand(part)) is not None:
                lines += found.lines
                links = found.links
            else:
                owed.append(part)
                lines.append(line_of(part.indent, (frame.glyphs.ellipsis, "note")))
    last = max(head, len(lines) - 1)
    if place.gap_after:
        lines += [Line(()), _gap(frame.glyphs, "later")]
    if not place.folded:
        lines.append(Line(()))
    return PostLines(tuple(lines), links, head, min(body, last), last, tuple(owed))


def state_words(pending: OutRow) -> str:
    """Where a text of mine stands, in words."""
    words = pending.state.label
    return f"{words}: {pending.error}" if pending.error else words


def _rules(place: PostPlace, width: int, glyphs: Glyphs) -> Iterator[Line]:
    if place.gap_before:
        yield _gap(glyphs, "earlier")
        yield Line(())
    if place.subject:
        count = "1 post" if place.subject_posts == 1 else f"{place.subject_posts} posts"
        yield _rule(place.subject, count, width, glyphs, "strong")
        if not place.folded:
            yield Line(())
    if place.new_here:
        yield _rule("new since your last visit", "", width, glyphs, "new")
        yield Line(())


def _rule(text: str, count: str, width: int, glyphs: Glyphs, style: str) -> Line:
    tail = f" {count} {glyphs.rule * 2}" if count else ""
    shown = fit(text, width - cell_len(tail) - 6, glyphs.ellipsis)
    fill = width - cell_len(shown) - cell_len(tail) - 5
    return line_of(
        " ", (glyphs.rule * 2 + " ", "rule"), (shown, style), (" " + glyphs.rule * max(0, fill), "rule"), (tail, "rule")
    )


def _gap(glyphs: Glyphs, which: str) -> Line:
    return line_of(" ", (f"{glyphs.ellipsis} {which} posts are not here yet", "note"))


def _head(row: PostRow, place: PostPlace, frame: PostFrame, width: int, *, deeper: bool) -> Line:
    """The line about a post; what matters least gives way first where it is short."""
    glyphs = frame.glyphs
    sign = glyphs.folded if place.folded else glyphs.unread if row.unread else " "
    told = row.happened
    parts = [
        Part(f">{place.depth}" if deeper else "", "note", 8),
        Part(_name(row), "author" if row.author and not row.deleted else "note", 9, least=8)
        if told is None
        else Part(f"{glyphs.event} {told}", "note", 9, least=8),
        *_facts(row, glyphs),
        Part(_first_words(row) if place.folded else "", "note", 0, least=10),
        Part(f"{place.hidden_answers} more" if place.hidden_answers else "", "note", 6, flush_right=True),
        Part(_answers(row, glyphs) if place.names_parent else "", "note", 4, flush_right=True, least=8),
        Part(f"#{row.number}" if row.number is not None else "", "number", 3, flush_right=True),
        Part(_when(row, frame), *(("pending", 10) if row.pending else ("age", 7)), flush_right=True),
    ]
    line = line_of_parts(parts, width - 2, glyphs.ellipsis)
    return Line((Run(f"{sign} ", "unread" if row.unread and not place.folded else "note"), *line.runs))


def _name(row: PostRow) -> str:
    if row.deleted and row.author is None:
        return DELETED_POST
    return row.author.name if row.author else "author unknown"


def _facts(row: PostRow, glyphs: Glyphs) -> Iterator[Part]:
    """Role, distinctions, likes, who does not see it, and that it was edited."""
    if row.author is not None and row.author.role and row.event is None:
        yield Part(row.author.role, "badge", 2)
    if row.hidden or (row.deleted and row.author is not None):
        yield Part("hidden" if row.hidden else "deleted", "warning", 6)
    if row.whisper:
        yield Part(STAFF_ONLY, "warning", 6)
    yield from (Part(mark.label, "mark", 5) for mark in Mark if mark in row.marks)
    if row.bookmarked:
        yield Part(glyphs.bookmarked, "mark", 5)
    if row.likes:
        yield Part(f"{glyphs.like}{row.likes}{' you too' if row.liked else ''}", "mark" if row.liked else "note", 1)
    if row.edited is not None:
        yield Part("edited", "note", 1)


def _answers(row: PostRow, glyphs: Glyphs) -> str:
    """Whom it answers: ``> 4 Jaap de Jonge``."""
    if row.parent_key is None or (row.parent_author is None and row.parent_number is None):
        return ""
    number = str(row.parent_number) if row.parent_number is not None else ""
    return " ".join(word for word in (glyphs.answers, number, row.parent_author or "") if word)


def _when(row: PostRow, frame: PostFrame) -> str:
    """A state in words where it is not in the forum yet, else its age; blank when unknown."""
    if row.pending is not None:
        return row.pending.state.label
    return exact(row.created) if frame.exact_times else age(row.created, frame.now)


_GLANCE = 1_000
"""Characters of a text in which its first words are looked for."""


def _first_words(row: PostRow) -> str:
    if row.body is None or not is_loaded(row.body.format):
        return ""
    return " ".join(said(replace(row.body, source=row.body.source[:_GLANCE]), spoilers=False).split())[:200]


def _body(
    row: PostRow, place: PostPlace, frame: PostFrame, width: int, indent: str, parent: PostRow | None
) -> Iterator[Line | Wanted]:
    """What stands below the line about the post; its own text is the last."""
    if row.pending is not None and row.pending.error:
        yield from (line_of(indent, (text, "error")) for text in textwrap.wrap(state_words(row.pending), width))
    ascii_only = frame.glyphs is ASCII
    if parent is not None:
        edge = Run(f"{frame.glyphs.bar} ", "bar")
        number = Run(f"  #{parent.number}" if parent.number is not None else "", "number")
        yield Line((Run(indent), edge, Run(_name(parent), "author"), number), quoted=True)
        if parent.body is not None:
            yield Wanted(
                shown_body(parent.body),
                width - 2,
                parent.mentions,
                "quote",
                indent,
                edge,
                ascii_only,
                cover=not place.uncovered,
                base=parent.url or "",
            )
        yield Line(())
    yield from (line_of(indent, (text, "note")) for note in _notes(row) for text in textwrap.wrap(note, width))
    if row.body is not None:
        yield Wanted(
            shown_body(row.body),
            width,
            row.mentions,
            indent=indent,
            ascii_only=ascii_only,
            fold_quotes=frame.fold_quotes,
            cover=not place.uncovered,
            base=row.url or "",
        )


_BY_RIGHT = ": you see it because you are a moderator"


def _notes(row: PostRow) -> Iterator[str]:
    """What must be said of the text below, or in its place."""
    if row.pending is not None and row.pending.state is OutState.HELD:
        yield "A moderator looks at this before others see it."
    if row.state:
        seen = "" if row.body is None else ": you see it because you wrote it" if row.mine else _BY_RIGHT
        yield f"{row.state.capitalize()}{seen}."


def _indented(line: Line, indent: str) -> Line:
    return Line((Run(indent), *line.runs), line.quoted, line.source) if line.runs and indent else line
