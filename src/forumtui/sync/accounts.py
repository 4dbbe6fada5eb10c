"""Adding forums and becoming somebody in them: what needs both the network and the library's list of accounts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

from forumtui.backends.api import Backend, Driver
from forumtui.errors import UsageError
from forumtui.library import Library
from forumtui.model import ForumInfo, Millis
from forumtui.rows import AccountKey, AccountRow

DAY_MS = 24 * 3600 * 1000
_LONGEST_NAME = 40
_MOST_NAMES = 1000


class OpenBackend(Protocol):
    """Opens a session with a forum of a kind.  Raises `FileProblem` or `BackendError` on entering."""

    def __call__(self, driver: str, location: str, options: Mapping[str, str]) -> AbstractAsyncContextManager[Backend]:
        """A session, for as long as the context lasts."""


def open_installed(driver: str, location: str, options: Mapping[str, str]) -> AbstractAsyncContextManager[Backend]:
    """Open with an installed driver."""
    from forumtui.backends.registry import driver_named

    return driver_named(driver).open(location, options)


class Registrar:
    """Keeps the list of accounts true to what is found at their places.

    ``defaults`` are options for every account that sets them not itself; they are not stored.  ``join_days``: posts
    older than so many days arrive read when a forum is added.
    """

    def __init__(
        self,
        library: Library,
        open_backend: OpenBackend,
        *,
        now: Callable[[], Millis],
        defaults: Mapping[str, str],
        join_days: float,
    ) -> None:
        self._library = library
        self._open_backend = open_backend
        self._now = now
        self._defaults = defaults
        self._join_days = join_days

    def open(self, row: AccountRow) -> AbstractAsyncContextManager[Backend]:
        """A session with an account's forum."""
        return self._open_backend(row.driver, row.location, {**self._defaults, **row.options})

    async def add(
        self, location: str, *, name: str | None, listed: bool, options: Mapping[str, str] | None
    ) -> AccountRow:
        """Look who is there and make it an account, or bring the account it already has up to date.

        A forum is known by its uuid: at another path it keeps its account, another forum at a known path gets its own.
        """
        location = canonical(location)
        driver = _driver_for(location)
        given = dict(options or {})
        info = await self._look(driver.name, location, given)
        identity = info.uuid or location
        known = await self._known(identity)
        if known is not None and options is None and known.options:
            given = known.options
            info = await self._look(driver.name, location, given)  # as whom we are known there
        joined = None if given.get("sample") else Millis(int(self._now() - self._join_days * DAY_MS))
        chosen = name or (known.name if known is not None else None)
        for candidate in [chosen] if chosen else names_for(info, location):
            holder = await self._library.accounts.by_name(candidate)
            if chosen is None and holder is not None:
                continue
            return await self._library.accounts.put(
                name=candidate,
                driver=driver.name,
                location=location,
                identity=identity,
                options=given,
                info=info,
                listed=listed,
                joined=joined,
            )
        raise UsageError(f'Give the forum "{info.title}" a name of its own: all that are like its title are taken.')

    async def _look(self, driver: str, location: str, options: Mapping[str, str]) -> ForumInfo:
        async with self._open_backend(driver, location, {**self._defaults, **options}) as backend:
            return await backend.info()

    async def _known(self, identity: str) -> AccountRow | None:
        found = await self._library.accounts.by_name(identity)
        return found if found is not None and found.identity == identity else None

    async def log_in(self, account: AccountKey, credentials: Mapping[str, str]) -> AccountRow:
        """Try who we are with these options, then keep them.  Raises `UsageError` for what the driver does not know."""
        row = await self._library.accounts.get(account)
        _check_options(row.driver, credentials)
        options = {**row.options, **credentials}
        info = await self._look(row.driver, row.location, options)
        await self._library.accounts.set_options(account, options)
        await self._library.accounts.update_info(account, info)
        return await self._library.accounts.get(account)


def canonical(location: str) -> str:
    """A place as it is written everywhere: an absolute path, or an address with its small letters small."""
    location = location.strip()
    if not location:
        raise UsageError("Say which forum: a file or an address.")
    if location.lower().startswith("file:"):
        return location
    if "://" not in location:
        try:
            return str(Path(location).expanduser().absolute())
        except RuntimeError as error:
            raise UsageError(f"There is no such user: {location}") from error
    parts = urlsplit(location)
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path.rstrip("/"), parts.query, ""))


def names_for(info: ForumInfo, location: str) -> list[str]:
    """Short names that could be typed, the best first: from the title, else from the place."""
    place = urlsplit(location).netloc if "://" in location else Path(location).stem
    name = _slug(info.title) or _slug(place) or "forum"
    return [name, *(f"{name}-{number}" for number in range(2, _MOST_NAMES))]


def _slug(title: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", title) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", plain).casefold())[:_LONGEST_NAME].strip("-")


def _driver_for(location: str) -> Driver:
    from forumtui.backends.registry import driver_for

    return driver_for(location)


def _check_options(driver: str, given: Mapping[str, str]) -> None:
    from forumtui.backends.registry import driver_named

    known = {option.name: option for option in driver_named(driver).options}
    for name in given:
        if name not in known:
            raise UsageError(f'There is no setting "{name}" for this forum; it knows {", ".join(known) or "none"}.')
        if known[name].secret:
            raise UsageError(f'"{name}" is a secret, and there is no safe place for secrets yet.')
