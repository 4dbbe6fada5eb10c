"""A body in whatever format becomes blocks; nothing in the result can steer a terminal."""

from __future__ import annotations

import sys
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
"""Lines of a body that are parsed; those of HTML mean nothing, and are not counted."""

Parsed: TypeAlias = tuple[tuple[Block, ...], tuple[Target, ...]]
"""The blocks of a text, and what their links lead to."""
Parser: TypeAlias = Callable[[str, Names, str], Parsed]
"""What makes them of a text, the names that a mention may be, and the address that links are relative to."""


def parse(body: Body, *, names: Collection[str] = (), base: str = "") -> Document:
    """The text of a body; ``names`` are the members whose names a mention may be.

    ``base`` is the address of the page that HTML stands on, to which its links may be relative.

    Markup that would take too long (see `effort`) is left out: Markdown is then shown as it was written, of HTML the
    text, and the document says so.
    """
    source, cut = shown_part(body.source, most_lines=LONGEST if body.format == Format.HTML else MOST_LINES)
    source = store_text(source)
    parser, bare = _PARSERS[body.format]
    too_long = parser is not bare and steps(source, body.format) > MOST_STEPS
    blocks, links = (bare if too_long else parser)(source, Names(names), base)
    return Document(blocks, links, cut, too_long)


def is_loaded(form: Format) -> bool:
    """Whether what parses bodies of this format is there already: it may take a tenth of a second to load."""
    return form != Format.HTML or "justhtml" in sys.modules


def shown_part(source: str, most_lines: int = MOST_LINES) -> tuple[str, bool]:
    """As much of a body as is ever shown, and whether that is less than all."""
    part, cut = source[:LONGEST], len(source) > LONGEST
    if part.count("\n") >= most_lines:
        *lines, rest = part.split("\n", most_lines)
        part, cut = "\n".join(lines), cut or bool(rest.strip())
    return part, cut


def _plain(source: str, names: Names, base: str) -> Parsed:  # noqa: ARG001 - a Parser
    return parse_plain(source, names)


def _markdown(source: str, names: Names, base: str) -> Parsed:  # noqa: ARG001 - a Parser
    from forumtui.text.markdown import parse_markdown  # its parser loads only where it is needed

    return parse_markdown(source, names)


def _html(source: str, names: Names, base: str) -> Parsed:
    from forumtui.text.html.reader import parse_html  # the same

    return parse_html(source, names, base)


def _words_of_html(source: str, names: Names, base: str) -> Parsed:  # noqa: ARG001 - a Parser
    from forumtui.text.html.words import words  # the same

    return parse_plain(words(source), names)


_PARSERS: Mapping[Format, tuple[Parser, Parser]] = MappingProxyType(
    {
        Format.PLAIN: (_plain, _plain),
        Format.MARKDOWN: (_markdown, _plain),
        Format.HTML: (_html, _words_of_html),
    }
)
"""What reads a format, and what reads it where its markup would take too long."""
