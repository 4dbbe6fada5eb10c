"""The forum itself, its boards, topics and posts; and what all documents have in common."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from forumtui.forum import bounds


class Shown(BaseModel):
    """Something in an answer; newer servers may add fields."""


class Asked(BaseModel):
    """Something in a request: a field that is not known is an error, because it would be lost silently."""

    model_config = ConfigDict(extra="forbid", strict=True)


Time: TypeAlias = Annotated[int, Field(description="Milliseconds since 1970 UTC.", examples=[1_700_000_000_000])]
Id: TypeAlias = Annotated[
    str, Field(description="An id; nothing can be read from it.", max_length=bounds.ID, examples=["17"])
]
Name: TypeAlias = Annotated[str, Field(description="The member's name.", max_length=bounds.NAME, examples=["anna"])]
Cursor: TypeAlias = Annotated[
    str | None,
    Field(description="Where the list goes on; null: it does not.", examples=["0.1700000000000.17", None]),
]


Format: TypeAlias = Literal["plain", "markdown", "html"]
Mark: TypeAlias = Literal["best-practice", "expert-tip", "accepted"]
Registration: TypeAlias = Literal["open", "invitation", "closed"]
Can: TypeAlias = Annotated[
    dict[str, str],
    Field(
        default_factory=dict,
        description="What you may do here, by ability: an empty text for yes, or the reason why not.  What is not "
        "mentioned is as one level up: post, topic, board, forum.",
        examples=[{"reply": "", "edit": "only its author or a moderator may edit this post"}],
    ),
]
Complete: TypeAlias = Annotated[
    bool, Field(description="Whether what is missing from this list and the pages it leads to is gone.")
]


class Body(Shown):
    """A text as it was received."""

    source: str = Field(description="The text.", examples=["Is a timer of *its own* needed?"])
    format: Format = Field(description="What it is written in.", examples=["markdown"])


class Author(Shown):
    """Who wrote something."""

    id: Id
    name: str = Field(description="Their name.", examples=["anna"])
    role: str | None = Field(description="The forum's word for what they are.", examples=["Member"])


class Member(Shown):
    """A member."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "anna",
                    "name": "anna",
                    "role": "Editor",
                    "joined": 1_700_000_000_000,
                    "about": "I keep bees.",
                    "claimed": False,
                }
            ]
        }
    )

    id: Id
    name: str = Field(description="Their name.", examples=["anna"])
    role: str | None = Field(
        description="Member, Editor, Moderator, Admin, or another word of the forum's.", examples=["Editor"]
    )
    joined: Time | None
    about: str = Field(description="What they say about themselves.", examples=["I keep bees."])
    claimed: bool = Field(
        description="Whether the role is a word that was brought from elsewhere, and gives none of its rights here.",
        examples=[False],
    )


class Members(Shown):
    """All members, by name."""

    items: list[Member]


class InfoPage(Shown):
    """A page of the forum itself."""

    slug: str = Field(description="A word for it; the page `rules` is what new members accept.", examples=["rules"])
    title: str = Field(examples=["Rules"])
    body: Body


class ForumInfo(Shown):
    """The forum as a whole."""

    title: str = Field(examples=["Bees"])
    uuid: str = Field(
        description="The same for ever, also in copies.", examples=["5d1d67b5-8a93-4fe1-9f6c-9d8f3f9d2b11"]
    )
    epoch: str = Field(
        description="Another one when a copy or backup took the forum's place: look at everything again then.",
        examples=["4f1c9a2e77b0"],
    )
    tagline: str = Field(description="What it is about, in a line.", examples=["All about bees"])
    notice: str = Field(description="A line that every page shows.", examples=[""])
    version: str = Field(description="Of the forum's contents, as its keeper sees it.", examples=["2"])
    updated: str = Field(description="When, as its keeper says it.", examples=["May 2025"])
    pages: list[InfoPage]
    me: Member | None = Field(description="Who asked; null: a guest.")
    can: Can
    registration: Registration | None = Field(description="How one becomes a member.", examples=["invitation"])


class Link(Shown):
    """A named address."""

    title: str = Field(examples=["The bee book"])
    url: str = Field(examples=["https://bees.example/book"])
    mark: Mark | None = Field(description="The section that it stands in; null: for further study.")


class SectionItem(Shown):
    """One marked post on a board's page."""

    topic: Id
    post: Id
    title: str = Field(examples=["How to winter a hive"])
    author: str | None = Field(examples=["anna"])


class Section(Shown):
    """A part of a board's page, such as its best practices."""

    mark: Mark = Field(description="The mark that brings posts here.", examples=["best-practice"])
    title: str = Field(examples=["Best practices"])
    total: int = Field(description="How many there are, also those not listed.", examples=[1])
    items: list[SectionItem] = Field(description="The newest.")


