"""What a forum says of itself: who it is, who we are there, and its boards; asked again when that is old."""

from __future__ import annotations

import re

from forumtui.backends.api import Backend
from forumtui.errors import FileProblem
from forumtui.model import BoardId, ForumInfo
from forumtui.reader.library import Library
from forumtui.reader.rows import AccountKey

BOARDS = "boards"
"""Saved: when the boards were read, in ms."""
GREETED = "greeted"
"""Saved: when the forum said who it is, in ms."""
HOUR = 3600.0
"""Seconds for which a forum without an identity of its own need not say again who it is, and which boards it has."""
SOON = 600.0
"""Seconds before its boards are asked for again for the sake of one that they did not name."""
JUST_NOW = 60.0
"""Seconds for which they count as new, even when somebody asks."""


class Facts:
    """Of one account's forum, through one open backend."""

    def __init__(self, library: Library, account: AccountKey, backend: Backend) -> None:
        self._library = library
        self._account = account
        self._backend = backend
        self._boards: set[str] = set()
        self._asked_anew = False

    async def meet(self, identity: str) -> bool:
        """See who is there; whether that changes what one may do.  Raises `FileProblem` at another forum.

        A forum that is known by its address, and so can be no other, is not asked twice within an hour.
        """
        anew = False
        if not (identity_is_address(identity) and await self._is_fresh(GREETED, HOUR)):
            anew = await self._ask_who(identity)
        await self._library.accounts.set_delivery(self._account, self._backend.delivery.kind)
        return anew

    async def _ask_who(self, identity: str) -> bool:
        info = await self._backend.info()
        if info.uuid and info.uuid != identity and identity_is_address(identity):
            await self._library.named.met(self._account, info)
        elif info.uuid and info.uuid != identity:
            raise FileProblem(
                f"Another forum ({info.title}) is at this place now.  What was read here is kept; "
                "add the place again to read the new one."
            )
        await self._library.accounts.set_cursor(self._account, GREETED, str(self._library.now()))
        return await self.take_in(info)

    async def take_in(self, info: ForumInfo) -> bool:
        """Keep what the forum says of itself; whether that changes what one may do."""
        accounts = self._library.accounts
        before = (await accounts.get(self._account)).can
        await accounts.update_info(self._account, info)
        return info.can != before

    async def need_boards(self, identity: str, *, anew: bool) -> None:
        """Read the boards if that was never done; ``anew``: also if they may have changed since."""
        within = None if not anew else HOUR if identity_is_address(identity) else 0.0
        if not await self._is_fresh(BOARDS, within):
            await self.read_boards()
        self._boards = {board.id for board in await self._library.reading.boards(self._account)}

    async def read_boards(self) -> None:
        """Take over the forum's boards."""
        boards = await self._backend.boards()
        await self._library.accounts.put_boards(self._account, boards)
        await self._library.accounts.set_cursor(self._account, BOARDS, str(self._library.now()))
        self._boards |= {board.id for board in boards}

    def ask_anew(self) -> None:
        """Somebody wants to see everything as it is now, the boards as well."""
        self._asked_anew = True

    async def renew_boards(self, boards: set[BoardId]) -> None:
        """Without a feed nobody tells of new boards: read them where they are old, or where topics stand on others."""
        age = JUST_NOW if self._asked_anew else SOON if boards - self._boards else HOUR
        self._asked_anew = False
        if not await self._is_fresh(BOARDS, age):
            await self.read_boards()
            self._boards |= boards

    async def _is_fresh(self, what: str, seconds: float | None) -> bool:
        """Whether it was read within so many seconds; None: ever."""
        saved = await self._library.accounts.cursor(self._account, what)
        if saved is None or not saved.isdecimal():
            return False
        return seconds is None or 0 <= self._library.now() - int(saved) < seconds * 1000


def identity_is_address(identity: str) -> bool:
    """Whether an account is known by its place, because its forum has no identity of its own."""
    return re.match(r"/|[A-Za-z][A-Za-z0-9+.-]+:", identity) is not None
