"""Becoming somebody: registering, logging in, and what comes of it."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from forumtui import model
from forumtui.forum import bounds, identities
from forumtui.server import answers
from forumtui.server.documents.schema import Asked, listed, shown, text

Name: TypeAlias = Annotated[str, text(bounds.NAME, "The member's name.", "anna")]
Label: TypeAlias = Annotated[str, text(bounds.LABEL, "What the token is for, to tell it from others.", "my laptop")]
Password: TypeAlias = Annotated[str, text(bounds.PASSWORD, example="correct horse battery staple")]
SCOPES = {"scopes": tuple[identities.Scope, ...]}


class Registering(Asked):
    """What a new member says."""

    name: Name
    password: Password
    invitation: str = text(bounds.CODE, "The code, where registration is by invitation.", default="")
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
OwnTokens = listed(model.OwnToken, "OwnTokens", "Your tokens in force.")
Me = shown(answers.Me)
