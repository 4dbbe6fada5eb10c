"""Keeping house, and the moderators' lists."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import ConfigDict, Field

from forumtui.forum import bounds
from forumtui.server.documents.access import Label, Scope
from forumtui.server.documents.contents import Asked, Complete, Cursor, Id, Mark, Name, Registration, Shown, Time

Approval: TypeAlias = Literal["nobody", "new", "everybody"]
Role: TypeAlias = Annotated[
    str, Field(description="Member, Editor, Moderator or Admin.", max_length=bounds.ROLE, examples=["Editor"])
]


class QueueItem(Shown):
    """Something that waits for the moderators."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "4",
                    "kind": "report",
                    "created": 1_700_000_400_000,
                    "member": "anna",
                    "board": "2",
                    "title": "How to winter a hive",
                    "text": "This is an advertisement.",
                    "topic": "17",
                    "post": "51",
                    "author": "bob",
                }
            ]
        }
    )

    id: Id
    kind: Literal["report", "held", "volunteer"]
    created: Time
    member: str = Field(description="Who reported, wrote or volunteered.")
    board: Id
    title: str = Field(description="The topic's or the board's.")
    text: str = Field(description="The reason given, or the held text.")
    topic: Id | None
    post: Id | None = Field(description="The reported post.")
    author: str | None = Field(description="Of the reported post.")


class QueuePage(Shown):
    """A stretch of the queue."""

    items: list[QueueItem] = Field(description="Oldest first.")
    before: Cursor
    after: Cursor
    complete: Complete


class LogEntry(Shown):
    """A line of the audit log."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "90",
                    "created": 1_700_000_500_000,
                    "member": "anna",
                    "operation": "hide posts",
                    "detail": "an advertisement",
                    "topic": "17",
                    "post": "51",
                    "board": "2",
                }
            ]
        }
    )

    id: Id
    created: Time
    member: str = Field(description="Who did it; empty: the keeper of the file.")
    operation: str
    detail: str = Field(description="For people.")
    topic: Id | None
    post: Id | None
    board: Id | None


class LogPage(Shown):
    """A stretch of the audit log."""

    items: list[LogEntry] = Field(description="Newest first.")
    before: Cursor
    after: Cursor
    complete: Complete


class NewLink(Asked):
    """A named address."""

    title: str = Field(max_length=bounds.TITLE, examples=["The bee book"])
    url: str = Field(max_length=bounds.ADDRESS, examples=["https://bees.example/book"])
    mark: Mark | None = Field(None, description="The section that it stands in; null: for further study.")


class BoardChange(Asked):
    """Fields of a board; null or absent: as it is."""

    title: str | None = Field(None, max_length=bounds.TITLE, examples=["Hives"])
    parent: Id | None = None
    description: str | None = Field(None, max_length=bounds.DESCRIPTION, examples=["Building and buying them"])
    leader: str | None = Field(
        None, description="A member's name; empty: nobody.", max_length=bounds.NAME, examples=["anna"]
    )
    leader_wanted: bool | None = None
    links: list[NewLink] | None = Field(None, description="For further study.", max_length=bounds.LINKS)
    further_study: str | None = Field(None, max_length=bounds.DESCRIPTION)
    notice: str | None = Field(None, max_length=bounds.NOTICE)
    position: Annotated[int, Field(ge=-(2**31), lt=2**31)] | None = None
    members_only: bool | None = Field(None, description="Whether guests do not see it.")


class NewBoard(BoardChange):
    """A board to be added."""

    title: str = Field(max_length=bounds.TITLE, examples=["Hives"])


class ForumChange(Asked):
    """Fields of the forum; absent: as it is."""

    title: str | None = Field(None, max_length=bounds.TITLE, examples=["Bees"])
    tagline: str | None = Field(None, max_length=bounds.LINE, examples=["All about bees"])
    notice: str | None = Field(None, description="A line that every page shows.", max_length=bounds.NOTICE)
    version: str | None = Field(None, max_length=bounds.LINE)
    updated: str | None = Field(None, max_length=bounds.LINE)
    rules: str | None = Field(
        None, description="The text that new members accept, in Markdown.", max_length=bounds.BODY
    )


class Policy(Shown):
    """The forum's standing rules."""

    registration: Registration = Field(description="Who may become a member.", examples=["invitation"])
    members_only: bool = Field(
        description="Whether guests see nothing but the title and how to become a member.", examples=[False]
    )
    approval: Approval = Field(description="Whose posts wait for a moderator before they are shown.", examples=["new"])


class PolicyChange(Asked):
    """Rules to be changed; null or absent: as it is."""

    registration: Registration | None = None
    members_only: bool | None = None
    approval: Approval | None = None


class NewMember(Asked):
    """A member to be made."""

    name: Name
    role: Role = "Member"


class MemberChange(Asked):
    """One thing to be changed about a member."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"minProperties": 1, "maxProperties": 1})

    role: Role | None = None
    suspended: bool | None = Field(None, description="Whether they may neither log in nor write.")
    unix_user: str | None = Field(
        None,
        description="Which user of the server's machine they are; empty: none.",
        max_length=bounds.NAME,
        examples=["anna"],
    )


class TokenInfo(Shown):
    """A token without its secret."""

    id: Id
    member: str = Field(examples=["anna"])
    label: str = Field(examples=["my laptop"])
    scopes: list[Scope] = Field(examples=[["read", "write"]])
    created: Time
    expires: Time | None
    used: Time | None = Field(description="When it was used last, about.")


class Tokens(Shown):
    """Tokens in force."""

    items: list[TokenInfo]


class NewToken(Asked):
    """A token to be made."""

    label: Label = ""
    scopes: list[Scope] = Field([], description="What it is for; none: all that the member's role allows.")
    expires: Annotated[int, Field(ge=0, lt=2**53)] | None = Field(
        None, description="In milliseconds since 1970 UTC; null: never.", examples=[1_800_000_000_000]
    )


class Token(Shown):
    """A new token.  It is told this once."""

    token: str


class NewInvitation(Asked):
    """An invitation to be made."""

    uses: int = Field(1, ge=1, le=100_000, description="How many may register with it.")
    expires: Annotated[int, Field(ge=0, lt=2**53)] | None = Field(
        None, description="In milliseconds since 1970 UTC; null: never.", examples=[1_800_000_000_000]
    )
    role: Role = "Member"


class Invitation(Shown):
    """A new invitation.  Its code is told this once."""

    code: str


class Created(Shown):
    """The id of what was made."""

    id: Id


class Stats(Shown):
    """How much there is."""

    boards: int
    topics: int
    posts: int
    members: int
    active: int = Field(description="Members who wrote within the last 30 days.")
    waiting: int = Field(description="In the moderators' queue.")
    size: int = Field(description="Bytes.")


class Findings(Shown):
    """What is wrong with the stored forum."""

    items: list[str] = Field(description="A sentence each; none: it is sound.")
