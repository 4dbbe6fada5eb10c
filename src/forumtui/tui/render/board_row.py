"""Accounts and their boards as lines of one tree, and who one is in them."""

from __future__ import annotations

from collections.abc import Sequence

from forumtui.reader.rows import AccountRow, BoardRow, Health
from forumtui.text.blocks import Line
from forumtui.tui.render.cells import Frame, cell_len, left
from forumtui.tui.render.strips import line_of
from forumtui.values import quick_dataclass


@quick_dataclass(frozen=True, slots=True)
class BoardEntry:
    """A line of the tree: an account where ``board`` is None.  ``unread`` counts what is folded away too."""

    key: str
    account: AccountRow
    board: BoardRow | None
    depth: int
    unread: int
    has_children: bool = False
    folded: bool = False

    @property
    def title(self) -> str:
        """The board's title, or the account's."""
        return self.board.title if self.board is not None else self.account.title or self.account.name


class BoardRows:
    """Draws the tree of boards, one line each."""

    def height(self, width: int) -> int:  # noqa: ARG002  # a renderer's signature
        """One line at any width."""
        return 1

    def lines(self, row: BoardEntry, frame: Frame) -> Sequence[Line]:
        """Fold sign, title, unread count; on an account also how it fares when that is not well."""
        glyphs = frame.glyphs
        sign = (glyphs.folded if row.folded else glyphs.opened) if row.has_children else " "
        count = f" {row.unread}" if row.unread else ""
        state = _state(row.account) if row.board is None else ""
        room = frame.width - 1 - cell_len(count) - (cell_len(state) + 1 if state else 0)
        indent = "  " * min(row.depth, max(0, room // 8))
        head = f"{indent}{sign} "
        style = "strong" if row.board is None else "title-unread" if row.unread else ""
        title = left(row.title, room - cell_len(head), glyphs.ellipsis)
        return (
            line_of((head, "dim"), (title, style), (f" {state}" if state else "", "warning"), (count, "unread"), " "),
        )


def _state(account: AccountRow) -> str:
    """A word where the account needs one."""
    if not account.plugged:
        return "unplugged"
    return {
        Health.OFFLINE: "offline",
        Health.NEEDS_LOGIN: "log in",
        Health.FAILED: "failed",
        Health.SYNCING: "syncing",
    }.get(account.health, "")


def who_in(account: AccountRow) -> str:
    """Who one is in a forum: "Anna, Member"."""
    me = account.me
    return f"{me.name}{f', {me.role}' if me.role else ''}" if me is not None else "guest"


def what_becomes(account: AccountRow) -> str:
    """What becomes of a text now that is to be sent to this forum, as far as it is known."""
    if not account.plugged:
        return "is kept and waits until you are online"
    if account.health is Health.OFFLINE:
        return "is kept; it goes when the forum answers"
    if account.health is Health.NEEDS_LOGIN:
        return "is kept; it goes when you have logged in"
    return "is kept and queued"
