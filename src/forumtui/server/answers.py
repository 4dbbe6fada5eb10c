"""What the API answers beside values of the model."""

from __future__ import annotations

from typing import Generic, TypeVar

from forumtui.forum.identities import Scope
from forumtui.model import Member, Receipt
from forumtui.values import quick_dataclass

T = TypeVar("T")


@quick_dataclass(frozen=True, slots=True)
class Items(Generic[T]):
    """A list that comes whole."""

    items: tuple[T, ...]


@quick_dataclass(frozen=True, slots=True)
class Me:
    """Who you are here."""

    member: Member | None
    """None: a guest."""
    scopes: tuple[Scope, ...]
    """What your token may be used for."""


@quick_dataclass(frozen=True, slots=True)
class Found:
    """The receipt of an act that was done before under the same key."""

    receipt: Receipt | None
    """None: there is no trace of it."""


@quick_dataclass(frozen=True, slots=True)
class Created:
    """The id of what was made."""

    id: str


@quick_dataclass(frozen=True, slots=True)
class Token:
    """A new token.  It is told this once."""

    token: str


@quick_dataclass(frozen=True, slots=True)
class Invitation:
    """A new invitation.  Its code is told this once."""

    code: str
