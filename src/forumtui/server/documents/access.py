"""Becoming somebody: registering, logging in, and what comes of it."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import ConfigDict, Field

from forumtui.forum import bounds
from forumtui.server.documents.contents import Asked, Id, Member, Name, Shown, Time

Scope: TypeAlias = Literal["read", "write", "moderate", "admin"]
Label: TypeAlias = Annotated[
    str,
    Field(
        max_length=bounds.LABEL, description="What the token is for, to tell it from others.", examples=["my laptop"]
    ),
]
Password: TypeAlias = Annotated[str, Field(max_length=bounds.PASSWORD, examples=["correct horse battery staple"])]


class Registering(Asked):
    """What a new member says."""

    name: Name
    password: Password
    invitation: str = Field("", description="The code, where registration is by invitation.", max_length=bounds.CODE)
    accepts_rules: bool = Field(False, description="Whether the forum's page `rules` was read and is accepted.")
    label: Label = ""


class LoggingIn(Asked):
    """What a member says to get a token."""

    name: Name
    password: Password
    label: Label = ""


class Credentials(Shown):
    """A new token.  It is told this once."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "member": {
                        "id": "anna",
                        "name": "anna",
                        "role": "Member",
                        "joined": 1_700_000_000_000,
                        "about": "",
                        "claimed": False,
                    },
                    "token": "ft_7Zr0…",
                    "expires": 1_707_776_000_000,
                }
            ]
        }
    )

    member: Member
    token: str
    expires: Time | None = Field(description="Null: never.")


class OwnToken(Shown):
    """One of your tokens, without its secret."""

    id: Id
    label: str = Field(examples=["my laptop"])
    scopes: list[Scope] = Field(
        description="What it may be used for; what a log-in gave stays as it was when your role changes.",
        examples=[["read", "write"]],
    )
    created: Time
    expires: Time | None = Field(description="Null: never.")
    used: Time | None = Field(description="When it was used last, about.")
    current: bool = Field(description="Whether this request is made with it.")


class OwnTokens(Shown):
    """Your tokens in force."""

    items: list[OwnToken]


class NewPassword(Asked):
    """A change of one's password."""

    old: Password = Field(description="Empty where there is none yet.")
    new: Password


class Me(Shown):
    """Who you are here."""

    member: Member | None = Field(description="Null: a guest.")
    scopes: list[Scope] = Field(description="What your token may be used for.", examples=[["read", "write"]])
