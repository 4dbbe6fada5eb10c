"""By what a forum knows one: the password, and the tokens of wherever one is logged in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import cast

from forumtui.backends.api import Backend, KnowsMembers
from forumtui.errors import Unanswered, Unsupported
from forumtui.model import OwnToken
from forumtui.reader.library.door import Show
from forumtui.reader.rows import AccountKey, AccountRow
from forumtui.reader.secrets import hide

PERHAPS_CHANGED = "No answer came, so the password may have been changed: try the new one before the old one."


class OwnAccess:
    """Implements `forumtui.reader.library.door.Access`.  ``session`` opens one with an account's forum."""

    def __init__(
        self,
        session: Callable[[AccountKey], AbstractAsyncContextManager[Backend]],
        log_out: Callable[[AccountKey], Awaitable[AccountRow]],
        log_in_elsewhere: Callable[[AccountKey, Show], Awaitable[AccountRow]],
    ) -> None:
        self._session = session
        self._log_out = log_out
        self._log_in_elsewhere = log_in_elsewhere

    async def log_in_elsewhere(self, account: AccountKey, show: Show) -> AccountRow:
        """Become known there by a page in a browser; ends when that is done, or raises why it was not."""
        return await self._log_in_elsewhere(account, show)

    async def set_password(self, account: AccountKey, old: str, new: str) -> None:
        """Set another password there, which ends all other log-ins.  Raises `Refused` with the forum's reason."""
        for secret in filter(None, (old, new)):
            hide(secret)
        try:
            async with self._known(account) as forum:
                await forum.set_password(old, new)
        except Unanswered as error:
            raise Unanswered(PERHAPS_CHANGED) from error

    async def tokens(self, account: AccountKey) -> Sequence[OwnToken]:
        """Where one is logged in there, the newest first."""
        async with self._known(account) as forum:
            return await forum.tokens()

    async def end(self, account: AccountKey, token: OwnToken) -> AccountRow | None:
        """End one of them.  Returns the account as a guest's if it was the one used, which is forgotten here too."""
        if token.current:
            return await self._log_out(account)
        async with self._known(account) as forum:
            await forum.revoke(token.id)
        return None

    async def end_others(self, account: AccountKey) -> None:
        """Be logged out everywhere but here."""
        async with self._known(account) as forum:
            await forum.revoke_all(others=True)

    async def end_all(self, account: AccountKey) -> AccountRow:
        """Be logged out everywhere; what is kept here is forgotten too."""
        async with self._known(account) as forum:
            await forum.revoke_all()
        return await self._log_out(account)

    @asynccontextmanager
    async def _known(self, account: AccountKey) -> AsyncIterator[KnowsMembers]:
        async with self._session(account) as backend:
            if not hasattr(backend, "set_password"):  # a session may be behind something that passes calls on
                raise Unsupported("This forum has no passwords or log-ins that one could change from here.")
            yield cast("KnowsMembers", backend)
