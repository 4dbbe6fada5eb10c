"""Lists in the orders that forums name: which is shown, and what was fetched of them."""

from __future__ import annotations

import apsw

from forumtui.model import Listing, Millis, Page, Topic
from forumtui.reader.library.threads import Threads
from forumtui.reader.rows import AccountKey, BoardKey, Changed, Sorted, TopicQuery, What
from forumtui.reader.sql import listing as lists
from forumtui.reader.sql import orders, standing
from forumtui.reader.sql.standing import Kept


class Listings:
    """Of every forum, and of each of its boards."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    async def sorted_as(self, query: TopicQuery) -> Sorted:
        """In which order a list is, and how much of it is here."""
        return await self._threads.read(lambda connection: lists.sorted_as(connection, query))

    async def choose(self, account: AccountKey, board: BoardKey | None, order: str, period: str = "") -> None:
        """Show a board's topics, or a forum's, in this order from now on.

        Raises `UsageError` where it is not offered there.
        """

        def work(connection: apsw.Connection, changes: set[Changed]) -> None:
            if orders.choose(connection, account, board, order, period):
                changes.add(Changed(What.TOPICS, account))

        await self._threads.write(work, urgent=True)

    # -- for whoever fetches them

    async def look(self, account: AccountKey, listing: Listing) -> tuple[Listing, Kept | None]:
        """A list that somebody looks at, with its period said, and what is here of it."""

        def work(connection: apsw.Connection, _: set[Changed]) -> tuple[Listing, Kept | None]:
            said, kept = standing.find_listing(connection, account, listing)
            if kept is not None:
                standing.look(connection, kept, self._threads.now())
            return said, kept

        return await self._threads.write(work)

    async def begin(self, account: AccountKey, listing: Listing, page: Page[Topic]) -> None:
        """Take over the first page of a list; its topics' headers are here already."""

        def work(connection: apsw.Connection, changes: set[Changed]) -> None:
            topics = [topic.id for topic in page.items]
            standing.begin(connection, account, listing, topics, page.after, self._threads.now())
            changes.add(Changed(What.TOPICS, account))

        await self._threads.write(work)

    async def go_on(self, account: AccountKey, kept: Kept, page: Page[Topic]) -> None:
        """Take over the page behind what was here of a list when it was asked for."""

        def work(connection: apsw.Connection, changes: set[Changed]) -> None:
            standing.go_on(connection, account, kept, [topic.id for topic in page.items], page.after)
            changes.add(Changed(What.TOPICS, account))

        await self._threads.write(work)

    def is_older(self, kept: Kept, seconds: float) -> bool:
        """Whether so many seconds passed since the first page came."""
        return self._threads.now() - kept.at >= seconds * 1000

    async def due(self, account: AccountKey, *, within: float, older: float) -> Listing | None:
        """A list that should be fetched again, because it is ``older`` than so many seconds.

        Such are those that somebody looked at ``within`` so many, and what is shown of the whole forum.
        """
        now = self._threads.now()
        looked, until = Millis(now - int(within * 1000)), Millis(now - int(older * 1000))
        return await self._threads.read(
            lambda connection: standing.due(connection, account, looked_since=looked, until=until)
        )

    async def refuse(self, account: AccountKey, listing: Listing, note: str) -> None:
        """The forum does not give this list, for this reason."""

        def work(connection: apsw.Connection, changes: set[Changed]) -> None:
            standing.refuse(connection, account, listing, note, self._threads.now())
            changes.add(Changed(What.TOPICS, account))

        await self._threads.write(work)
