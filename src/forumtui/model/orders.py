"""The orders in which a forum lists its topics."""

from __future__ import annotations

from forumtui.values import quick_dataclass

LATEST = "latest"
"""The order that every forum has: newest activity first, or the newest topic where activity is not told."""


@quick_dataclass(frozen=True, slots=True)
class Order:
    """A named order of topics that a forum offers, such as latest, new, top, unread, hot, best, ask, show or active."""

    name: str
    """A word for it, the same for ever."""
    title: str
    """What the forum calls it."""
    periods: tuple[str, ...] = ()
    """Where it looks back over a period: the words for those offered (day, week, month, year, all...), the usual one
    first."""


ONLY_LATEST = (Order(LATEST, "Latest"),)
"""What a forum offers that names no orders."""
