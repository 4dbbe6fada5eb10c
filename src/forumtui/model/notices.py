"""What a forum tells one of its members: that somebody named, answered or wrote to them."""

from __future__ import annotations

from typing import NewType

from forumtui.model.forum import Millis, PostId, TopicId
from forumtui.values import quick_dataclass
from forumtui.words import Worded

NotificationId = NewType("NotificationId", str)


class Cause(Worded):
    """Why a member is told something."""

    MENTION = "mention", "mentions you"
    REPLY = "reply", "answers you"
    MESSAGE = "message", "writes to you"
    WATCHED = "watched", "writes in what you watch"
    OTHER = "other", ""

    phrase: str
    """What somebody does then, after their name; "" where the title alone says it."""


@quick_dataclass(frozen=True, slots=True)
class Notification:
    """Something that a forum tells one of its members."""

    id: NotificationId
    kind: Cause
    title: str
    """The topic's, or what it is about."""
    topic: TopicId | None = None
    post: PostId | None = None
    who: str | None = None
    """Whose doing it is, by name."""
    created: Millis | None = None
    read: bool = False
    """Whether the forum counts it as seen."""
    url: str | None = None
    """Where a browser finds what it is about."""
