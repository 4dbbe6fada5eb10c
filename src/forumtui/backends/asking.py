"""What an address names, by asking who answers there where its text does not tell.

The order of asking, at the address's own site and nowhere else:

1. the address itself, as a browser asks for it; every kind of forum looks at what comes;
2. where that shows nothing, what only one kind answers (`ShowsItself.questions`): our own servers first, then the other
   drivers by name, then what is known but not read; below the place where its shapes put the forum, else at the address
   itself and at the top of its host.

It ends with the first kind that knows itself, and after `MOST_ASKED` requests.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import cast
from urllib.parse import urlsplit

from forumtui.backends.api import Addresses, ShowsItself
from forumtui.backends.recognition import by_text, kinds_of
from forumtui.backends.registry import driver_for
from forumtui.backends.seen import Seen
from forumtui.backends.shapes import NO_ADDRESS, web_address
from forumtui.backends.site import Site
from forumtui.backends.web import Elsewhere, Handler
from forumtui.errors import BackendError, NotFound, Offline, Unreadable, UsageError
from forumtui.model import Recognised, What

TOTAL = 40.0
"""Seconds for all that is asked."""


async def recognise(location: str, *, transport: Handler | None = None) -> Recognised:
    """What an address names; its software may be one that is not read here (`recognition.is_read`).

    ``transport``: a server in memory instead of the network.  Raises `NotFound` where there is no forum, `UsageError` for
    what is no address, `Refused` for one with a name or a password in it, another `BackendError` where nobody can be asked.
    """
    certain = by_text(location)
    if certain is not None:
        return certain
    if web_address(location) is None:
        if location.lower().startswith(("http:", "https:")):
            raise UsageError(NO_ADDRESS)
        driver = driver_for(location)
        return driver.names(location) or Recognised(driver.name, location)
    kinds = [kind for kind, _ in kinds_of(location)]
    try:
        async with asyncio.timeout(TOTAL), Site(transport=transport) as site:
            return await _asked(location, kinds, site)
    except TimeoutError:
        raise Offline(f"{urlsplit(location).netloc} did not answer in time.") from None


async def _asked(location: str, kinds: Sequence[Addresses], site: Site) -> Recognised:
    page: Seen | None = None
    trouble: BackendError | None = None
    try:
        page = await site.look(location)
    except Elsewhere as error:  # its pages may be behind the log-in of another site
        trouble = error
    else:
        known = await asyncio.to_thread(_known, kinds, page)
        if known is not None:
            return _found(*known, page, location)
    for kind, address in _questions(page.url if page is not None else location, page, kinds):
        if not site.may_be_asked:
            break
        try:
            seen = await site.look(address)
        except Unreadable:
            continue
        known = await asyncio.to_thread(_known, [kind], seen)
        if known is not None:
            found = _found(*known, page or seen, location)
            return found if found.what is not What.FORUM else replace(found, title=seen.title)
    raise trouble or _nobody(location, page)


def _known(kinds: Sequence[Addresses], seen: Seen) -> tuple[Addresses, str] | None:
    """The first kind whose forum answers so, and where it is; in a thread, for a stranger may send what takes long."""
    for kind in kinds:
        base = cast("ShowsItself", kind).shows(seen) if hasattr(kind, "shows") else None
        if base is not None:
            return kind, base
    return None


def _questions(at: str, page: Seen | None, kinds: Sequence[Addresses]) -> Iterator[tuple[Addresses, str]]:
    """What to ask next, each with who would know itself by the answer."""
    parts = web_address(at)
    if parts is None:
        return
    top = f"{parts.scheme}://{parts.netloc}"
    itself = f"{top}{parts.path.rstrip('/')}"
    shown = page is not None and page.is_page and page.is_good
    for kind in sorted(kinds, key=lambda kind: kind.name != "remote"):
        knows = cast("ShowsItself", kind)
        if not hasattr(kind, "shows") or (shown and knows.has_pages):
            continue
        named = kind.names(at)
        for question in knows.questions:
            bases = [top] if question.startswith("/") else [named.base] if named is not None else [itself, top]
            for base in dict.fromkeys(bases):
                yield kind, f"{base}/{question.removeprefix('/')}"


def _found(kind: Addresses, base: str, page: Seen, location: str) -> Recognised:
    """What the address names at this base: after redirects, which give the whole address for a short one, else as it was."""
    fragment = urlsplit(location).fragment
    asked = kind.names(location, base)
    came = kind.names(f"{page.url}#{fragment}" if fragment else page.url, base)
    told = came is not None and (came.what is not What.FORUM or asked is None or asked.what is What.FORUM)
    found = (came if told else asked) or Recognised(kind.name, base)
    return replace(found, title=page.title) if told and page.is_good else found


def _nobody(location: str, page: Seen | None) -> NotFound | BackendError:
    """Why there is no forum."""
    host = urlsplit(location).netloc
    status = page.status if page is not None else 0
    if page is not None and page.headers.get("cf-mitigated") == "challenge":
        return Unreadable(f"{host} wants to see a browser first, so it does not tell whether a forum is there.")
    if status in {401, 407, 511}:
        return Unreadable(f"{host}, or the network on the way there, wants you to log in before it shows anything.")
    if status >= 500:
        return Offline(f"{host} has trouble (HTTP {status}), so it does not tell whether a forum is there.")
    if status >= 400:
        return NotFound(f"There is no forum that forumtui knows at {location} (HTTP {status}).")
    return NotFound(f"There is no forum that forumtui knows at {location}.")
