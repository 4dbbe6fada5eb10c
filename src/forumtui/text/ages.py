"""Times for people and for programs."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from forumtui.model import Millis

_MINUTE, _HOUR, _DAY, _WEEK, _YEAR = 60_000, 3_600_000, 86_400_000, 7 * 86_400_000, 365 * 86_400_000


def age(then: Millis | None, now: Millis) -> str:
    """How long ago, in at most three characters where it is under a century; "" when unknown."""
    if then is None:
        return ""
    passed = now - then
    if passed < _MINUTE:
        return "now"
    for unit, letter, end in ((_MINUTE, "m", _HOUR), (_HOUR, "h", _DAY), (_DAY, "d", _WEEK), (_WEEK, "w", _YEAR)):
        if passed < end:
            return f"{passed // unit}{letter}"
    return f"{passed // _YEAR}y"


def exact(then: Millis | None) -> str:
    """Day and minute in local time; "" when unknown."""
    moment = _moment(then, None)
    return moment.strftime("%Y-%m-%d %H:%M") if moment else ""


def iso(then: Millis | None) -> str | None:
    """ISO 8601 in UTC with Z, milliseconds only where there are some; None when unknown."""
    moment = _moment(then, UTC)
    if moment is None:
        return None
    precision = "milliseconds" if moment.microsecond else "seconds"
    return moment.replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def _moment(then: Millis | None, zone: tzinfo | None) -> datetime | None:
    """None also for a time outside the years that a calendar can name.  Without a ``zone``: local time."""
    if then is None:
        return None
    try:
        return datetime.fromtimestamp(then / 1000, zone)
    except (OverflowError, OSError, ValueError):
        return None
