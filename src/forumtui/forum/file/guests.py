"""What guests of a forum file can notice."""

from __future__ import annotations

from forumtui.forum.file.feed import guests_version
from forumtui.forum.file.threads import ForumThreads


class SqliteGuests:
    """The guests of a forum file."""

    def __init__(self, threads: ForumThreads) -> None:
        self._threads = threads
        self._asked_at: int | None = None
        self._version: int | None = None

    async def version(self) -> int | None:
        """Differs after any write that guests can see; None where only members may look."""
        now = await self._threads.version()  # before the look, so that what is written meanwhile is looked for again
        if now != self._asked_at:
            self._version = await self._threads.look(guests_version)
            self._asked_at = now
        return self._version
