"""The standing rules of a forum file."""

from __future__ import annotations

import apsw

from forumtui.host.house import Approval, Policy
from forumtui.host.sqlite.rows import own_row
from forumtui.host.sqlite.stamps import boards_changed, guests_begin_anew
from forumtui.model import Registration


def policy(connection: apsw.Connection) -> Policy:
    """The rules in force."""
    registration, members_only, approval = own_row(connection, "tit", "registration, members_only, approval")
    try:
        return Policy(Registration(registration), bool(members_only), Approval(approval))
    except ValueError as error:
        raise apsw.CorruptError("its rules can not be read") from error


def set_policy(connection: apsw.Connection, change: Policy) -> str:
    """Change the rules that are not None; returns what was changed, in words."""
    now = policy(connection)
    words: list[str] = []
    for name in ("registration", "members_only", "approval"):
        value = getattr(change, name)
        if value is None or value == getattr(now, name):
            continue
        connection.execute(f"UPDATE forum SET {name} = ?", (value,))  # noqa: S608 - one of the three
        words.append(f"reading: {'members' if value else 'public'}" if name == "members_only" else f"{name}: {value}")
    if words:
        boards_changed(connection)
    if change.members_only not in {None, now.members_only}:
        guests_begin_anew(connection)
    return ", ".join(words)
