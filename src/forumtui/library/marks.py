"""Read, unread, bookmarked, caught up, and undone."""

from __future__ import annotations

from collections.abc import Sequence

from forumtui.library.mirror import Mirrors
from forumtui.library.threads import Threads
from forumtui.rows import AccountKey, BoardKey, PostKey, TopicKey


class Marks:
    """The reader's own marks.  Those that change many rows at once can be undone, also after a restart."""

    def __init__(self, threads: Threads, mirrors: Mirrors) -> None:
        self._threads = threads
        self._mirrors = mirrors

    async def mark_read(self, posts: Sequence[PostKey]) -> None:
        """Mark as read (not an undo step: it happens with every page)."""

    async def mark_unread(self, posts: Sequence[PostKey]) -> None:
        """Mark as unread again; one undo step."""

    async def mark_topic_read(self, topic: TopicKey) -> int:
        """Everything in it, fetched or not; one undo step.  Returns how many posts that were."""
        raise NotImplementedError

    async def catch_up(
        self,
        *,
        account: AccountKey | None = None,
        board: BoardKey | None = None,
        topic: TopicKey | None = None,
        up_to: PostKey | None = None,
        older_than: int | None = None,
    ) -> int:
        """Mark all as read: everywhere, or in an account, a board (with its children) or a topic.

        ``up_to``: only this post and those before it in its topic; ``older_than``: only posts from before
        this time (ms UTC).  One exact undo step.  Returns how many posts that were.
        """
        raise NotImplementedError

    async def visit(self, topic: TopicKey) -> None:
        """The reader opened this topic: what is there now is no longer "new since your last visit" next time."""

    async def bookmark(self, *, topic: TopicKey | None = None, post: PostKey | None = None, on: bool = True) -> None:
        """Bookmark a topic or a post, or no longer; one undo step."""

    async def like(self, post: PostKey, on: bool) -> None:
        """A wish: shown at once, told to the forum by the engine."""

    async def undo(self) -> str | None:
        """Take the last step back; returns what it was, for people, or None when there is nothing."""
        raise NotImplementedError
