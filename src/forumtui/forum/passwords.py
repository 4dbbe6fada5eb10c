"""Passwords: what will do, hashing with argon2, and comparing in the same time whether there is one or not.

What everybody tries first is known to zxcvbn: the 30,000 commonest passwords, names and words, and what is made of
them by rows of keys, dates, repeating and spelling.
"""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from forumtui.errors import Refused, Unsupported
from forumtui.forum import bounds

if TYPE_CHECKING:
    from argon2 import PasswordHasher

T = TypeVar("T")
SHORTEST, LONGEST = 8, bounds.PASSWORD
WEAKEST = 1
"""Of zxcvbn's scores from 0 to 4 the best that is refused: a guesser needs no more than a million tries."""
_LOOKED_AT = 72
"""Characters that are compared with what is common; zxcvbn takes no more, and up to a tenth of a second for these."""
_WHOLE_LIST = Lock()
"""zxcvbn keeps the member's name where all its calls look."""
AT_ONCE = 2
"""Each takes 64 MiB and, for some 50 ms, several cores."""


def check_password(password: str, name: str) -> None:
    """Raises `Refused` for a password that will not do."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refused(f"A password has {SHORTEST} to {LONGEST} characters.")
    if password.casefold() == name.casefold():
        raise Refused("A password must not be the name.")


def why_common(password: str, name: str) -> str:
    """Why whoever guesses would come upon this password soon, or "".  Raises `Unsupported` where zxcvbn is missing."""
    try:
        from zxcvbn import zxcvbn
    except ImportError as error:
        raise Unsupported("Passwords need zxcvbn: pip install 'forumtui[server]'.") from error
    with _WHOLE_LIST:
        found = zxcvbn(unicodedata.normalize("NFKC", password)[:_LOOKED_AT], [name])
    if found["score"] > WEAKEST:
        return ""
    return str(found["feedback"]["warning"]) or "It takes less than a million tries to guess it."


class Passwords:
    """Hashes and compares in threads of its own, so that never more than two do it at once."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, "password")

    async def refuse_common(self, password: str, name: str) -> None:
        """Raises `Refused`, and says why, for a password that is guessed soon."""
        why = await self._run(lambda: why_common(password, name))
        if why:
            raise Refused(f"This password is guessed too soon: {why}  Take a few words that do not belong together.")

    async def hash(self, password: str) -> str:
        """What is stored of a password.  Raises `Unsupported` where argon2 is not installed."""
        return await self._run(lambda: self._hasher.hash(_octets(password)))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether this is the password; without one it is not, which takes as long to say."""
        return await self._run(lambda: self._verify(stored, password))

    def is_outdated(self, stored: str) -> bool:
        """Whether it was hashed with other parameters than would be used now."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _verify(self, stored: str | None, password: str) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError

        nobodys = self._nobodys  # made at the first log-in, of whomever
        try:
            self._hasher.verify(stored or nobodys, _octets(password))
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    @cached_property
    def _hasher(self) -> PasswordHasher:
        try:
            from argon2 import PasswordHasher
        except ImportError as error:
            raise Unsupported("Passwords need argon2: pip install 'forumtui[server]'.") from error
        return PasswordHasher()

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash(secrets.token_bytes(16))


def _octets(password: str) -> bytes:
    """One password, however it was typed: systems differ in how they compose accents."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
