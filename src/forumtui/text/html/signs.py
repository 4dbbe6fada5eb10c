"""Quotes that people mark by a ">" where their forum has no markup for them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from forumtui.text.blocks import Block, Inline, Paragraph, Quote
from forumtui.text.inline import cut, joined

_DEEPEST = 10


def by_signs(blocks: Iterable[Block]) -> list[Block]:
    """The same blocks, with paragraphs that begin with ">" as quotes, those below one another as one."""
    found: list[Block] = []
    quoted = False
    for block in blocks:
        signed = isinstance(block, Paragraph) and block.inline.text.startswith(">")
        pieces = _pieces(block.inline, 0) if signed and isinstance(block, Paragraph) else [block]
        if signed and quoted and isinstance(above := found[-1], Quote) and isinstance(first := pieces[0], Quote):
            found[-1] = Quote((*above.blocks, *first.blocks))
            del pieces[0]
        found += pieces
        quoted = signed and isinstance(found[-1], Quote)
    return found


def _pieces(inline: Inline, depth: int) -> list[Block]:
    pieces: list[Block] = []
    for quoted, lines in groupby(_lines(inline), key=lambda line: depth < _DEEPEST and line.text.startswith(">")):
        if quoted:
            inner = joined([cut(line, _sign(line.text), len(line.text)) for line in lines], "\n")
            pieces.append(Quote(tuple(_pieces(inner, depth + 1))))
        elif (text := joined(list(lines), "\n")).text.strip():
            pieces.append(Paragraph(text))
    return pieces


def _lines(inline: Inline) -> list[Inline]:
    lines: list[Inline] = []
    at = 0
    for line in inline.text.split("\n"):
        lines.append(cut(inline, at, at + len(line)))
        at += len(line) + 1
    return lines


def _sign(line: str) -> int:
    """The length of the sign before a quoted line."""
    return 2 if line.startswith("> ") else 1
