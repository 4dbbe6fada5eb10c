"""Words for people that stand in more than one place."""

from __future__ import annotations

from forumtui.rows import AccountRow, Health


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
