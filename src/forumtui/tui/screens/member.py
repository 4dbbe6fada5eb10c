"""`MemberScreen`: who somebody is in a forum."""

from __future__ import annotations

from collections.abc import Sequence

from forumtui.model import LATEST, Member, MemberId
from forumtui.reader.rows import AccountRow, TopicQuery
from forumtui.text.ages import exact
from forumtui.text.sanitise import clean_line
from forumtui.tui.keys.commands import Command, Where
from forumtui.tui.keys.keymap import Keymap
from forumtui.tui.keys.runner import sentence
from forumtui.tui.lists.page_list import PageRow
from forumtui.tui.render.shelf import text_lines
from forumtui.tui.render.strips import line_of
from forumtui.tui.screens.leads import Lead, ToTopics
from forumtui.tui.screens.page import PageScreen

_TOPICS = "topics"
"""What Enter on the line about their topics opens."""


class MemberScreen(PageScreen):
    """What is known shows at once, the rest when the forum has answered."""

    def __init__(self, keymap: Keymap, account: AccountRow, name: str, role: str | None = None) -> None:
        super().__init__(keymap)
        self.account = account
        self.member = Member(MemberId(""), name, role)
        self.title_path = (account.title, clean_line(name))
        self._state = "Asking the forum …"

    @property
    def place(self) -> Where:
        """A member's page has keys of its own."""
        return Where.MEMBER

    @property
    def is_me(self) -> bool:
        """Whether this is oneself."""
        return self.account.me is not None and self.account.me.name == self.member.name

    def refusal(self, command: Command) -> str | None:
        """One describes oneself alone, and ends one's own log-ins."""
        own = command.name in {"edit-profile", "password", "sessions"}
        return "this is somebody else" if own and not self.is_me else None

    async def load(self) -> None:
        """Show what is known, and ask."""
        await super().load()
        self.services.background(self.fetch, "fetching")

    async def fetch(self) -> None:
        """Ask the forum."""
        try:
            self.member = await self.services.engine.member(self.account.key, self.member.name)
            self._state = ""
        except Exception as error:  # noqa: BLE001 - it ends in a sentence, in the page
            self._state = sentence(error)
        if self.is_attached:
            self.account = await self.services.library.accounts.get(self.account.key)
            await self.show_page()

    async def lines(self, width: int) -> Sequence[PageRow]:
        """Name, role, since when, and what they say of themselves."""
        member = self.member
        you = "   this is you" if self.is_me else ""
        lines = [line_of((clean_line(member.name), "heading"), (you, "dim"))]
        facts = [clean_line(member.role or "")] if member.role else []
        facts += [f"member since {exact(member.joined)[:10]}"] if member.joined is not None else []
        lines.append(line_of((", ".join(facts), "dim")))
        if member.about.strip():
            lines += [line_of(""), *await text_lines(member.about, width)]
        if self._state:
            lines += [line_of(""), *await text_lines(self._state, width, "note")]
        rows = [PageRow(number, line) for number, line in enumerate(lines)]
        rows.append(PageRow("gap", line_of("")))
        rows.append(PageRow(_TOPICS, line_of((f"Topics of {clean_line(member.name)}", "link")), _TOPICS))
        return rows

    async def open_row(self) -> Lead | None:
        """Their topics, as a filtered list."""
        if self.page.current is None or self.page.current.target != _TOPICS:
            return None
        return ToTopics(TopicQuery(account=self.account.key, filter=clean_line(self.member.name), order=LATEST))
