"""One account's engine: a session with its forum, begun again whenever it breaks, and whose turn it is in it; by a clock that a test can be master of."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, aclosing

from forumtui.backends.api import Backend
from forumtui.errors import Endless, ForumtuiError, NotFound, NotYet, RateLimited, Unsupported
from forumtui.ledger import Urgency, asking_for
from forumtui.model import Millis
from forumtui.reader.library import Library
from forumtui.reader.rows import AccountKey, AccountRow, Health, Want, WantSearch
from forumtui.reader.sync.backoff import delay, health_of, is_about_the_request, note_at, pause
from forumtui.reader.sync.pull import Policy, Pull
from forumtui.reader.sync.push import Push


class Clock:
    """The computer's own."""

    def now(self) -> Millis:
        """Ms UTC."""
        return Millis(time.time_ns() // 1_000_000)

    def chance(self) -> float:
        """A number from 0 to 1."""
        return random.random()  # noqa: S311 - spreads requests, guards nothing

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        """Until the event is set, at most so many seconds (None: however long that takes)."""
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            pass


log = logging.getLogger(__name__)

LEAST_PAUSE = 1.0
"""Seconds between two tries, however impatient somebody is."""
STILL_THERE = 60.0
"""How often an idle session that watches its forum notes that what is here is current, in seconds."""

Opener = Callable[[AccountRow], AbstractAsyncContextManager[Backend]]


class AccountEngine:
    """Runs until it is cancelled, or until the account is gone; no error ends it."""

    def __init__(
        self, library: Library, account: AccountKey, opener: Opener, *, clock: Clock, policy: Policy, lease: str
    ) -> None:
        self._library = library
        self._account = account
        self._opener = opener
        self._clock = clock
        self._policy = policy
        self._lease = lease
        self._wants: list[Want] = []
        self._stirred = asyncio.Event()
        self._wanted = False
        self._called = False
        self._hurry = False
        self._look_due = True
        self._watches = True
        self._went_well = False
        self._current_at = clock.now()
        self._walks_in_vain = 0
        self._rests_until: float | None = None

    def stir(self, *, wanted: bool = False, called: bool = False) -> None:
        """Something may be to do.  ``wanted``: somebody looks; ``called``: the user asks for it expressly."""
        self._wanted = self._wanted or wanted
        self._called = self._called or called
        self._look_due = self._look_due or called
        self._stirred.set()

    async def run(self) -> None:
        """Session after session."""
        failures = 0
        while True:
            self._hurry = self._hurry or self._called
            self._went_well = self._called = self._wanted = False
            try:
                await self._session()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is this account's alone, and tried again
                if isinstance(error, NotFound) and not await self._exists():
                    return
                failures = 1 if self._went_well else failures + 1
                await self._note(error)
                await self._rest(error, pause(error, failures, self._clock.chance()))

    async def _exists(self) -> bool:
        try:
            return any(row.key == self._account for row in await self._library.accounts.all(visited=True))
        except ForumtuiError:
            return True

    # -- when it breaks

    async def _note(self, error: Exception) -> None:
        """Say what happened where the user sees it, and the whole of it in the log."""
        if isinstance(error, ForumtuiError):
            log.info("Account %s: %s", self._account, error)
        else:
            log.error("Account %s: unforeseen", self._account, exc_info=error)
        note = note_at(error, self._clock.now())
        try:
            await self._library.accounts.set_health(self._account, health_of(error), note)
            await self._give_up_searches(note)
        except ForumtuiError as problem:
            log.error("Account %s: its state could not be stored: %s", self._account, problem)  # noqa: TRY400 - no bug of ours

    async def _give_up_searches(self, reason: str) -> None:
        self._take_wants()
        for want in self._wants:
            if isinstance(want, WantSearch):
                await self._library.intake.hits(self._account, want.query, (), error=reason)
        self._wants = [want for want in self._wants if not isinstance(want, WantSearch)]

    async def _rest(self, error: Exception, seconds: float | None) -> None:
        """Wait before the next try.  Only the forum's own wish for a pause can not be cut short."""
        began = self._clock.now()
        while True:
            waited = (self._clock.now() - began) / 1000
            if seconds is not None and waited >= seconds:
                return
            eager = self._called or (self._wanted and seconds is not None)
            until = seconds
            if eager and not isinstance(error, RateLimited):
                until = LEAST_PAUSE if seconds is None else min(seconds, LEAST_PAUSE)
                if waited >= until:
                    return
            self._stirred.clear()
            await self._clock.wait(self._stirred, None if until is None else until - waited)

    # -- while it lasts

    async def _session(self) -> None:
        row = await self._library.accounts.get(self._account)
        if row.health is not Health.OK:
            await self._library.accounts.set_health(self._account, Health.SYNCING)
        async with self._opener(row) as backend:
            pull = Pull(self._library, self._account, backend, self._policy)
            push = Push(
                self._library,
                self._account,
                backend,
                lease=self._lease,
                now=self._clock.now,
                chance=self._clock.chance,
            )
            await pull.greet(row.identity, boards=True)
            self._look_due = self._watches = True
            watcher = asyncio.create_task(self._watch(backend))
            watcher.add_done_callback(lambda _: self._stirred.set())
            try:
                await self._turns(pull, push, watcher)
            finally:
                watcher.cancel()
                await asyncio.gather(watcher, return_exceptions=True)

    async def _watch(self, backend: Backend) -> None:
        try:
            async with aclosing(backend.watch()) as events:  # type: ignore[type-var]  # an async generator in all but name
                async for _ in events:
                    self._look_due = True
                    self._stirred.set()
        except Unsupported:
            pass
        self._watches = False

    async def _turns(self, pull: Pull, push: Push, watcher: asyncio.Task[None]) -> None:
        while True:
            self._stirred.clear()
            if watcher.done():
                watcher.result()
            if self._called or self._hurry:
                self._called = self._hurry = False
                self._rests_until = None
                pull.ask_anew()
                await push.hurry()
            try:
                busy = await self._turn(pull, push)
            except RateLimited as error:  # the session is as good as before
                self._look_due = True
                await self._note(error)
                await self._rest(error, pause(error, 1, self._clock.chance()))
            else:
                if not busy:
                    await self._idle(push, pull.held_up)

    async def _turn(self, pull: Pull, push: Push) -> bool:
        """The most urgent thing; False when there is nothing to do."""
        if await self._answer_one(pull):
            return True
        with asking_for(Urgency.OUTBOX):
            due = await self._library.outbox.next_due(self._account)
            if due is not None and due <= self._clock.now() and await push.one():
                return True
        with asking_for(Urgency.NEWS):
            try:
                if await self._look(pull, push):
                    return True
            except NotYet as error:  # what the forum allows is kept for what somebody looks at
                self._rests_until = self._clock.now() + error.retry_after * 1000
        with asking_for(Urgency.AHEAD):
            return await pull.ahead()

    async def _look(self, pull: Pull, push: Push) -> bool:
        """See what is new; False when that is not due."""
        look = self._look_due and not self._reading_rests
        self._look_due = self._look_due and not look  # news that comes from here on prompts the next turn, whole
        await push.wishes()
        await push.ask_after_held(prompted=look)
        await push.ask_after_sent()
        if look:
            try:
                more = await pull.look()
            except Endless as error:
                await self._rest_reading(error)
                return True
            self._look_due = self._look_due or more
            if not more:
                pull.refill()
                await pull.bell.look()
                await self._all_well()
        return look

    def _take_wants(self) -> None:
        fresh = self._library.take_wants(self._account)
        self._wants = [*fresh, *(want for want in self._wants if want not in fresh)]

    async def _answer_one(self, pull: Pull) -> bool:
        self._take_wants()
        if not self._wants:
            return False
        want = self._wants.pop(0)
        try:
            await pull.answer(want)
        except Exception as error:
            if is_about_the_request(error) or isinstance(error, NotFound):
                log.info("Account %s: %s was not answered: %s", self._account, want, error)
            else:
                if health_of(error) is Health.OFFLINE:
                    self._wants.insert(0, want)
                raise
        return True

    @property
    def _reading_rests(self) -> bool:
        return self._rests_until is not None

    async def _rest_reading(self, error: Endless) -> None:
        """Let what is endless be for a while; what somebody looks at is fetched, and what waits is sent, all the same."""
        self._walks_in_vain += 1
        pause_of = delay(error, self._walks_in_vain, self._clock.chance())
        self._rests_until = self._clock.now() + pause_of * 1000
        log.info("Account %s: reading rests for %.0f s: %s", self._account, pause_of, error)
        note = f"{error}  Reading pauses for {max(1, round(pause_of / 60))} min; what came is kept, and what you write is still sent."
        await self._library.accounts.set_health(self._account, health_of(error), note)

    async def _all_well(self) -> None:
        self._went_well = True
        self._walks_in_vain = 0
        self._current_at = self._clock.now()
        await self._library.accounts.set_health(self._account, Health.OK)

    async def _idle(self, push: Push, held_up: float | None) -> None:
        """Wait until what is ``held_up`` may go on (seconds), for news, for the next row of the outbox, or for the time to look or ask again."""
        due = await self._library.outbox.next_due(self._account)
        now = self._clock.now()
        interval = STILL_THERE if self._watches else self._policy.poll
        wait = interval - (now - self._current_at) / 1000
        if self._rests_until is not None:
            wait = (self._rests_until - now) / 1000
            if wait <= 0:
                self._rests_until = None
                self._look_due = True
                return
        if wait <= 0 and self._watches:
            await self._all_well()
        elif wait <= 0:
            self._look_due = True
        else:
            if due is not None:
                # a row that is due and was not handed out is another sender's: look again in a while
                wait = min(wait, max(LEAST_PAUSE, (due - now) / 1000))
            if held_up is not None:
                wait = min(wait, max(LEAST_PAUSE, held_up))
            if push.held_due is not None:
                wait = min(wait, max(LEAST_PAUSE, (push.held_due - now) / 1000))
            await self._clock.wait(self._stirred, wait)


async def once(
    library: Library,
    account: AccountRow,
    backend: Backend,
    *,
    wants: tuple[Want, ...],
    push: bool,
    hurry: bool,
    mirror: bool,
    count: bool,
    clock: Clock,
    policy: Policy,
    lease: str,
) -> None:
    """One visit: send what waits, follow the change feed to its end, answer wants.  Raises what goes wrong.

    ``count``: fetch what is unread, within the policy's budget, because a topic's header does not tell which of its
    posts are our own.
    """
    pull = Pull(library, account.key, backend, policy)
    await pull.greet(account.identity, boards=False)
    if push:
        sender = Push(library, account.key, backend, lease=lease, now=clock.now, chance=clock.chance)
        if hurry:
            await sender.hurry()
        while await sender.one():
            pass
        await sender.wishes()
        await sender.ask_after_held()
    endless = await _catch_up(pull) if mirror else None
    if push:
        await sender.ask_after_sent()
    for want in wants:
        await pull.answer(want)
    if count:
        while await pull.ahead():
            pass
    if endless is not None:
        raise endless


async def _catch_up(pull: Pull) -> Endless | None:
    """Read the news; if that comes to no end, what is asked for by name can be had all the same."""
    try:
        with asking_for(Urgency.NEWS):
            await pull.catch_up()
    except Endless as error:
        return error
    except NotYet as error:
        if not pull.reads_on:
            raise RateLimited(str(error), error.retry_after) from error
    return None
