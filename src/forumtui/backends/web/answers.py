"""What went wrong, in the words of `forumtui.errors`: from an answer's status, or from the lack of an answer.

A request is *safe* if it only reads: then a lost answer is `Offline`, since asking again harms nothing.  For an act,
only what was surely not sent is `Offline`; all that may have arrived is `Unanswered`.

Between us and a forum stand proxies, networks that want a log-in, and filters, each with pages of its own.  What is not
the forum's own answer decides nothing: an act may have arrived, a question is still open.
"""

from __future__ import annotations

import logging
import re
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime

import httpx

from forumtui.backends.web.body import json_of, media_type
from forumtui.backends.web.exchange import Answer, answer_of
from forumtui.errors import (
    AuthRequired,
    BackendError,
    Busy,
    Conflict,
    Forbidden,
    Missing,
    Offline,
    Overtaken,
    RateLimited,
    Refused,
    Unanswered,
    Unreadable,
    Unsupported,
)
from forumtui.text.sanitise import clean_line

log = logging.getLogger(__name__)

ReasonOf = Callable[[Answer], str]
"""A dialect's way to say in which part of an error's body the reason stands; "" for none.  It may raise."""

IsOwn = Callable[[Answer], bool]
"""A dialect's way to tell an error of the forum's own from a page of whoever stands in between."""

MeaningOf = Callable[[Answer, str, bool], BackendError | None]
"""A dialect's own reading of an error of the forum's, its reason and whether the request was safe; None for the usual one.
It may raise."""

