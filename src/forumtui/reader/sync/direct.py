"""What is asked of a forum at once, beside its engine: acts that do not wait in the outbox, pages that are not kept."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from forumtui.backends.api import Backend
from forumtui.errors import Busy, Offline, RateLimited, Unanswered, Unreadable
from forumtui.model import Act, Action, Cursor, LogEntry, Member, Page, QueueItem, Receipt
from forumtui.reader.library import Library
from forumtui.reader.rows import AccountKey
from forumtui.reader.sync.backoff import delay
from forumtui.reader.sync.session import Clock, Opener

PATIENCE = 20.0
"""For so long an act is tried again, in seconds; somebody waits for its end."""
PERHAPS_DONE = "No answer came, so it may have been done; look before you do it again."


class Direct:
    """Opens a session of its own for each question, so that an engine at work is not disturbed."""

    def __init__(self, library: Library, opener: Opener, clock: Clock) -> None:
        self._library = library
        self._opener = opener
        self._clock = clock

    async def act(self, account: AccountKey, act: Act) -> Receipt:
        """Carry out an act, under a key of its own: where the forum drops repeats, a lost answer is asked for again.

        Raises `BackendError` or `FileProblem`; only `Unanswered` leaves open whether it was done.
        """
        action = Action(uuid.uuid4().hex, act)
        began = self._clock.now()
        attempt, drops_repeats, unsettled = 0, False, False
        while True:
            attempt += 1
            try:
                async with self.session(account) as backend:
                    drops_repeats = backend.delivery.kind == "key"
                    return await backend.perform(action)
            except (Unanswered, Unreadable, Offline, Busy, RateLimited) as error:
                unsettled = unsettled or isinstance(error, Unanswered | Unreadable)
                pause = delay(error, attempt, self._clock.chance())
                has_time = (self._clock.now() - began) / 1000 + pause <= PATIENCE
                if not has_time or not (drops_repeats if unsettled else isinstance(error, Busy)):
                    if unsettled:
                        raise Unanswered(PERHAPS_DONE) from error
                    raise
            await self._clock.wait(asyncio.Event(), pause)

    async def queue(self, account: AccountKey, after: Cursor | None) -> Page[QueueItem]:
        """What waits for moderators."""
        async with self.session(account) as backend:
            return await backend.queue(after)

    async def log(self, account: AccountKey, after: Cursor | None) -> Page[LogEntry]:
        """The audit log."""
        async with self.session(account) as backend:
            return await backend.log(after)

    async def member(self, account: AccountKey, name: str) -> Member:
        """A member's profile."""
        async with self.session(account) as backend:
            return await backend.member(name)

    @asynccontextmanager
    async def session(self, account: AccountKey) -> AsyncIterator[Backend]:
        """A session beside the engine's.  Raises `Offline` for an account that is offline by choice."""
        row = await self._library.accounts.get(account)
        if not row.plugged:
            raise Offline(f"{row.title or row.name} is offline by choice; go online first.")
        async with self._opener(row) as backend:
            yield backend
