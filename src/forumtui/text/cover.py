"""Covering what an author hid: spoilers, and what stands folded below a summary."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from forumtui.model import Body, Format
from forumtui.text.blocks import (
    Block,
    Code,
    Document,
    Folded,
    Heading,
    Inline,
    ListBlock,
    Paragraph,
    Quote,
    Rule,
    Span,
    Table,
)
from forumtui.text.pattern import pattern

_HIDES = pattern("<details|spoiled|spoiler", re.IGNORECASE)
_SEEN = pattern(r"\S")
_MARKS = {False: "░", True: "#"}


def may_hide(body: Body) -> bool:
    """Whether it could hide something, as a look at its source tells."""
    return body.format == Format.HTML and _HIDES.search(body.source) is not None


def covered(document: Document, *, ascii_only: bool = False) -> Document:
    """The same text with what its author hid covered, so that nothing of it can be read by chance."""
    mark = _MARKS[ascii_only]
    return replace(document, blocks=tuple(_block(block, mark) for block in document.blocks))


def _block(block: Block, mark: str) -> Block:
    match block:
        case Paragraph(inline):
            return Paragraph(_inline(inline, mark))
        case Heading(level, inline):
            return Heading(level, _inline(inline, mark))
        case Quote(blocks):
            return replace(block, blocks=tuple(_block(inner, mark) for inner in blocks))
        case Folded(summary, blocks):
            count = _words(blocks)
            note = f"{count} word{'' if count == 1 else 's'} hidden"
            said = Paragraph(Inline(note, (Span(0, len(note), "hidden-note"),)))
            return replace(block, summary=_inline(summary, mark), blocks=(said,), is_covered=True)
        case ListBlock(items):
            return replace(block, items=tuple(tuple(_block(inner, mark) for inner in item) for item in items))
        case Table(head, rows):
            return Table(_row(head, mark), tuple(_row(row, mark) for row in rows))
        case Code() | Rule():
            return block


def _row(row: Iterable[Inline], mark: str) -> tuple[Inline, ...]:
    return tuple(_inline(cell, mark) for cell in row)


def _inline(inline: Inline, mark: str) -> Inline:
    text = inline.text
    for span in inline.spans:
        if span.style == "spoiler":
            text = text[: span.start] + _SEEN.sub(mark, text[span.start : span.end]) + text[span.end :]
    return inline if text is inline.text else Inline(text, inline.spans)


def _words(blocks: Iterable[Block]) -> int:
    count = 0
    for block in blocks:
        match block:
            case Paragraph(inline) | Heading(_, inline):
                count += len(inline.text.split())
            case Quote(inner):
                count += _words(inner)
            case Folded(summary, inner):
                count += len(summary.text.split()) + _words(inner)
            case Code(text):
                count += len(text.split())
            case ListBlock(items):
                count += sum(map(_words, items))
            case Table(head, rows):
                count += sum(len(cell.text.split()) for row in (head, *rows) for cell in row)
            case Rule():
                pass
    return count
