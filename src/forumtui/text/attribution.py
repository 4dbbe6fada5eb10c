"""The line over a quote that says whose words they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from forumtui.text.blocks import Block, Inline, Paragraph, Quote

_LONGEST = 160
_SAYS_WHO = re.compile(
    r"\b(?:wrote|writes|said|says|schrieb|schreibt|schreef|skrev|skrifaði|kirjoitti|escribió|escreveu|scrisse|"
    r"ha scritto|a écrit|napisał|napisała|написал|написала|пишет|写道|さんは書きました)\s*[:：]$"
)


def is_attribution(line: str) -> bool:
    """Whether the line ends like "Anna wrote:"."""
    line = line.strip()
    return len(line) <= _LONGEST and _SAYS_WHO.search(line) is not None


def attributed(blocks: Sequence[Block]) -> list[Block]:
    """The same blocks, each quote joined with the attribution that stands right above it."""
    joined: list[Block] = []
    for block in blocks:
        if isinstance(block, Quote) and not block.attribution and joined:
            above = joined[-1]
            if isinstance(above, Paragraph) and (found := _split(above.inline)) is not None:
                rest, attribution, link = found
                joined[-1:] = [Paragraph(rest)] if rest.text else []
                joined.append(Quote(block.blocks, attribution, link))
                continue
        joined.append(block)
    return joined


def _split(inline: Inline) -> tuple[Inline, str, int | None] | None:
    """What stands before an attribution at the end, the attribution, and its link; a second one would be lost, so then None."""
    before, _, last = inline.text.rpartition("\n")
    if not is_attribution(last):
        return None
    start = len(inline.text) - len(last)
    links = {span.link for span in inline.spans if span.end > start and span.link is not None}
    if len(links) > 1 or any(span.start < start < span.end for span in inline.spans if span.link in links):
        return None
    rest = Inline(before, tuple(span for span in inline.spans if span.end <= len(before)))
    return rest, last.strip(), next(iter(links), None)