class Board(Shown):
    """A board; boards nest."""

    id: Id
    title: str = Field(examples=["Hives"])
    parent: Id | None
    description: str = Field(examples=["Building and buying them"])
    leader: str | None = Field(description="The member who leads it.", examples=["anna"])
    leader_wanted: bool = Field(description="Whether it looks for somebody to lead it.", examples=[False])
    links: list[Link] = Field(description="For further study.")
    sections: list[Section]
    notice: str = Field(description="A line that the board shows.", examples=[""])
    further_study: str = Field(description="A line about further study.", examples=[""])
    position: int = Field(description="Its place among its neighbours.", examples=[0])
    topics: int | None = Field(description="How many topics it has, those of boards below not counted.", examples=[12])
    can: Can
    members_only: bool = Field(description="Whether guests do not see it.", examples=[False])


class Boards(Shown):
    """All boards, each before those below it."""

    items: list[Board]


class Topic(Shown):
    """A topic's header."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "17",
                    "board": "2",
                    "title": "How to winter a hive",
                    "author": {"id": "anna", "name": "anna", "role": "Editor"},
                    "created": 1_700_000_000_000,
                    "last_post": 1_700_000_360_000,
                    "posts": 3,
                    "pinned": False,
                    "closed": False,
                    "tags": ["winter"],
                    "url": None,
                    "removed": False,
                }
            ]
        }
    )

    id: Id
    board: Id
    title: str
    author: Author | None = Field(description="Null where nobody knows.")
    created: Time | None
    last_post: Time | None
    posts: int | None = Field(description="How many posts it has, the first one included.")
    pinned: bool = Field(description="Whether it stays at the top of its lists.")
    closed: bool = Field(description="Whether nobody may answer in it any more.")
    tags: list[str]
    url: str | None = Field(description="Where a browser finds it.")
    can: Can
    removed: bool = Field(description="Whether only those who may moderate it see it.", examples=[False])


class Post(Shown):
    """A post.  A deleted one is a placeholder; a hidden one has its text only for those who moderate it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "51",
                    "topic": "17",
                    "sort": 2,
                    "number": 2,
                    "subject": None,
                    "parent": "50",
                    "author": {"id": "bob", "name": "bob", "role": "Member"},
                    "created": 1_700_000_360_000,
                    "edited": None,
                    "deleted": False,
                    "marks": ["best-practice"],
                    "likes": 4,
                    "liked": True,
                    "body": {"source": "Wrap it, but let it breathe.", "format": "markdown"},
                    "mentions": ["anna"],
                    "url": None,
                    "hidden": False,
                }
            ]
        }
    )

    id: Id
    topic: Id
    sort: int = Field(description="Orders the posts of a topic.")
    number: int | None = Field(description="Its number in the topic; numbers may be missing.")
    subject: str | None = Field(description="A subject of its own.")
    parent: Id | None = Field(description="The post that it answers.")
    author: Author | None = Field(description="Null where nobody knows, or the post was deleted.")
    created: Time | None
    edited: Time | None
    deleted: bool
    marks: list[Mark]
    likes: int | None
    liked: bool = Field(description="Whether you like it.")
    body: Body | None
    mentions: list[str] = Field(description="The members whom it names.")
    url: str | None = Field(description="Where a browser finds it.")
    can: Can
    hidden: bool


class Hit(Shown):
    """A post found by a search, and the header of its topic."""

    topic: Topic
    post: Post


class TopicPage(Shown):
    """A stretch of a list of topics."""

    items: list[Topic]
    before: Cursor
    after: Cursor
    complete: Complete


class PostPage(Shown):
    """A stretch of a topic."""

    items: list[Post] = Field(description="In the order of `sort`.")
    before: Cursor
    after: Cursor
    complete: Complete


class HitPage(Shown):
    """A stretch of what a search found."""

    items: list[Hit] = Field(description="Newest first.")
    before: Cursor
    after: Cursor
    complete: Complete


class ChangedTopic(Shown):
    """A topic of which something changed."""

    topic: Id
    header: Topic | None = Field(description="As it is now; null where it is gone.")
    posts: list[Post] = Field(description="The posts that changed.")
    gone: bool = Field(description="Whether the topic is no longer there, for you.")


class Changes(Shown):
    """A stretch of the change feed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"items": [], "after": "4f1c9a2e77b0:812:", "more": False, "boards": False, "reset": False}]
        }
    )

    items: list[ChangedTopic]
    after: str = Field(description="Where to ask on, now or later.")
    more: bool = Field(description="Whether there is more already: ask again at once.")
    boards: bool = Field(description="Whether boards, or the forum's own fields, changed: read them again.")
    reset: bool = Field(description="Whether the feed began anew: what you have may be outdated or gone.")
