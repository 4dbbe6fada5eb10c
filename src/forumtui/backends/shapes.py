"""The shapes of a forum's addresses as a table, and what an address of one of these shapes names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from forumtui.model import Recognised, What
from forumtui.model.ids import is_id
from forumtui.values import quick_dataclass

MOST_ADDRESS = 2000
"""Characters; browsers and servers take hardly more."""
NO_ADDRESS = "The address of a web forum looks like https://example.org; this one does not."
HOLDS_CREDENTIALS = "The address of a forum holds no name and no password; log in instead."
_NOT_IN_ADDRESSES = re.compile(r"[\s\\\0-\x20\x7f]")
"""Browsers take a backslash for a slash, so that the host would be another than here."""
_MOST_PARAMETERS = 50
_MOST_FOLDERS = 8
"""Between a host and a forum."""


@quick_dataclass(frozen=True, slots=True)
class Shape:
    """One shape of address.

    ``path``: a regular expression for the whole path below the forum's base, whose groups ``id`` and ``post``
    (or ``number``, for a post that counts within its topic) are what they are called.  ``query`` names the parameters that hold them instead; all must be there, and ``id`` is an
    expression for such an id.  ``fragment`` is like ``path``; where it does not fit, the address still does.
    """

    what: What
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    fragment: str = ""
    id: str = ".+"


class Shapes:
    """A table of shapes, the first that fits wins.

    ``prefix``: what stands before the web address in an account's location, such as ``slate+``.
    """

    def __init__(self, software: str, shapes: Iterable[Shape], *, prefix: str = "") -> None:
        self._software = software
        self._prefix = prefix
        self._table = tuple(shapes)

    @cached_property
    def _shapes(self) -> Sequence[tuple[Shape, re.Pattern[str], re.Pattern[str]]]:
        return [
            (
                shape,
                re.compile(rf"(?P<base>(?:/[^/]+){{0,{_MOST_FOLDERS}}}?)/(?:{shape.path})/?"),
                re.compile(shape.fragment),
            )
            for shape in self._table
        ]

    def names(self, location: str, base: str = "") -> Recognised | None:
        """What a web address names: what the first shape that fits says, else the forum, if it is that and no more.

        ``base``: where the forum is, which alone names it; nothing that is not below it fits.  Without it, the shortest
        base that makes sense.
        """
        parts = web_address(self._bare(location))
        if parts is None:
            return None
        if base:
            known = web_address(self._bare(base))
            if known is None or not is_below(parts, known):
                return None
            folder = known.path.rstrip("/")
        else:
            folder = None
        below = (parts.path if folder is None else parts.path[len(folder) :]) or "/"
        for shape, path, fragment in self._shapes:
            fits = path.fullmatch(below)
            if fits is None or (folder is not None and fits["base"]):
                continue
            found = _found(shape, fits, fragment.fullmatch(parts.fragment), parts.query)
            if found is not None:
                at = base or f"{self._prefix}{parts.scheme}://{parts.netloc}{fits['base']}"
                number = found.pop("number", "")
                post = number or found.get("post", "")
                return Recognised(self._software, at, shape.what, found.get("id", ""), post, numbered=bool(number))
        bare = below == "/" and not parts.query
        return Recognised(self._software, base or f"{self._prefix}{parts.scheme}://{parts.netloc}") if bare else None

    def _bare(self, location: str) -> str:
        has = bool(self._prefix) and location.lower().startswith(self._prefix)
        return location[len(self._prefix) :] if has else location


def _found(shape: Shape, path: re.Match[str], fragment: re.Match[str] | None, query: str) -> dict[str, str] | None:
    """The id and post of an address that fits; None where a parameter is missing, or nothing can be meant by it."""
    found: dict[str, str] = {}
    for fits in (path, fragment):
        if fits is not None:
            found |= {name: unquote(value) for name, value in fits.groupdict().items() if value and name != "base"}
    if shape.query:
        try:
            given = parse_qs(query, max_num_fields=_MOST_PARAMETERS)
        except ValueError:
            return None
        for field, parameter in shape.query.items():
            if parameter not in given:
                return None
            found[field] = given[parameter][0]
        if not re.fullmatch(shape.id, found.get("id", "")):
            return None
    return found if all(map(is_id, found.values())) else None


def web_address(location: str) -> SplitResult | None:
    """The parts of a web address, scheme and host in small letters and without the scheme's own port; None for what is none."""
    location = location.strip()
    if len(location) > MOST_ADDRESS or not location.lower().startswith(("http://", "https://")):
        return None
    if _NOT_IN_ADDRESSES.search(location):
        return None
    try:
        parts = urlsplit(location)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or parts.username is not None or not is_id(location):
        return None
    scheme = parts.scheme.lower()
    name = f"[{host}]" if ":" in host else _in_ascii(host.rstrip("."))
    if not name:
        return None
    usual = {"http": 80, "https": 443}[scheme]
    netloc = name if port in {None, usual} else f"{name}:{port}"
    return SplitResult(scheme, netloc, parts.path, parts.query, parts.fragment)


def _in_ascii(host: str) -> str:
    """A host's name as it is asked for, in punycode where it has other letters; "" where there can be no such name."""
    if host.isascii():
        return host
    import idna

    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        return ""


def is_below(parts: SplitResult, base: SplitResult) -> bool:
    """Whether an address is a base or below it; http and https are one, where no port is named."""
    folder = base.path.rstrip("/")
    return parts.netloc == base.netloc and (parts.path == folder or parts.path.startswith(f"{folder}/"))
