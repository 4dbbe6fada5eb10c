"""Quoting what is answered, and the subject of an answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import zip_longest

from forumtui.model import Body, Format
from forumtui.text.attribution import is_attribution
from forumtui.text.cover import covered
from forumtui.text.parse import parse
from forumtui.text.plain import split_signature
from forumtui.text.sanitise import clean_line, clean_text
from forumtui.text.typed import as_markdown

DEEPEST = 2
"""Levels of quotes in a quote; what was quoted deeper is left out."""

_UNWRAPPED = 100
_PREFIX = re.compile(r"(?:> ?)+")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_DRAWN_QUOTE = re.compile(r"(?:[▌>] ?)+")
_RE = re.compile(r"(?:(?:re|aw|sv|antw|odp|vs|回复|答复)\s*(?:\[\d+\]|\^\d+)?\s*[:：]\s*)+", re.IGNORECASE)


def quote(author: str | None, body: Body, base: str = "") -> str:
    """The whole body as a quote to answer below: "Anna wrote:", then its lines after ">", then room to write.

    Of HTML it is made of what is shown; ``base`` as for `parse`.
    """
    if body.format == Format.HTML:  # what it hides is hidden in a quote as well
        return _assemble(author, _shallow(as_markdown(covered(parse(body, base=base))).split("\n")))
    lines = clean_text(body.source).split("\n")
    if body.format == Format.MARKDOWN:
        return _assemble(author, _shallow(lines))
    kept = _shallow(split_signature(lines)[0])
    return _assemble(author, _kept_apart(kept))


def quote_lines(author: str | None, lines: Iterable[str]) -> str:
    """Lines chosen on the screen as a quote to answer below; drawn quote marks become ">" again."""
    return _assemble(author, [_DRAWN_QUOTE.sub(_as_typed, clean_text(line), count=1) for line in lines])


def reply_subject(subject: str | None) -> str:
    """The subject after a single "Re:", however many such prefixes it had; "" where there is none."""
    line = clean_line(subject or "").strip()
    prefix = _RE.match(line)
    bare = line[prefix.end() :].strip() if prefix else line
    return clean_line(f"Re: {bare}") if bare else ""


def _as_typed(mark: re.Match[str]) -> str:
    if mark.start():
        return mark[0]
    return "> " * sum(mark[0].count(character) for character in "▌>")


def _assemble(author: str | None, lines: Iterable[str]) -> str:
    quoted: list[str] = []
    for line in lines:
        text = line.rstrip("\n")
        shown = (f">{text}" if text.startswith(">") else f"> {text}") if text.strip() else ">"
        if shown != ">" or (quoted and quoted[-1] != ">"):
            quoted.append(shown)
    while quoted and quoted[-1] == ">":
        quoted.pop()
    if not quoted:
        return ""
    name = clean_line(author or "")
    head = f"{name} wrote:\n" if name else ""
    return head + "\n".join(quoted) + "\n\n"


def _shallow(lines: Iterable[str]) -> list[str]:
    """The lines whose quotes, once quoted, are within `DEEPEST`, and no attribution left without its quote."""
    kept: list[str] = []
    fenced = dropping = False
    for line in lines:
        if _FENCE.match(line):
            fenced = not fenced
        prefix = None if fenced else _PREFIX.match(line)
        if prefix is None or prefix[0].count(">") < DEEPEST:
            kept.append(line)
            dropping = False
        else:
            if not dropping and kept and is_attribution(kept[-1]):
                kept.pop()
            dropping = True
    return kept


def _kept_apart(lines: list[str]) -> list[str]:
    """A plain text's lines so that Markdown keeps them apart: unwrapped paragraphs by empty lines, others by a hard break."""
    unwrapped = any(len(line) > _UNWRAPPED for line in lines)
    kept: list[str] = []
    for line, following in zip_longest(lines, lines[1:], fillvalue=""):
        breaks = bool(line.strip() and following.strip()) and not (line.startswith(">") or following.startswith(">"))
        kept.append(line + "  " if breaks and not unwrapped else line)
        if breaks and unwrapped:
            kept.append("")
    return kept
