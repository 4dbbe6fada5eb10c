"""The orders in which a forum of one's own lists its topics."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from forumtui.model import LATEST, Order

NEW, TOP, UNANSWERED = "new", "top", "unanswered"
PERIODS: Mapping[str, int | None] = MappingProxyType({"week": 7, "month": 30, "year": 365, "all": None})
"""How many days back the topics of a period were opened; None: however long ago."""
ORDERS = (
    Order(LATEST, "Latest"),
    Order(NEW, "New"),
    Order(TOP, "Top", tuple(PERIODS)),
    Order(UNANSWERED, "Unanswered"),
)
"""Newest activity first, pinned ones before all; the last to be opened first; those opened in a period whose posts have
likes, most likes first; those with one post only that are open, the last to be opened first.

The latest of a board are its own; the other orders bring those of the boards below it as well.
"""
