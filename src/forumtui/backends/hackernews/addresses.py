"""The addresses of Hacker News: its own, and those of the two services that tell about it.

Sources: the pages of news.ycombinator.com, the README of HackerNews/API, hn.algolia.com/api.
"""

from __future__ import annotations

from dataclasses import replace

from forumtui.backends.shapes import Shape, Shapes, web_address
from forumtui.model import Certainty, Recognised, What

BASE = "https://news.ycombinator.com"
_NUMBER = "[0-9]+"
_LISTS = (
    "news|newest|front|best|ask|asknew|show|shownew|jobs|active|classic|noobstories|pool|launches|newcomments|"
    "bestcomments|rss"
)
_SITE = Shapes(
    "hackernews",
    (
        Shape(What.TOPIC, "item", {"id": "id"}, fragment=f"(?P<post>{_NUMBER})", id=_NUMBER),
        Shape(What.POST, "(?:reply|edit|delete-confirm)", {"id": "id"}, id=_NUMBER),
        Shape(What.MEMBER, "(?:user|threads|submitted|favorites|upvoted)", {"id": "id"}),
        Shape(What.FORUM, f"(?:{_LISTS})?"),
    ),
)
_SEARCH = Shapes(
    "hackernews",
    (
        Shape(What.TOPIC, f"api/v1/items/(?P<id>{_NUMBER})"),
        Shape(What.MEMBER, "api/v1/users/(?P<id>[^/]+)"),
        Shape(What.SEARCH, "(?:api/v1/search(?:_by_date)?)?", {"id": "query"}),
        Shape(What.SEARCH, "", {"id": "q"}),
    ),
)
_DATA = Shapes(
    "hackernews",
    (
        Shape(What.TOPIC, rf"v0/item/(?P<id>{_NUMBER})\.json"),
        Shape(What.MEMBER, r"v0/user/(?P<id>[^/]+)\.json"),
    ),
)
_HOSTS = {
    "news.ycombinator.com": _SITE,
    "www.news.ycombinator.com": _SITE,
    "hn.algolia.com": _SEARCH,
    "hacker-news.firebaseio.com": _DATA,
}


class HackerNewsAddresses:
    """One site; what its addresses name is told by them alone, but not whether an item is a story or a comment."""

    name = "hackernews"

    def recognises(self, location: str) -> Certainty:
        """Certainly what is at one of its hosts."""
        parts = web_address(location)
        return Certainty.CERTAINLY if parts is not None and parts.netloc in _HOSTS else Certainty.NO

    def names(self, location: str, base: str = "") -> Recognised | None:
        """An item is called a topic: most that are passed on are stories."""
        parts = web_address(location) if base in {"", BASE} else None
        shapes = _HOSTS.get(parts.netloc) if parts is not None else None
        found = shapes.names(location) if shapes is not None else None
        if parts is None or found is None or found.base != f"{parts.scheme}://{parts.netloc}":
            return None
        return replace(found, base=BASE)
