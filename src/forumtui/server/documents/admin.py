"""Keeping house, and the moderators' lists."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import ConfigDict, Field

from forumtui import model
from forumtui.forum import bounds, house
from forumtui.forum.identities import Scope
from forumtui.forum.permissions import NAMES_OF_ROLES
from forumtui.server import answers
from forumtui.server.documents.access import SCOPES, Label, Name
from forumtui.server.documents.schema import Asked, asked, document, listed, literal, shown, stretch, text

_Expires: TypeAlias = Annotated[
    Annotated[int, Field(ge=0, lt=2**53)] | None,
    Field(description="In milliseconds since 1970 UTC; null: never.", examples=[1_800_000_000_000]),
]
_Role: TypeAlias = Annotated[str, text(bounds.ROLE, f"{NAMES_OF_ROLES}.", "Editor")]
_Scope = literal(Scope)
_Line: TypeAlias = Annotated[str, text(bounds.LINE)]

QueueItem = shown(model.QueueItem)
QueuePage = stretch(model.QueueItem, "the queue", "Oldest first.", name="QueuePage")
LogEntry = shown(model.LogEntry)
LogPage = stretch(model.LogEntry, "the audit log", "Newest first.", name="LogPage")
Policy = shown(
    house.Policy,
    says="The forum's standing rules.",
    hints={"registration": model.Registration, "members_only": bool, "approval": house.Approval},
)
TokenInfo = shown(house.TokenInfo, hints=SCOPES)
Tokens = listed(house.TokenInfo, "Tokens", "Tokens in force.")
Token = shown(answers.Token)
Invitation = shown(answers.Invitation)
Created = shown(answers.Created)
Stats = shown(house.Stats)
Findings = listed(str, "Findings", "What is wrong with the stored forum.", "A sentence each; none: it is sound.")
NewLink = document(model.Link, Asked, name="NewLink", most={"title": bounds.TITLE, "url": bounds.ADDRESS})


@asked(
    house.BoardDraft,
    most={name: bound.most for name, bound in bounds.IN_BOARDS.items()},
    hints={
        "links": Annotated[list[NewLink], Field(max_length=bounds.LINKS)] | None,  # type: ignore[valid-type]  # known only now
        "position": Annotated[int, Field(ge=-(2**31), lt=2**31)] | None,
    },
    words={"links": "For further study."},
)
class BoardChange(Asked):
    """Fields of a board; null or absent: as it is."""


class NewBoard(BoardChange):
    """A board to be added."""

    title: str = text(bounds.TITLE, example="Hives")


class ForumChange(Asked):
    """Fields of the forum; absent: as it is."""

    title: str | None = text(bounds.TITLE, example="Bees", default=None)
    tagline: _Line | None = Field(None, examples=["All about bees"])
    notice: str | None = text(bounds.NOTICE, "A line that every page shows.", default=None)
    version: _Line | None = None
    updated: _Line | None = None
    rules: str | None = text(bounds.BODY, "The text that new members accept, in Markdown.", default=None)


@asked(house.Policy)
class PolicyChange(Asked):
    """Rules to be changed; null or absent: as it is."""


class NewMember(Asked):
    """A member to be made."""

    name: Name
    role: _Role = "Member"


class MemberChange(Asked):
    """One thing to be changed about a member."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    role: _Role | None = None
    suspended: bool | None = Field(None, description="Whether they may neither log in nor write.")
    unix_user: str | None = text(
        bounds.NAME, "Which user of the server's machine they are; empty: none.", "anna", default=None
    )


class NewToken(Asked):
    """A token to be made."""

    label: Label = ""
    scopes: list[_Scope] = Field(  # type: ignore[valid-type]  # known only now
        [], description="What it is for; none: all that the member's role allows."
    )
    expires: _Expires = None


class NewInvitation(Asked):
    """An invitation to be made."""

    uses: int = Field(1, ge=1, le=100_000, description="How many may register with it.")
    expires: _Expires = None
    role: _Role = "Member"
