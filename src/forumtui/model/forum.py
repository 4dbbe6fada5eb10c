"""Members, boards, topics and posts, and what is allowed on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import NewType

from forumtui.model.joining import Registration
from forumtui.model.orders import Order
from forumtui.values import quick_dataclass
from forumtui.words import Worded

Millis = NewType("Millis", int)
BoardId = NewType("BoardId", str)
TopicId = NewType("TopicId", str)
PostId = NewType("PostId", str)
MemberId = NewType("MemberId", str)
QueueId = NewType("QueueId", str)

THE_KEEPER = "the keeper"
"""How the log names who has the file of a forum in their hands."""
SOMEBODY = "somebody"
UNKNOWN_AUTHOR = "unknown author"
DELETED_POST = "deleted post"
STAFF_ONLY = "staff only"
"""On a post that nobody else sees."""
ACTORS = (THE_KEEPER, "keeper", SOMEBODY, UNKNOWN_AUTHOR, "author unknown", DELETED_POST, "guest", "forumtui")
"""What stands in the place of a member's name, so that no member may be called that."""


class Format(Worded):
    """What a text is written in."""

    PLAIN = "plain", ".txt"
    MARKDOWN = "markdown", ".md"
    HTML = "html", ".html"

    suffix: str
    """Of the name of a file that holds such a text."""

    @classmethod
    def of(cls, word: str) -> Format:
        """What this word stands for; a text in a format that is not known is shown as it stands."""
        return _FORMATS.get(word, cls.PLAIN)


_FORMATS = {each.value: each for each in Format}


class Ability(StrEnum):
    """Something a reader may or may not do here; the key of a `Can`."""

    REPLY = "reply"
    NEW_TOPIC = "new-topic"
    EDIT = "edit"
    DELETE = "delete"
    LIKE = "like"
    DRAFT = "draft"
    """Write a reply that is then sent in a browser, where the forum takes it nowhere else."""
    SEARCH = "search"
    REPORT = "report"
    MARK = "mark"
    """Distinguish posts as best practice, expert tip or accepted answer."""
    MODERATE = "moderate"
    """Pin, close, move and hide; settle the queue."""
    KEEP = "keep"
    """Keep house: boards, roles, invitations, the forum's own fields."""


class Mark(Worded):
    """A distinction that a post carries, with all that is known of it: who adds one writes it here."""

    BEST_PRACTICE = "best-practice", 1, "Best practice", "a best practice", "Best practices"
    EXPERT_TIP = "expert-tip", 2, "Expert tip", "an expert tip", "Expert tips"
    ACCEPTED = "accepted", 4, "Accepted", "the accepted answer", ""

    bit: int
    """Under which a forum file stores it, for ever."""
    label: str
    """On a post."""
    phrase: str
    """What a post is that carries it, in a sentence."""
    heading: str
    """Of the part of a board's page that lists such posts; "" where there is none."""

    @property
    def words(self) -> str:
        """As people write it within a line."""
        return self.value.replace("-", " ")


class Deleter(Worded):
    """Who deleted a post."""

    AUTHOR = "author", "its author"
    STAFF = "staff", "the staff"

    phrase: str
    """In a sentence."""


@quick_dataclass(frozen=True, slots=True)
class Can:
    """What is allowed on an account, board, topic or post.

    ``rules`` maps an ability to "" (yes) or to the reason why not; an absent ability is inherited.
    """

    rules: Mapping[Ability, str] = field(default_factory=dict)

    def over(self, parent: Can) -> Can:
        """These rules, and the parent's wherever these say nothing."""
        return Can({**parent.rules, **self.rules})

    def refusal(self, ability: Ability) -> str | None:
        """None if allowed, else the reason.  What nobody mentions is not offered."""
        reason = self.rules.get(ability, "this forum does not offer it")
        return reason or None


INHERITED = Can()
"""Says nothing: everything as one level up."""


@quick_dataclass(frozen=True, slots=True)
class Body:
    """A text as it was received, and what it is written in."""

    source: str
    """The text."""
    format: Format = Format.MARKDOWN
    """What it is written in."""


@quick_dataclass(frozen=True, slots=True)
class Link:
    """A named address; without one it is only a name."""

    title: str
    url: str
    mark: Mark | None = None
    """The section of the board that it stands in; None: for further study."""


@quick_dataclass(frozen=True, slots=True)
class Author:
    """Who wrote something."""

    id: MemberId
    name: str
    """Their name."""
    role: str | None = None
    """The forum's word for what they are."""


@quick_dataclass(frozen=True, slots=True)
class Member:
    """A member."""

    id: MemberId
    name: str
    """Their name."""
    role: str | None = None
    """Member, Editor, Moderator, Admin, or another word of the forum's."""
    joined: Millis | None = None
    about: str = ""
    """What they say about themselves."""
    claimed: bool = False
    """Whether the role is a word that was brought from elsewhere, and gives none of its rights here."""


@quick_dataclass(frozen=True, slots=True)
class OwnToken:
    """One of your tokens, without its secret."""

    id: str
    label: str
    scopes: tuple[str, ...]
    """What it may be used for; what a log-in gave stays as it was when your role changes."""
    created: Millis
    expires: Millis | None = None
    """None: never."""
    used: Millis | None = None
    """When it was used last, about."""
    current: bool = False
    """Whether this request is made with it."""


