"""Lists that come in pages: listings in their orders, windows of posts, and the change feed."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Generic, NewType, TypeVar

from forumtui.model.forum import BoardId, Post, Topic, TopicId
from forumtui.model.orders import LATEST, ONLY_LATEST, Order
from forumtui.values import quick_dataclass

Cursor = NewType("Cursor", str)
"""Opaque: only the backend that gave it out can read it."""

T = TypeVar("T")


@quick_dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A stretch of a list."""

    items: tuple[T, ...]
    before: Cursor | None = None
    """Where the list goes on; None: it does not."""
    after: Cursor | None = None
    """Where the list goes on; None: it does not."""
    complete: bool = True
    """Whether what is missing from this list and the pages it leads to is gone."""


@quick_dataclass(frozen=True, slots=True)
class Listing:
    """An ordered list of topics: a board's latest, or the whole forum's where ``board`` is None."""

    name: str = LATEST
    """Of an order that is offered there; ``latest`` always is."""
    board: BoardId | None = None
    """The latest are its own topics alone; another order may bring those of boards below it as well."""
    period: str = ""
    """One of the order's; empty: the usual one, or none where the order has none."""


def settled(listing: Listing, orders: Sequence[Order]) -> Listing | None:
    """The listing with its period said, or None where these orders do not offer it."""
    for order in (*orders, *ONLY_LATEST):
        if order.name == listing.name:
            period = listing.period or next(iter(order.periods), "")
            offered = not period or period in order.periods
            return Listing(listing.name, listing.board, period) if offered else None
    return None


class Place(StrEnum):
    """Where a window of posts lies; ``at`` of the `Window` completes it."""

    START = "start"
    END = "end"
    POST = "post"
    NUMBER = "number"
    UNREAD = "unread"
    BEFORE = "before"
    AFTER = "after"


@quick_dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a topic's posts.

    POST and NUMBER put the named post about the middle; BEFORE and AFTER take a page's cursor;
    UNREAD is the first post that the server knows to be unread (START where it keeps no such thing).
    """

    place: Place = Place.START
    at: str = ""
    limit: int = 100


@quick_dataclass(frozen=True, slots=True)
class ChangedTopic:
    """A topic of which something changed: its header, or posts."""

    topic: TopicId
    header: Topic | None
    """As it is now; None where it is gone."""
    posts: tuple[Post, ...] = ()
    """The posts that changed."""
    gone: bool = False
    """Whether the topic is no longer there, for you."""


@quick_dataclass(frozen=True, slots=True)
class Changes:
    """A stretch of the change feed."""

    items: tuple[ChangedTopic, ...]
    after: Cursor
    """Where to ask on, now or later."""
    more: bool = False
    """Whether there is more already: ask again at once."""
    boards: bool = False
    """Whether boards, or the forum's own fields, changed: read them again."""
    reset: bool = False
    """Whether the feed began anew, because the epoch changed: what you have may be outdated or gone."""
