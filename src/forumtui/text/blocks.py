"""A text after parsing: blocks of inline text, every string in it already sanitised.

Style names (``Span.style``) are words that a renderer maps to looks: strong, em, strike, underline, marked, code, link,
image, mention, heading, quote, fence, fence-mark, rule, list-mark, table-head, table-rule, hidden-note, spoiler.
"""

from __future__ import annotations

from typing import TypeAlias

from forumtui.values import quick_dataclass


@quick_dataclass(frozen=True, slots=True)
class Span:
    """A styled stretch of an `Inline`, in characters; ``link`` is an index into `Document.links`."""

    start: int
    end: int
    style: str
    link: int | None = None


@quick_dataclass(frozen=True, slots=True)
class Inline:
    """Text with styles; a newline is a hard line break."""

    text: str
    spans: tuple[Span, ...] = ()


@quick_dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    inline: Inline


@quick_dataclass(frozen=True, slots=True)
class Heading:
    """A heading; ``level`` 1 to 6."""

    level: int
    inline: Inline


@quick_dataclass(frozen=True, slots=True)
class Quote:
    """Somebody else's words, with the line that says whose, if there is one; ``link``: where they stand."""

    blocks: tuple[Block, ...]
    attribution: str = ""
    link: int | None = None


@quick_dataclass(frozen=True, slots=True)
class Folded:
    """What its author folded away below a summary; a ``spoiler`` because it gives something away."""

    summary: Inline
    blocks: tuple[Block, ...]
    spoiler: bool = False
    is_covered: bool = False
    """See `forumtui.text.cover`."""


@quick_dataclass(frozen=True, slots=True)
class Code:
    """Preformatted text."""

    text: str
    language: str = ""


@quick_dataclass(frozen=True, slots=True)
class ListBlock:
    """A list; ``start`` is None for bullets."""

    items: tuple[tuple[Block, ...], ...]
    start: int | None = None


@quick_dataclass(frozen=True, slots=True)
class Table:
    """A table; rows may be shorter or longer than the head, which may be missing."""

    head: tuple[Inline, ...]
    rows: tuple[tuple[Inline, ...], ...]


@quick_dataclass(frozen=True, slots=True)
class Rule:
    """A thematic break."""


Block: TypeAlias = Paragraph | Heading | Quote | Folded | Code | ListBlock | Table | Rule


@quick_dataclass(frozen=True, slots=True)
class Target:
    """Where a link or image leads: only http, https and mailto get here; others stay text."""

    url: str
    label: str
    image: bool = False


@quick_dataclass(frozen=True, slots=True)
class Document:
    """A whole text."""

    blocks: tuple[Block, ...]
    links: tuple[Target, ...] = ()
    cut: bool = False
    """The text was longer than what is parsed."""
    as_written: bool = False
    """Its markup would take too long, so that it is shown as plain text."""


@quick_dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a laid-out line in one style ("" is plain; several names are joined by spaces)."""

    text: str
    style: str = ""
    link: int | None = None


@quick_dataclass(frozen=True, slots=True)
class Line:
    """One screen line.  ``quoted``: inside a quote; ``source``: which top-level block it came from."""

    runs: tuple[Run, ...]
    quoted: bool = False
    source: int = 0

    @property
    def text(self) -> str:
        """The line without its styles."""
        return "".join(run.text for run in self.runs)
