"""What the engine brings in: pages of the forum, merged by id, one transaction a page."""

from __future__ import annotations

from collections.abc import Sequence

from forumtui.model import ChangedTopic, Hit, Page, Post, PostId, Topic, TopicId, Window
from forumtui.rows import AccountKey, TopicKey


class Intake:
    """Merging is idempotent and order-free: any pages in any order, repeated or not, end the same."""

    async def topics(self, account: AccountKey, topics: Sequence[Topic]) -> None:
        """Merge topic headers (at most 200 a transaction)."""

    async def topics_gone(self, account: AccountKey, topics: Sequence[TopicId]) -> None:
        """Remove topics that the forum no longer has."""

    async def keep_only(self, account: AccountKey, topics: Sequence[TopicId]) -> None:
        """After a complete reading of the forum: remove every topic that is not in it."""

    async def posts(self, account: AccountKey, topic: TopicId, window: Window, page: Page[Post]) -> TopicKey:
        """Merge a window of posts and remember which stretch of the topic is contiguous."""
        raise NotImplementedError

    async def changed(self, account: AccountKey, changes: Sequence[ChangedTopic]) -> None:
        """Merge a stretch of the change feed."""

    async def post(self, account: AccountKey, post: Post) -> None:
        """Merge one post whose topic is known, such as one of ours that was just sent."""

    async def missing(self, account: AccountKey, topic: TopicId, limit: int = 100) -> Window | None:
        """The next window to fetch so that the topic is whole; None: it is."""
        raise NotImplementedError

    async def hits(self, account: AccountKey, query: str, hits: Sequence[Hit], error: str | None = None) -> None:
        """Store the backend's search results for a query, in their order, or that it could not be asked."""

    async def known_posts(self, account: AccountKey, topic: TopicId) -> Sequence[PostId]:
        """Ids of the cached posts, for reconciling after an epoch change."""
        raise NotImplementedError

    async def unread_topics(self, account: AccountKey, limit: int) -> Sequence[TopicId]:
        """Topics with unread posts that are not fetched yet, newest first: what should be ready offline."""
        raise NotImplementedError
