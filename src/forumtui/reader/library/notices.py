"""The inbox: what the forums tell us, over all accounts."""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from forumtui.model import Notification, NotificationId
from forumtui.reader.inbox import NoticeRow
from forumtui.reader.library.threads import Threads
from forumtui.reader.rows import AccountKey, Changed, What
from forumtui.reader.sql import notices as store


class Notices:
    """What is kept of them, and what was seen here."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    async def rows(self) -> Sequence[NoticeRow]:
        """The newest first."""
        return await self._threads.read(store.rows)

    async def unread(self) -> int:
        """How many were not seen anywhere."""
        return await self._threads.read(store.unread)

    async def see(self, keys: Sequence[int]) -> None:
        """These were seen; the forums hear of it at the next look."""

        def work(connection: apsw.Connection, changes: set[Changed]) -> None:
            changes.update(Changed(What.NOTICES, account) for account in store.see(connection, keys))

        await self._threads.write(work, urgent=True)

    # -- for whoever fetches them

    async def put(self, account: AccountKey, notices: Sequence[Notification]) -> None:
        """Take over what a forum told."""

        def work(connection: apsw.Connection, changes: set[Changed]) -> None:
            if store.put(connection, account, notices):
                changes.add(Changed(What.NOTICES, account))

        await self._threads.write(work)

    async def untold(self, account: AccountKey) -> tuple[Sequence[NotificationId], bool]:
        """What was seen here and the forum does not know; whether that is all that is unread there."""
        return await self._threads.read(lambda connection: store.untold(connection, account))

    async def tell(self, account: AccountKey, ids: Sequence[NotificationId]) -> None:
        """The forum knows now that these were seen."""

        def work(connection: apsw.Connection, changes: set[Changed]) -> None:
            store.tell(connection, account, ids)
            changes.add(Changed(What.NOTICES, account))

        await self._threads.write(work)
