"""How long what somebody writes into a forum may be, and how much of it: the one place that says so.

The store has the last word; the documents of the HTTP API repeat it beforehand, and lists show no more than this of
what an older program let in.  Lengths are in characters as they were sent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields
from types import MappingProxyType

from forumtui.errors import Refused
from forumtui.forum.house import BoardDraft
from forumtui.forum.store import ImportedTopic
from forumtui.model import Act, Action, Body, Mark, Report
from forumtui.values import quick_dataclass

KEY = 200
ID = 300
TITLE = 300
BODY = 250_000
TAG, TAGS = 60, 20
TAGS_BYTES = TAGS * (TAG * 12 + 4) + 2
"""Of a list of tags as it is stored: twelve for a character outside the basic plane."""
WORDS = 2000
"""A profile, a report, an offer."""
REASON = 500
IMPRINT = 64
NAME = 300
ROLE = 60
PASSWORD = 1000
LABEL = 200
CODE = 500
"""An invitation's."""
CURSOR = 500
LINE = 1000
"""A field of the forum: its tagline, its version."""
NOTICE = 5000
DESCRIPTION = 20_000
LINKS, ADDRESS = 200, 2000
LINKS_BYTES = LINKS * (12 * (TITLE + ADDRESS) + 40)
PAGES, SLUG = 100, 60
IMPORTED_BODY = 1_000_000
"""What was written elsewhere may have had more room there."""


@quick_dataclass(frozen=True, slots=True)
class Bound:
    """At most this many characters; ``what`` begins the sentence that says so."""

    what: str
    most: int

    def check(self, text: str) -> None:
        """Raises `Refused` for a text that is longer."""
        if len(text) > self.most:
            raise Refused(f"{self.what} has at most {self.most:,} characters; this one has {len(text):,}.")


IN_ACTS: Mapping[str, Bound] = MappingProxyType(
    {
        "subject": Bound("A subject", TITLE),
        "body": Bound("A post", BODY),
        "base": Bound("An imprint", IMPRINT),
        "reason": Bound("A reason", REASON),
        "text": Bound("An offer", WORDS),
        "about": Bound("A profile", WORDS),
    }
)
"""The texts of acts, by the name of their field."""
_IN_REPORTS: Mapping[str, Bound] = MappingProxyType({**IN_ACTS, "reason": Bound("A report", WORDS)})
IN_BOARDS: Mapping[str, Bound] = MappingProxyType(
    {
        "title": Bound("A board's title", TITLE),
        "description": Bound("A board's description", DESCRIPTION),
        "further_study": Bound("What a board says of further study", DESCRIPTION),
        "notice": Bound("A board's notice", NOTICE),
        "leader": Bound("A leader's name", NAME),
    }
)
IN_FORUM: Mapping[str, Bound] = MappingProxyType(
    {
        "title": Bound("A forum's title", TITLE),
        "tagline": Bound("A forum's tagline", LINE),
        "notice": Bound("A forum's notice", NOTICE),
        "version": Bound("A forum's version", LINE),
        "updated": Bound("A forum's date", LINE),
        "rules": Bound("The page of the rules", BODY),
    }
)
IN_ROLES = Bound("A role's name", ROLE)
_KEYS = Bound("The key of an act", KEY)
_TAGS = Bound("A tag", TAG)
_LINK_TITLES = Bound("A link's title", TITLE)
_ADDRESSES = Bound("An address", ADDRESS)
_PAGE_TITLES = Bound("A page's title", TITLE)
_PAGE_TEXTS = Bound("A page", BODY)
_SLUGS = Bound("A page's short name", SLUG)


def in_act(kind: type[Act]) -> Mapping[str, Bound]:
    """What bounds the texts of such an act, by the name of their field."""
    return _IN_REPORTS if kind is Report else IN_ACTS


def check_action(action: Action) -> None:
    """Raises `Refused` for an act of which something is too long or too much; ids are looked up as they are."""
    _KEYS.check(action.key)
    act = action.act
    known = in_act(type(act))
    for field in fields(act):
        value = getattr(act, field.name)
        if field.name == "tags":
            check_tags(value)
        elif isinstance(value, Body):
            known["body"].check(value.source)
        elif isinstance(value, str) and field.name in known:
            known[field.name].check(value)


def check_tags(tags: Collection[str]) -> None:
    """Raises `Refused` for too many, or one that is too long."""
    if len(tags) > TAGS:
        raise Refused(f"A topic has at most {TAGS} tags; these are {len(tags):,}.")
    for tag in tags:
        _TAGS.check(tag)


def excess(topic: ImportedTopic) -> int:
    """How many texts and tags of it an import cuts, or leaves out, because they are beyond the bounds."""
    texts = ((topic.title, TITLE), *((post.subject or "", TITLE) for post in topic.posts))
    bodies = sum(post.body is not None and len(post.body.source) > IMPORTED_BODY for post in topic.posts)
    long_tags = sum(len(tag) > TAG for tag in topic.tags[:TAGS])
    return sum(len(text) > most for text, most in texts) + bodies + long_tags + max(0, len(topic.tags) - TAGS)


def check_board(draft: BoardDraft) -> None:
    """Raises `Refused` for a board of which something is too long, or too many links."""
    for name, bound in IN_BOARDS.items():
        bound.check(getattr(draft, name) or "")
    check_links(draft.links or ())


def check_links(links: Collection[tuple[str, str] | tuple[str, str, Mark | None]]) -> None:
    """Raises `Refused` for too many, or a title or an address that is too long."""
    if len(links) > LINKS:
        raise Refused(f"A board has at most {LINKS} links; these are {len(links):,}.")
    for title, address, *_ in links:
        _LINK_TITLES.check(title)
        _ADDRESSES.check(address)


def check_pages(pages: Collection[tuple[str, str, Body]]) -> None:
    """Raises `Refused` for too many, or one that is too long."""
    if len(pages) > PAGES:
        raise Refused(f"A forum has at most {PAGES} pages; these are {len(pages):,}.")
    for slug, title, body in pages:
        _SLUGS.check(slug)
        _PAGE_TITLES.check(title)
        _PAGE_TEXTS.check(body.source)
