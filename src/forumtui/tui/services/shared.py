"""`Services`: what lies below the screens, for all of them: library, network side, settings, and the turn of the keys."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from forumtui.errors import UsageError
from forumtui.model import Millis
from forumtui.reader.library import Library
from forumtui.reader.library.door import Engine
from forumtui.reader.rows import AccountKey, AccountRow, PostKey
from forumtui.settings import Settings
from forumtui.tui.keys.runner import KeyRunner

Tone = Literal["note", "warning", "error", "success"]
Work = Callable[[], Awaitable[None]]


def clock() -> Millis:
    """The time now."""
    return Millis(int(time.time() * 1000))


@dataclass(slots=True)
class Tally:
    """What was read since the start."""

    posts: set[PostKey] = field(default_factory=set)
    forums: set[AccountKey] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the header says on every screen."""

    unread: int = 0
    state: str = ""
    outbox: int = 0
    inbox: int = 0


class Background(Protocol):
    """Does long work beside the keys; a problem becomes a line, and a newer one of the group replaces it."""

    def __call__(self, job: Work, group: str, *, exclusive: bool = True) -> None:
        """Begin."""


class Services:
    """One for the app; ``background`` does work beside the keys, ``account`` tells which forum is read."""

    runner: KeyRunner
    """The app's; keys and what screens ask for are handled in its turn."""

    def __init__(
        self, library: Library, settings: Settings, *, background: Background, account: Callable[[], AccountRow | None]
    ) -> None:
        self.library = library
        self.settings = settings
        self.background = background
        self.account = account
        self.tally = Tally()
        self.since = time.time_ns() // 1_000_000
        """When this session began, as the library counts."""
        self.told: dict[AccountKey, str] = {}
        """The notices of forums that need not be told again."""
        self.facts = Facts()
        self.unsaid = ""
        """What is to be said as soon as there is a screen."""
        self._engine: Engine | None = None

    @property
    def engine(self) -> Engine:
        """The network side.  Raises `UsageError` in the moment before it has started."""
        if self._engine is None:
            raise UsageError("Still starting; try again in a moment.")
        return self._engine

    @engine.setter
    def engine(self, engine: Engine | None) -> None:
        self._engine = engine

    def wake(self, account: AccountKey | None = None) -> None:
        """Have the engine look at outbox and wants; before it has started there is nothing to wake."""
        if self._engine is not None:
            self._engine.wake(account)

    def in_turn(self, work: Work) -> None:
        """Do something in turn with the keys."""
        self.runner.do(work)

    def if_debris(self, undo: Work, end: Work | None = None) -> None:
        """Undo if the Esc that is being handled proves to be the beginning of a key that came in pieces, else ``end``."""
        self.runner.escape.hold(undo, end)


class Served(Protocol):
    """The app, as far as screens know it."""

    services: Services
