"""Looking into parsed texts."""

from __future__ import annotations

from collections.abc import Iterator

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
    Table,
)


def strings(blocks: tuple[Block, ...]) -> Iterator[str]:
    """Every string in the blocks."""
    for block in blocks:
        match block:
            case Paragraph(inline) | Heading(_, inline):
                yield inline.text
            case Quote(inner, attribution):
                yield attribution
                yield from strings(inner)
            case Folded(summary, inner):
                yield summary.text
                yield from strings(inner)
            case Code(text, language):
                yield from (text, language)
            case ListBlock(items):
                for item in items:
                    yield from strings(item)
            case Table(head, rows):
                yield from (cell.text for row in (head, *rows) for cell in row)


def styled(inline: Inline) -> list[tuple[str, str]]:
    return [(span.style, inline.text[span.start : span.end]) for span in inline.spans]


def only(document: Document) -> Inline:
    (block,) = document.blocks
    assert isinstance(block, Paragraph)
    return block.inline
