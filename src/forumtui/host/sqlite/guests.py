"""What guests of a forum file can notice."""

from __future__ import annotations

from forumtui.host.sqlite.feed import guests_version
from forumtui.host.sqlite.threads import ForumThreads


class SqliteGuests:
    """The guests of a forum file."""

    def __init__(self, threads: ForumThreads) -> None:
        self._threads = threads

    async def version(self) -> int | None:
        """Differs after any write that guests can see; None where only members may look."""
        return await self._threads.look(guests_version)
