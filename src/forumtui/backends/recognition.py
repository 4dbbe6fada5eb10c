"""Which kind of forum an address is of, and what it names there, as far as its text tells."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from forumtui.backends import registry
from forumtui.backends.api import Addresses
from forumtui.backends.shapes import HOLDS_CREDENTIALS, web_address
from forumtui.backends.unread import KINDS
from forumtui.errors import Refused, UsageError
from forumtui.model import Certainty, Recognised, What


def kinds_of(location: str) -> Sequence[tuple[Addresses, Certainty]]:
    """All for which it is or may be their address: installed drivers, then what is known but not read.

    Raises `Refused` for an address with a name or a password in it.
    """
    if _holds_credentials(location):
        raise Refused(HOLDS_CREDENTIALS)
    found, _ = registry.candidates(location)
    installed = set(registry.drivers())
    known = [(kind, kind.recognises(location)) for kind in KINDS if kind.name not in installed]
    return [*found, *(each for each in known if each[1] is not Certainty.NO)]


def by_text(location: str, *, within: bool = False) -> Recognised | None:
    """What an address names, where its text alone is certain; None where somebody has to be asked, or nobody can be.

    An address of a forum that names nothing in it is the forum's, or with ``within`` nothing.  Raises `Refused` for an
    address with a name or a password in it.
    """
    for kind, certainty in kinds_of(location):
        if certainty is Certainty.CERTAINLY:
            return kind.names(location) or (None if within else _forum(kind, location))
    return None


def looks_like(location: str) -> bool:
    """Whether an address has the shape of a topic or a post of a kind that is read, so that asking is worth while."""
    for kind, certainty in kinds_of(location):
        found = kind.names(location) if certainty is Certainty.PERHAPS and is_read(kind.name) else None
        if found is not None and found.what in {What.TOPIC, What.POST}:
            return True
    return False


def _forum(kind: Addresses, location: str) -> Recognised:
    """The forum of an address that names nothing in it."""
    parts = web_address(location)
    top = kind.names(f"{parts.scheme}://{parts.netloc}/") if parts is not None else None
    return top or Recognised(kind.name, location)


def _holds_credentials(location: str) -> bool:
    try:
        return "://" in location and urlsplit(location.strip()).username is not None
    except ValueError:
        return False


def is_read(software: str) -> bool:
    """Whether a driver is installed for it.  Raises `ForumtuiError` for one that is broken."""
    try:
        registry.driver_named(software)
    except UsageError:
        return False
    return True


def not_read(found: Recognised) -> str:
    """The sentence for a forum that is known, and can not be opened."""
    title = next((getattr(kind, "title", kind.name) for kind in KINDS if kind.name == found.software), found.software)
    return f"{found.base} is a {title} forum; forumtui does not read those yet."
