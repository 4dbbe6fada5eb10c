"""Plain text, as in mail, news and pages saved as text: quotes by ">", bare addresses, a signature."""

from __future__ import annotations

import re
from collections.abc import Sequence

from forumtui.text.attribution import attributed
from forumtui.text.blocks import Block, Inline, Paragraph, Quote, Span, Target
from forumtui.text.inline import InlineBuilder, Links
from forumtui.text.mentions import Names

_QUOTED = re.compile(r"> ?")
DEEPEST = 10
"""Quote levels; a ">" beyond them stays in the text."""


def parse_plain(source: str, names: Names) -> tuple[tuple[Block, ...], tuple[Target, ...]]:
    """The blocks of a plain text, and its links.  A newline is kept; blank lines separate paragraphs."""
    links = Links()
    lines = source.expandtabs(4).split("\n")
    body, signature = split_signature(lines)
    blocks = _blocks(body, links, names, 0)
    if any(signature):
        text = _inline(["-- ", *signature], links, names)
        blocks.append(Paragraph(Inline(text.text, (Span(0, len(text.text), "quote"), *text.spans))))
    return tuple(blocks), tuple(links.targets)


def split_signature(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """The lines before the last "-- " and those after it; a text that is all signature is no signature."""
    for number in range(len(lines) - 1, 0, -1):
        if lines[number] == "-- ":
            return list(lines[:number]), "\n".join(lines[number + 1 :]).strip("\n").split("\n")
    return list(lines), []


def _blocks(lines: list[str], links: Links, names: Names, depth: int) -> list[Block]:
    blocks: list[Block] = []
    at = 0
    while at < len(lines):
        start = at
        if not lines[at].strip():
            at += 1
        elif depth < DEEPEST and lines[at].startswith(">"):
            while at < len(lines) and lines[at].startswith(">"):
                at += 1
            inner = [_QUOTED.sub("", line, count=1) for line in lines[start:at]]
            blocks.append(Quote(tuple(_blocks(inner, links, names, depth + 1))))
        else:
            while at < len(lines) and lines[at].strip() and not (depth < DEEPEST and lines[at].startswith(">")):
                at += 1
            blocks.append(Paragraph(_inline(lines[start:at], links, names)))
    return attributed(blocks)


def _inline(lines: list[str], links: Links, names: Names) -> Inline:
    builder = InlineBuilder(links, names)
    builder.linked_text("\n".join(line.rstrip() for line in lines))
    return builder.build()
