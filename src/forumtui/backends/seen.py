"""What one request to a stranger brought, and what of it tells who answers there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from html import unescape
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from forumtui.text.sanitise import clean_line
from forumtui.values import quick_dataclass

_META = re.compile(r"<meta\b([^<>]{1,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([^\s=>"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_MOST_METAS = 300
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{1,2000})<", re.IGNORECASE)
_MOST_TITLE = 300
_CHARSET = re.compile(
    r"charset\s*=\s*[\"']?(utf-?8|us-ascii|iso-8859-[0-9]{1,2}|windows-125[0-9]|koi8-[ru]|gb[k2-9][0-9]{0,5}|big5|shift_jis|"
    r"euc-(?:jp|kr))\b",
    re.IGNORECASE,
)
"""Those that take no longer to read than there is of them."""
_PAGES = {"text/html", "application/xhtml+xml"}


@quick_dataclass(frozen=True, slots=True)
class Seen:
    """An answer of any status."""

    url: str
    """Where it came from, after redirects."""
    status: int
    headers: Mapping[str, str]
    """Their names are in small letters."""
    text: str
    """The beginning of its body."""

    @classmethod
    def of(cls, url: str, status: int, headers: Mapping[str, str], body: bytes) -> Seen:
        """From the bytes of a body, by the character set that its headers name."""
        named = _CHARSET.search(headers.get("content-type", ""))
        return cls(url, status, headers, body.decode(named[1] if named is not None else "utf-8", "replace"))

    @property
    def is_page(self) -> bool:
        """Whether it is a web page, for people."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower() in _PAGES

    @property
    def is_good(self) -> bool:
        """Whether it is what was asked for."""
        return 200 <= self.status < 300

    def meta(self, name: str) -> str:
        """What a page says of itself under a name such as "generator"; "" if nothing."""
        return _metas(self.text).get(name, "") if self.is_page else ""

    @property
    def title(self) -> str:
        """What a page is about, without the name of its site where it says so, or what an object is called; "" if nothing."""
        if not self.is_page:
            called = self.object().get("title")
            return clean_line(called, _MOST_TITLE) if isinstance(called, str) else ""
        found = _TITLE.search(self.text)
        return (
            self.meta("og:title")
            or self.meta("twitter:title")
            or (clean_line(unescape(found[1]), _MOST_TITLE) if found is not None else "")
        )

    def object(self) -> Mapping[str, Any]:
        """The JSON object that it is; an empty one if it is none."""
        return {} if self.is_page else _object(self.text)

    def folder(self, path: str) -> str:
        """The address of a folder of the same site, such as the "/" or "/forum" that a page names."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}/{path.strip('/')}".rstrip("/")


@lru_cache(maxsize=2)
def _metas(text: str) -> Mapping[str, str]:
    """What the tags of a page say; of two with a name, the first."""
    said: dict[str, str] = {}
    for tag in islice(_META.finditer(text), _MOST_METAS):
        given = {found[1].lower(): found[2] or found[3] or found[4] or "" for found in _ATTRIBUTE.finditer(tag[1])}
        for name in (given.get("name"), given.get("property")):
            if name and "content" in given:
                said.setdefault(name, clean_line(unescape(given["content"]), _MOST_TITLE))
    return said


@lru_cache(maxsize=2)
def _object(text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
