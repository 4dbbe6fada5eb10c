"""`ErrandScreen`: what to do in a browser to become known to a forum, until it is done."""

from __future__ import annotations

from collections.abc import Sequence

from forumtui.model import Errand
from forumtui.reader.rows import AccountRow
from forumtui.text.sanitise import clean_line
from forumtui.tui.keys.keymap import Keymap
from forumtui.tui.lists.page_list import PageRow
from forumtui.tui.render.shelf import text_lines
from forumtui.tui.render.strips import line_of
from forumtui.tui.screens.page import PageScreen

ERRAND = "errand"
"""The work beside the keys that waits for it."""


class ErrandScreen(PageScreen):
    """Leaving it leaves off."""

    follows_library = False

    def __init__(self, keymap: Keymap, account: AccountRow, errand: Errand) -> None:
        super().__init__(keymap)
        self.account = account
        self.title_path = (account.title, "log in")
        self._errand = errand

    async def lines(self, width: int) -> Sequence[PageRow]:
        """The address, the code, and how long there is."""
        minutes = max(1, round(self._errand.lasts / 60))
        lines = [
            *await text_lines(
                f"To log in to {self.account.title}, open this page in a browser, on any machine:", width
            ),
            line_of(""),
            *await text_lines(self._errand.address, width, "strong"),
            line_of(""),
            line_of("Compare or type the code that it asks for:"),
            line_of(""),
            line_of((f"  {clean_line(self._errand.code)}", "strong")),
            line_of(""),
            *await text_lines(
                f"This page closes when you have allowed forumtui there; there are {minutes} minutes for it.  "
                "Esc leaves off.",
                width,
                "dim",
            ),
        ]
        return [PageRow(number, line) for number, line in enumerate(lines)]

    async def leave(self) -> None:
        """Nobody waits any longer."""
        await super().leave()
        self.services.background(_nothing, ERRAND)


async def _nothing() -> None:
    """Takes the place of the waiting."""
