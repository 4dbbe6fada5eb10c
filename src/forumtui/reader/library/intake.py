"""What the engine brings in: pages of the forum, merged by id, one transaction a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import apsw

from forumtui.model import ChangedTopic, Hit, Millis, Page, Post, PostId, Topic, TopicId, Window
from forumtui.reader.library.threads import Threads
from forumtui.reader.rows import AccountKey, Changed, TopicKey, What
from forumtui.reader.sql import accounts as store
from forumtui.reader.sql import feed, posts, search, spans
from forumtui.reader.sql import topics as headers

BATCH = 200
"""Rows a transaction: what a user does never waits longer than one of these."""


async def drop_topics(
    threads: Threads, account: AccountKey, which: Callable[[apsw.Connection], list[TopicKey]]
) -> None:
    """Drop topics a few at a time, because each takes its posts along."""
    keys = await threads.read(which)
    for start in range(0, len(keys), 20):
        some = keys[start : start + 20]

        def work(connection: apsw.Connection, changes: set[Changed], some: list[TopicKey] = some) -> None:
            if headers.drop(connection, some):
                changes.update((Changed(What.TOPICS, account), Changed(What.BOARDS, account)))

        await threads.write(work)


class Intake:
    """Merging is idempotent and order-free: any pages in any order, repeated or not, end the same."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    async def watermark(self, account: AccountKey) -> Millis | None:
        """Posts from before this time arrive read.  Raises `NotFound`."""
        return await self._threads.read(lambda connection: headers.watermark(connection, account))

    async def topics(self, account: AccountKey, topics: Sequence[Topic], *, news: bool = False) -> None:
        """Merge topic headers (at most 200 a transaction).

        ``news``: what they add is new to the forum, and so unread, however old its dates.
        """
        for start in range(0, len(topics), BATCH):
            await self._merge_headers(account, topics[start : start + BATCH], news)

    async def _merge_headers(self, account: AccountKey, some: Sequence[Topic], news: bool) -> None:
        def work(connection: apsw.Connection, changes: set[Changed]) -> None:
            if headers.merge(connection, account, some, news=news):
                changes.update((Changed(What.TOPICS, account), Changed(What.BOARDS, account)))

        await self._threads.write(work)

    async def topics_gone(self, account: AccountKey, topics: Sequence[TopicId]) -> None:
        """Remove topics that the forum no longer has."""
        await drop_topics(self._threads, account, lambda connection: headers.keys_of(connection, account, topics))

    async def keep_only(self, account: AccountKey, topics: Sequence[TopicId]) -> None:
        """After a complete reading of the forum: remove every topic that is not in it."""
        await drop_topics(self._threads, account, lambda connection: headers.others(connection, account, topics))

    async def posts(self, account: AccountKey, topic: TopicId, window: Window, page: Page[Post]) -> TopicKey:
        """Merge a window of posts and remember which stretch of the topic is contiguous.

        Raises `NotFound` when the topic's header is not here.
        """

        def work(connection: apsw.Connection, changes: set[Changed]) -> TopicKey:
            key = headers.need(connection, account, topic)
            if posts.merge_page(connection, account, key, window, page):
                _tell_posts(changes, account, key)
            return key

        return await self._threads.write(work)

    async def changed(self, account: AccountKey, changes: Sequence[ChangedTopic], *, news: bool = False) -> None:
        """Merge a stretch of the change feed; ``news`` as for `topics`."""
        for batch in _batches(changes):
            await self._merge_feed(account, batch, news)

    async def _merge_feed(self, account: AccountKey, batch: Sequence[ChangedTopic], news: bool) -> None:
        def work(connection: apsw.Connection, changes: set[Changed]) -> None:
            for change in batch:
                key = feed.merge(connection, account, change, news=news)
                changes.update((Changed(What.TOPICS, account), Changed(What.BOARDS, account)))
                if key is not None and change.posts:
                    changes.add(Changed(What.POSTS, account, key))

        await self._threads.write(work)

    async def post(self, account: AccountKey, post: Post) -> None:
        """Merge one post whose topic is known, such as one of ours that was just sent."""

        def work(connection: apsw.Connection, changes: set[Changed]) -> None:
            key = feed.merge_post(connection, account, post)
            _tell_posts(changes, account, key)

        await self._threads.write(work)

    async def missing(self, account: AccountKey, topic: TopicId, limit: int = 100) -> Window | None:
        """The next window to fetch so that the topic is whole; None: it is."""

        def work(connection: apsw.Connection) -> Window | None:
            key = headers.find(connection, account, topic)
            return Window(limit=limit) if key is None else spans.next_window(connection, key, limit)

        return await self._threads.read(work)

    async def hits(self, account: AccountKey, query: str, hits: Sequence[Hit], error: str | None = None) -> None:
        """Store the backend's search results for a query, in their order, or that it could not be asked."""

        def work(connection: apsw.Connection, changes: set[Changed]) -> None:
            search.put_hits(connection, account, query, hits[:BATCH], error, self._threads.now())
            changes.add(Changed(What.SEARCH, account))

        await self._threads.write(work)

    async def known_posts(self, account: AccountKey, topic: TopicId) -> Sequence[PostId]:
        """Ids of the cached posts, for reconciling after an epoch change."""

        def work(connection: apsw.Connection) -> Sequence[PostId]:
            key = headers.find(connection, account, topic)
            return () if key is None else posts.ids(connection, key)

        return await self._threads.read(work)

    async def forget_rules(self, account: AccountKey) -> None:
        """Forget what boards, topics and posts said of what we may do: we are somebody else now."""

        def work(connection: apsw.Connection, changes: set[Changed]) -> None:
            store.forget_rules(connection, account)
            changes.update(Changed(what, account) for what in (What.BOARDS, What.TOPICS, What.POSTS))

        await self._threads.write(work)

    async def posts_gone(self, account: AccountKey, topic: TopicId, gone: Sequence[PostId]) -> None:
        """Remove posts that the forum no longer has."""

        def work(connection: apsw.Connection, changes: set[Changed]) -> None:
            key = headers.find(connection, account, topic)
            if key is not None and posts.drop_ids(connection, account, key, gone):
                _tell_posts(changes, account, key)

        await self._threads.write(work)

    async def unread_topics(self, account: AccountKey, limit: int) -> Sequence[TopicId]:
        """Topics with unread posts that are not fetched yet, newest first: what should be ready offline."""
        return await self._threads.read(lambda connection: headers.unfetched(connection, account, limit))


def _tell_posts(changes: set[Changed], account: AccountKey, topic: TopicKey) -> None:
    changes.update((Changed(What.POSTS, account, topic), Changed(What.TOPICS, account), Changed(What.BOARDS, account)))


def _batches(changes: Sequence[ChangedTopic]) -> list[list[ChangedTopic]]:
    """Lines of the feed, a line with its posts whole, about `BATCH` rows together."""
    batches: list[list[ChangedTopic]] = []
    room = 0
    for change in changes:
        rows = 1 + len(change.posts)
        if room < rows or not batches:
            batches.append([])
            room = BATCH
        batches[-1].append(change)
        room -= rows
    return batches
