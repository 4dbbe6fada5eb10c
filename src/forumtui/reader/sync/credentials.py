"""What an account's sessions are opened with: its settings from the library, its secrets from where those are kept."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Collection, Mapping
from typing import Protocol

from forumtui.backends.api import Driver
from forumtui.errors import UsageError
from forumtui.reader.secrets import hide
from forumtui.reader.secrets.command import ask, parse
from forumtui.values import quick_dataclass

PASSWORD_COMMAND = "password_command"  # noqa: S105 - the name of a setting
"""A setting of every account whose driver knows a secret: the command line that prints the first of them."""


class Keeper(Protocol):
    """Where secrets are kept: `forumtui.reader.secrets.Secrets`, or a stand-in.  The calls block."""

    def get(self, identity: str, name: str) -> str | None:
        """A secret, None if none is kept."""

    def put(self, identity: str, name: str, value: str) -> str:
        """Keep a secret; returns where."""

    def forget(self, identity: str, name: str | None = None) -> None:
        """Forget a secret of an account; None: all of them."""


class Unkept:
    """Secrets that live no longer than the process."""

    def __init__(self) -> None:
        self._secrets: dict[str, dict[str, str]] = {}

    def get(self, identity: str, name: str) -> str | None:
        """A secret, None if there is none."""
        return self._secrets.get(identity, {}).get(name)

    def put(self, identity: str, name: str, value: str) -> str:
        """Remember a secret."""
        self._secrets.setdefault(identity, {})[name] = value
        return "memory"

    def forget(self, identity: str, name: str | None = None) -> None:
        """Forget a secret of an account; None: all of them."""
        for each in [name] if name is not None else list(self._secrets.get(identity, {})):
            self._secrets.get(identity, {}).pop(each, None)


@quick_dataclass(frozen=True, slots=True)
class Given:
    """What the user set: ``plain`` may go into the library, ``secret`` may not.  An empty value unsets."""

    plain: Mapping[str, str]
    secret: Mapping[str, str]

    def over(self, driver: Driver, plain: Mapping[str, str]) -> dict[str, str]:
        """An account's plain settings after this."""
        settings = {**plain, **self.plain}
        if self.secret.get(first_secret(driver)) or not settings.get(PASSWORD_COMMAND):
            settings.pop(PASSWORD_COMMAND, None)  # the secret itself was given last
        return settings


def secret_names(driver: Driver) -> list[str]:
    """The driver's options that are secrets, in its order."""
    return [option.name for option in driver.options if option.secret]


def first_secret(driver: Driver) -> str:
    """The option that a password_command fills; "" if the driver knows no secret."""
    return next(iter(secret_names(driver)), "")


def part(driver: Driver, given: Mapping[str, str], *, besides: Collection[str] = ()) -> Given:
    """Tell secrets from the rest.  Raises `UsageError` for what the driver does not know, unless it is in ``besides``."""
    secrets = secret_names(driver)
    known = [option.name for option in driver.options] + ([PASSWORD_COMMAND] if secrets else [])
    for name in given:
        if name not in known and name not in besides:
            raise UsageError(f'There is no setting "{name}" for this forum; it knows {", ".join(known) or "none"}.')
    parted = Given(
        {name: value for name, value in given.items() if name not in secrets},
        {name: value.rstrip("\r\n") for name, value in given.items() if name in secrets},  # pasted with its line's end
    )
    for value in parted.secret.values():
        hide(value)
    if parted.plain.get(PASSWORD_COMMAND):
        parse(parted.plain[PASSWORD_COMMAND])
        if parted.secret.get(secrets[0]):
            raise UsageError(f"Give {secrets[0]} or {PASSWORD_COMMAND}, not both.")
    return parted


class Credentials:
    """Fetches, keeps and forgets the secrets of accounts, off the event loop."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    async def options(
        self, driver: Driver, plain: Mapping[str, str], secret: Mapping[str, str] | None = None, *, identity: str = ""
    ) -> dict[str, str]:
        """What to open a session with: the secrets given, and for the others those that ``identity`` has ("": none).

        Raises `AuthRequired` if one can not be had, `FileProblem` if the file of secrets can not be used.
        """
        secret = secret or {}
        options = dict(plain)
        command = options.pop(PASSWORD_COMMAND, "")
        for number, name in enumerate(secret_names(driver)):
            value: str | None
            if name in secret:
                value = secret[name]
            elif command and number == 0:
                value = await _asked(command)
            else:
                value = await asyncio.to_thread(self._keeper.get, identity, name) if identity else None
            if value:
                options[name] = value
        return options

    async def keep(self, identity: str, given: Given) -> None:
        """Keep the secrets given, and forget those that were emptied.  Raises `FileProblem`."""
        for name, value in given.secret.items():
            if value:
                await asyncio.to_thread(self._keeper.put, identity, name, value)
            else:
                await asyncio.to_thread(self._keeper.forget, identity, name)

    async def forget(self, identity: str, names: Collection[str] | None = None) -> None:
        """Forget these secrets of an account; None: all.  Raises `ForumtuiError` if the keyring holds on to one."""
        for name in [None] if names is None else names:
            await asyncio.to_thread(self._keeper.forget, identity, name)


async def _asked(command: str) -> str:
    """What the command prints; it is ended if nobody waits any more."""
    given_up = threading.Event()
    try:
        return await asyncio.to_thread(ask, command, given_up=given_up)
    finally:
        given_up.set()
