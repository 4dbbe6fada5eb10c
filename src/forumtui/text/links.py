"""Which addresses become links, and what a reader should be shown of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from forumtui.text.sanitise import clean_line

BARE = re.compile(r"https?://(?:(?!&lt;|&gt;|&quot;)[^\s<>\"`\\\[\]{}|^\x00-\x20\x7f-\x9f])+", re.IGNORECASE)
_SAFE = re.compile(r"(?:https?://[^\s/?#]|mailto:[^\s@]+@)\S*", re.IGNORECASE)
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


def bare_url(text: str, start: int) -> str:
    """The address written at ``start`` without the punctuation of the sentence around it; "" if there is none."""
    found = BARE.match(text, start)
    if found is None:
        return ""
    url = found[0]
    while url and (
        url[-1] in _PUNCTUATION or (url[-1] in _CLOSES and url.count(_CLOSES[url[-1]]) < url.count(url[-1]))
    ):
        url = url[:-1]
    return url if is_link(url) else ""


def bare_urls(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each address in plain text."""
    for found in BARE.finditer(text) if "://" in text else ():
        url = bare_url(text, found.start())
        if url:
            yield found.start(), found.start() + len(url)
