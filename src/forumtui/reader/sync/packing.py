"""Fetching all that is unread, for a journey: within what the forum allows, waiting where that is not long."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from forumtui.errors import ForumtuiError, RateLimited
from forumtui.ledger import Urgency, asking_for
from forumtui.reader.library import Library
from forumtui.reader.rows import AccountKey, Ready
from forumtui.reader.sync.backoff import note_at
from forumtui.reader.sync.direct import Direct
from forumtui.reader.sync.pull import Policy, Pull
from forumtui.reader.sync.session import Clock

PATIENCE = 90.0
"""Seconds: so long a forum's own pause is waited for; of a longer one it is said when it ends."""
TOPICS = 500
"""With unread posts, looked through at a time."""
REQUESTS = 100_000
"""At most, in one go: what the forum allows is another matter."""

T = TypeVar("T")


class Packer:
    """What is here stays here, so a pack that was broken off goes on where it was."""

    def __init__(self, library: Library, direct: Direct, clock: Clock, policy: Policy) -> None:
        self._library = library
        self._direct = direct
        self._clock = clock
        self._policy = replace(policy, ready=TOPICS, budget=REQUESTS)

    async def pack(self, account: AccountKey, tell: Callable[[Ready], None]) -> Ready:
        """Fetch what is new and unread; ``tell`` hears of it as it grows.  What goes wrong is in the note."""
        note = ""
        try:
            with asking_for(Urgency.NEWS):
                await self._fetch(account, tell)
        except ForumtuiError as error:
            note = note_at(error, self._clock.now())
        return await self._library.reading.ready(account, note)

    async def _fetch(self, account: AccountKey, tell: Callable[[Ready], None]) -> None:
        row = await self._library.accounts.get(account)
        async with self._direct.session(account) as backend:
            pull = Pull(self._library, account, backend, self._policy)
            await self._patiently(lambda: pull.greet(row.identity, boards=False))
            while await self._patiently(pull.look):
                tell(await self._library.reading.ready(account))
            while await self._patiently(pull.ahead):
                tell(await self._library.reading.ready(account))

    async def _patiently(self, step: Callable[[], Awaitable[T]]) -> T:
        while True:
            try:
                return await step()
            except RateLimited as error:
                if error.retry_after > PATIENCE:
                    raise
                await self._clock.wait(asyncio.Event(), error.retry_after)
