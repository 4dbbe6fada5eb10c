"""`BoardPage`: what a board is about and who leads it; on the forum itself, its pages and who one is there."""

from __future__ import annotations

from collections.abc import Sequence

from forumtui.model import Ability, Body, Link, SectionItem
from forumtui.reader.rows import AccountRow, BoardRow
from forumtui.text.blocks import Line
from forumtui.tui.keys.allowed import OFFLINE
from forumtui.tui.keys.commands import Command, Where
from forumtui.tui.keys.keymap import Keymap
from forumtui.tui.lists.page_list import PageRow
from forumtui.tui.render.board_row import who_in
from forumtui.tui.render.shelf import text_lines
from forumtui.tui.render.strips import line_of
from forumtui.tui.screens.leads import Lead, ToLink, ToPost
from forumtui.tui.screens.page import PageScreen


class _Page:
    """Gathers lines and numbers them."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.rows: list[PageRow] = []

    def add(self, line: Line, target: object = None) -> None:
        self.rows.append(PageRow(len(self.rows), line, target))

    def heading(self, title: str) -> None:
        if self.rows:
            self.add(line_of(""))
        self.add(line_of((title, "heading")))

    async def text(self, text: str | Body, style: str = "") -> None:
        for line in await text_lines(text, self.width, style):
            self.add(line)

    def link(self, link: Link) -> None:
        if link.url:
            self.add(line_of("  ", (link.title, "link"), ("  " + link.url, "dim")), link)
        else:
            self.add(line_of("  ", link.title))


class BoardPage(PageScreen):
    """One board, or the forum as a whole."""

    def __init__(self, keymap: Keymap, account: AccountRow, board: BoardRow | None) -> None:
        super().__init__(keymap)
        self.account = account
        self.board = board
        self.pointless = frozenset() if self._is_leader_wanted else frozenset({"volunteer"})
        self.title_path = (account.title, board.title) if board is not None else (account.title, "about")

    async def lines(self, width: int) -> Sequence[PageRow]:
        """The board's own fields, then the forum's."""
        library = self.services.library
        self.account = await library.accounts.get(self.account.key)
        page = _Page(width)
        if self.board is not None:
            boards = {row.key: row for row in await library.reading.boards(self.account.key)}
            self.board = boards.get(self.board.key, self.board)
            await _board(page, self.board)
        self.pointless = frozenset() if self._is_leader_wanted else frozenset({"volunteer"})
        await _forum(page, self.account)
        return page.rows

    async def open_row(self) -> Lead | None:
        """The post or link under the cursor."""
        target = self.page.current.target if self.page.current is not None else None
        if isinstance(target, Link):
            return ToLink(target.url)
        return ToPost(self.account.key, target.topic, target.post) if isinstance(target, SectionItem) else None

    @property
    def place(self) -> Where:
        """A board's page has a key of its own."""
        return Where.BOARD

    @property
    def _is_leader_wanted(self) -> bool:
        return self.board is not None and self.board.leader_wanted

    def refusal(self, command: Command) -> str | None:
        """One can only offer to lead a board that wants a leader."""
        if command.name != "volunteer":
            return None
        if not self._is_leader_wanted:
            return "no leader is wanted here"
        return "log in first" if self.account.me is None else None if self.account.plugged else OFFLINE


async def _board(page: _Page, board: BoardRow) -> None:
    page.heading(board.title)
    if board.description:
        await page.text(board.description)
    leader = f"Leader: {board.leader}" if board.leader else "Leader wanted" if board.leader_wanted else "No leader"
    if board.members_only:
        page.add(line_of(("For members only: guests do not see it.", "dim")))
    page.add(line_of((leader, "strong" if board.leader else "mark" if board.leader_wanted else "dim")))
    topics = f"{board.topics} topic{'' if board.topics == 1 else 's'}"
    page.add(line_of((f"{topics}, {board.unread} unread", "dim")))
    if board.notice:
        page.add(line_of(""))
        await page.text(board.notice, "note")
    for section in board.sections:
        links = [link for link in board.links if link.mark is section.mark]
        page.heading(f"{section.title} ({section.total + len(links)})")
        for item in section.items:
            by = f"  {item.author}" if item.author else ""
            page.add(line_of("  ", (item.title, "link"), (by, "dim")), item)
        for link in links:
            page.link(link)
        if not section.items and not links:
            page.add(line_of(("  None yet.", "dim")))
    sections = {section.mark for section in board.sections}
    links = [link for link in board.links if link.mark not in sections]
    if links or board.further_study:
        page.heading("Further study")
        if board.further_study:
            await page.text(board.further_study)
        for link in links:
            page.link(link)


async def _forum(page: _Page, account: AccountRow) -> None:
    page.heading(account.title or account.name)
    if account.tagline:
        await page.text(account.tagline)
    who = f"You are {who_in(account)}." if account.me is not None else "You are a guest here."
    page.add(line_of((who, "strong")))
    refusal = account.can.rules.get(Ability.REPLY)
    if refusal:
        page.add(line_of((f"You can not write here: {refusal}.", "warning")))
    if account.notice:
        page.add(line_of(""))
        await page.text(account.notice, "note")
    for info in account.pages:
        page.heading(info.title)
        await page.text(info.body)
    page.add(line_of(""))
    facts = (
        f"Version {account.version}" if account.version else "",
        f"updated {account.updated}" if account.updated else "",
        account.location,
    )
    page.add(line_of(("  ".join(fact for fact in facts if fact), "dim")))
