"""Which forums there are, and where the reader was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from forumtui.model import Board, ForumInfo, Millis
from forumtui.rows import AccountKey, AccountRow, Health, Resume


class Accounts:
    """Accounts, their state, their saved cursors, and the place to resume at."""

    async def all(self, *, visited: bool = False) -> Sequence[AccountRow]:
        """Listed accounts in order; with ``visited`` also those that were only opened once."""
        raise NotImplementedError

    async def get(self, account: AccountKey) -> AccountRow:
        """Raises `NotFound`."""
        raise NotImplementedError

    async def by_name(self, name: str) -> AccountRow | None:
        """By name, identity or location, listed or not."""
        raise NotImplementedError

    async def put(
        self,
        *,
        name: str,
        driver: str,
        location: str,
        identity: str,
        options: Mapping[str, str],
        info: ForumInfo,
        listed: bool,
        joined: Millis | None,
    ) -> AccountRow:
        """Add an account, or bring the one with this identity up to date (a moved file keeps its reading state).

        Posts older than ``joined`` arrive read; None: everything arrives unread (the sample forum).
        Raises `UsageError` when the name is taken by another forum.
        """
        raise NotImplementedError

    async def update_info(self, account: AccountKey, info: ForumInfo) -> None:
        """Store the forum's own fields and who we are there."""

    async def set_options(self, account: AccountKey, options: Mapping[str, str]) -> None:
        """Replace the settings (never secrets)."""

    async def set_listed(self, account: AccountKey, listed: bool) -> None:
        """Keep a visited forum, or let a listed one go from the lists."""

    async def set_plugged(self, account: AccountKey | None, plugged: bool) -> None:
        """Remember whether the network may be used; None: for all."""

    async def set_health(self, account: AccountKey, health: Health, note: str = "") -> None:
        """Store how the engine fares; OK also stamps ``synced_at``."""

    async def remove(self, account: AccountKey) -> None:
        """Forget an account.  Raises `UsageError` while drafts or outbox rows hang on it."""

    async def evict_visited(self) -> int:
        """Drop forums only visited, 30 days ago or more, without drafts or outbox rows; returns how many."""
        raise NotImplementedError

    async def cursor(self, account: AccountKey, scope: str) -> str | None:
        """A saved cursor, such as the change feed's."""
        raise NotImplementedError

    async def set_cursor(self, account: AccountKey, scope: str, value: str | None) -> None:
        """Save a cursor; None forgets it."""

    async def resume(self) -> Resume:
        """Where the reader was."""
        raise NotImplementedError

    async def set_resume(self, place: Resume) -> None:
        """Remember where the reader is."""

    async def put_boards(self, account: AccountKey, boards: Sequence[Board]) -> None:
        """Take over the whole list of boards; those that are absent are gone."""
