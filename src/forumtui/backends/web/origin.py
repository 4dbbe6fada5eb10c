"""The one place that a client talks to: addresses below it, redirects that must not lead away from it, and headers that nobody else gets to see."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

import httpx

from forumtui.backends.shapes import HOLDS_CREDENTIALS, NO_ADDRESS
from forumtui.errors import Refused, Unanswered, Unreadable
from forumtui.text.sanitise import clean_line

Params = Mapping[str, str | int | bool | Sequence[str] | None]
"""What stands behind the question mark; None leaves a name out."""

_FOR_GOOD = (301, 308)


class Elsewhere(Unreadable):
    """A redirect leads away from the place that was asked; ``is_move``: that place is said to be there now."""

    def __init__(self, message: str, target: str, *, is_move: bool) -> None:
        super().__init__(message)
        self.target = target
        self.is_move = is_move


class Origin:
    """A scheme, a host and a port, perhaps with a folder; ``name`` is what sentences for people call it.

    Raises `Refused` for what is no such address.
    """

    def __init__(self, address: str, name: str | None = None) -> None:
        try:
            url = httpx.URL(address.strip())
            usable = url.scheme in {"http", "https"} and url.host and (url.port is None or 0 < url.port < 65536)
        except (httpx.InvalidURL, ValueError):
            usable = False
        if not usable:
            raise Refused(NO_ADDRESS)
        if url.userinfo:
            raise Refused(HOLDS_CREDENTIALS)
        self.base = url.copy_with(raw_path=url.raw_path.partition(b"?")[0].rstrip(b"/") + b"/", fragment=None)
        self.name = clean_line(name or self.base.netloc.decode("ascii"))

    def holds(self, url: httpx.URL) -> bool:
        """Whether that is the same scheme, host and port."""
        return _origin(url) == _origin(self.base)

    def url(self, path: str, params: Params | None = None, *, safe: bool = True) -> httpx.URL:
        """An address below the base; ``path`` may also be a whole address that the forum gave, such as a next page.

        Raises `Unreadable` for what leads elsewhere, since such a path is made of what a server said; for an act
        `Refused`, since it is surely not sent.
        """
        wrong = Unreadable if safe else Refused
        try:
            if path.lower().startswith(("http://", "https://")):
                url = httpx.URL(path).copy_with(userinfo=b"")
            else:
                url = httpx.URL(str(self.base) + path.lstrip("/"))
            given = {name: value for name, value in (params or {}).items() if value is not None}
            if given:
                url = url.copy_merge_params(given)
        except (httpx.InvalidURL, ValueError):
            raise wrong(f"What is asked of {self.name} makes no address.") from None
        # An id such as ".." in a path would climb out of the folder, quoted or not.
        climbs = any(part in {".", ".."} for part in path.partition("?")[0].split("/"))
        if climbs or not self.holds(url):
            raise wrong(f"What is asked of {self.name} leads somewhere else.")
        return url

    def redirected(self, asked: httpx.URL, status: int, location: str, *, follow: bool, safe: bool) -> httpx.URL:
        """Where a redirect leads, if one may ``follow`` it.

        Raises `Unreadable` if not or if that is elsewhere; for an act `Unanswered`: whoever redirects it, what became
        of it is not said.
        """
        wrong = Unreadable if safe else Unanswered
        try:
            target = asked.join(location).copy_with(userinfo=b"", fragment=None)
        except (httpx.InvalidURL, ValueError):
            target = httpx.URL()
        if target.scheme not in {"http", "https"} or not target.host:
            raise wrong(f"{self.name} answers with a redirect that leads nowhere.")
        if not self.holds(target):
            is_move = status in _FOR_GOOD or target.raw_host == self.base.raw_host
            said = self._elsewhere(asked, target, is_move=is_move)
            raise Elsewhere(said, str(target), is_move=is_move) if safe else wrong(said)
        if not follow:
            raise wrong(f"{self.name} answers with a redirect instead of saying what it did.")
        return target

    def _elsewhere(self, asked: httpx.URL, target: httpx.URL, *, is_move: bool) -> str:
        there = self._new_base(asked, target)
        if not is_move:
            # Perhaps a log-in page, or a hotel's network that wants to be paid first.
            return f"{self.name} sends us on to {there}, which is not the forum that was asked."
        return f"{self.name} answers that it moved to {there}; add that address instead."

    def _new_base(self, asked: httpx.URL, target: httpx.URL) -> str:
        """The address to add instead: without what was asked for below it, if that is still recognisable."""
        below = _path(asked).removeprefix(_path(self.base))
        there = _path(target)
        folder = there.removesuffix(below).rstrip("/") if below and there.endswith("/" + below) else ""
        return clean_line(f"{target.scheme}://{target.netloc.decode('ascii')}{folder}", 200)


def _origin(url: httpx.URL) -> tuple[str, bytes, int | None]:
    return url.scheme, url.raw_host, url.port  # a scheme's own port is None already


def _path(url: httpx.URL) -> str:
    return url.raw_path.partition(b"?")[0].decode("ascii")


_WORTH_HIDING = 8
"""Characters; shorter parts are words such as Bearer."""


class Credentials:
    """Headers that no repr shows; `hide` takes them out of what a server echoes.

    Raises `ValueError`, without the value, for one that cannot be sent.
    """

    def __init__(self, headers: Mapping[str, str] | None) -> None:
        self.headers = {name.lower(): value.strip() for name, value in (headers or {}).items()}
        if not all(map(is_sendable, self.headers.values())):
            raise ValueError("characters that cannot be sent")
        parts = {part for value in self.headers.values() for part in (value, *re.split(r"[\s;,=]+", value))}
        self._parts = sorted((part for part in parts if len(part) >= _WORTH_HIDING), key=len, reverse=True)

    @property
    def imprint(self) -> str:
        """By which they can be told from others, and nobody can find them out; "" where there are none."""
        if not self.headers:
            return ""
        return hashlib.sha256(repr(sorted(self.headers.items())).encode()).hexdigest()[:12]

    def hide(self, text: str) -> str:
        """The text without what is secret in it: each value, and what is long in one, such as the token of a pair."""
        for part in self._parts:
            text = text.replace(part, "…")
        return text


def is_sendable(value: str) -> bool:
    """Whether it can be a header's value.  httpx and h11 would quote one that can not in their errors."""
    return value.isascii() and value.isprintable() and value == value.strip()
