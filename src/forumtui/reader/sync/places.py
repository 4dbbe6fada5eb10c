"""How the place of a forum is written, and what a forum at it could be called."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from forumtui.backends.remote.location import SOCKET, socket_of
from forumtui.backends.shapes import web_address
from forumtui.errors import UsageError

_LONGEST_NAME = 40
_MOST_NAMES = 1000


def canonical(location: str) -> str:
    """A place as it is written everywhere: an absolute path (of a Unix socket, after "unix:"), or an address in small letters."""
    location = location.strip()
    if not location:
        raise UsageError("Say which forum: a file or an address.")
    if location.lower().startswith("file:"):
        return location
    socket = socket_of(location)
    if socket is not None:
        return SOCKET + _absolute(socket)
    if "://" not in location:
        return location if _is_known_elsewhere(location) else _absolute(location)
    parts = urlsplit(location)
    if parts.password is not None:
        raise UsageError("Leave the password out of the address: addresses are not kept secret.")
    parts = web_address(location) or parts
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path.rstrip("/"), parts.query, ""))


def _is_known_elsewhere(location: str) -> bool:
    """Whether a driver of something else than files knows this, such as ``scheme:rest``."""
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", location):
        return False
    from forumtui.backends.registry import driver_for

    try:
        return driver_for(location).name != "local"
    except UsageError:
        return False


def _absolute(path: str) -> str:
    try:
        return str(Path(path).expanduser().absolute())
    except RuntimeError as error:
        raise UsageError(f"There is no such user: {path}") from error


def names_for(title: str, location: str) -> list[str]:
    """Short names that could be typed, the best first: from the title, else from the place."""
    place = urlsplit(location).netloc if "://" in location else Path(location).stem
    name = _slug(title) or _slug(place) or "forum"
    return [name, *(f"{name}-{number}" for number in range(2, _MOST_NAMES))]


def _slug(title: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", title) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", plain).casefold())[:_LONGEST_NAME].strip("-")