@quick_dataclass(frozen=True, slots=True)
class InfoPage:
    """A page of the forum itself, such as "About" or "Privacy"."""

    slug: str
    """A word for it; the page `rules` is what new members accept."""
    title: str
    body: Body


@quick_dataclass(frozen=True, slots=True)
class ForumInfo:
    """The forum as a whole."""

    title: str
    uuid: str = ""
    """The same for ever, also in copies."""
    epoch: str = ""
    """Another one when a copy or backup took the forum's place: look at everything again then."""
    tagline: str = ""
    """What it is about, in a line."""
    notice: str = ""
    """A line that every page shows."""
    version: str = ""
    """Of the forum's contents, as its keeper sees it."""
    updated: str = ""
    """When, as its keeper says it."""
    pages: tuple[InfoPage, ...] = ()
    """One called "rules" is what members accept when they register."""
    me: Member | None = None
    """Who asked; None: a guest."""
    can: Can = INHERITED
    registration: Registration | None = None
    """How one becomes a member; None where that is not done from here."""
    orders: tuple[Order, ...] = ()
    """The orders in which topics are listed, the one that the forum itself shows first; none: by latest activity only."""


@quick_dataclass(frozen=True, slots=True)
class SectionItem:
    """One marked post on a board's page."""

    topic: TopicId
    post: PostId
    title: str
    author: str | None = None


@quick_dataclass(frozen=True, slots=True)
class Section:
    """A part of a board's page, such as its best practices."""

    mark: Mark
    """The mark that brings posts here."""
    title: str
    total: int = 0
    """How many there are, also those not listed."""
    items: tuple[SectionItem, ...] = ()
    """The newest."""


@quick_dataclass(frozen=True, slots=True)
class Board:
    """A board: a category, newsgroup, community or special interest group; boards nest."""

    id: BoardId
    title: str
    parent: BoardId | None = None
    description: str = ""
    leader: str | None = None
    """The member who leads it."""
    leader_wanted: bool = False
    """Whether it looks for somebody to lead it."""
    links: tuple[Link, ...] = ()
    """For further study."""
    sections: tuple[Section, ...] = ()
    notice: str = ""
    """A line that the board shows."""
    further_study: str = ""
    """A line about further study."""
    position: int = 0
    """Its place among its neighbours."""
    topics: int | None = None
    """How many topics it has, those of boards below not counted."""
    can: Can = INHERITED
    members_only: bool = False
    """Whether guests do not see it."""
    orders: tuple[Order, ...] | None = None
    """The orders of its own topics; None: the forum's."""


@quick_dataclass(frozen=True, slots=True)
class Topic:
    """A topic's header."""

    id: TopicId
    board: BoardId
    title: str
    author: Author | None = None
    """None where nobody knows."""
    created: Millis | None = None
    last_post: Millis | None = None
    posts: int | None = None
    """How many posts it has, the first one included."""
    pinned: bool = False
    """Whether it stays at the top of its lists."""
    closed: bool = False
    """Whether nobody may answer in it any more."""
    tags: tuple[str, ...] = ()
    url: str | None = None
    """Where a browser finds it."""
    can: Can = INHERITED
    removed: bool = False
    """Whether only those who may moderate it see it."""


@quick_dataclass(frozen=True, slots=True)
class Post:
    """A post.  A deleted one stays as a placeholder, without body and author but for those who may still see them; a
    hidden one keeps its author, and its body for those who may moderate it.
    """

    id: PostId
    topic: TopicId
    sort: int
    """Orders the posts of a topic."""
    number: int | None = None
    """Its number in the topic; numbers may be missing."""
    subject: str | None = None
    """A subject of its own."""
    parent: PostId | None = None
    """The post that it answers."""
    author: Author | None = None
    """None where nobody knows, or the post was deleted."""
    created: Millis | None = None
    edited: Millis | None = None
    deleted: bool = False
    marks: frozenset[Mark] = frozenset()
    likes: int | None = None
    liked: bool = False
    """Whether you like it."""
    body: Body | None = None
    written: Body | None = None
    """As its author wrote it, where `body` is what the forum made of that."""
    mentions: tuple[str, ...] = ()
    """The members whom it names."""
    url: str | None = None
    """Where a browser finds it."""
    can: Can = INHERITED
    hidden: bool = False
    rank: int | None = None
    """Its place among the answers to the same post, where the forum puts the best first; None: by `sort`."""
    event: str | None = None
    """What happened to the topic, in words that go on from its author's name ("closed this topic"); such a post has no
    text but what was said about that.
    """
    whisper: bool = False
    """Whether only the staff sees it."""
    deleted_by: Deleter | None = None
    """Who deleted it; None where nobody did, or the forum does not tell."""

    @property
    def state(self) -> str:
        """What became of it, in words; "" where it is as it was written."""
        if self.deleted:
            return f"deleted by {self.deleted_by.phrase}" if self.deleted_by is not None else "deleted"
        return "hidden by a moderator" if self.hidden else ""

    @property
    def happened(self) -> str | None:
        """Its event as a line of its own; None: a text as any other."""
        if self.event is None:
            return None
        return f"{self.author.name if self.author is not None else SOMEBODY} {self.event}"

    @property
    def words(self) -> Body | None:
        """What is quoted and edited: its author's words, not what the forum made of them."""
        return self.written or self.body


@quick_dataclass(frozen=True, slots=True)
class Hit:
    """A post found by a search, and the header of its topic."""

    topic: Topic
    post: Post
