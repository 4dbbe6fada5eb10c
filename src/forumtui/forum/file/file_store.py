"""A whole forum in one SQLite file, which several processes may write at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from forumtui.forum.file import (
    boards,
    feed,
    imported_forum,
    imported_topics,
    listings,
    log,
    pages,
    performing,
    queue,
    windows,
)
from forumtui.forum.file.file_house import SqliteHouse
from forumtui.forum.file.file_identities import SqliteIdentities
from forumtui.forum.file.forum_file import ForumFile, prepare, real_path
from forumtui.forum.file.guests import SqliteGuests
from forumtui.forum.file.lock import PATIENCE, WriteLock
from forumtui.forum.file.log import Hand
from forumtui.forum.file.members import Mentions
from forumtui.forum.file.origins import Origins
from forumtui.forum.file.threads import ForumThreads
from forumtui.forum.file.viewer import viewer
from forumtui.forum.store import GivenRole, Imported, ImportedBoard, ImportedForum, ImportedMember, ImportedTopic
from forumtui.model import (
    Action,
    Board,
    Changes,
    Cursor,
    ForumInfo,
    Hit,
    Listing,
    LogEntry,
    Member,
    Millis,
    Page,
    Post,
    PostId,
    QueueItem,
    Receipt,
    Topic,
    TopicId,
    Window,
)


def _system_clock() -> Millis:
    return Millis(time.time_ns() // 1_000_000)


class SqliteForumStore:
    """A `ForumStore` in a file.  Reads and writes run in a thread each; make one with `open`."""

    def __init__(self, file: ForumFile, lock: WriteLock, now: Callable[[], Millis]) -> None:
        self.path = file.path
        self._now = now
        self._mentions = Mentions()
        self._threads = ForumThreads(file, lock)
        self.identities = SqliteIdentities(self._threads, now)
        """The members' ways in."""
        self.guests = SqliteGuests(self._threads)
        self.house = SqliteHouse(self._threads, now, self.identities.forget)
        """Housekeeping, with an audit log."""

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        create: bool = False,
        title: str = "",
        now: Callable[[], Millis] = _system_clock,
        patience: float = PATIENCE,
        identity: str = "",
    ) -> SqliteForumStore:
        """Open a forum file; ``create`` makes it (under ``title``) if it is missing or empty.

        ``identity``: the uuid of a forum that is made, where it must be a known one.  ``patience``: how many
        seconds a write waits for others.  Raises `NotAForum`, `NewerSchema`,
        `Damaged`, `Busy` or another `FileProblem`.
        """
        real = await asyncio.to_thread(real_path, path)
        lock = WriteLock(real, patience=patience)
        store = cls(
            await asyncio.to_thread(prepare, real, create=create, title=title, lock=lock, identity=identity), lock, now
        )
        try:
            await store.version()
        except BaseException:
            await store.close()
            raise
        return store

    # -- reading

    async def info(self, me: str | None) -> ForumInfo:
        """The forum's own fields, and who ``me`` is here and may do."""
        blocked = self._threads.file.blocked
        return await self._threads.look(lambda c: pages.info(c, viewer(c, me, blocked)))

    async def boards(self, me: str | None) -> Sequence[Board]:
        """Every board, parents first."""
        return await self._threads.read(me, boards.boards)

    async def topics(self, me: str | None, listing: Listing, after: Cursor | None, limit: int) -> Page[Topic]:
        """Of ``latest`` pinned first, then newest activity; topics without times last, in the order of their arrival."""
        return await self._threads.read(me, lambda c, who: listings.topics(c, who, listing, after, limit, self._now()))

    async def topic(self, me: str | None, topic: TopicId) -> Topic:
        """Raises `Missing` if there is no such topic."""
        return await self._threads.read(me, lambda c, who: pages.topic(c, who, topic))

    async def posts(self, me: str | None, topic: TopicId, window: Window) -> Page[Post]:
        """A window of a topic's posts, ascending."""
        return await self._threads.read(me, lambda c, who: windows.posts(c, who, topic, window))

    async def post(self, me: str | None, post: PostId) -> Post:
        """Raises `Missing` if there is no such post."""
        return await self._threads.read(me, lambda c, who: pages.post(c, who, post))

    async def search(self, me: str | None, query: str, after: Cursor | None, limit: int) -> Page[Hit]:
        """Posts with all the words, the last to arrive first."""
        return await self._threads.read(me, lambda c, who: pages.search(c, who, query, after, limit))

    async def changes(self, me: str | None, after: Cursor | None, limit: int) -> Changes:
        """The change feed; with None, every topic's header in pages, then what changed since the first of them."""
        return await self._threads.read(me, lambda c, who: feed.changes(c, who, after, limit))

    async def version(self) -> int:
        """Differs after any write by any process; compare it only with what the same store said before."""
        return await self._threads.version()

    async def view_class(self, me: str | None) -> str:
        """Members of the same word are shown the same topics and, but for their own posts and likes, the same posts."""
        blocked = self._threads.file.blocked
        return await self._threads.look(lambda c: viewer(c, me, blocked).view)

    async def members(self, me: str | None) -> Sequence[Member]:
        """Every member, by name."""
        return await self._threads.read(me, lambda c, _: pages.members(c))

    async def given(self) -> Sequence[GivenRole]:
        """What members were given here."""
        return await self._threads.look(pages.given)

    async def member(self, me: str | None, name: str) -> Member:
        """Raises `Missing` if there is no such member."""
        return await self._threads.read(me, lambda c, _: pages.member(c, name))

    async def queue(self, me: str | None, after: Cursor | None, limit: int) -> Page[QueueItem]:
        """What waits for moderators, oldest first; for a leader, on the boards led.  Raises `Forbidden`."""
        return await self._threads.read(me, lambda c, who: queue.queue(c, who, after, limit))

    async def log(self, me: str | None, after: Cursor | None, limit: int) -> Page[LogEntry]:
        """The audit log, newest first.  Raises `Forbidden`."""
        return await self._threads.read(me, lambda c, who: log.log(c, who, after, limit))

    async def origins(self, kind: Literal["board", "topic", "post"], ids: Sequence[str]) -> Mapping[str, str]:
        """Where these came from, by id; what was written here is "UUID/kind/id"."""
        return await self._threads.look(lambda c: Origins(c).of(kind, ids))

    # -- writing by a member

    async def perform(self, me: str, action: Action, *, plainly: bool = False) -> Receipt:
        """Carry out an action once, or hold it for the moderators; an unknown ``me`` becomes a member.

        ``plainly``: as any member may, whatever the role or the lead of a board allow besides.  Raises `Missing`, `Forbidden` or another `Refused`, `AuthRequired` for a guest, `Conflict` or `Busy`.
        """
        return await self._threads.write(
            lambda c: performing.perform(
                c, me, action, self._now(), self._threads.file.blocked, self._mentions, plainly=plainly
            )
        )

    async def find(self, me: str, action: Action) -> Receipt | None:
        """The receipt given under this key before, or what became since of an act that was held.

        Raises `Conflict` if the key was for another text, `Refused` if the moderators rejected it.
        """
        return await self._threads.read(me, lambda c, _: performing.find(c, me, action))

    # -- importing

    async def import_forum(self, forum: ImportedForum, *, source: str = "") -> None:
        """Take over the forum's own fields that say something, and its pages; ``source`` goes into the audit log."""
        await self._threads.write(lambda c: imported_forum.import_forum(c, forum, Hand("", self._now()), source))

    async def import_boards(self, boards: Sequence[ImportedBoard]) -> Imported:
        """Merge boards by origin."""
        return await self._threads.write(lambda c: imported_forum.import_boards(c, boards))

    async def import_members(self, members: Sequence[ImportedMember], *, roles: bool = False) -> Sequence[str]:
        """Make members that are not there; ``roles``: give them what they were given elsewhere, and say what."""
        return await self._threads.write(
            lambda c: imported_forum.import_members(c, members, Hand("", self._now()), roles=roles)
        )

    async def import_topics(self, topics: Sequence[ImportedTopic]) -> Imported:
        """Merge one batch of topics and posts by origin, in one transaction."""
        return await self._threads.write(
            lambda c: imported_topics.import_topics(c, topics, self._mentions), durable=False
        )

    async def close(self) -> None:
        """Finish what is running and let the file go."""
        await self.identities.close()
        await self._threads.close()
