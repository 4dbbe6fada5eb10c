"""What a forum is made of, as plain frozen values; knows no storage, no network and no screen.

Times are ``Millis``: milliseconds since 1970 UTC, or None where the forum does not say.
Ids are the forum's own, as text, and unique within one forum.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Generic, Literal, NewType, TypeAlias, TypeVar

from forumtui.values import dataclass

Millis = NewType("Millis", int)
BoardId = NewType("BoardId", str)
TopicId = NewType("TopicId", str)
PostId = NewType("PostId", str)
MemberId = NewType("MemberId", str)
Cursor = NewType("Cursor", str)
"""Opaque: only the backend that gave it out can read it."""

T = TypeVar("T")
Format: TypeAlias = Literal["plain", "markdown", "html"]


class Ability(StrEnum):
    """Something a reader may or may not do here; the key of a `Can`."""

    REPLY = "reply"
    NEW_TOPIC = "new-topic"
    EDIT = "edit"
    DELETE = "delete"
    LIKE = "like"
    SEARCH = "search"
    MODERATE = "moderate"


class Mark(StrEnum):
    """A distinction that a post carries."""

    BEST_PRACTICE = "best-practice"
    EXPERT_TIP = "expert-tip"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Can:
    """What is allowed on an account, board, topic or post.

    ``rules`` maps an ability to "" (yes) or to the reason why not; an absent ability is inherited.
    """

    rules: Mapping[Ability, str] = field(default_factory=dict)

    def over(self, parent: Can) -> Can:
        """These rules, and the parent's wherever these say nothing."""
        return Can({**parent.rules, **self.rules})

    def refusal(self, ability: Ability) -> str | None:
        """None if allowed, else the reason.  What nobody mentions is not offered."""
        reason = self.rules.get(ability, "this forum does not offer it")
        return reason or None


INHERITED = Can()
"""Says nothing: everything as one level up."""


@dataclass(frozen=True, slots=True)
class Body:
    """A text as it was received, and what it is written in."""

    source: str
    format: Format = "markdown"


@dataclass(frozen=True, slots=True)
class Link:
    """A named address, as on a board's further-study list."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote something; ``role`` is the forum's own word ("Member", "Editor"...)."""

    id: MemberId
    name: str
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A member as the forum's member list shows them."""

    id: MemberId
    name: str
    role: str | None = None
    joined: Millis | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class InfoPage:
    """A page of the forum itself, such as "About" or "Privacy"."""

    slug: str
    title: str
    body: Body


@dataclass(frozen=True, slots=True)
class ForumInfo:
    """A forum as a whole.  ``epoch`` changes when a copy or backup took the forum's place."""

    title: str
    uuid: str = ""
    epoch: str = ""
    tagline: str = ""
    notice: str = ""
    version: str = ""
    updated: str = ""
    pages: tuple[InfoPage, ...] = ()
    me: Member | None = None
    can: Can = INHERITED


@dataclass(frozen=True, slots=True)
class SectionItem:
    """One marked post on a board's page."""

    topic: TopicId
    post: PostId
    title: str
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a board's page, such as its best practices; ``total`` counts also what is not listed."""

    mark: Mark
    title: str
    total: int = 0
    items: tuple[SectionItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Board:
    """Category, newsgroup, community or special interest group."""

    id: BoardId
    title: str
    parent: BoardId | None = None
    description: str = ""
    leader: str | None = None
    leader_wanted: bool = False
    links: tuple[Link, ...] = ()
    sections: tuple[Section, ...] = ()
    notice: str = ""
    further_study: str = ""
    position: int = 0
    topics: int | None = None
    can: Can = INHERITED


@dataclass(frozen=True, slots=True)
class Topic:
    """A thread.  ``posts`` is the forum's own count, the first post included."""

    id: TopicId
    board: BoardId
    title: str
    author: Author | None = None
    created: Millis | None = None
    last_post: Millis | None = None
    posts: int | None = None
    pinned: bool = False
    closed: bool = False
    tags: tuple[str, ...] = ()
    url: str | None = None
    can: Can = INHERITED


@dataclass(frozen=True, slots=True)
class Post:
    """One message.  ``sort`` orders it within its topic; ``number`` is the forum's own, if any.

    A deleted post stays as a placeholder without body and author.
    """

    id: PostId
    topic: TopicId
    sort: int
    number: int | None = None
    subject: str | None = None
    parent: PostId | None = None
    author: Author | None = None
    created: Millis | None = None
    edited: Millis | None = None
    deleted: bool = False
    marks: frozenset[Mark] = frozenset()
    likes: int | None = None
    liked: bool = False
    body: Body | None = None
    mentions: tuple[str, ...] = ()
    url: str | None = None
    can: Can = INHERITED


@dataclass(frozen=True, slots=True)
class Hit:
    """A post found by a search, with enough of its topic to be listed."""

    topic: Topic
    post: Post


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
class NewTopic:
    """Open a topic on a board."""

    board: BoardId
    subject: str
    body: Body
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer a topic, or one post of it."""

    topic: TopicId
    body: Body
    parent: PostId | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text (and subject) of a post."""

    topic: TopicId
    post: PostId
    body: Body
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """Take a post back; a placeholder stays."""

    topic: TopicId
    post: PostId


@dataclass(frozen=True, slots=True)
class Like:
    """Like a post, or no longer."""

    topic: TopicId
    post: PostId
    on: bool = True


@dataclass(frozen=True, slots=True)
class SetMark:
    """Distinguish a post, or no longer."""

    topic: TopicId
    post: PostId
    mark: Mark
    on: bool = True


Act: TypeAlias = NewTopic | Reply | Edit | Delete | Like | SetMark


@dataclass(frozen=True, slots=True)
class Action:
    """An act under the key that makes it unique: the same key twice is the same act."""

    key: str
    act: Act


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an action: ``created`` (with the ids), ``held`` for approval, or ``done``."""

    outcome: Literal["created", "held", "done"]
    topic: TopicId | None = None
    post: PostId | None = None


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


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a backend keeps one action from arriving twice.  Times in seconds.

    ``key``: the server drops repeats of a key for ``ttl`` seconds (None: for ever).
    ``message_id``: the key names the message itself, so a repeat is refused.
    ``reconcile``: look before resending, ``settle`` seconds later look again; None: lateness is
    unbounded, so the user must be asked.
    """

    kind: Literal["key", "message_id", "reconcile"]
    ttl: float | None = None
    settle: float | None = None
