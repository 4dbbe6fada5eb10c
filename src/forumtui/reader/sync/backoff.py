"""What to do after something went wrong, and when: pure tables, no clock and no chance of their own.

Times are seconds.  ``jitter`` is a number from 0 to 1 that keeps many readers from asking at the same moment.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType

from forumtui.errors import (
    AuthRequired,
    Busy,
    Conflict,
    Endless,
    ForumtuiError,
    NotYet,
    Offline,
    RateLimited,
    Refused,
    Unanswered,
    Unsupported,
)
from forumtui.model import Millis
from forumtui.reader.rows import Health
from forumtui.values import quick_dataclass

LONGEST = 300.0
LONG_PAUSE = 60.0
"""Seconds; of such a pause it is said when it ends."""
LOOKS = (5.0, 30.0, 120.0)
"""When to look for a message whose end is unknown, in seconds after it was sent."""


_WAITS: Mapping[type[BaseException], tuple[float, float]] = MappingProxyType(
    {
        Busy: (0.5, 10.0),
        Offline: (2.0, LONGEST),
        Unanswered: (2.0, LONGEST),
        Endless: (60.0, 6 * 3600.0),  # each try may cost thousands of requests
    }
)
"""The first and the longest pause after an error, in seconds."""


class Next(Enum):
    """Where an outbox row goes after a failed try."""

    QUEUED = auto()
    """Surely not done: try again."""
    UNKNOWN = auto()
    """It may have arrived: settle that before anything else."""
    REFUSED = auto()
    """For good."""


@quick_dataclass(frozen=True, slots=True)
class Step:
    """Where to go, and after how many seconds."""

    next: Next
    delay: float = 0.0


def after_send(error: BaseException, attempt: int, *, unknown: bool, jitter: float) -> Step:
    """What becomes of a row whose sending failed the ``attempt``-th time (from 1).

    ``unknown``: an earlier try may have arrived, which no later failure to send can change.
    """
    if isinstance(error, Refused | Conflict | Unsupported):
        return Step(Next.REFUSED)
    if isinstance(error, Offline | Busy | NotYet | RateLimited | AuthRequired):
        return Step(Next.UNKNOWN if unknown else Next.QUEUED, delay(error, attempt, jitter))
    return Step(Next.UNKNOWN, delay(error, attempt, jitter))


def delay(error: BaseException, attempt: int, jitter: float) -> float:
    """Seconds before the next try: longer each time, never less than the forum asked for."""
    if isinstance(error, RateLimited | NotYet):
        return max(1.0, error.retry_after) * (1 + 0.1 * jitter)
    first, longest = next((times for kind, times in _WAITS.items() if isinstance(error, kind)), (15.0, LONGEST))
    return min(longest, first * 2.0 ** min(30, max(0, attempt - 1))) * (0.75 + 0.5 * jitter)


class Verdict(Enum):
    """What to do with a message that was looked for and not found."""

    LOOK_AGAIN = auto()
    RESEND = auto()
    ASK = auto()


def after_look(elapsed: float, settle: float | None) -> tuple[Verdict, float]:
    """What to do ``elapsed`` seconds after a send whose end is unknown, and in how many seconds.

    ``settle``: after so many seconds it can no longer arrive; None: it may arrive at any time.
    """
    elapsed = max(0.0, elapsed)
    if settle is not None and elapsed >= settle:
        return Verdict.RESEND, 0.0
    coming = [look - elapsed for look in LOOKS if look > elapsed]
    if settle is not None:
        return Verdict.LOOK_AGAIN, min([settle - elapsed, *coming])
    return (Verdict.LOOK_AGAIN, coming[0]) if coming else (Verdict.ASK, 0.0)


def health_of(error: BaseException) -> Health:
    """What an account's state is after this."""
    if isinstance(error, AuthRequired):
        return Health.NEEDS_LOGIN
    if isinstance(error, Offline | Unanswered | RateLimited | Busy):
        return Health.OFFLINE
    return Health.FAILED


def note_of(error: BaseException) -> str:
    """A sentence for the account's line."""
    if isinstance(error, ForumtuiError):
        return str(error)
    return f"Something unforeseen went wrong ({type(error).__name__}); the log has the details.  It is tried again."


def note_at(error: BaseException, now: Millis) -> str:
    """The same, and of a long pause when it ends, by this computer's clock."""
    note = note_of(error)
    if isinstance(error, RateLimited) and error.retry_after >= LONG_PAUSE:
        until = time.localtime(now / 1000 + error.retry_after)
        return f"{note}  It goes on at {time.strftime('%H:%M', until)}."
    return note


def pause(error: BaseException, failures: int, jitter: float) -> float | None:
    """Seconds until an account is tried again after so many failures in a row; None: when the user did something."""
    if isinstance(error, AuthRequired):
        return None
    return delay(error, failures, jitter)


def is_about_the_request(error: BaseException) -> bool:
    """Whether only what was asked for is wrong, and the forum is there all the same."""
    return isinstance(error, Refused | Conflict | Unsupported | NotYet)
