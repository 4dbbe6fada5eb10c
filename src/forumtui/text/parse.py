"""A body in whatever format becomes blocks; nothing in the result can steer a terminal."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import TypeAlias

from forumtui.model import Body, Format
from forumtui.text.blocks import Block, Document, Target
from forumtui.text.effort import MOST_STEPS, steps
from forumtui.text.mentions import Names
from forumtui.text.plain import parse_plain
from forumtui.text.sanitise import store_text

LONGEST = 50_000
"""Characters of a body that are parsed; hostile Markdown grows faster than its length."""
MOST_LINES = 3_000
"""Lines of a body that are parsed."""

Parser: TypeAlias = Callable[[str, Names], tuple[tuple[Block, ...], tuple[Target, ...]]]
"""What makes blocks of a text, and what their links lead to."""


def _markdown(source: str, names: Names) -> tuple[tuple[Block, ...], tuple[Target, ...]]:
    from forumtui.text.markdown import parse_markdown  # its parser loads only where it is needed

    return parse_markdown(source, names)


_PARSERS: Mapping[Format, Parser] = MappingProxyType(
    {Format.PLAIN: parse_plain, Format.MARKDOWN: _markdown, Format.HTML: parse_plain}
)


def parse(body: Body, *, names: Collection[str] = ()) -> Document:
    """The text of a body; ``names`` are the members whose names a mention may be.

    Markup that would take too long (see `effort`) is read as plain text, and the document says so.
    """
    source, cut = shown_part(body.source)
    source = store_text(source)
    parser = _PARSERS[body.format]
    as_written = parser is not parse_plain and steps(source, body.format) > MOST_STEPS
    blocks, links = (parse_plain if as_written else parser)(source, Names(names))
    return Document(blocks, links, cut, as_written)


def shown_part(source: str) -> tuple[str, bool]:
    """As much of a body as is ever shown, and whether that is less than all."""
    part, cut = source[:LONGEST], len(source) > LONGEST
    if part.count("\n") >= MOST_LINES:
        *lines, rest = part.split("\n", MOST_LINES)
        part, cut = "\n".join(lines), cut or bool(rest.strip())
    return part, cut
