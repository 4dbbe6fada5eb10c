"""Forum software that is known by its looks, but not read here yet, so that one can say what a site is.

Sources: the templates and routes of each; for Lemmy, NodeBB and Flarum also their APIs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from forumtui.backends.api import Addresses
from forumtui.backends.seen import Seen
from forumtui.backends.shapes import Shape, Shapes, web_address
from forumtui.model import Certainty, Recognised, What

_N = "[0-9]+"
_NODEINFO = "/nodeinfo/2.1"
_NOTHING = "(?!)"


class Unread:
    """One kind of software.

    ``title``: what people call it.  ``sites``: a regular expression for the hosts, or hosts and paths, that are surely of
    this kind.  ``generator``: the beginning of what its pages say they are made by; ``mark``: an expression for a tag that
    only they hold.  ``nodeinfo``: its name where servers describe themselves (nodeinfo.diaspora.software).
    """

    def __init__(
        self,
        name: str,
        title: str,
        shapes: Sequence[Shape] = (),
        *,
        sites: str = "",
        generator: str = "",
        mark: str = "",
        nodeinfo: str = "",
    ) -> None:
        self.name = name
        self.title = title
        self.questions: Sequence[str] = (_NODEINFO,) if nodeinfo else ()
        self.has_pages = not nodeinfo
        self._shapes = Shapes(name, shapes)
        self._sites = re.compile(sites or _NOTHING)
        self._generator = generator
        self._mark = re.compile(mark or _NOTHING, re.IGNORECASE)
        self._nodeinfo = nodeinfo

    def recognises(self, location: str) -> Certainty:
        """Certainly what is at a host of its own."""
        parts = web_address(location)
        if parts is None:
            return Certainty.NO
        if self._sites.match(parts.netloc + (parts.path or "/")):
            return Certainty.CERTAINLY
        shows = self._generator or self._mark.pattern != _NOTHING or self._nodeinfo
        return Certainty.PERHAPS if shows else Certainty.NO

    def names(self, location: str, base: str = "") -> Recognised | None:
        """By the shapes of its addresses."""
        return self._shapes.names(location, base) if self.recognises(location) is not Certainty.NO else None

    def shows(self, seen: Seen) -> str | None:
        """By its generator, its marks, or the server's description of itself."""
        if seen.is_page:
            made_by = bool(self._generator) and seen.meta("generator").startswith(self._generator)
            ours = made_by or self._mark.search(seen.text) is not None
        else:
            software = seen.object().get("software")
            ours = bool(self._nodeinfo) and isinstance(software, dict) and software.get("name") == self._nodeinfo
        if not ours:
            return None
        named = self.names(seen.url) if seen.is_page else None
        return named.base if named is not None else seen.folder("")


_LEMMY = (
    Shape(What.TOPIC, rf"post/(?P<id>{_N})(?:/(?P<post>{_N}))?"),
    Shape(What.POST, rf"comment/(?P<id>{_N})"),
    Shape(What.BOARD, r"c/(?P<id>[^/]+)"),
    Shape(What.MEMBER, r"u/(?P<id>[^/]+)"),
    Shape(What.SEARCH, "search", {"id": "q"}),
    Shape(What.FORUM, "communities|modlog"),
)
_PHP = r"(?:index\.php)?"

