"""The network side as a whole: an engine for every account that is followed, and visits for headless commands."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from types import TracebackType
from typing import Self

from forumtui.errors import ForumtuiError, NotFound, Offline
from forumtui.model import Act, Cursor, LogEntry, Member, Page, QueueItem, Receipt, Recognised
from forumtui.reader.library import Library
from forumtui.reader.library.door import Forms
from forumtui.reader.rows import AccountKey, AccountRow, Changed, Health, Want, What
from forumtui.reader.sync.access import OwnAccess
from forumtui.reader.sync.backoff import health_of, is_about_the_request, note_of
from forumtui.reader.sync.credentials import Keeper, Unkept
from forumtui.reader.sync.direct import Direct
from forumtui.reader.sync.packing import Packer
from forumtui.reader.sync.pull import Policy
from forumtui.reader.sync.registrar import Registrar, open_installed
from forumtui.reader.sync.session import AccountEngine, Clock, once
from forumtui.reader.sync.ways import OpenBackend, Recognise, Ways, recognise

log = logging.getLogger(__name__)


class Engines:
    """Implements `forumtui.reader.library.door.Engine`.

    Nothing runs in the background before the first `wake`, so that headless commands, which call `run_once`,
    touch no forum that they were not asked to.  Leaving the context ends everything and waits for it.
    ``secrets``: where passwords and tokens are kept; without, they live no longer than this.
    """

    def __init__(
        self,
        library: Library,
        *,
        clock: Clock | None = None,
        open_backend: OpenBackend = open_installed,
        policy: Policy | None = None,
        defaults: Mapping[str, str] | None = None,
        join_days: float = 14,
        secrets: Keeper | None = None,
        recognise: Recognise = recognise,
    ) -> None:
        self._library = library
        self._clock = clock or Clock()
        self._policy = policy or Policy()
        self._registrar = Registrar(
            library,
            open_backend,
            now=self._clock.now,
            defaults=defaults or {},
            join_days=join_days,
            secrets=secrets or Unkept(),
            recognise=recognise,
            alone=self._alone,
        )
        self._direct = Direct(library, self._registrar.open, self._clock)
        self.access = OwnAccess(
            self._direct.session, self._registrar.log_out, partial(self._registrar.log_in_elsewhere, clock=self._clock)
        )
        """By what the forums know one."""
        self.packer = Packer(library, self._direct, self._clock, self._policy)
        """What fetches all that is unread."""
        self.ways = Ways(library, self.add, self._direct, open_backend=open_backend, asked=recognise)
        """What addresses lead to."""
        self._engines: dict[AccountKey, AccountEngine] = {}
        self._tasks: dict[AccountKey, asyncio.Task[None]] = {}
        self._visited: set[AccountKey] = set()
        self._keeper: asyncio.Task[None] | None = None
        self._accounts_changed = asyncio.Event()
        self._lock = asyncio.Lock()
        self._changing: defaultdict[AccountKey, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def __aenter__(self) -> Self:
        self._ways_out = [self._library.subscribe(self._on_change), self._library.on_want(self._on_want)]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for way_out in self._ways_out:
            way_out()
        tasks = [*self._tasks.values(), *([self._keeper] if self._keeper else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()
        self._engines.clear()

    # -- what the library's users may ask

    def wake(self, account: AccountKey | None = None) -> None:
        """Look at wants and outbox now; None: every account."""
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep())
        if account is not None:
            self._visit(account)
        for key, engine in self._engines.items():
            if account in {None, key}:
                engine.stir(called=True)

    async def add(
        self,
        location: str,
        *,
        name: str | None = None,
        listed: bool = True,
        options: Mapping[str, str] | None = None,
        found: Recognised | None = None,
    ) -> AccountRow:
        """Probe a path or URL and make it an account; ``options`` are the driver's, and "sample" marks the sample.

        ``found``: what the location names, where that was found out already.  Secrets are kept apart, and with
        "password_command" a program is asked for the first of them.
        Raises `FileProblem`, `UsageError` or `BackendError`.
        """
        row = await self._registrar.add(location, name=name, listed=listed, options=options, found=found)
        self._visit(row.key)
        return row

    async def place(self, location: str) -> AccountRow:
        """The account of a path or URL, for texts to it; nobody needs to have been there, nor has to be there now."""
        return await self._registrar.place(location)

    async def log_in(self, account: AccountKey, credentials: dict[str, str]) -> AccountRow:
        """Become a member there (for a forum file: under the name given as "name")."""
        return await self._registrar.log_in(account, credentials)

    async def register(self, account: AccountKey, form: dict[str, str]) -> AccountRow:
        """Become a member there and log in.  Raises `Refused` with the forum's reason."""
        return await self._registrar.register(account, form)

    async def log_out(self, account: AccountKey) -> AccountRow:
        """Be a guest there again."""
        return await self._registrar.log_out(account)

    @asynccontextmanager
    async def _alone(self, account: AccountKey) -> AsyncIterator[None]:
        """While it changes where and whom we are there, an account has no session; the next one begins as what it is then.

        So no answer to whom we were is written after the answer to whom we are.
        """
        try:
            async with self._changing[account]:
                async with self._lock:
                    await self._stop(account)
                yield
        finally:
            self._accounts_changed.set()

    async def forms(self, account: AccountKey) -> Forms:
        """What this forum asks for when one logs in or registers."""
        return await self._registrar.forms(account)

    async def act(self, account: AccountKey, act: Act) -> Receipt:
        """Carry out an act now; whatever became of it shows after the engine's next look.

        Raises `BackendError` or `FileProblem`; only `Unanswered` leaves open whether it was done.
        """
        try:
            return await self._direct.act(account, act)
        finally:
            if self._keeper is not None:
                self.wake(account)

    async def queue(self, account: AccountKey, after: Cursor | None = None) -> Page[QueueItem]:
        """What waits for moderators there, oldest first."""
        return await self._direct.queue(account, after)

    async def log(self, account: AccountKey, after: Cursor | None = None) -> Page[LogEntry]:
        """The audit log there, newest first."""
        return await self._direct.log(account, after)

    async def member(self, account: AccountKey, name: str) -> Member:
        """A member's profile."""
        return await self._direct.member(account, name)

    async def options_of(self, row: AccountRow) -> dict[str, str]:
        """All that a session with an account's forum is opened with, its secrets too: not to be shown or stored.

        Raises `AuthRequired` if a secret can not be had, `FileProblem` if the file of secrets can not be used.
        """
        return await self._registrar.options_of(row)

    async def remove(self, account: AccountKey) -> None:
        """Forget an account and its secrets.  Raises `UsageError` while drafts or outbox rows hang on it."""
        await self._registrar.remove(account)

    async def set_plugged(self, account: AccountKey | None, plugged: bool) -> None:
        """Go on or off the network; None: every account.  Off: what is under way is broken off first."""
        await self._library.accounts.set_plugged(account, plugged)
        await self._adjust()

    async def run_once(
        self,
        account: AccountKey,
        *,
        wants: Sequence[Want] = (),
        push: bool = True,
        mirror: bool = True,
        count: bool = False,
        hurry: bool = False,
    ) -> None:
        """Visit an account's forum: send its outbox, catch up with the change feed, answer ``wants``.

        ``count``: fetch what is unread too, so that no post of one's own is counted.
        ``hurry``: what was tried in vain is tried now, unless the forum itself asked for the pause.
        Raises what went wrong: `BackendError` or `FileProblem`; `Offline` if the account is unplugged.
        """
        row = await self._library.accounts.get(account)
        if not row.plugged:
            raise Offline(f"{row.title or row.name} is unplugged.")
        try:
            async with self._registrar.open(row) as backend:
                await once(
                    self._library,
                    row,
                    backend,
                    wants=tuple(wants),
                    push=push,
                    hurry=hurry,
                    mirror=mirror,
                    count=count,
                    clock=self._clock,
                    policy=self._policy,
                    lease=new_lease(),
                )
        except Exception as error:
            if not is_about_the_request(error) and not isinstance(error, NotFound):
                await self._library.accounts.set_health(account, health_of(error), note_of(error))
            raise
        if mirror or row.health is not Health.OK:
            await self._library.accounts.set_health(account, Health.OK)

    # -- the engines in the background

    def _on_change(self, changed: Changed) -> None:
        if changed.what is What.ACCOUNTS:
            self._accounts_changed.set()
        elif changed.what in {What.OUTBOX, What.POSTS}:  # a text to send, or a like
            if changed.account not in self._engines:
                self._accounts_changed.set()  # perhaps in a forum that is not followed
            for key, engine in self._engines.items():
                if changed.account in {None, key}:
                    engine.stir()

    def _on_want(self, want: Want) -> None:
        if want.account is not None:
            self._visit(want.account)
        for key, engine in self._engines.items():
            if want.account in {None, key}:
                engine.stir(wanted=True)

    def _visit(self, account: AccountKey) -> None:
        """An account that is looked at has an engine, listed or not."""
        if account not in self._visited:
            self._visited.add(account)
            self._accounts_changed.set()

    async def _keep(self) -> None:
        """Have an engine for each account that should have one, whoever changes the accounts."""
        try:
            await self._registrar.evict_visited()
        except ForumtuiError as error:
            log.warning("Old visits could not be cleared: %s", error)
        while True:
            self._accounts_changed.clear()
            try:
                await self._adjust()
            except ForumtuiError as error:
                log.warning("The accounts could not be read: %s", error)
                await self._clock.wait(asyncio.Event(), 1.0)
                self._accounts_changed.set()
            await self._clock.wait(self._accounts_changed, None)

    async def _adjust(self) -> None:
        async with self._lock:
            rows = {row.key: row for row in await self._library.accounts.all(visited=True)}
            called = self._visited | await self._library.accounts.to_be_told()
            wanted = {key for key, row in rows.items() if row.plugged and (row.listed or key in called)}
            for key in [key for key, task in self._tasks.items() if key not in wanted or task.done()]:
                await self._stop(key)
            if self._keeper is None:
                return
            for key in wanted - self._tasks.keys():
                if self._changing[key].locked():
                    continue  # it begins when that is done
                engine = AccountEngine(
                    self._library,
                    key,
                    self._registrar.open,
                    clock=self._clock,
                    policy=self._policy,
                    lease=new_lease(),
                )
                self._engines[key] = engine
                self._tasks[key] = asyncio.create_task(engine.run(), name=f"engine of account {key}")

    async def _stop(self, account: AccountKey) -> None:
        self._engines.pop(account, None)
        task = self._tasks.pop(account, None)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def new_lease() -> str:
    """A name for one sender.  It starts with host and process, so that others see when the process is gone."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
