"""`OvertakenScreen`: an edit of mine beside what somebody else made of the post meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from forumtui.model import Body, Format
from forumtui.reader.rows import OutRow
from forumtui.text.blocks import Line
from forumtui.text.difference import difference_from
from forumtui.text.parse import shown_part
from forumtui.text.sanitise import clean_line
from forumtui.tui.keys.commands import Where
from forumtui.tui.keys.keymap import Keymap
from forumtui.tui.lists.page_list import PageRow
from forumtui.tui.render.shelf import Wanted, laid_out, text_lines
from forumtui.tui.render.strips import line_of
from forumtui.tui.screens.page import PageScreen

_STYLES = {"-": "error", "+": "success", " ": "dim"}


class OvertakenScreen(PageScreen):
    """The difference, then both texts; the outbox's own keys choose."""

    follows_library = False

    def __init__(self, keymap: Keymap, out: OutRow) -> None:
        super().__init__(keymap)
        self.chosen = out
        self.title_path = ("Outbox", "Changed meanwhile")

    @property
    def place(self) -> Where:
        """The keys of the outbox."""
        return Where.OUTBOX

    async def lines(self, width: int) -> Sequence[PageRow]:
        """What happened, what the keys do, the difference, theirs, mine."""
        out = self.chosen
        subject, _, theirs = (out.theirs or "").partition("\n")
        label = self.keymap.label
        shown = [line_of((line, "strong")) for line in _wrapped(out.error, width)]
        shown += [line_of("")]
        shown += [
            line_of((f"  {label(name):<6}", "key"), what)
            for name, what in (
                ("retry", "send mine over theirs"),
                ("edit-waiting", "go on editing mine"),
                ("discard-waiting", "keep theirs, throw mine away"),
            )
        ]
        shown += [line_of(""), line_of(("What mine changes in theirs", "heading"))]
        shown += await asyncio.to_thread(_changes, out, width)
        for title, first, text in (("Theirs", subject, theirs), ("Mine", out.subject, out.body.source)):
            shown += [line_of(""), line_of((title, "heading"))]
            shown += [line_of((clean_line(first), "strong"))] if first else []
            shown += await text_lines(text, width)
        return [PageRow(number, line) for number, line in enumerate(shown)]

    async def open_row(self) -> None:
        """There is nothing further to open."""


def _changes(out: OutRow, width: int) -> list[Line]:
    """What mine changes in theirs, line by line; takes long for long texts."""
    theirs, mine = shown_part(out.theirs or "")[0], shown_part(out.body.source)[0]
    return [
        line_of((f"{mark} {part}", _STYLES[mark]))
        for mark, line in difference_from(theirs, out.subject, mine)
        for part in _wrapped(line, width - 2)
    ]


def _wrapped(line: str, width: int) -> list[str]:
    return [part.text for part in laid_out(Wanted(Body(line, Format.PLAIN), width)).lines] or [""]
