"""`Library`: opens the reader's own file and holds its facets together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from forumtui.errors import Damaged, ForumtuiError
from forumtui.model import (
    Act,
    Cursor,
    Errand,
    LogEntry,
    Member,
    Millis,
    Option,
    OwnToken,
    Page,
    PostId,
    QueueItem,
    Receipt,
    Recognised,
    TopicId,
)
from forumtui.reader.library import soundness
from forumtui.reader.library.accounts import Accounts
from forumtui.reader.library.intake import Intake
from forumtui.reader.library.ledger import SharedLedger
from forumtui.reader.library.listings import Listings
from forumtui.reader.library.marks import Marks
from forumtui.reader.library.mirror import Mirrors
from forumtui.reader.library.named import Named
from forumtui.reader.library.notices import Notices
from forumtui.reader.library.opening import Opening, Running
from forumtui.reader.library.outbox import Outbox
from forumtui.reader.library.reading import Reading
from forumtui.reader.library.threads import Threads
from forumtui.reader.rows import AccountKey, AccountRow, Changed, Ready, Want, What
from forumtui.values import quick_dataclass

WATCH_S = 1.0
"""How often to look for what other processes committed."""
MOST_WANTS = 100


def _clock() -> Millis:
    return Millis(time.time_ns() // 1_000_000)


@quick_dataclass(frozen=True, slots=True)
class Forms:
    """The fields of a forum's forms; () where there is no such form."""

    log_in: tuple[Option, ...] = ()
    register: tuple[Option, ...] = ()
    elsewhere: bool = False
    """Whether one logs in by a page in a browser instead: `Access.log_in_elsewhere`."""


Show = Callable[[Errand], Awaitable[str]]
"""Tells somebody what to do in a browser, and answers with what they brought back, or "" where there is nothing to bring."""

PASSWORD_FORM = (
    Option("old", "your password now; nothing, if you have none yet", secret=True),
    Option("new", "the new password", required=True, secret=True),
)
"""What is asked for when one changes a password."""


class Packs(Protocol):
    """Fetches all that is unread; implemented in `forumtui.reader.sync.packing`."""

    async def pack(self, account: AccountKey, tell: Callable[[Ready], None]) -> Ready:
        """Fetch what is new and unread; ``tell`` hears of it as it grows.  What goes wrong is in the note."""


class Access(Protocol):
    """By what the forums know one; implemented in `forumtui.reader.sync.access`.

    Raises `BackendError`; `Unsupported` where there is nothing that could be changed from here.
    """

    async def log_in_elsewhere(self, account: AccountKey, show: Show) -> AccountRow:
        """Become known there by a page in a browser; ends when that is done, or raises why it was not."""

    async def set_password(self, account: AccountKey, old: str, new: str) -> None:
        """Set another password there, which ends all other log-ins.  Raises `Refused` with the forum's reason."""

    async def tokens(self, account: AccountKey) -> Sequence[OwnToken]:
        """Where one is logged in there, the newest first."""

    async def end(self, account: AccountKey, token: OwnToken) -> AccountRow | None:
        """End one of them.  Returns the account as a guest's if it was the one used, which is forgotten here too."""

    async def end_others(self, account: AccountKey) -> None:
        """Be logged out everywhere but here."""

    async def end_all(self, account: AccountKey) -> AccountRow:
        """Be logged out everywhere; what is kept here is forgotten too."""


@quick_dataclass(frozen=True, slots=True)
class Reached:
    """Where an address led: a forum that is an account now, and the topic and post there that the library has now."""

    account: AccountRow
    found: Recognised
    topic: TopicId | None = None
    post: PostId | None = None
    lacks: str = ""
    """The sentence for what is not there; "" if nothing is missing."""


class Ways(Protocol):
    """What addresses lead to."""

    async def known(self, address: str) -> Recognised | None:
        """What an address names in a forum that is known, or by its text alone; None for another.  Asks nobody."""

    async def looks_like(self, address: str) -> bool:
        """Whether it has the shape of a topic or post, so that whoever answers there is worth asking.  Asks nobody."""

    async def reach(self, address: str, *, listed: bool = False) -> Reached:
        """Find what an address names and bring it here; the forum becomes an account, ``listed`` if nothing in it is named.

        Raises `NotFound` where there is no forum, `UsageError` for one that can not be read, `FileProblem` or `BackendError`.
        """


