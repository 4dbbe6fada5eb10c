"""Members, boards, topics and posts, and what is allowed on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Literal, NewType, TypeAlias

from forumtui.values import dataclass

Millis = NewType("Millis", int)
BoardId = NewType("BoardId", str)
TopicId = NewType("TopicId", str)
PostId = NewType("PostId", str)
MemberId = NewType("MemberId", str)
QueueId = NewType("QueueId", str)

Format: TypeAlias = Literal["plain", "markdown", "html"]


class Ability(StrEnum):
    """Something a reader may or may not do here; the key of a `Can`."""

    REPLY = "reply"
    NEW_TOPIC = "new-topic"
    EDIT = "edit"
    DELETE = "delete"
    LIKE = "like"
    SEARCH = "search"
    REPORT = "report"
    MARK = "mark"
    """Distinguish posts as best practice, expert tip or accepted answer."""
    MODERATE = "moderate"
    """Pin, close, move and hide; settle the queue."""
    KEEP = "keep"
    """Keep house: boards, roles, invitations, the forum's own fields."""


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
    """A named address, as on a board's further-study list; ``mark``: it stands in that section of the board instead.

    Without an address it is only a name.
    """

    title: str
    url: str
    mark: Mark | None = None


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
    claimed: bool = False
    """The role is a word that was brought from elsewhere, and gives none of its rights here."""


@dataclass(frozen=True, slots=True)
class OwnToken:
    """One of the tokens by which a forum knows a member, as the member sees it.  ``expires`` None: never."""

    id: str
    label: str
    scopes: tuple[str, ...]
    created: Millis
    expires: Millis | None = None
    used: Millis | None = None
    """When it was used last, about."""
    current: bool = False
    """Whether it is the one that asks."""


@dataclass(frozen=True, slots=True)
class InfoPage:
    """A page of the forum itself, such as "About" or "Privacy"."""

    slug: str
    title: str
    body: Body


class Registration(StrEnum):
    """Who may become a member."""

    OPEN = "open"
    INVITATION = "invitation"
    CLOSED = "closed"


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
    """One called "rules" is what members accept when they register."""
    me: Member | None = None
    can: Can = INHERITED
    registration: Registration | None = None
    """How one becomes a member; None where that is not done from here."""


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
    members_only: bool = False
    """Guests do not see it."""


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
    removed: bool = False
    """Only those who may moderate it are told of it."""


@dataclass(frozen=True, slots=True)
class Post:
    """One message.  ``sort`` orders it within its topic; ``number`` is the forum's own, if any.

    A deleted post stays as a placeholder without body and author; a hidden one keeps its author, and its
    body for those who may moderate it.
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
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A post found by a search, with enough of its topic to be listed."""

    topic: Topic
    post: Post


class QueueKind(StrEnum):
    """Why something waits for the moderators."""

    REPORT = "report"
    HELD = "held"
    """A post that is not shown before somebody approves it."""
    VOLUNTEER = "volunteer"


@dataclass(frozen=True, slots=True)
class QueueItem:
    """Something that waits for the moderators.

    ``member``: who reported, wrote or volunteered; ``title``: the topic's or board's; ``text``: the reason given,
    or the held text.  ``post`` is the reported one.
    """

    id: QueueId
    kind: QueueKind
    created: Millis
    member: str
    board: BoardId
    title: str
    text: str
    topic: TopicId | None = None
    post: PostId | None = None
    author: str | None = None
    """Of the reported post."""


THE_KEEPER = "the keeper"
"""How the log names who has the file of a forum in their hands."""
SOMEBODY = "somebody"
UNKNOWN_AUTHOR = "unknown author"
DELETED_POST = "deleted post"
ACTORS = (THE_KEEPER, "keeper", SOMEBODY, UNKNOWN_AUTHOR, "author unknown", DELETED_POST, "guest", "forumtui")
"""What stands in the place of a member's name, so that no member may be called that."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A line of the audit log: who did what, to what; ``detail`` is for people."""

    id: str
    created: Millis
    member: str
    """"" for the keeper of the file."""
    operation: str
    detail: str
    topic: TopicId | None = None
    post: PostId | None = None
    board: BoardId | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """A field that a forum asks for: a setting of an account, or a line of a log-in or registration form."""

    name: str
    help: str
    required: bool = False
    secret: bool = False
