"""Words for people that stand in more than one place."""

from __future__ import annotations

from forumtui.rows import AccountRow


def who_in(account: AccountRow) -> str:
    """Who one is in a forum: "Anna, Member"."""
    me = account.me
    return f"{me.name}{f', {me.role}' if me.role else ''}" if me is not None else "guest"
