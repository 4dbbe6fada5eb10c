"""Lists that come in pages: listings, windows of posts, and the change feed."""

from __future__ import annotations

from enum import StrEnum
from typing import Generic, NewType, TypeVar

from forumtui.model.forum import BoardId, Post, Topic, TopicId
from forumtui.values import dataclass

Cursor = NewType("Cursor", str)
"""Opaque: only the backend that gave it out can read it."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A stretch of a list.  None as a cursor: there is nothing more that way.

    ``complete``: this page and those reached through its cursors are all there is, so a row
    that is absent from them is gone.
    """

    items: tuple[T, ...]
    before: Cursor | None = None
    after: Cursor | None = None
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Listing:
    """An ordered list of topics: a board's latest, or the whole forum's where ``board`` is None."""

    name: str = "latest"
    board: BoardId | None = None


class Place(StrEnum):
    """Where a window of posts lies; ``at`` of the `Window` completes it."""

    START = "start"
    END = "end"
    POST = "post"
    NUMBER = "number"
    UNREAD = "unread"
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a topic's posts.

    POST and NUMBER put the named post about the middle; BEFORE and AFTER take a page's cursor;
    UNREAD is the first post that the server knows to be unread (START where it keeps no such thing).
    """

    place: Place = Place.START
    at: str = ""
    limit: int = 100


@dataclass(frozen=True, slots=True)
class ChangedTopic:
    """A line of the change feed: this topic's header or posts changed.

    ``posts`` are the posts that changed; ``gone`` says the topic itself was removed.
    """

    topic: TopicId
    header: Topic | None
    posts: tuple[Post, ...] = ()
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """A stretch of the change feed.  ``reset``: the epoch changed, so what was known must be reconciled.

    ``boards`` is set when the list of boards or the forum's own fields changed and should be read again.
    """

    items: tuple[ChangedTopic, ...]
    after: Cursor
    more: bool = False
    boards: bool = False
    reset: bool = False
