"""A line of the inbox, as the library hands it to a screen or a command."""

from __future__ import annotations

from forumtui.model import Notification
from forumtui.reader.target import AccountKey
from forumtui.values import quick_dataclass


@quick_dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow(Notification):
    """A line of the inbox: what a forum told, and whether it was seen there or here."""

    key: int
    account: AccountKey
    account_title: str
    seen: bool = False
