"""What screens and commands read."""

from __future__ import annotations

from collections.abc import Sequence

from forumtui.model import PostId, TopicId
from forumtui.rows import (
    AccountKey,
    BoardRow,
    HitRow,
    NextUnread,
    Order,
    Outline,
    PostKey,
    PostRow,
    Rows,
    SearchResult,
    TopicKey,
    TopicQuery,
    TopicRow,
)


class Reading:
    """Reads; each costs the same however large the library is."""

    async def boards(self, account: AccountKey) -> Sequence[BoardRow]:
        """The tree, depth first, in the forum's order."""
        raise NotImplementedError

    async def topics(
        self, query: TopicQuery, *, anchor: TopicKey | None = None, end: bool = False, before: int = 0, after: int = 50
    ) -> Rows[TopicRow]:
        """A keyset window around ``anchor`` (the start without one; the end with ``end``).

        An anchor that left the list is replaced by its nearest neighbour.
        """
        raise NotImplementedError

    async def topic(self, key: TopicKey) -> TopicRow:
        """Raises `NotFound`."""
        raise NotImplementedError

    async def topic_by_id(self, account: AccountKey, topic: TopicId) -> TopicRow | None:
        """By the forum's own id."""
        raise NotImplementedError

    async def outline(self, topic: TopicKey, order: Order = Order.FLAT) -> Outline:
        """A thread's skeleton, pending rows of mine included (negative keys)."""
        raise NotImplementedError

    async def posts(self, topic: TopicKey, keys: Sequence[PostKey]) -> dict[PostKey, PostRow]:
        """Posts with their bodies, where cached; pending rows too."""
        raise NotImplementedError

    async def post(self, key: PostKey) -> PostRow:
        """One post with its body.  Raises `NotFound`."""
        raise NotImplementedError

    async def post_by_id(self, account: AccountKey, post: PostId) -> PostRow | None:
        """By the forum's own id."""
        raise NotImplementedError

    async def next_unread(
        self,
        *,
        after: PostKey | None = None,
        topic: TopicKey | None = None,
        account: AccountKey | None = None,
        backwards: bool = False,
        skip_topic: bool = False,
    ) -> NextUnread | None:
        """The next unread post: in the topic, then down its board, then the account's boards, then the other accounts.

        ``skip_topic`` starts with the topic after ``topic``.  None: everything is read; nothing wraps.
        """
        raise NotImplementedError

    async def neighbour(self, query: TopicQuery, topic: TopicKey, step: int) -> TopicRow | None:
        """The topic after (1) or before (-1) this one in a list."""
        raise NotImplementedError

    async def search(self, query: str, *, account: AccountKey | None = None, limit: int = 100) -> SearchResult:
        """The library's own full text merged with what the backends found for this query so far, newest first."""
        raise NotImplementedError

    async def find_in_topic(self, topic: TopicKey, text: str) -> Sequence[PostKey]:
        """Posts of a thread whose folded text, subject or author holds the folded ``text``, in flat order."""
        raise NotImplementedError

    async def members(self, account: AccountKey, prefix: str, limit: int = 10) -> Sequence[str]:
        """Names that start so, those who wrote most recently first (for completion of @mentions)."""
        raise NotImplementedError

    async def unread_total(self) -> tuple[int, int]:
        """(unread posts, unread topics) over all listed accounts."""
        raise NotImplementedError


__all__ = ["HitRow", "Reading"]
