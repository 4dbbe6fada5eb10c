"""`AccountsScreen`: the forums one follows or visited, how they fare, and who one is there."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on

from forumtui.model import Registration
from forumtui.overheard import is_known_in_the_open
from forumtui.reader.rows import AccountRow, Health
from forumtui.text.ages import exact
from forumtui.tui.keys.commands import Command, Where
from forumtui.tui.keys.keymap import Keymap
from forumtui.tui.lists.line_list import LineList
from forumtui.tui.lists.page_list import PageRow
from forumtui.tui.render.board_row import who_in
from forumtui.tui.render.strips import line_of
from forumtui.tui.screens.leads import Lead, ToForum
from forumtui.tui.screens.page import PageScreen


class AccountsScreen(PageScreen):
    """Two lines a forum; the cursor stands on either."""

    title_path = ("Your forums",)

    def __init__(self, keymap: Keymap) -> None:
        super().__init__(keymap)
        self.page.painter.empty_text = "No forums yet. Press a and type a path or an address, or paste one here."

    @property
    def place(self) -> Where:
        """The keys for forums."""
        return Where.ACCOUNTS

    @property
    def account(self) -> AccountRow | None:
        """The forum under the cursor."""
        row = self.page.current
        return row.target if row is not None and isinstance(row.target, AccountRow) else None

    def refusal(self, command: Command) -> str | None:
        """A guest can not log out and has no password, a member can not become one."""
        account = self.account
        me = account.me if account is not None else None
        if command.name in {"log-out", "password", "sessions"}:
            return "you are a guest there" if me is None else None
        if command.name != "register" or account is None:
            return None
        if me is not None:
            return f"you are {me.name} there already"
        return "it takes no new members" if account.registration is Registration.CLOSED else None

    @on(LineList.CursorMoved)
    def on_cursor_moved(self) -> None:
        """The keys follow the forum under the cursor."""
        self.show_hints()

    async def lines(self, width: int) -> Sequence[PageRow]:
        """Listed forums, then visited ones."""
        del width
        accounts = await self.services.library.accounts.all(visited=True)
        rows: list[PageRow] = []
        for account in sorted(accounts, key=lambda row: not row.listed):
            rows += _account(account)
        return rows

    async def load(self) -> None:
        """The cursor starts on the forum that one is in."""
        await super().load()
        account = self.services.account()
        if account is not None:
            await self.page.load(account.key)

    async def open_row(self) -> Lead | None:
        """Read the forum."""
        return ToForum(self.account) if self.account is not None else None


def _account(account: AccountRow) -> list[PageRow]:
    unread = f"{account.unread} unread" if account.unread else "all read"
    visited = "" if account.listed else "  visited"
    waits = f"  {account.waiting} waiting to be sent" if account.waiting else ""
    return [
        PageRow(
            account.key,
            line_of(
                (account.title or account.name, "strong"),
                (f"   {who_in(account)}", ""),
                (f"   {unread}{visited}", "dim"),
            ),
            account,
        ),
        PageRow(
            (account.key, 2),
            line_of(("  " + _state(account), _tone(account)), (f"  {account.location}", "dim"), (waits, "pending")),
            account,
        ),
        PageRow((account.key, 3), line_of(""), account),
    ]


def _state(account: AccountRow) -> str:
    when = f", data of {exact(account.synced_at)}" if account.synced_at is not None else ""
    if not account.plugged:
        return f"offline by choice{when}"
    words = {
        Health.NEW: "not looked at yet",
        Health.SYNCING: "looking for new posts",
        Health.OK: f"up to date{when}",
        Health.OFFLINE: f"not reachable{when}",
        Health.NEEDS_LOGIN: "wants you to log in (L)",
        Health.FAILED: "failed",
    }
    note = f": {account.note}" if account.note and account.health not in {Health.OK, Health.SYNCING} else ""
    return words[account.health] + note + ("; not encrypted" if is_known_in_the_open(account) else "")


def _tone(account: AccountRow) -> str:
    return "warning" if account.health in {Health.OFFLINE, Health.NEEDS_LOGIN, Health.FAILED} else "dim"
