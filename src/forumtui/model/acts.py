"""What members do to a forum, and what becomes of it."""

from __future__ import annotations

from typing import Literal, TypeAlias

from forumtui.model.forum import BoardId, Body, Mark, PostId, QueueId, TopicId
from forumtui.values import quick_dataclass


@quick_dataclass(frozen=True, slots=True)
class NewTopic:
    """Open a topic on a board."""

    board: BoardId
    subject: str
    """The topic's title."""
    body: Body
    tags: tuple[str, ...] = ()


@quick_dataclass(frozen=True, slots=True)
class Reply:
    """Answer a topic, or one post of it."""

    topic: TopicId
    body: Body
    parent: PostId | None = None
    subject: str | None = None
    """A subject of its own."""


@quick_dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text of a post, and its subject if one is given."""

    topic: TopicId
    post: PostId
    body: Body
    subject: str | None = None
    """None: as it was."""
    base: str | None = None
    """The imprint of the words that the edit was made from: SHA-256 (64 hexadecimal digits) of the UTF-8 text made of
    the post's subject (nothing for None), a line feed, and its `body.source`, as they were read.  If the post has
    other words by now, nothing is changed (`Overtaken`).  None: go over whatever stands there.  It is a condition, not
    a part of the act: under the same key, an edit with another base is the same act.
    """


@quick_dataclass(frozen=True, slots=True)
class Delete:
    """Take a post back; a placeholder stays."""

    topic: TopicId
    post: PostId


@quick_dataclass(frozen=True, slots=True)
class Like:
    """Like a post, or no longer."""

    topic: TopicId
    post: PostId
    on: bool = True


@quick_dataclass(frozen=True, slots=True)
class SetMark:
    """Distinguish a post, or no longer."""

    topic: TopicId
    post: PostId
    mark: Mark
    on: bool = True


@quick_dataclass(frozen=True, slots=True)
class Pin:
    """Keep a topic at the top of its lists, or no longer."""

    topic: TopicId
    on: bool = True


@quick_dataclass(frozen=True, slots=True)
class Close:
    """Let nobody answer in a topic, or let them again."""

    topic: TopicId
    on: bool = True


@quick_dataclass(frozen=True, slots=True)
class Move:
    """Put a topic on another board.

    From a board for members to one that guests see: for moderators only, and only with ``opens``.
    """

    topic: TopicId
    board: BoardId
    opens: bool = False
    """Whether guests may see from now on what was for members only: that is never done by the way."""


@quick_dataclass(frozen=True, slots=True)
class Hide:
    """Show a post to moderators only, or restore it; nothing of it is lost."""

    topic: TopicId
    post: PostId
    on: bool = True
    reason: str = ""
    """Why, for the audit log."""


@quick_dataclass(frozen=True, slots=True)
class SetTags:
    """Give a topic other tags; an empty list takes them all away."""

    topic: TopicId
    tags: tuple[str, ...]


@quick_dataclass(frozen=True, slots=True)
class Remove:
    """Show a topic, with all that is in it, to moderators only, or restore it; nothing of it is lost."""

    topic: TopicId
    on: bool = True
    reason: str = ""
    """Why, for the audit log."""


@quick_dataclass(frozen=True, slots=True)
class Report:
    """Ask the moderators to look at a post."""

    topic: TopicId
    post: PostId
    reason: str
    """What is wrong with it."""


@quick_dataclass(frozen=True, slots=True)
class Volunteer:
    """Offer to lead a board that wants a leader."""

    board: BoardId
    text: str = ""
    """Why you."""


@quick_dataclass(frozen=True, slots=True)
class Decide:
    """Settle an item of the moderators' queue."""

    item: QueueId
    approve: bool
    """True: publish the held post, accept the volunteer, or hide the reported post; false: reject, decline, or leave the
    reported post as it is.
    """
    reason: str = ""
    """What the author of a rejected post is told."""


@quick_dataclass(frozen=True, slots=True)
class SetProfile:
    """Say something about yourself."""

    about: str


Moderation: TypeAlias = SetMark | Pin | Close | Move | Hide | SetTags | Remove | Decide
"""What takes a right that not every member has."""
Act: TypeAlias = NewTopic | Reply | Edit | Delete | Like | Report | Volunteer | SetProfile | Moderation


@quick_dataclass(frozen=True, slots=True)
class Action:
    """An act under the key that makes it unique: the same key twice is the same act."""

    key: str
    act: Act


@quick_dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an act."""

    outcome: Literal["created", "held", "done"]
    """Of ``created`` the ids are told; ``held``: it is shown when a moderator has approved it."""
    topic: TopicId | None = None
    post: PostId | None = None


@quick_dataclass(frozen=True, slots=True)
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
