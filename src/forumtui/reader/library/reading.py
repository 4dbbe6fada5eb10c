"""What screens and commands read."""

from __future__ import annotations

from collections.abc import Sequence

from forumtui.model import PostId, TopicId
from forumtui.reader.library.threads import Threads
from forumtui.reader.rows import (
    AccountKey,
    BoardRow,
    NextUnread,
    Outline,
    PostKey,
    PostRow,
    Ready,
    Rows,
    SearchResult,
    ThreadOrder,
    TopicKey,
    TopicQuery,
    TopicRow,
)
from forumtui.reader.sql import accounts, boards, listing, members, outline, postrows, search, topics, unread

_STRETCH = 200
"""Posts that are looked at in one go."""


class Reading:
    """Reads; each costs the same however large the library is.

    The ``can`` of a row is complete: its own rules over those of its board and account.
    """

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    async def boards(self, account: AccountKey) -> Sequence[BoardRow]:
        """The tree, depth first, in the forum's order."""
        return await self._threads.read(lambda connection: boards.of_account(connection, account))

    async def topics(
        self, query: TopicQuery, *, anchor: TopicKey | None = None, end: bool = False, before: int = 0, after: int = 50
    ) -> Rows[TopicRow]:
        """A keyset window around ``anchor`` (the start without one; the end with ``end``).

        An anchor that left the list is replaced by its nearest neighbour.
        """
        return await self._threads.read(
            lambda connection: listing.window(connection, query, anchor=anchor, end=end, before=before, after=after)
        )

    async def topic(self, key: TopicKey) -> TopicRow:
        """Raises `NotFound`."""
        return await self._threads.read(lambda connection: topics.get(connection, key))

    async def topic_by_id(self, account: AccountKey, topic: TopicId) -> TopicRow | None:
        """By the forum's own id."""
        return await self._threads.read(lambda connection: topics.by_id(connection, account, topic))

    async def outline(self, topic: TopicKey, order: ThreadOrder = ThreadOrder.FLAT) -> Outline:
        """A thread's skeleton, pending rows of mine included (negative keys)."""
        return await self._threads.read(lambda connection: outline.outline(connection, topic, order))

    async def posts(self, topic: TopicKey, keys: Sequence[PostKey]) -> dict[PostKey, PostRow]:
        """Posts with their bodies, where cached; pending rows too."""
        return await self._threads.read(lambda connection: postrows.many(connection, topic, keys))

    async def post(self, key: PostKey) -> PostRow:
        """One post with its body.  Raises `NotFound`."""
        return await self._threads.read(lambda connection: postrows.get(connection, key))

    async def post_by_id(self, account: AccountKey, post: PostId) -> PostRow | None:
        """By the forum's own id."""
        return await self._threads.read(lambda connection: postrows.by_id(connection, account, post))

    async def post_called(self, topic: TopicKey, name: str) -> PostRow | None:
        """The post with this number in its topic or, where posts have no number, with this id; the likeliest place first."""
        keys = list((await self.outline(topic)).keys)
        guess = int(name[:9]) - 1 if name.isdecimal() else 0
        for start in sorted(range(0, len(keys), _STRETCH), key=lambda start: abs(start + _STRETCH // 2 - guess)):
            for row in (await self.posts(topic, keys[start : start + _STRETCH])).values():
                if not row.is_unsent and (str(row.number) if row.number is not None else row.id) == name:
                    return row
        return None

    async def next_unread(
        self,
        query: TopicQuery | None = None,
        *,
        after: PostKey | None = None,
        topic: TopicKey | None = None,
        backwards: bool = False,
        skip_topic: bool = False,
    ) -> NextUnread | None:
        """The next unread post: in the topic, down the list that is seen (``query``), then the next board or forum.

        Forwards it goes round, and comes back to the topic last: None means that everything is read.
        ``skip_topic`` looks at the rest of the topic last, too.
        """
        shown = TopicQuery() if query is None else query
        return await self._threads.read(
            lambda connection: unread.next_unread(
                connection, shown, after=after, topic=topic, backwards=backwards, skip_topic=skip_topic
            )
        )

    async def neighbour(self, query: TopicQuery, topic: TopicKey, step: int) -> TopicRow | None:
        """The topic after (1) or before (-1) this one in a list."""
        return await self._threads.read(lambda connection: listing.neighbour(connection, query, topic, step))

    async def search(self, query: str, *, account: AccountKey | None = None, limit: int = 100) -> SearchResult:
        """The library's own full text merged with what the backends found for this query so far, newest first."""
        return await self._threads.search(
            lambda connection: search.search(connection, query, account=account, limit=limit)
        )

    async def find_in_topic(self, topic: TopicKey, text: str) -> Sequence[PostKey]:
        """Posts of a thread whose folded text, subject or author holds the folded ``text``, in flat order."""
        return await self._threads.search(lambda connection: search.find_in_topic(connection, topic, text))

    async def members(self, account: AccountKey, prefix: str, limit: int = 10) -> Sequence[str]:
        """Names that start so, those who wrote most recently first (for completion of @mentions)."""
        return await self._threads.read(lambda connection: members.starting_with(connection, account, prefix, limit))

    async def ready(self, account: AccountKey, note: str = "") -> Ready:
        """What of an account's unread posts is here.  Raises `NotFound`."""
        return await self._threads.read(
            lambda connection: Ready(accounts.get(connection, account), *unread.at_hand(connection, account), note)
        )

    async def unread_total(self) -> tuple[int, int]:
        """(unread posts, unread topics) over all listed accounts."""
        return await self._threads.read(unread.total)
