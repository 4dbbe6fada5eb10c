"""The addresses of Discourse forums, which may be on any host and in any folder.

Source: config/routes.rb of discourse/discourse, of 2021 and of 2026.
"""

from __future__ import annotations

import re

from forumtui.backends.seen import Seen
from forumtui.backends.shapes import Shape, Shapes, web_address
from forumtui.model import Certainty, Recognised, What

_NUMBER = "[0-9]+"
_SLUG = r"(?!(?:[0-9]+)(?:/|$))[^/]+"
"""A slug is never all digits."""
_END = r"(?:\.json|\.rss)?"
_ORDER = "latest|new|unread|unseen|hot|top|read|posted|bookmarks"
_LIST = rf"(?:/(?:none|all))?(?:/l)?(?:/(?:{_ORDER})(?:/(?:all|yearly|quarterly|monthly|weekly|daily))?)?"
_AFTER = r"(?:/(?:last|print|summary|[0-9]+/[^/]+))?"

_SHAPES = Shapes(
    "discourse",
    (
        Shape(What.TOPIC, rf"(?:t|n)/(?:{_SLUG}/)?(?P<id>{_NUMBER})/(?P<number>{_NUMBER}){_END}"),
        Shape(What.TOPIC, rf"(?:t|n)/(?:{_SLUG}/)?(?P<id>{_NUMBER}){_END}{_AFTER}"),
        Shape(What.TOPIC, rf"raw/(?P<id>{_NUMBER})(?:/(?P<number>{_NUMBER}))?"),
        Shape(What.TOPIC, rf"posts/by_number/(?P<id>{_NUMBER})/(?P<number>{_NUMBER}){_END}"),
        Shape(What.POST, rf"p/(?P<id>{_NUMBER})(?:/[^/]+)?"),
        Shape(What.POST, rf"posts/(?P<id>{_NUMBER})(?:/(?:raw|cooked|replies))?{_END}"),
        Shape(
            What.TAG, rf"tags/c/(?:{_SLUG}/){{1,3}}{_NUMBER}(?:/none|/all)?/(?P<id>[^/]+?)(?:/{_NUMBER})?{_LIST}{_END}"
        ),
        Shape(What.BOARD, rf"c/(?:{_SLUG}/){{0,3}}(?P<id>{_NUMBER})(?:/show|/visibility|{_LIST}){_END}"),
        Shape(What.TAG, rf"tags?/(?P<id>(?!c/|intersection/)[^/]+?)(?:/{_NUMBER})?{_LIST}{_END}"),
        Shape(What.MEMBER, rf"(?:u|users)/(?!by-external/|account-created)(?P<id>[^/]+?){_END}(?:/.*)?"),
        Shape(What.SEARCH, rf"search{_END}", {"id": "q"}),
        Shape(What.FORUM, rf"(?:{_ORDER})(?:/(?:all|yearly|quarterly|monthly|weekly|daily))?{_END}"),
        Shape(What.FORUM, rf"(?:categories|tags|about|posts|login|site/basic-info|site){_END}"),
    ),
)
_HOSTED = ".discourse.group"
"""Where its makers host forums."""
_OF_ITS_MAKERS = {"meta.discourse.org", "try.discourse.org"}


_MARK = re.compile(
    r"<meta[^<>]*\b(?:id=[\"']?data-discourse-setup|name=[\"']?discourse(?:_theme_id|-base-uri))\b", re.IGNORECASE
)


class DiscourseAddresses:
    """A forum may be anywhere, so but for its makers' own hosts somebody has to be asked."""

    name = "discourse"
    questions = ("site/basic-info.json",)
    has_pages = True

    def recognises(self, location: str) -> Certainty:
        """Certainly what its makers host; perhaps any other web address."""
        parts = web_address(location)
        if parts is None:
            return Certainty.NO
        sure = parts.netloc in _OF_ITS_MAKERS or parts.netloc.endswith(_HOSTED)
        return Certainty.CERTAINLY if sure else Certainty.PERHAPS

    def names(self, location: str, base: str = "") -> Recognised | None:
        """A topic's post goes by its number, a post without a topic by its id."""
        return _SHAPES.names(location, base)

    def shows(self, seen: Seen) -> str | None:
        """By what every page of it says of itself, its log-in page and "not found" too, or by its description."""
        if seen.is_page:
            ours = seen.meta("generator").startswith("Discourse") or _MARK.search(seen.text) is not None
            folder = seen.meta("discourse-base-uri")
            if ours and folder.startswith("/"):
                return seen.folder(folder)
        else:
            given = seen.object()
            described = seen.is_good and {"title", "logo_url", "login_required"} <= given.keys()
            ours = described or given.get("error_type") == "not_logged_in"
        if not ours:
            return None
        named = self.names(seen.url)
        return named.base if named is not None else seen.folder("")
