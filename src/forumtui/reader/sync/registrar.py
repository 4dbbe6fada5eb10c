"""Adding forums and becoming somebody in them: what needs both the network and the library's list of accounts."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager, nullcontext

from forumtui.backends.api import Backend, Driver
from forumtui.backends.shapes import web_address
from forumtui.errors import AuthRequired, ForumtuiError, NotFound, Offline, Unreadable, UsageError
from forumtui.ledger import LEDGER
from forumtui.model import ForumInfo, Millis, Option, Recognised
from forumtui.reader.library import Library
from forumtui.reader.library.door import Forms, Show
from forumtui.reader.rows import AccountKey, AccountRow
from forumtui.reader.secrets import hide
from forumtui.reader.sync.credentials import PASSWORD_COMMAND, Credentials, Keeper, part, secret_names
from forumtui.reader.sync.discreet import discreet, discretion
from forumtui.reader.sync.errands import run_errand
from forumtui.reader.sync.facts import GREETED
from forumtui.reader.sync.places import canonical, names_for
from forumtui.reader.sync.pull import begin_anew
from forumtui.reader.sync.session import Clock
from forumtui.reader.sync.ways import OpenBackend, Recognise, known

log = logging.getLogger(__name__)

DAY_MS = 24 * 3600 * 1000


def open_installed(driver: str, location: str, options: Mapping[str, str]) -> AbstractAsyncContextManager[Backend]:
    """Open with an installed driver."""
    from forumtui.backends.registry import driver_named

    return driver_named(driver).open(location, options)


class Registrar:
    """Keeps the list of accounts true to what is found at their places, and their secrets out of it.

    ``defaults`` are options for every account that sets them not itself; they are not stored.  ``join_days``: posts
    older than so many days arrive read when a forum is added.  ``recognise`` says what an address names.  ``alone``: in it
    an account's engine holds no session.
    """

    def __init__(
        self,
        library: Library,
        open_backend: OpenBackend,
        *,
        now: Callable[[], Millis],
        defaults: Mapping[str, str],
        join_days: float,
        secrets: Keeper,
        recognise: Recognise,
        alone: Callable[[AccountKey], AbstractAsyncContextManager[None]],
    ) -> None:
        self._library = library
        self._open_backend = open_backend
        self._now = now
        self._defaults = defaults
        self._join_days = join_days
        self._credentials = Credentials(secrets)
        self._recognise = recognise
        self._alone = alone

    @asynccontextmanager
    async def open(self, row: AccountRow) -> AsyncIterator[Backend]:
        """A session with an account's forum.  Raises on entering, also `AuthRequired` if a secret can not be had."""
        if row.is_unmet:
            row = await self._found_there(row)
        options = await self.options_of(row)
        is_secret = not options.keys().isdisjoint(secret_names(_driver_named(row.driver)))
        with discretion():
            async with AsyncExitStack() as stack:
                token = LEDGER.set(self._library.ledger)
                try:
                    opened = self._open_backend(row.driver, row.location, options)
                    backend = await stack.enter_async_context(opened)
                finally:
                    LEDGER.reset(token)
                yield discreet(backend) if is_secret else backend

    async def _found_there(self, row: AccountRow) -> AccountRow:
        """An account that was given its driver by the text of its address, with that of whoever answers there."""
        try:
            _, driver = await self._place_and_driver(row.location, None)
        except (NotFound, UsageError) as error:  # a text waits for it: that is a state of the account
            raise Unreadable(str(error)) from error
        if driver.name == row.driver:
            return row
        return await self._library.accounts.put(
            name=row.name,
            driver=driver.name,
            location=row.location,
            identity=row.identity,
            options=row.options,
            info=ForumInfo(""),
            listed=False,
            joined=None,
        )

    async def options_of(self, row: AccountRow) -> dict[str, str]:
        """What an account's sessions are opened with, secrets too.  Raises `AuthRequired` or `FileProblem`."""
        driver = _driver_named(row.driver)
        return {**self._defaults, **await self._credentials.options(driver, row.options, identity=row.identity)}

    async def add(
        self,
        location: str,
        *,
        name: str | None,
        listed: bool,
        options: Mapping[str, str] | None,
        found: Recognised | None = None,
    ) -> AccountRow:
        """Look who is there and make it an account, or bring the account it already has up to date.

        A forum is known by its uuid: at another path it keeps its account, another forum at a known path gets its own.
        But anybody can claim a uuid, so at another place an account with secrets is not followed without ``options``:
        there it is a stranger.  ``options`` take the place of all that the account had, secrets too; None: they stay.
        ``found``: what the location names, where that was found out already.
        """
        location, driver = await self._place_and_driver(canonical(location), found)
        given = part(driver, options or {}, besides={"sample"})
        plain = given.over(driver, {})
        info = await self._first_look(driver, location, plain, given.secret, asked=options is not None)
        identity = info.uuid or location
        known = await self._known(identity)
        if known is not None and options is None and known.location != location and await self._has_secret(known):
            identity, known = location, await self._known(location)
        if known is not None and options is None:
            plain = dict(known.options)
            full = await self._credentials.options(driver, plain, identity=identity)
            info = await self._look(driver, location, full) if full else info  # as whom we are known there
        async with nullcontext() if known is None else self._alone(known.key):
            # first: an engine may open a session as soon as there is an account
            await self._credentials.keep(identity, given)
            try:
                row = await self._put(name, known, driver, location, identity, plain, info, listed=listed)
            except BaseException:
                if known is None and given.secret:
                    await self._credentials.forget(identity)
                raise
            if known is not None and options is not None:
                others = [each for each in secret_names(driver) if each not in given.secret]
                await self._credentials.forget(identity, others)
        return row

    async def _place_and_driver(self, location: str, found: Recognised | None) -> tuple[str, Driver]:
        """Where the forum is to which an address leads, and what opens it.

        Raises `NotFound` where there is none, `UsageError` where it can not be read.
        """
        there = await self._library.accounts.by_name(location)
        if there is not None and there.location == location and not there.is_unmet:
            return location, _driver_named(there.driver)
        from forumtui.backends.recognition import by_text, is_read, not_read

        found = found or await known(self._library, location) or by_text(location)
        if found is None and web_address(location) is None:
            return location, _driver_for(location)
        found = found or await self._recognise(location)
        if not is_read(found.software):
            raise UsageError(not_read(found))
        return canonical(found.base), _driver_named(found.software)

    async def place(self, location: str) -> AccountRow:
        """The account at a place for texts to it, without a look at what is there; but a file is looked at."""
        from forumtui.backends.recognition import by_text

        location = canonical(location)
        found = await known(self._library, location) or by_text(location)
        location = canonical(found.base) if found is not None else location
        driver = _driver_for(location)
        there = await self._library.accounts.by_name(location)
        if there is not None and there.location == location:
            return there
        if driver.name == "local":
            return await self.add(location, name=None, listed=False, options=None)
        joined = Millis(int(self._now() - self._join_days * DAY_MS))
        names = names_for("", location)
        return await self._library.named.place(names, driver=driver.name, location=location, joined=joined)

    async def _put(
        self,
        name: str | None,
        known: AccountRow | None,
        driver: Driver,
        location: str,
        identity: str,
        options: Mapping[str, str],
        info: ForumInfo,
        *,
        listed: bool,
    ) -> AccountRow:
        joined = None if options.get("sample") else Millis(int(self._now() - self._join_days * DAY_MS))
        chosen = name or (known.name if known is not None and not known.is_unmet else None)
        for candidate in [chosen] if chosen else names_for(info.title, location):
            holder = await self._library.accounts.by_name(candidate)
            if chosen is None and holder is not None and not (holder.is_unmet and holder.location == location):
                continue
            row = await self._library.accounts.put(
                name=candidate,
                driver=driver.name,
                location=location,
                identity=identity,
                options=options,
                info=info,
                listed=listed,
                joined=joined,
            )
            await self._library.accounts.set_cursor(row.key, GREETED, str(self._now()))
            return row
        raise UsageError(f'Give the forum "{info.title}" a name of its own: all that are like its title are taken.')

    async def _first_look(
        self, driver: Driver, location: str, plain: Mapping[str, str], secret: Mapping[str, str], *, asked: bool
    ) -> ForumInfo:
        """Who is there; a forum that tells strangers nothing is asked as whom it knows there, unless we were ``asked``."""
        try:
            return await self._look(driver, location, await self._credentials.options(driver, plain, secret))
        except AuthRequired:
            known = None if asked else await self._library.accounts.by_name(location)
            if known is None or known.location != location:
                raise
            options = await self._credentials.options(driver, known.options, identity=known.identity)
            return await self._look(driver, location, options)

    async def _look(self, driver: Driver, location: str, options: Mapping[str, str]) -> ForumInfo:
        with discretion():
            async with self._open_backend(driver.name, location, {**self._defaults, **options}) as backend:
                return await backend.info()

    async def _has_secret(self, row: AccountRow) -> bool:
        """Whether there is something by which an account's forum knows us, and nobody else may."""
        if row.options.get(PASSWORD_COMMAND):
            return True
        driver = _driver_named(row.driver)
        options = await self._credentials.options(driver, row.options, identity=row.identity)
        return not options.keys().isdisjoint(secret_names(driver))

    async def _known(self, identity: str) -> AccountRow | None:
        found = await self._library.accounts.by_name(identity)
        return found if found is not None and found.identity == identity else None

    async def forms(self, account: AccountKey) -> Forms:
        """What the account's forum asks for when one logs in or registers."""
        driver = _driver_named((await self._library.accounts.get(account)).driver)
        return Forms(tuple(driver.log_in_form), tuple(driver.registration_form), hasattr(driver, "begin_log_in"))

    async def log_in(self, account: AccountKey, form: Mapping[str, str]) -> AccountRow:
        """Fill in the forum's log-in form, and keep what it sets.  Raises `UsageError` for fields that it has not."""
        row, driver = await self._online(account)
        with _filled_in(driver.log_in_form, form):
            return await self._become(row, driver, await driver.log_in(row.location, self._settings(row), form))

    async def log_in_elsewhere(self, account: AccountKey, show: Show, clock: Clock) -> AccountRow:
        """Let somebody do their errand in a browser, and keep what it sets.  Raises `AuthRequired` when it takes too long."""
        row, driver = await self._online(account)
        with discretion():
            return await self._become(
                row, driver, await run_errand(driver, row.location, self._settings(row), show, clock)
            )

    async def register(self, account: AccountKey, form: Mapping[str, str]) -> AccountRow:
        """Become a member, and keep what that sets.  Raises `Refused` with the forum's reason."""
        row, driver = await self._online(account)
        with _filled_in(driver.registration_form, form):
            return await self._become(row, driver, await driver.register(row.location, self._settings(row), form))

    async def log_out(self, account: AccountKey) -> AccountRow:
        """End what a log-in began, and be a guest again; secrets are forgotten."""
        row, driver = await self._online(account)
        left: Mapping[str, str] = {}
        try:
            with discretion():
                left = await driver.log_out(row.location, await self.options_of(row))
        except AuthRequired as error:
            log.info("Account %s: the log-in had ended already: %s", account, error)
            left = {name: value for name, value in row.options.items() if name != PASSWORD_COMMAND}
        kept = {name: value for name, value in row.options.items() if name in left or name == "sample"}
        async with self._alone(row.key):
            await self._credentials.forget(row.identity, [name for name in secret_names(driver) if name not in left])
            return await self._now_with(row, driver, kept)

    async def _become(self, row: AccountRow, driver: Driver, set_by_form: Mapping[str, str]) -> AccountRow:
        given = part(driver, set_by_form)
        async with self._alone(row.key):
            await self._credentials.keep(row.identity, given)
            await self._library.outbox.hurry(row.key)
            await self._library.accounts.set_listed(row.key, listed=True)  # whoever is a member there stays in touch
            return await self._now_with(row, driver, given.over(driver, row.options))

    async def _now_with(self, row: AccountRow, driver: Driver, plain: Mapping[str, str]) -> AccountRow:
        """Keep the settings, and who we are with them."""
        await self._library.accounts.set_options(row.key, plain)
        options = await self._credentials.options(driver, plain, identity=row.identity)
        info = await self._look(driver, row.location, options)
        await self._library.accounts.update_info(row.key, info)
        if (info.me and info.me.id, info.can) != (row.me and row.me.id, row.can):
            # What a guest may not is written on every post.  It holds no longer, and is read anew.
            await self._library.intake.forget_rules(row.key)
            await begin_anew(self._library, row.key)
        return await self._library.accounts.get(row.key)

    def _settings(self, row: AccountRow) -> dict[str, str]:
        """What is not secret: a forum is reached with it, nobody is recognised by it."""
        return {**self._defaults, **row.options}

    async def _online(self, account: AccountKey) -> tuple[AccountRow, Driver]:
        row = await self._library.accounts.get(account)
        if not row.plugged:
            raise Offline(f"{row.title or row.name} is offline by choice; go online first.")
        return row, _driver_named(row.driver)

    async def remove(self, account: AccountKey) -> None:
        """Forget an account and its secrets.  Raises `UsageError` while drafts or outbox rows hang on it."""
        row = await self._library.accounts.get(account)
        await self._library.accounts.remove(account)
        try:
            await self._credentials.forget(row.identity)
        except ForumtuiError as error:
            raise type(error)(f"{row.title or row.name} is gone from here, but not its secrets: {error}") from error

    async def evict_visited(self) -> None:
        """Drop forums only visited, long ago, and their secrets.  Raises `ForumtuiError`."""
        for identity in await self._library.accounts.evict_visited():
            try:
                await self._credentials.forget(identity)
            except ForumtuiError as error:
                log.warning("The secrets of a forum that is gone could not be forgotten: %s", error)


@contextmanager
def _filled_in(form: Sequence[Option], values: Mapping[str, str]) -> Iterator[None]:
    """What is typed into the form's secret fields shows in no error."""
    for option in form:
        if option.secret and values.get(option.name):
            hide(values[option.name])
    with discretion():
        yield


def _driver_for(location: str) -> Driver:
    from forumtui.backends.registry import driver_for

    return driver_for(location)


def _driver_named(name: str) -> Driver:
    from forumtui.backends.registry import driver_named

    return driver_named(name)
