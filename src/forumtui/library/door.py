"""`Library`: opens the reader's own file and holds its facets together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from forumtui.library.accounts import Accounts
from forumtui.library.intake import Intake
from forumtui.library.marks import Marks
from forumtui.library.outbox import Outbox
from forumtui.library.reading import Reading
from forumtui.rows import AccountKey, AccountRow, Changed, Want


class Engine(Protocol):
    """What the library's users may ask of the network side; implemented in `forumtui.sync.accounts`."""

    def wake(self, account: AccountKey | None = None) -> None:
        """Look at wants and outbox now; None: every account."""

    async def add(self, location: str, *, name: str | None = None, listed: bool = True) -> AccountRow:
        """Probe a path or URL and make it an account.  Raises `FileProblem`, `UsageError` or `BackendError`."""

    async def log_in(self, account: AccountKey, credentials: dict[str, str]) -> AccountRow:
        """Become a member there (for a forum file: under the name given as "name")."""

    async def set_plugged(self, account: AccountKey | None, plugged: bool) -> None:
        """Go on or off the network; None: every account."""


class Library:
    """The reader's data.  Use the facets: ``accounts``, ``reading``, ``marks``, ``outbox``, ``intake``."""

    accounts: Accounts
    reading: Reading
    marks: Marks
    outbox: Outbox
    intake: Intake

    @classmethod
    async def open(cls, folder: Path) -> Library:
        """Open or make ``folder/library.db``.  Raises `NewerSchema`, `Damaged` or `StorageFull`."""
        raise NotImplementedError

    async def close(self) -> None:
        """Finish the writes under way and let the file go."""

    def subscribe(self, listener: Callable[[Changed], None]) -> Callable[[], None]:
        """Call ``listener`` on the event loop after each commit, also another process's; returns the way out."""
        raise NotImplementedError

    def want(self, want: Want) -> None:
        """Record what the user looks at; the engine answers into the library.  Kept in memory, newest first."""

    def on_want(self, listener: Callable[[Want], None]) -> Callable[[], None]:
        """Call ``listener`` at every `want` (so that the engine wakes up); returns the way out."""
        raise NotImplementedError

    def take_wants(self, account: AccountKey) -> list[Want]:
        """The wants of an account, newest first, and forget them (for `forumtui.sync`)."""
        raise NotImplementedError
