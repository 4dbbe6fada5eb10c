"""`SessionsScreen`: where one is logged in to a forum."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from forumtui.model import Cursor, OwnToken, Page
from forumtui.reader.rows import AccountRow
from forumtui.text.ages import exact
from forumtui.text.sanitise import clean_line
from forumtui.tui.keys.commands import SESSIONS, Command, Where
from forumtui.tui.keys.keymap import Keymap
from forumtui.tui.lists.page_list import PageRow
from forumtui.tui.render.strips import line_of
from forumtui.tui.screens.fetched import FetchedPage

_INDENT = "    "


def named(token: OwnToken) -> str:
    """What tells it from the others."""
    label = clean_line(token.label, 60)
    return f'"{label}" of {exact(token.created)}' if label else f"of {exact(token.created)}"


class SessionsScreen(FetchedPage[OwnToken]):
    """The tokens by which the forum knows one, the newest first; the keys end the one under the cursor, or all."""

    nothing = "You are logged in nowhere."

    def __init__(self, keymap: Keymap, account: AccountRow) -> None:
        super().__init__(keymap, account)
        self.title_path = (account.title, "where you are logged in")

    @property
    def place(self) -> Where:
        """The keys that end log-ins."""
        return Where.SESSIONS

    @property
    def token(self) -> OwnToken | None:
        """The one under the cursor."""
        target = self.page.current.target if self.page.current is not None else None
        return target if isinstance(target, OwnToken) else None

    def refusal(self, command: Command) -> str | None:
        """Ending takes something to end."""
        return "there is nothing to end" if command.where == SESSIONS and not self.items else None

    async def page_after(self, after: Cursor | None) -> Page[OwnToken]:
        """All of them."""
        del after
        return Page(tuple(await self.services.engine.access.tokens(self.account.key)))

    async def item_rows(self, item: OwnToken, width: int) -> Sequence[PageRow]:
        """Which it is; below it since when, until when, and what for."""
        here = "   this is where you are" if item.current else ""
        facts = [
            f"since {exact(item.created)}",
            f"used {exact(item.used)}" if item.used is not None else "never used",
            f"good until {exact(item.expires)}" if item.expires is not None else "good for ever",
            f"to {', '.join(clean_line(scope, 20) for scope in item.scopes[:10])}",
        ]
        lines = [line_of((clean_line(item.label, 60) or "without a name", "strong"), (here, "mark"))]
        room = max(10, width - len(_INDENT))
        lines += [line_of(_INDENT, (text, "dim")) for text in textwrap.wrap(", ".join(facts), room)]
        lines.append(line_of(""))
        return [PageRow((item.id, number), line, item) for number, line in enumerate(lines)]

    async def show_page(self) -> None:
        """The keys follow what there is to end."""
        await super().show_page()
        self.show_hints()
