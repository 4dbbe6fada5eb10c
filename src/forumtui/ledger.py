"""How often a server was asked, so that nobody who counts with us asks it more often than it allows.

A budget is several spans, each of so many requests in so many seconds; the window slides.  What is looked at may use
all of it, what nobody waits for leaves some.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from typing import Protocol, TypeAlias

from forumtui.values import quick_dataclass

Budget: TypeAlias = tuple[tuple[int, float], ...]
"""So many requests in so many seconds, each of these."""


class Urgency(Enum):
    """For whose sake a server is asked, and which part of the budget that may use."""

    LOOKED_AT = 1.0
    OUTBOX = 0.9
    NEWS = 0.8
    AHEAD = 0.6

    def of(self, most: int) -> int:
        """So many of a span's requests; one always is among them."""
        return max(1, int(most * self.value))


URGENCY: ContextVar[Urgency] = ContextVar("URGENCY", default=Urgency.LOOKED_AT)


@contextmanager
def asking_for(urgency: Urgency) -> Iterator[None]:
    """Whatever is asked meanwhile is asked for that."""
    token = URGENCY.set(urgency)
    try:
        yield
    finally:
        URGENCY.reset(token)


class Ledger(Protocol):
    """Where requests are counted; ``who``: a server, and by what it knows us."""

    async def take(self, who: str, budget: Budget, urgency: Urgency) -> float:
        """Count one more request, if each span has room for it: 0.  Else the seconds until there is room."""

    async def count(self, who: str, budget: Budget) -> None:
        """One more was made in any case, such as the one that a redirect leads to."""


class OwnLedger:
    """In this process alone.  ``clock`` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._asked: dict[str, deque[float]] = {}

    async def take(self, who: str, budget: Budget, urgency: Urgency) -> float:
        """See `Ledger`."""
        wait = until_room(self._of(who, budget), budget, urgency, self._clock())
        if wait <= 0:
            await self.count(who, budget)
        return max(0.0, wait)

    async def count(self, who: str, budget: Budget) -> None:
        """See `Ledger`."""
        self._of(who, budget).append(self._clock())

    def _of(self, who: str, budget: Budget) -> deque[float]:
        longest = max((most for most, _ in budget), default=0)
        return self._asked.setdefault(who, deque(maxlen=longest))


def until_room(asked: Sequence[float], budget: Budget, urgency: Urgency, now: float) -> float:
    """Seconds until one more may be asked, of these times in ascending order; 0 or less: now."""
    allowed = [(urgency.of(most), seconds) for most, seconds in budget]
    return max((asked[-most] + seconds - now for most, seconds in allowed if len(asked) >= most), default=0.0)


LEDGER: ContextVar[Ledger | None] = ContextVar("LEDGER", default=None)
"""Where the clients that are made meanwhile count; None: each for itself."""


@quick_dataclass(frozen=True, slots=True)
class Asked:
    """How often a server was asked within a span of its budget."""

    server: str
    known: bool
    """Whether as a member, by a key of ours."""
    made: int
    most: int
    """What it allows."""
    seconds: float
    """The span."""
