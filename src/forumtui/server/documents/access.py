"""Becoming somebody: registering, logging in, and what comes of it."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from forumtui import model
from forumtui.forum import bounds, identities
from forumtui.server import answers
from forumtui.server.documents.schema import Asked, shown

Name: TypeAlias = Annotated[str, Field(description="The member's name.", max_length=bounds.NAME, examples=["anna"])]
Label: TypeAlias = Annotated[
    str,
    Field(
        max_length=bounds.LABEL, description="What the token is for, to tell it from others.", examples=["my laptop"]
    ),
]
Password: TypeAlias = Annotated[str, Field(max_length=bounds.PASSWORD, examples=["correct horse battery staple"])]
SCOPES = {"scopes": tuple[identities.Scope, ...]}


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


class NewPassword(Asked):
    """A change of one's password."""

    old: Password = Field(description="Empty where there is none yet.")
    new: Password


Credentials = shown(identities.Credentials)
OwnToken = shown(model.OwnToken, hints=SCOPES)
OwnTokens = shown(answers.Items[model.OwnToken], name="OwnTokens", says="Your tokens in force.")
Me = shown(answers.Me)
