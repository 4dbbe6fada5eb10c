"""Which addresses become links, and what a reader should be shown of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from forumtui.text.pattern import pattern
from forumtui.text.sanitise import clean_line

_LONGEST = 2000
"""Characters; what is longer is nobody's address, and slow to look at."""

_BARE = pattern(
    r"(?<![^\W_])https?://(?:(?!&lt;|&gt;|&quot;)[^\s<>\"`\\[\]{}|^\x00-\x20\x7f-\x9f\u3000-\u303f\uff00-\uff0f]){1,"
    rf"{_LONGEST}}}",
    re.IGNORECASE,
)
_SAFE = pattern(r"(?:https?://[^\s/?#\\]|mailto:[^\s@\\]+@)[^\s\\]*", re.IGNORECASE)
"""Without backslashes: browsers take them for slashes, so that the host would not be the one that is shown."""
_CLOSES = {")": "(", "”": "“", "’": "‘", "»": "«", "」": "「", "）": "（"}
_PUNCTUATION = ".,;:!?'*_~…。、，．！？；："


def is_link(url: str) -> bool:
    """Whether the address may become a link: http, https or mailto, and printable throughout."""
    return url.isprintable() and _SAFE.fullmatch(url) is not None


def host(url: str) -> str:
    """Where a link really leads: its host (non-Latin ones in their "xn--" form), or a mail's address."""
    if url[:7].casefold() == "mailto:":
        return clean_line(url[7:].partition("?")[0])
    try:
        name = urlsplit(url).hostname or ""
        return clean_line(name if name.isascii() else name.encode("idna").decode("ascii"))
    except ValueError:
        return clean_line(url)


def bare_url(text: str, start: int, end: int | None = None) -> str:
    """The address written at ``start`` without the punctuation of the sentence around it; "" if there is none."""
    found = _BARE.match(text, start, len(text) if end is None else end)
    if found is None or found.end() - start >= _LONGEST:
        return ""
    url = found[0]
    while url and (url[-1] in _PUNCTUATION or _closes_nothing(url)):
        url = url[:-1]
    return url if is_link(url) else ""


def bare_urls(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each address in plain text."""
    for found in _BARE.finditer(text) if "://" in text else ():
        url = bare_url(text, found.start())
        if url:
            yield found.start(), found.start() + len(url)


def _closes_nothing(url: str) -> bool:
    """Whether the last character closes a bracket or quotation that was opened before the address."""
    opening = _CLOSES.get(url[-1])
    return opening is not None and url.count(opening) < url.count(url[-1])
