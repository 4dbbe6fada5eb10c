"""What a forum tells us, asked for after each look where it tells something; and what was seen here, told to it."""

from __future__ import annotations

from typing import cast

from forumtui.backends.api import Backend, Notifies
from forumtui.errors import Refused, Unsupported
from forumtui.reader.library import Library
from forumtui.reader.rows import AccountKey

MOST_TOLD = 3
"""Requests in one look that tell the forum what was seen here."""


class Bell:
    """Of one account, through one open backend."""

    def __init__(self, library: Library, account: AccountKey, backend: Backend) -> None:
        self._library = library
        self._account = account
        self._forum = cast("Notifies", backend) if hasattr(backend, "notifications") else None

    async def look(self) -> None:
        """One request, and a few for what was seen here; none any more where the forum has nothing of the kind."""
        if self._forum is None:
            return
        try:
            await self._exchange(self._forum)
        except (Unsupported, Refused):  # a guest is told nothing, nor is a key that may not ask
            self._forum = None

    async def _exchange(self, forum: Notifies) -> None:
        page = await forum.notifications()
        await self._library.notices.put(self._account, page.items)
        seen, whole = await self._library.notices.untold(self._account)
        if seen and whole:
            await forum.mark_notified()
            await self._library.notices.tell(self._account, seen)
            return
        for notice in seen[:MOST_TOLD]:
            await forum.mark_notified(notice)
            await self._library.notices.tell(self._account, [notice])
