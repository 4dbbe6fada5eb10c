"""Blocks to screen lines: wrapped by cells, quotes and code marked at the left edge, nothing wider than asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TypeAlias

from forumtui.text.blocks import (
    Block,
    Code,
    Document,
    Folded,
    Heading,
    Inline,
    Line,
    ListBlock,
    Paragraph,
    Quote,
    Rule,
    Run,
    Span,
    Table,
)
from forumtui.text.sanitise import balance, has_isolates
from forumtui.text.wrap import Measure, break_anywhere, cells, wrap
from forumtui.values import quick_dataclass

NARROWEST = 2
"""Cells; a CJK character needs that many."""

MOST_LINES = 4_000
"""Lines of a text that are ever shown; 50,000 characters are some 800 lines of prose."""
_LONG_QUOTE = 3
_LONGEST_RULE = 24
_Row: TypeAlias = tuple[list[Run], bool]
"""Runs of a line, and whether it is inside a quote."""


@quick_dataclass(frozen=True, slots=True)
class Marks:
    """What is drawn beside and between the text."""

    quote: str = "▌ "
    code: str = "│ "
    bullet: str = "• "
    folded: str = "▸ "
    open: str = "▾ "
    rule: str = "─"
    column: str = " │ "
    more: str = "…"


MARKS = Marks()
ASCII_MARKS = Marks(quote="> ", code="| ", bullet="* ", folded="+ ", open="- ", rule="-", column=" | ", more="...")


def lay_out(
    document: Document, width: int, *, measure: Measure = cells, ascii_only: bool = False, fold_quotes: bool = False
) -> list[Line]:
    """The lines of a document, each at most ``width`` cells (at least `NARROWEST`) as ``measure`` counts them.

    What is not shown as it was meant, or not all of it, begins or ends with a line that says so.

    ``fold_quotes``: of a quote longer than three lines only the first is shown, and how many follow.
    """
    layout = _Layout(max(width, NARROWEST), measure, ASCII_MARKS if ascii_only else MARKS, fold_quotes)
    lines: list[Line] = []
    if document.as_written:
        note = "This text is shown without layout: its markup would take too long."
        lines += [Line(tuple(runs)) for runs, _ in layout.note(note, layout.width)]
    cut = document.cut
    for source, block in enumerate(document.blocks):
        if lines:
            lines.append(Line((), source=max(0, source - 1)))
        lines += [Line(tuple(runs), quoted, source) for runs, quoted in layout.block(block, layout.width, "")]
        if len(lines) > MOST_LINES:
            del lines[MOST_LINES:]
            cut = True
            break
    if cut:
        note = f"{layout.marks.more} the text goes on; only its first part is shown"
        last = max(0, len(document.blocks) - 1)
        lines += [Line(tuple(runs), source=last) for runs, _ in layout.note(note, layout.width)]
    return lines


class _Layout:
    """The settings of one layout, and a method for each kind of block."""

    def __init__(self, width: int, measure: Measure, marks: Marks, fold_quotes: bool) -> None:
        self.width = width
        self.measure = measure
        self.marks = marks
        self._fold_quotes = fold_quotes
        self._least_inside = max(NARROWEST, min(10, width // 2))

    def block(self, block: Block, width: int, base: str) -> list[_Row]:
        """The rows of one block; ``base`` is the style of what it stands in."""
        match block:
            case Paragraph(inline):
                return self._inline(inline, width, base)
            case Heading(_, inline):
                return self._inline(inline, width, _join(base, "heading"))
            case Quote():
                return self._quote(block, width, base)
            case Folded():
                return self._folded(block, width, base)
            case Code(text):
                return self._code(text, width, base)
            case ListBlock(items, start):
                return self._list(items, start, width, base)
            case Table():
                return self._columns(block, width, base) or self._records(block, width, base)
            case Rule():
                size = self.measure(self.marks.rule)
                return [([Run(self.marks.rule * (min(width, _LONGEST_RULE) // size), _join(base, "rule"))], False)]

    def note(self, text: str, width: int) -> list[_Row]:
        """A remark of ours, not the author's."""
        return self._inline(Inline(text), width, "hidden-note")

    def _blocks(self, blocks: Iterable[Block], width: int, base: str) -> list[_Row]:
        rows: list[_Row] = []
        for block in blocks:
            if rows:
                rows.append(([], False))
            rows += self.block(block, width, base)
        return rows

    def _inline(self, inline: Inline, width: int, base: str) -> list[_Row]:
        rows: list[_Row] = []
        offset = 0
        pen = _Pen(inline, base)
        isolates = has_isolates(inline.text)
        for hard_line in inline.text.split("\n"):
            opened = ""
            for start, end in wrap(hard_line, width, self.measure):
                runs = pen.runs(offset + start, offset + end)
                if isolates:
                    runs, opened = _balanced(runs, opened)
                rows.append((runs, False))
            offset += len(hard_line) + 1
        return rows

    def _beside(self, mark: Run, rest: Run, rows: list[_Row], *, quoted: bool) -> list[_Row]:
        marked: list[_Row] = []
        for runs, inner_quoted in rows:
            marked.append(([mark, *runs], quoted or inner_quoted))
            mark = rest
        return marked

    def _inside(self, width: int, mark: str) -> int | None:
        """The width beside a mark, or None where the mark would leave too little."""
        inside = width - self.measure(mark)
        return inside if inside >= self._least_inside else None

    def _quote(self, quote: Quote, width: int, base: str) -> list[_Row]:
        inside = self._inside(width, self.marks.quote)
        room = width if inside is None else inside
        rows = self._blocks(quote.blocks, room, "quote")
        if self._fold_quotes and "quote" not in base and len(rows) > _LONG_QUOTE:
            rows = [rows[0], *self.note(f"{self.marks.more} {len(rows) - 1} more lines", room)]
        if quote.attribution:
            leads = () if quote.link is None else (Span(0, len(quote.attribution), "link", quote.link),)
            rows = self._inline(Inline(quote.attribution, leads), room, "quote") + rows
        if inside is None:
            return [(runs, True) for runs, _ in rows]
        mark = Run(self.marks.quote, "quote")
        return self._beside(mark, mark, rows, quoted=True)

    def _folded(self, folded: Folded, width: int, base: str) -> list[_Row]:
        """Its summary behind a mark, and below it what was folded away."""
        sign = self.marks.folded if folded.is_covered else self.marks.open
        mark = Run(sign, _join(base, "list-mark"))
        inside = self._inside(width, mark.text)
        room = width if inside is None else inside
        head, rows = self._inline(folded.summary, room, base), self._blocks(folded.blocks, room, base)
        if inside is None:
            return head + rows
        below = Run(" " * self.measure(mark.text), base)
        return self._beside(mark, below, head, quoted=False) + self._beside(below, below, rows, quoted=False)

    def _code(self, text: str, width: int, base: str) -> list[_Row]:
        inside = self._inside(width, self.marks.code)
        room = width if inside is None else inside
        rows: list[_Row] = []
        style = _join(base, "fence")
        for line in text.split("\n"):
            opened = ""
            pieces = [line[start:end] for start, end in break_anywhere(line, 0, len(line), room, self.measure)]
            for piece in pieces or [""]:
                shown = piece
                if has_isolates(line):
                    shown, opened = balance(piece, opened)
                rows.append(([Run(shown, style)] if shown else [], False))
        if inside is None:
            return rows
        mark = Run(self.marks.code, _join(base, "fence-mark"))
        return self._beside(mark, mark, rows, quoted=False)

    def _list(self, items: Sequence[tuple[Block, ...]], start: int | None, width: int, base: str) -> list[_Row]:
        marks = [self.marks.bullet if start is None else f"{start + number}. " for number in range(len(items))]
        hang = max((self.measure(mark) for mark in marks), default=0)
        inside = self._inside(width, " " * hang)
        room = width if inside is None else inside
        loose = any(_is_loose(item) for item in items)
        rows: list[_Row] = []
        for mark, item in zip(marks, items, strict=True):
            if rows and loose:
                rows.append(([], False))
            inner = self._item(item, room, base) or [([], False)]
            if inside is None:
                rows += self._inline(Inline(mark.rstrip()), width, _join(base, "list-mark")) + inner
            else:
                first = Run(" " * (hang - self.measure(mark)) + mark, _join(base, "list-mark"))
                rows += self._beside(first, Run(" " * hang, base), inner, quoted=False)
        return rows

    def _item(self, blocks: Sequence[Block], width: int, base: str) -> list[_Row]:
        rows: list[_Row] = []
        for block in blocks:
            if rows and not isinstance(block, ListBlock):
                rows.append(([], False))
            rows += self.block(block, width, base)
        return rows

    def _columns(self, table: Table, width: int, base: str) -> list[_Row]:
        """The table as columns; nothing if they do not fit."""
        every = [table.head, *table.rows]
        gap = self.measure(self.marks.column)
        sizes = [0] * max(map(len, every))
        if gap * (len(sizes) - 1) > width:
            return []
        for row in every:
            for column, cell in enumerate(row):
                sizes[column] = max(sizes[column], self.measure(_flat(cell.text)))
        if sum(sizes) + gap * (len(sizes) - 1) > width:
            return []
        rule = _join(base, "table-rule")
        cross = self.marks.column.replace(" ", self.marks.rule).replace("│", "┼").replace("|", "+")
        rows: list[list[Run]] = []
        if table.head:
            rows.append(self._cells(table.head, sizes, _join(base, "table-head"), rule))
            rows.append([Run(cross.join(self.marks.rule * size for size in sizes), rule)])
        rows += [self._cells(row, sizes, base, rule) for row in table.rows]
        return [(runs, False) for runs in rows]

    def _cells(self, row: Sequence[Inline], sizes: Sequence[int], base: str, rule: str) -> list[Run]:
        runs: list[Run] = []
        for column, size in enumerate(sizes):
            if column:
                runs.append(Run(self.marks.column, rule))
            cell = row[column] if column < len(row) else Inline("")
            text = _flat(cell.text)
            runs += _Pen(Inline(text, cell.spans), base).runs(0, len(text))
            padding = size - self.measure(text)
            if padding and column < len(sizes) - 1:
                runs.append(Run(" " * padding, base))
        return runs

    def _records(self, table: Table, width: int, base: str) -> list[_Row]:
        """The table as one "head: cell" a line, rows apart by an empty line; what is empty is left out."""
        records: list[list[_Row]] = []
        for row in table.rows or [()]:
            record: list[_Row] = []
            for column, cell in enumerate(row or table.head):
                head = table.head[column].text if row and column < len(table.head) else ""
                if not cell.text:
                    continue
                joined, title = (f"{_flat(head)}: ", len(head) + 1) if head else ("", 0)
                shifted = [Span(s.start + len(joined), s.end + len(joined), s.style, s.link) for s in cell.spans]
                spans = ([Span(0, title, "table-head")] if title else []) + shifted
                record += self._inline(Inline(joined + _flat(cell.text), tuple(spans)), width, base)
            if record:
                records.append(record)
        rows: list[_Row] = []
        for record in records:
            rows += [([], False), *record] if rows else record
        return rows


