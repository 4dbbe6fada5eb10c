"""Blocks as the Markdown that a person would type: for quoting, copying and exporting what came in another format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

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
    Target,
)
from forumtui.text.parse import LONGEST, parse
from forumtui.text.said import said

_MARKUP = re.compile(r"([\\`*_\[\]<~]|&(?=#?\w+;))")
_LINE_MARKUP = re.compile(r"^( {0,3})(#|[-+=>]|\d{1,9}(?=[.)]))", re.MULTILINE)
_INDENT = re.compile(r"^ {4,}", re.MULTILINE)
_TICKS = re.compile("`+")
_SIGNS = {"strong": "**", "em": "*", "strike": "~~"}


def as_markdown(document: Document) -> str:
    """The whole text, without a line feed at its end."""
    return "\n".join(_Typist(document.links).blocks(document.blocks))


def source_or_markdown(body: Body, base: str = "") -> str:
    """A body as it was written; HTML as the Markdown that would show the same.  ``base``: see `parse`.

    Of HTML that is longer than what is parsed it is the text alone, but all of it.
    """
    if body.format != Format.HTML:
        return body.source
    return escaped(said(body)) if len(body.source) > LONGEST else as_markdown(parse(body, base=base))


def escaped(text: str) -> str:
    """Text as Markdown that shows it as it is."""
    return _INDENT.sub("", _LINE_MARKUP.sub(_marked_line, _MARKUP.sub(r"\\\1", text)))


def _marked_line(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}\\" if found[2].isdigit() else f"{found[1]}\\{found[2]}"


class _Typist:
    def __init__(self, links: Sequence[Target]) -> None:
        self._links = links

    def blocks(self, blocks: Sequence[Block], *, tight: bool = False) -> list[str]:
        """The lines of blocks, apart by an empty one unless they are the ``tight`` item of a list."""
        lines: list[str] = []
        second = False
        for before, block in pairwise((None, *blocks)):
            assert block is not None
            if lines and not (tight and isinstance(block, ListBlock)):
                lines.append("")
            second = isinstance(before, ListBlock) and isinstance(block, ListBlock) and not second
            lines += self._block(block, second=second)
        return lines

    def _block(self, block: Block, *, second: bool) -> list[str]:
        match block:
            case Paragraph(inline):
                return "  \n".join(self._inline(inline).split("\n")).split("\n")
            case Heading(level, inline):
                return [f"{'#' * level} {self._inline(inline).replace(chr(10), ' ')}"]
            case Quote(blocks, attribution, link):
                who = escaped(attribution)
                who = f"[{who}](<{self._links[link].url}>)" if who and link is not None else who
                return [*([who] if who else ()), *(f"> {line}" if line else ">" for line in self.blocks(blocks))]
            case Folded(summary, blocks):
                return [self._inline(summary), "", *self.blocks(blocks)]
            case Code(text, language):
                fence = "`" * max(3, *(len(ticks) + 1 for ticks in _TICKS.findall(text)), 3)
                return [f"{fence}{language}", *text.split("\n"), fence]
            case ListBlock():
                return self._list(block, second=second)
            case Table(head, rows):
                return self._table(head, rows)
            case Rule():
                return ["---"]

    def _list(self, block: ListBlock, *, second: bool) -> list[str]:
        """``second``: right below another list, from which another sign tells it apart."""
        tight = not any(_is_loose(item) for item in block.items)
        lines: list[str] = []
        for number, item in enumerate(block.items):
            sign = (
                ("*" if second else "-") if block.start is None else f"{block.start + number}{')' if second else '.'}"
            )
            if lines and not tight:
                lines.append("")
            hang = " " * (len(sign) + 1)
            first, *rest = self.blocks(item, tight=tight) or [""]
            lines += [f"{sign} {first}".rstrip(), *(f"{hang}{line}" if line else "" for line in rest)]
        return lines

    def _table(self, head: Sequence[Inline], rows: Sequence[Sequence[Inline]]) -> list[str]:
        columns = max(len(row) for row in (head, *rows))
        lines = [self._row(row, columns) for row in (head, *rows)]
        return [lines[0], f"|{'---|' * columns}", *lines[1:]]

    def _row(self, row: Sequence[Inline], columns: int) -> str:
        cells = [self._inline(cell).replace("\n", " ").replace("|", "\\|") for cell in row]
        return f"| {' | '.join(cells + [''] * (columns - len(cells)))} |"

    def _inline(self, inline: Inline) -> str:
        spans = list(reversed(inline.spans))
        return self._stretch(inline.text, 0, len(inline.text), spans)

    def _stretch(self, text: str, start: int, end: int, spans: list[Span]) -> str:
        """A stretch with the styles in it; the next one is the last of ``spans``."""
        pieces: list[str] = []
        while spans and spans[-1].start < end:
            span = spans.pop()
            pieces.append(escaped(text[start : span.start]))
            start = max(start, min(span.end, end))
            inner = self._stretch(text, span.start, start, spans)
            pieces.append(self._styled(span, text[span.start : start], inner))
        pieces.append(escaped(text[start:end]))
        return "".join(pieces)

    def _styled(self, span: Span, text: str, inner: str) -> str:
        target = self._links[span.link] if span.link is not None else None
        if span.style == "code":
            ticks = "`" * (max(map(len, _TICKS.findall(text)), default=0) + 1)
            room = " " if text[:1] == "`" or text[-1:] == "`" else ""
            return f"{ticks}{room}{text}{room}{ticks}"
        if target is not None and target.image:
            return f"![{escaped(target.label)}](<{target.url}>)"
        if target is not None and span.style == "link":
            return f"<{target.url}>" if text == target.url else f"[{inner}](<{target.url}>)"
        sign = _SIGNS.get(span.style, "")
        return f"{sign}{inner}{sign}"


def _is_loose(item: Iterable[Block]) -> bool:
    return any(not isinstance(block, ListBlock) for block in list(item)[1:])