MOST_REASON = 300
USUAL_PAUSE = 30.0
LONGEST_PAUSE = 3600.0
_SINCE_1970 = 1_000_000_000.0
"""So many seconds are no pause, but a time."""

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_NEVER_READ = {407, 408}
"""A proxy in between wants a log-in; the server waited in vain for the whole request."""
_NO_SUCH_PAGE = {404, 405, 410, 501}
_MEANT: dict[int, tuple[type[BackendError], str]] = {
    401: (AuthRequired, "{name} wants you to log in."),
    403: (Forbidden, "{name} does not allow that."),
    404: (Missing, "{name} has no such thing."),
    405: (Unsupported, "{name} cannot do that."),
    409: (Conflict, "It changed meanwhile on {name}."),
    410: (Missing, "{name} no longer has it."),
    413: (Refused, "That is too large for {name}."),
    422: (Refused, "{name} does not accept that (HTTP 422)."),
    501: (Unsupported, "{name} cannot do that."),
}
_NAMED: dict[tuple[int, str], type[BackendError]] = {
    (409, "overtaken"): Overtaken,
    (422, "unsupported"): Unsupported,
}
"""What the last word of a problem's type tells beyond the status."""
_DOCUMENT = re.compile(r"\s*(<!doctype|<html|<\?xml|<head|<body|<script|<style)", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")


class NobodyThere(Unreadable):
    """Somebody answers, but knows nothing of a forum at this address."""


def failure(
    answer: httpx.Response, name: str, *, safe: bool, own: bool = True, reason: str = ""
) -> BackendError | None:
    """What an answer's status means; None for success.  ``answer`` must be complete, as far as it is wanted.

    ``own``: it is the forum's; of another's, the status says only that the forum was not heard.
    """
    status = answer.status_code
    if 200 <= status < 300:
        return None
    if not own and not (safe and status == 429):  # a wish for a pause is heeded, whoever has it
        return _of_a_stranger(status, name, safe=safe)
    if status in _MEANT:
        kind, usual = _MEANT[status]
        kind = _NAMED.get((status, _problem(answer).get("type", "").rpartition(":")[2]), kind)
        return kind(reason or usual.format(name=name))
    if status == 429:
        pause = retry_after(answer)
        return RateLimited(reason or f"{name} was asked too often; it wants a pause of {pause:.0f} s.", pause)
    if status == 503 and _problem(answer).get("type", "").endswith("busy"):
        return Busy(reason or f"{name} is busy.")
    if status in _NEVER_READ:
        return Offline(reason or f"The request did not get through to {name} (HTTP {status}).")
    if status >= 500:
        said = f": {reason}" if reason else "."
        if safe:
            return Offline(f"{name} has trouble (HTTP {status}){said}")
        return Unanswered(f"{name} has trouble (HTTP {status}), so this may have arrived{said}")
    if status >= 400:
        return Refused(reason or f"{name} does not accept that (HTTP {status}).")
    return Unreadable(f"{name} answers in a way that has no meaning here (HTTP {status}).")


def _of_a_stranger(status: int, name: str, *, safe: bool) -> BackendError:
    said = f"Instead of {name}, something in between answers (HTTP {status})"
    if not safe:
        return Unanswered(f"{said}, so this may have arrived.")
    if status in _NO_SUCH_PAGE:
        return NobodyThere(f"{said}; perhaps this is not the forum's address.")
    if status in _NEVER_READ or status >= 500:
        return Offline(f"{name} has trouble, or something in between (HTTP {status}).")
    return Unreadable(f"{said}; perhaps the network wants you to log in.")


def is_data(answer: Answer) -> bool:
    """Whether an answer is JSON, as an interface for programs gives it even for errors; strangers give pages."""
    kind = media_type(answer)
    return kind in {"application/json", "text/json"} or kind.endswith("+json")


def problem_type(answer: Answer) -> str:
    """The type of an RFC 9457 problem document; "" if it is none."""
    return _problem(answer).get("type", "")


def reason_in(answer: httpx.Response, reason_of: ReasonOf | None, hide: Callable[[str], str] = str) -> str:
    """The server's own reason as one clean line without markup; "" if it gives none.

    ``hide`` takes out of it what must not be shown, since servers echo what they were sent.
    """
    problem = _problem(answer)
    reason: object = problem.get("detail") or problem.get("title") or ""
    if not reason and reason_of is not None:
        try:
            reason = reason_of(answer_of(answer))
        except Exception as error:  # noqa: BLE001 - bodies of errors come in any shape; the status says what matters
            log.debug("No reason in an answer with status %d: %s", answer.status_code, type(error).__name__)
    if not isinstance(reason, str) or _DOCUMENT.match(reason):
        return ""
    return clean_line(_TAG.sub("", hide(reason)), MOST_REASON)


def _problem(answer: httpx.Response | Answer) -> dict[str, str]:
    """The strings of an RFC 9457 problem document; nothing if it is none."""
    if media_type(answer) != "application/problem+json":
        return {}
    try:
        document = json_of(answer, "")
    except Unreadable:
        return {}
    if not isinstance(document, dict):
        return {}
    return {name: value for name, value in document.items() if isinstance(value, str)}


def retry_after(answer: httpx.Response) -> float:
    """Seconds until one may ask again, from 1 to an hour, whether given as seconds, as a date, or as seconds since 1970.

    Where there is no Retry-After, a RateLimit-Reset (draft-ietf-httpapi-ratelimit-headers) tells it, if there is one.
    """
    given = (answer.headers.get("retry-after", "") or answer.headers.get("ratelimit-reset", "")).strip()
    seconds = float(given[:12]) if given.isascii() and given.isdigit() else None
    if seconds is None or seconds >= _SINCE_1970:
        until = seconds or _seconds_of(given)
        if until is None:
            return USUAL_PAUSE
        # By the server's own clock, if it tells: ours may be wrong.
        now = _seconds_of(answer.headers.get("date", ""))
        seconds = until - (time.time() if now is None else now)
    return min(LONGEST_PAUSE, max(1.0, seconds))


def _seconds_of(date: str) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


@contextmanager
def lost_connections(name: str, *, safe: bool) -> Iterator[None]:
    """Let nothing of httpx out: what goes wrong on the way becomes a `BackendError`."""
    try:
        yield
    except (httpx.LocalProtocolError, httpx.DecodingError, httpx.InvalidURL):
        # These quote what was sent or received, perhaps a password among it: no chain.
        if not safe:
            raise Unanswered(f"{name} cannot be understood, so this may have arrived.") from None
        raise Unreadable(f"{name} cannot be understood.") from None
    except (httpx.HTTPError, OSError) as error:
        raise _lost(error, name, safe=safe) from error


def _lost(error: Exception, name: str, *, safe: bool) -> BackendError:
    if isinstance(error, _NOT_SENT):
        return Offline(f"{name} cannot be reached{_why(error)}.")
    late = isinstance(error, httpx.TimeoutException | TimeoutError)
    what = f"{name} did not answer in time" if late else f"The connection to {name} broke off"
    return Offline(f"{what}.") if safe else Unanswered(f"{what}, so this may have arrived.")


def _why(error: Exception) -> str:
    """What the system says of a failed connection, without its number; "" if it says nothing."""
    if isinstance(error, httpx.TimeoutException):
        return ": it does not answer"
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        said = clean_line(cause.verify_message or "it is not valid", 160).rstrip(".")
        return f" safely, because its certificate is not to be trusted: {said}"
    if isinstance(cause, ssl.SSLError):
        return ": what answers there does not speak https"
    said = clean_line(re.sub(r"^\[Errno -?\d+\] ", "", str(error)), 160).rstrip(".")
    return f": {said}" if said else ""
