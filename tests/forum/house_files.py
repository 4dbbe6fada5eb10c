"""What the tests of housekeeping and identities share: a clock that is set by hand, and quick password hashing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from argon2 import PasswordHasher
from tests.forum.forum_files import NOON

from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import Policy
from forumtui.model import Millis, Registration

PASSWORD = "correct horse battery"


class SetClock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> Millis:
        return Millis(self.at)


class CountingHasher(PasswordHasher):
    """Quick, and counts what it is asked."""

    def __init__(self, time_cost: int = 1) -> None:
        super().__init__(time_cost=time_cost, memory_cost=8, parallelism=1)
        self.hashed = self.verified = 0

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.hashed += 1
        return super().hash(password, salt=salt)

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - argon2's own word
        self.verified += 1
        return super().verify(hash, password)


def hasher_of(store: SqliteForumStore) -> CountingHasher:
    hasher = store.identities._passwords._hasher
    assert isinstance(hasher, CountingHasher)
    return hasher


@asynccontextmanager
async def opened(path: Path, clock: SetClock) -> AsyncIterator[SqliteForumStore]:
    """A forum file with quick passwords."""
    store = await SqliteForumStore.open(path, create=True, title="Sample", now=clock)
    store.identities._passwords._hasher = CountingHasher()  # where the cached one would be
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def house(folder: Path, registration: Registration = Registration.OPEN) -> AsyncIterator[SqliteForumStore]:
    """A forum file that people may register in.  Its clock is ``store.house._now``."""
    async with opened(folder / "forum.db", SetClock()) as store:
        await store.house.set_policy(Policy(registration))
        yield store


def clock_of(store: SqliteForumStore) -> SetClock:
    clock = store.house._now
    assert isinstance(clock, SetClock)
    return clock


async def logged(store: SqliteForumStore) -> list[tuple[str, str, str]]:
    """(who, operation, detail) of the audit log, oldest first."""
    return [(line.member, line.operation, line.detail) for line in reversed((await store.house.log()).items)]


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
