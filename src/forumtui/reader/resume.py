"""Where the reader was when it was left."""

from __future__ import annotations

from forumtui.reader.rows import AccountKey, BoardKey, PostKey, TopicKey
from forumtui.values import quick_dataclass


@quick_dataclass(frozen=True, slots=True)
class Resume:
    """Where the reader was: kept at every move, read at the next start."""

    account: AccountKey | None = None
    board: BoardKey | None = None
    topic: TopicKey | None = None
    post: PostKey | None = None
    """The post at the top of the screen."""
    line: int = 0
    composing: str | None = None
    """uid of the draft that was open."""
    current: PostKey | None = None
    """The post that keys act on."""
