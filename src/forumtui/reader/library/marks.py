"""Read, unread, bookmarked, caught up, and undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import apsw

from forumtui.reader.library.mirror import Mirrors
from forumtui.reader.library.threads import Threads
from forumtui.reader.rows import AccountKey, BoardKey, Changed, PostKey, TopicKey, What
from forumtui.reader.sql import marks as store
from forumtui.reader.sql import outbox, undo, wishes
from forumtui.reader.sql.undo import LastStep, Step

MOST_TOLD = 50
"""Beyond so many topics, "any topic" is told instead of each."""


class Marks:
    """The reader's own marks.  Those that change many rows at once can be undone, also after a restart."""

    def __init__(self, threads: Threads, mirrors: Mirrors) -> None:
        self._threads = threads
        self._mirrors = mirrors

    async def mark_read(self, posts: Sequence[PostKey]) -> None:
        """Mark as read (not an undo step: it happens with every page)."""
        await self._mark(lambda connection: store.mark_read(connection, posts))

    async def mark_unread(self, posts: Sequence[PostKey]) -> None:
        """Mark as unread again; one undo step."""
        await self._mark(lambda connection: store.mark_unread(connection, posts, self._threads.now()))

    async def mark_topic_read(self, topic: TopicKey) -> int:
        """Everything in it, fetched or not; one undo step.  Returns how many posts that were."""
        return await self.catch_up(topic=topic)

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

        def work(connection: apsw.Connection, changes: set[Changed]) -> int:
            count, places = store.catch_up(
                connection,
                account=account,
                board=board,
                topic=topic,
                up_to=up_to,
                older_than=older_than,
                now=self._threads.now(),
            )
            _tell(changes, places)
            return count

        return await self._threads.write(work, urgent=True)

    async def visit(self, topic: TopicKey) -> None:
        """The reader opened this topic: what is there now is no longer "new since your last visit" next time."""

        def work(connection: apsw.Connection, changes: set[Changed]) -> None:
            first = store.visit(connection, topic)
            if first is not None:
                changes.add(Changed(What.TOPICS, first))

        await self._threads.write(work, urgent=True)

    async def bookmark(self, *, topic: TopicKey | None = None, post: PostKey | None = None, on: bool = True) -> None:
        """Bookmark a topic or a post, or no longer; one undo step."""
        await self._mark(
            lambda connection: store.bookmark(connection, topic=topic, post=post, on=on, now=self._threads.now())
        )

    async def like(self, post: PostKey, on: bool) -> None:
        """A wish: shown at once, told to the forum by the engine."""

        def work(connection: apsw.Connection, changes: set[Changed]) -> None:
            account, topic = wishes.like(connection, post, on)
            changes.add(Changed(What.POSTS, account, TopicKey(topic)))
            changes.add(Changed(What.OUTBOX, account))

        await self._threads.write(work, urgent=True, durable=True)

    async def last_step(self) -> LastStep | None:
        """What `undo` would take back."""
        return await self._threads.read(undo.last)

    async def undo(self) -> str | None:
        """Take the last step back; returns what it was, for people, or None when there is nothing."""
        return await self._turn(undo.back, store.take_back, _bring_back)

    async def redo(self) -> str | None:
        """Do again what was undone last and nothing was done since; returns what it was, or None."""
        return await self._turn(undo.forth, store.do_again, _discard_again)

    async def _turn(
        self,
        which: Callable[[apsw.Connection], Step | None],
        marks: Callable[[apsw.Connection, Step], store.Places],
        text: Callable[[apsw.Connection, Step], bool],
    ) -> str | None:
        texts: list[str] = []

        def work(connection: apsw.Connection, changes: set[Changed]) -> str | None:
            step = which(connection)
            if step is None:
                return None
            if step.kind != "discard":
                _tell(changes, marks(connection, step))
            elif text(connection, step):
                texts.append(step.detail["uid"])
                changes.update(outbox.news(connection, step.detail["uid"]))
            return step.what

        return await self._threads.write(
            work, urgent=True, durable=True, then=lambda connection: self._mirrors.write_rows(connection, texts)
        )

    async def _mark(self, work: Callable[[apsw.Connection], store.Places]) -> None:
        await self._threads.write(lambda connection, changes: _tell(changes, work(connection)), urgent=True)


def _bring_back(connection: apsw.Connection, step: Step) -> bool:
    return outbox.bring_back(connection, step.detail["uid"], step.detail["state"])


def _discard_again(connection: apsw.Connection, step: Step) -> bool:
    return outbox.discard_again(connection, step.detail["uid"], step.detail["state"])


def _tell(changes: set[Changed], places: store.Places) -> None:
    for account, topic in places if len(places) <= MOST_TOLD else {(account, None) for account, _ in places}:
        changes.update(
            (Changed(What.POSTS, account, topic), Changed(What.TOPICS, account), Changed(What.BOARDS, account))
        )
