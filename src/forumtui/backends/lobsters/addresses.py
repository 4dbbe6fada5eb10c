"""The addresses of Lobsters and of its sister sites, which run the same code.

Source: config/routes.rb of lobsters/lobsters, of 2026 and of the years before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from forumtui.backends.seen import Seen
from forumtui.backends.shapes import Shape, Shapes, web_address
from forumtui.model import Certainty, Recognised, What

HOME = "lobste.rs"
_ID = "[a-z0-9]{6}"
_END = r"(?:\.json|\.rss)?"
_PAGE = r"(?:/page/[0-9]+)?"
_LISTS = "hottest|newest|active|recent|comments|tags|top(?:/[0-9]+[hdwmy])?|saved|hidden|upvoted(?:/stories)?"
_SHAPES = Shapes(
    "lobsters",
    (
        Shape(What.TOPIC, f"s/(?P<id>{_ID})/[^/]*/comments/(?P<post>{_ID}){_END}"),
        Shape(What.TOPIC, f"s/(?P<id>{_ID}){_END}(?:/[^/]*)?", fragment=f"c_(?P<post>{_ID})"),
        Shape(What.POST, f"c/(?P<id>{_ID}){_END}"),
        Shape(What.POST, f"comments/(?P<id>{_ID})(?:/reply)?"),
        Shape(What.TAG, f"t/(?P<id>[^/,.]+){_PAGE}{_END}"),
        Shape(What.MEMBER, rf"(?:u/|~)(?P<id>[^/.]+)(?:/(?:threads|stories|standing))?{_PAGE}{_END}"),
        Shape(What.MEMBER, f"(?:threads|newest)/(?!page/)(?P<id>[^/.]+){_PAGE}{_END}"),
        Shape(What.SEARCH, "search", {"id": "q"}),
        Shape(What.FORUM, f"(?:{_LISTS}){_PAGE}{_END}"),
        Shape(What.FORUM, rf"(?:page/[0-9]+{_END}|rss|about|)"),
    ),
)


_MARK = re.compile(r"<(?:meta[^<>]*\bname=[\"']?story-flags|li[^<>]*\bdata-shortid=)", re.IGNORECASE)


class LobstersAddresses:
    """The home site is known by its name; sister sites may be anywhere, at the top of a host."""

    name = "lobsters"
    questions: Sequence[str] = ()
    has_pages = True

    def recognises(self, location: str) -> Certainty:
        """Certainly what is at lobste.rs; perhaps any other web address."""
        parts = web_address(location)
        if parts is None:
            return Certainty.NO
        return Certainty.CERTAINLY if parts.netloc in {HOME, f"www.{HOME}"} else Certainty.PERHAPS

    def names(self, location: str, base: str = "") -> Recognised | None:
        """Nothing in a folder: all of these sites are a host of their own."""
        parts = web_address(location)
        if parts is None:
            return None
        site = f"{parts.scheme}://{parts.netloc}"
        if parts.netloc in {HOME, f"www.{HOME}"}:
            site = f"https://{HOME}"
            location = f"{site}{parts.path}?{parts.query}#{parts.fragment}"
        return _SHAPES.names(location, base or site)

    def shows(self, seen: Seen) -> str | None:
        """By what only the pages of this code hold: its reasons for flags, its stories."""
        return seen.folder("") if seen.is_page and _MARK.search(seen.text) else None
