"""A body in whatever format becomes blocks; nothing in the result can steer a terminal."""

from __future__ import annotations

from collections.abc import Collection

from forumtui.model import Body
from forumtui.text.blocks import Document
from forumtui.text.mentions import Names
from forumtui.text.plain import parse_plain
from forumtui.text.sanitise import store_text

LONGEST = 50_000
"""Characters of a body that are parsed; hostile Markdown grows faster than its length."""


def parse(body: Body, *, names: Collection[str] = ()) -> Document:
    """The text of a body; ``names`` are the members whose names a mention may be."""
    source = store_text(body.source[: LONGEST + 1])
    cut = len(body.source) > LONGEST
    if cut:
        source = source[:LONGEST]
    if body.format == "markdown":
        from forumtui.text.markdown import parse_markdown  # its parser loads only where it is needed

        blocks, links = parse_markdown(source, Names(names))
    else:
        blocks, links = parse_plain(source, Names(names))
    return Document(blocks, links, cut)