_KINDS: tuple[Unread, ...] = (
    Unread(
        "nodebb",
        "NodeBB",
        (
            Shape(What.TOPIC, rf"(?:api/)?topic/(?P<id>{_N})(?:/[^/]*)?(?:/(?P<number>{_N}))?"),
            Shape(What.POST, rf"(?:api/)?post/(?P<id>{_N})"),
            Shape(What.BOARD, rf"(?:api/)?category/(?P<id>{_N})(?:/[^/]*)?(?:/{_N})?"),
            Shape(What.TAG, r"(?:api/)?tags/(?P<id>[^/]+)"),
            Shape(What.MEMBER, r"(?:api/)?user/(?P<id>[^/]+)(?:/.*)?"),
            Shape(What.SEARCH, "(?:api/)?search", {"id": "term"}),
            Shape(What.FORUM, "(?:api/)?(?:categories|recent|popular|unread|config)"),
        ),
        generator="NodeBB",
        mark=r"<script[^<>]*/assets/nodebb\.min\.js",
        nodeinfo="nodebb",
    ),
    Unread(
        "flarum",
        "Flarum",
        (
            Shape(What.TOPIC, rf"d/(?P<id>{_N})(?:-[^/]*)?(?:/(?P<number>{_N}))?"),
            Shape(What.TAG, r"t/(?P<id>[^/]+)"),
            Shape(What.MEMBER, r"u/(?P<id>[^/]+)(?:/.*)?"),
            Shape(What.SEARCH, "(?:all)?", {"id": "q"}),
            Shape(What.FORUM, "all|tags|api"),
        ),
        mark=r"<[a-z]+[^<>]*\bid=[\"']?flarum-(?:loading|content|json-payload)",
    ),
    Unread("lemmy", "Lemmy", _LEMMY, mark=r"<script[^<>]*>\s*window\.isoData", nodeinfo="lemmy"),
    Unread("piefed", "PieFed", _LEMMY, nodeinfo="piefed"),
    Unread(
        "mbin",
        "Mbin",
        (
            Shape(What.TOPIC, rf"m/[^/]+/(?:t|p)/(?P<id>{_N})(?:/[^/]*)?(?:/comment/(?P<post>{_N}))?"),
            Shape(What.BOARD, r"m/(?P<id>[^/]+)"),
            Shape(What.MEMBER, r"u/(?P<id>[^/]+)"),
            Shape(What.SEARCH, "search", {"id": "q"}),
        ),
        nodeinfo="mbin",
    ),
    Unread(
        "phpbb",
        "phpBB",
        (
            Shape(What.TOPIC, r"viewtopic\.php", {"id": "t"}, fragment=f"p(?P<post>{_N})", id=_N),
            Shape(What.POST, r"viewtopic\.php", {"id": "p"}, id=_N),
            Shape(What.BOARD, r"viewforum\.php", {"id": "f"}, id=_N),
            Shape(What.MEMBER, r"memberlist\.php", {"id": "u"}, id=_N),
            Shape(What.SEARCH, r"search\.php", {"id": "keywords"}),
            Shape(What.FORUM, r"index\.php"),
        ),
        generator="phpBB",
        mark=r"<body[^<>]*\bid=[\"']?phpbb\b",
    ),
    Unread(
        "xenforo",
        "XenForo",
        (
            Shape(What.TOPIC, rf"threads/(?:[^/]*\.)?(?P<id>{_N})/post-(?P<post>{_N})"),
            Shape(What.TOPIC, rf"threads/(?:[^/]*\.)?(?P<id>{_N})(?:/page-{_N})?", fragment=f"post-(?P<post>{_N})"),
            Shape(What.POST, rf"posts/(?P<id>{_N})"),
            Shape(What.BOARD, rf"forums/(?:[^/]*\.)?(?P<id>{_N})(?:/page-{_N})?"),
            Shape(What.MEMBER, rf"members/(?:[^/]*\.)?(?P<id>{_N})"),
            Shape(What.TAG, r"tags/(?P<id>[^/]+)"),
            Shape(What.FORUM, _PHP),
        ),
        mark=r"<html[^<>]*\bid=[\"']?(?:XF|XenForo)\b",
    ),
    Unread(
        "mybb",
        "MyBB",
        (
            Shape(What.TOPIC, r"showthread\.php", {"id": "tid"}, fragment=f"pid(?P<post>{_N})", id=_N),
            Shape(What.POST, r"showthread\.php", {"id": "pid"}, id=_N),
            Shape(What.BOARD, r"forumdisplay\.php", {"id": "fid"}, id=_N),
            Shape(What.MEMBER, r"member\.php", {"id": "uid"}, id=_N),
            Shape(What.FORUM, r"index\.php"),
        ),
        mark=r"<script[^<>]*/jscripts/general\.js\?ver=",
    ),
    Unread(
        "smf",
        "Simple Machines",
        (
            Shape(What.TOPIC, _PHP, {"id": "topic"}, fragment=f"msg(?P<post>{_N})", id=rf"{_N}(?:\.(?:msg|new)?{_N})?"),
            Shape(What.BOARD, _PHP, {"id": "board"}, id=rf"{_N}(?:\.{_N})?"),
        ),
        mark=r"<script[^<>]*>(?:\s*<!-- // --><!\[CDATA\[)?[^<]{0,200}\bsmf_theme_url\b",
    ),
    Unread("vbulletin", "vBulletin", generator="vBulletin"),
    Unread("discuz", "Discuz!", generator="Discuz!"),
    Unread("invision", "Invision Community", mark=r"<body[^<>]*\bclass=[\"'][^\"'<>]*\bipsApp\b"),
    Unread("vanilla", "Vanilla", mark=r"<script[^<>]*>\s*gdn\s*=\s*window\.gdn\b"),
    Unread(
        "reddit",
        "Reddit",
        (
            Shape(What.TOPIC, r"(?:r/[^/]+/)?comments/(?P<id>[a-z0-9]+)(?:/[^/]*)?(?:/(?P<post>[a-z0-9]+))?"),
            Shape(What.BOARD, r"r/(?P<id>[^/]+)(?:/(?:hot|new|top|best|rising))?"),
            Shape(What.MEMBER, r"(?:u|user)/(?P<id>[^/]+)(?:/.*)?"),
            Shape(What.SEARCH, "(?:r/[^/]+/)?search", {"id": "q"}),
        ),
        sites=r"(?:(?:www|old|new|m|np|[a-z]{2})\.)?reddit\.com/",
    ),
    Unread("reddit", "Reddit", (Shape(What.TOPIC, "(?P<id>[a-z0-9]+)"),), sites=r"redd\.it/"),
    Unread(
        "stackexchange",
        "Stack Exchange",
        (
            Shape(What.TOPIC, rf"questions/(?P<id>{_N})(?:/[^/]*)?(?:/(?P<post>{_N}))?"),
            Shape(What.TOPIC, rf"q/(?P<id>{_N})(?:/{_N})?"),
            Shape(What.POST, rf"a/(?P<id>{_N})(?:/{_N})?"),
            Shape(What.TAG, r"questions/tagged/(?P<id>[^/]+)"),
            Shape(What.MEMBER, rf"users/(?P<id>{_N})(?:/.*)?"),
            Shape(What.SEARCH, "search", {"id": "q"}),
            Shape(What.FORUM, "questions"),
        ),
        sites=r"(?:(?:[a-z.]+\.)?stackexchange|(?:[a-z]+\.)?(?:stackoverflow|superuser|serverfault|askubuntu))\.com/",
    ),
    Unread(
        "github",
        "GitHub Discussions",
        (
            Shape(What.TOPIC, rf"discussions/(?P<id>{_N})", fragment=rf"discussioncomment-(?P<post>{_N})"),
            Shape(What.BOARD, r"discussions/categories/(?P<id>[^/]+)"),
            Shape(What.FORUM, r"discussions"),
        ),
        sites=r"(?:www\.)?github\.com/[^/]+/[^/]+/discussions(?:/|$)",
    ),
)


class Usenet:
    """Newsgroups, by their addresses (RFC 5538)."""

    name = "nntp"
    title = "Usenet"

    def recognises(self, location: str) -> Certainty:
        """Certainly what has one of its schemes."""
        return Certainty.CERTAINLY if _NEWS.match(location) else Certainty.NO

    def names(self, location: str, base: str = "") -> Recognised | None:
        """A server, a group, or an article by its id or by its number in the group."""
        found = _NEWS.fullmatch(location)
        if found is None:
            return None
        at = base or f"{found['scheme'].lower()}:{found['server'] or ''}"
        if "@" in (found["named"] or ""):
            return Recognised(self.name, at, What.POST, found["named"])
        if not found["named"]:
            return Recognised(self.name, at)
        return Recognised(self.name, at, What.BOARD, found["named"], found["number"] or "")


_NEWS = re.compile(
    r"(?P<scheme>(?i:news|snews|nntps?)):(?P<server>//[^/\s@]+)?/?(?P<named>[^/\s]*)(?:/(?P<number>[0-9]+))?/?"
)

KINDS: Sequence[Addresses] = (*_KINDS, Usenet())
"""In the order in which they are looked for."""
