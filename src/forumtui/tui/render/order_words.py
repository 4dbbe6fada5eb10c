"""What a list says of the order that it is in."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from forumtui.model import LATEST, Millis, Order
from forumtui.reader.rows import AccountRow, Health, Sorted
from forumtui.text.ages import exact

_PERIODS: Mapping[str, str] = MappingProxyType(
    {
        "daily": "day",
        "weekly": "week",
        "monthly": "month",
        "quarterly": "quarter",
        "yearly": "year",
        "all": "all time",
    }
)
"""What people call them; another word is its own."""
_DAY = 86_400_000


def period_words(period: str) -> str:
    """A period for people."""
    return _PERIODS.get(period, period)


def order_words(order: Order, period: str) -> str:
    """An order for people."""
    return f"{order.title}, {period_words(period)}" if period else order.title


def order_told(told: Sorted, account: AccountRow | None, now: Millis) -> str:
    """What stands in a list's title: its order, and without a line when that was fetched; "" where there is but one."""
    usual = not told.orders or told.orders[0].name == LATEST
    if account is None or (told.is_latest and usual):
        return ""
    said = order_words(told.order, told.period)
    reached = account.plugged and account.health in {Health.OK, Health.SYNCING}
    if reached or told.at is None:
        return said
    day, _, minute = exact(told.at).partition(" ")
    return f"{said}, as of {minute if now - told.at < _DAY else day}"


def empty_order(told: Sorted) -> str | None:
    """What such a list without topics teaches; None: as any other."""
    if told.is_latest:
        return None
    if told.note:
        return f"{told.note} t shows another order."
    if told.at is None:
        return "Nothing of this order is here yet; it comes when the forum answers."
    return "The forum has nothing in this order. t shows another."