class _Pen:
    """Cuts stretches out of styled text, from left to right."""

    def __init__(self, inline: Inline, base: str) -> None:
        self._text = inline.text
        self._base = base
        self._pieces = list(_pieces(inline, base)) if inline.spans else []
        self._next = 0

    def runs(self, start: int, end: int) -> list[Run]:
        """The runs of a stretch; it may not begin before the one asked for last."""
        if start == end:
            return []
        if not self._pieces:
            return [Run(self._text[start:end], self._base)]
        while self._pieces[self._next][1] <= start:
            self._next += 1
        found: list[Run] = []
        for number in range(self._next, len(self._pieces)):
            first, last, style, link = self._pieces[number]
            if first >= end:
                break
            found.append(Run(self._text[max(first, start) : min(last, end)], style, link))
        return found


def _pieces(inline: Inline, base: str) -> Iterator[tuple[int, int, str, int | None]]:
    """Start, end, style and link of each stretch between two changes of style."""
    length = len(inline.text)
    edges = sorted(
        {0, length, *(min(s.start, length) for s in inline.spans), *(min(s.end, length) for s in inline.spans)}
    )
    spans = sorted(inline.spans, key=lambda span: (span.start, -span.end))
    active: list[Span] = []
    upcoming = 0
    for start, end in pairwise(edges):
        active = [span for span in active if span.end > start]
        while upcoming < len(spans) and spans[upcoming].start <= start:
            active.append(spans[upcoming])
            upcoming += 1
        link = next((span.link for span in reversed(active) if span.link is not None), None)
        yield start, end, _join(base, *dict.fromkeys(span.style for span in active)), link


def _balanced(runs: Sequence[Run], opened: str) -> tuple[list[Run], str]:
    """The runs of one line with bidi isolates closed at its end and opened again on the next."""
    kept: list[Run] = [Run(opened)] if opened else []
    for run in runs:
        closed, after = balance(run.text, opened)
        kept.append(Run(closed[len(opened) : len(closed) - len(after)], run.style, run.link))
        opened = after
    if opened:
        kept.append(Run("\u2069" * len(opened)))
    return kept, opened


def _is_loose(item: Sequence[Block]) -> bool:
    return any(not isinstance(block, ListBlock) for block in item[1:])


def _flat(text: str) -> str:
    return text.replace("\n", " ")


def _join(*styles: str) -> str:
    return " ".join(style for style in styles if style)
