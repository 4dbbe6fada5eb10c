"""What those see who watch over a forum: what waits for them, and who did what."""

from __future__ import annotations

from forumtui.model.forum import BoardId, Millis, PostId, QueueId, TopicId
from forumtui.values import quick_dataclass
from forumtui.words import Worded


class QueueKind(Worded):
    """Why something waits for the moderators."""

    REPORT = "report", "Report", "{member} reports a post of {author}"
    HELD = "held", "Held for approval", "a post of {member}"
    VOLUNTEER = "volunteer", "Offer", "{member} would lead this board"

    label: str
    meaning: str
    """With the names that a `QueueItem` tells."""


@quick_dataclass(frozen=True, slots=True)
class QueueItem:
    """Something that waits for the moderators."""

    id: QueueId
    kind: QueueKind
    created: Millis
    member: str
    """Who reported, wrote or volunteered."""
    board: BoardId
    title: str
    """The topic's or the board's."""
    text: str
    """The reason given, or the held text."""
    topic: TopicId | None = None
    post: PostId | None = None
    """The reported post."""
    author: str | None = None
    """Of the reported post."""


@quick_dataclass(frozen=True, slots=True)
class LogEntry:
    """A line of the audit log: who did what, to what."""

    id: str
    created: Millis
    member: str
    """Who did it; empty: the keeper of the file."""
    operation: str
    detail: str
    """For people."""
    topic: TopicId | None = None
    post: PostId | None = None
    board: BoardId | None = None