class Engine(Protocol):
    """What the library's users may ask of the network side; implemented in `forumtui.reader.sync.registrar`."""

    @property
    def packer(self) -> Packs:
        """What fetches all that is unread."""

    @property
    def access(self) -> Access:
        """By what the forums know one."""

    @property
    def ways(self) -> Ways:
        """What addresses lead to."""

    def wake(self, account: AccountKey | None = None) -> None:
        """Look at wants and outbox now; None: every account."""

    async def add(self, location: str, *, name: str | None = None, listed: bool = True) -> AccountRow:
        """Probe a path or URL and make it an account.  Raises `FileProblem`, `UsageError` or `BackendError`."""

    async def log_in(self, account: AccountKey, credentials: dict[str, str]) -> AccountRow:
        """Become a member there (for a forum file: under the name given as "name")."""

    async def remove(self, account: AccountKey) -> None:
        """Forget an account and its secrets.  Raises `UsageError` while drafts or outbox rows hang on it."""

    async def set_plugged(self, account: AccountKey | None, plugged: bool) -> None:
        """Go on or off the network; None: every account."""

    async def forms(self, account: AccountKey) -> Forms:
        """What this forum asks for when one logs in or registers."""

    async def register(self, account: AccountKey, form: dict[str, str]) -> AccountRow:
        """Become a member there and log in.  Raises `Refused` with the forum's reason."""

    async def log_out(self, account: AccountKey) -> AccountRow:
        """Be a guest there again."""

    async def act(self, account: AccountKey, act: Act) -> Receipt:
        """Carry out an act of moderation, a report, an offer or a profile now; it does not wait in the outbox.

        Raises `BackendError`; what is surely not done, or was done, is said in it.
        """

    async def queue(self, account: AccountKey, after: Cursor | None = None) -> Page[QueueItem]:
        """What waits for moderators there, oldest first.  Raises `BackendError`."""

    async def log(self, account: AccountKey, after: Cursor | None = None) -> Page[LogEntry]:
        """The audit log there, newest first.  Raises `BackendError`."""

    async def member(self, account: AccountKey, name: str) -> Member:
        """A member's profile.  Raises `BackendError`."""


class Library:
    """The reader's data.  Use the facets: ``accounts``, ``reading``, ``marks``, ``outbox``, ``intake``, ``listings``, ``ledger``,
    ``notices``.

    ``warning``: a line about where the library lies, such as that the disk is full ("" if nothing).
    """

    def __init__(self, threads: Threads, opening: Opening, mirrors: Mirrors, running: Running) -> None:
        self.warning = opening.warning
        self.accounts = Accounts(threads, mirrors)
        self.reading = Reading(threads)
        self.marks = Marks(threads, mirrors)
        self.outbox = Outbox(threads, mirrors)
        self.named = Named(threads, mirrors)
        self.intake = Intake(threads)
        self.listings = Listings(threads)
        self.ledger = SharedLedger(threads)
        self.notices = Notices(threads)
        self._threads = threads
        self._opening = opening
        self._running = running
        self._wants: dict[Want, set[AccountKey]] = {}
        self._want_listeners: dict[object, Callable[[Want], None]] = {}
        self._tasks = [asyncio.create_task(self._watch_others())]
        if opening.unchecked:
            self._tasks.append(asyncio.create_task(self._check_file()))

    @classmethod
    async def open(cls, folder: Path, *, now: Callable[[], Millis] | None = None) -> Library:
        """Open or make ``folder/library.db``.  Raises `NewerSchema`, `Damaged` or `StorageFull`."""
        mirrors = Mirrors(folder)
        opening = Opening(folder, mirrors)
        opening.prepare()
        running = Running(folder)
        running.enter()
        try:
            threads = await Threads.start(opening, now or _clock)
        except BaseException:
            running.leave()
            raise
        return cls(threads, opening, mirrors, running)

    async def close(self) -> None:
        """Finish the writes under way and let the file go."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._threads.close()
        self._opening.close()
        self._running.leave()

    @property
    def notice(self) -> str:
        """Lines about damage: what was lost, what came back; "" if there was none, or the user has seen them."""
        return self._opening.notice

    @property
    def healed(self) -> bool:
        """Whether the notice is of this very start."""
        return self._opening.healed

    def notice_seen(self) -> None:
        """Let the notice go."""
        self._opening.seen()

    def subscribe(self, listener: Callable[[Changed], None]) -> Callable[[], None]:
        """Call ``listener`` on the event loop after each commit, also another process's; returns the way out."""
        return self._threads.news.subscribe(listener)

    def now(self) -> Millis:
        """By its clock."""
        return self._threads.now()

    def want(self, want: Want) -> None:
        """Record what the user looks at; the engine answers into the library.  Kept in memory, newest first."""
        self._wants.pop(want, None)
        self._wants[want] = set()
        while len(self._wants) > MOST_WANTS:
            del self._wants[next(iter(self._wants))]
        for listener in list(self._want_listeners.values()):
            listener(want)

    def on_want(self, listener: Callable[[Want], None]) -> Callable[[], None]:
        """Call ``listener`` at every `want` (so that the engine wakes up); returns the way out."""
        token = object()
        self._want_listeners[token] = listener
        return lambda: self._want_listeners.pop(token, None) and None

    def take_wants(self, account: AccountKey) -> list[Want]:
        """The wants of an account, newest first, and forget them (for `forumtui.reader.sync`).

        A search of every account is taken once by each.
        """
        taken: list[Want] = []
        for want, takers in reversed(self._wants.items()):
            if want.account == account or (want.account is None and account not in takers):
                taken.append(want)
                takers.add(account)
        for want in taken:
            if want.account is not None:
                del self._wants[want]
        return taken

    async def _watch_others(self) -> None:
        """Tell of what other processes commit."""
        seen = None
        while True:
            with suppress(ForumtuiError):
                version = await self._threads.with_writer(lambda connection: connection.pragma("data_version"))
                if seen is not None and version != seen:
                    self._threads.news.publish(Changed(what) for what in What)
                seen = version
            await asyncio.sleep(WATCH_S)

    async def _check_file(self) -> None:
        """Where the start had no time for it: is the file sound?  If not, it is rebuilt at the next one."""
        try:
            await self._threads.search(soundness.examine)
        except Damaged as error:
            self.warning = str(error)
            self._threads.news.publish([Changed(What.ACCOUNTS)])
        except ForumtuiError:  # it could not be looked at now
            return
        self._opening.unchecked = False
