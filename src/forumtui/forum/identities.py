"""Who somebody is, to a forum that is served: passwords, tokens, invitations, and peers the kernel vouches for.

Passwords are stored as argon2 hashes, tokens and invitations as SHA-256 of 256 random bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from forumtui.model import Member, Millis, OwnToken
from forumtui.values import quick_dataclass
from forumtui.words import Explained


class Scope(Explained):
    """What a token may be used for; each needs the member's right besides."""

    READ = "read", "read"
    WRITE = "write", "write"
    MODERATE = "moderate", "moderate"
    ADMIN = "admin", "keep house"


ALL_SCOPES = frozenset(Scope)


@quick_dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who was recognised.  ``token``: the id of the token used; "" for a peer on a Unix socket."""

    member: str
    scopes: frozenset[Scope] = ALL_SCOPES
    token: str = ""
    fixed: bool = False
    """Whether the scopes are what the role allowed when the token was given; a later role adds nothing to it."""

    @property
    def plain(self) -> bool:
        """Whether it writes as any member does, whatever the member has become since."""
        return self.fixed and Scope.MODERATE not in self.scopes


@quick_dataclass(frozen=True, slots=True)
class Credentials:
    """What a log-in gives: the token is told this once."""

    member: Member
    token: str
    expires: Millis | None
    """None: never."""


class Identities(Protocol):
    """The members' ways in.  Blocking work (hashing) is done off the event loop."""

    async def register(
        self, name: str, password: str, *, invitation: str = "", accepts_rules: bool = False, label: str = ""
    ) -> Credentials:
        """Make a member.  Raises `Forbidden` (closed, no or a used-up invitation), `Conflict` (the name, or one that
        looks like it, is taken), `Refused` (rules not accepted, a name or password that will not do).
        """

    async def log_in(self, name: str, password: str, *, label: str = "") -> Credentials:
        """Raises `AuthRequired`, saying the same and taking as long whether name or password is wrong."""

    async def log_out(self, identity: Identity) -> None:
        """Revoke the token that was used."""

    async def set_password(self, member: str, old: str, new: str, *, keep: str = "") -> None:
        """Set another password, and put an end to all tokens of the member but the one to ``keep``.

        Raises `AuthRequired` when the old one is wrong; a member without one sets the first with "".
        """

    async def tokens(self, who: Identity) -> Sequence[OwnToken]:
        """Those by which the member is known, the newest first."""

    async def revoke(self, who: Identity, token: str) -> None:
        """Put an end to one of the member's tokens.  Raises `Missing`."""

    async def revoke_all(self, who: Identity, *, others: bool = False) -> None:
        """Put an end to all tokens of the member; ``others``: to all but the one used."""

    async def identify(self, token: str) -> Identity:
        """Raises `AuthRequired` for an unknown, expired or revoked token, or a suspended member's."""

    async def peer(self, uid: int, name: str) -> Identity:
        """The member of a process on this machine, by its Unix user, made at the first write.

        Raises `Forbidden` where a member of this name came in another way: an admin can link the two.
        """

    async def link(self, member: str, uid: int | None, *, by: str = "") -> None:
        """Say which Unix user a member is, or none."""

    async def scopes_of(self, member: str) -> Sequence[Scope]:
        """What the member's role could make use of."""
