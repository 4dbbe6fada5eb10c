"""Keeping house in a forum of one's own: what its keeper may do, whether over the file or over a server.

``by`` names who does it, for the audit log; "" is whoever has the file in their hands.  Over a file the
system's permissions decide who may; over a server the member must be an Admin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from forumtui.model import Board, BoardId, Cursor, LogEntry, Mark, Member, Millis, Page, QueueItem, Registration
from forumtui.values import quick_dataclass
from forumtui.words import Explained


@quick_dataclass(frozen=True, slots=True)
class BoardDraft:
    """A board to be added or changed; None leaves a field as it is (or at its default)."""

    title: str | None = None
    parent: BoardId | None = None
    description: str | None = None
    leader: str | None = None
    """A member's name; empty: nobody."""
    leader_wanted: bool | None = None
    links: Sequence[tuple[str, str] | tuple[str, str, Mark | None]] | None = None
    """(title, address) of each link for further study; a third says in which section it stands instead."""
    further_study: str | None = None
    notice: str | None = None
    position: int | None = None
    members_only: bool | None = None
    """Whether guests see neither it nor the boards below it."""


class Approval(Explained):
    """Whose posts wait for a moderator before they are shown."""

    NOBODY = "nobody", "Posts are shown at once."
    NEW = "new", "The first posts of a new member wait for a moderator."
    """Of members with fewer than `NEW_POSTS` posts shown."""
    EVERYBODY = "everybody", "Posts of all but the team wait for a moderator."
    """But moderators, editors, admins and the board's leader."""


@quick_dataclass(frozen=True, slots=True)
class Policy:
    """The forum's standing rules; of a change, None leaves a rule as it is."""

    registration: Registration | None = None
    """Who may become a member."""
    members_only: bool | None = None
    """Whether guests see nothing but the forum's title and how to become a member."""
    approval: Approval | None = None
    """Whose posts wait for a moderator before they are shown."""


DEFAULT_POLICY = Policy(Registration.INVITATION, members_only=False, approval=Approval.NOBODY)
NEW_POSTS = 3
"""So many posts of a member were shown before `Approval.NEW` trusts them."""
RULES_PAGE = "rules"
"""The page of the forum that says what members accept."""


@quick_dataclass(frozen=True, slots=True)
class TokenInfo:
    """A token without its secret."""

    id: str
    member: str
    label: str
    scopes: tuple[str, ...]
    created: Millis
    expires: Millis | None = None
    """None: never."""
    used: Millis | None = None
    """When it was used last, about."""


@quick_dataclass(frozen=True, slots=True)
class Stats:
    """How much there is."""

    boards: int
    topics: int
    posts: int
    members: int
    active: int
    """Members who wrote within the last 30 days."""
    waiting: int
    """In the moderators' queue."""
    size: int
    """Bytes."""


class Keeping(Protocol):
    """The housekeeping of any store.  Raises `Forbidden`, `Missing`, `Refused` or `Busy`; the file's also `FileProblem`."""

    async def boards(self) -> Sequence[Board]:
        """Every board, parents first."""

    async def add_board(self, board: BoardDraft, *, by: str = "") -> BoardId:
        """Raises `Refused` when the title is missing, `Missing` when the parent is unknown."""

    async def edit_board(self, board: BoardId, change: BoardDraft, *, by: str = "") -> None:
        """Change the fields that are not None."""

    async def set_info(self, fields: Mapping[str, str], *, by: str = "") -> None:
        """Set title, tagline, notice, version, updated, or "rules" (the text of the rules page)."""

    async def policy(self) -> Policy:
        """The rules in force, none of them None."""

    async def set_policy(self, change: Policy, *, by: str = "") -> None:
        """Change the rules that are not None."""

    async def members(self) -> Sequence[Member]:
        """Every member, by name."""

    async def add_member(self, name: str, role: str = "Member", *, by: str = "") -> None:
        """Raises `Conflict` when there is one whose name looks the same."""

    async def set_role(self, member: str, role: str, *, by: str = "") -> None:
        """Raises `Missing` over a server; over a file the member is made if unknown."""

    async def set_suspended(self, member: str, suspended: bool, *, by: str = "") -> None:
        """Let a member neither log in nor write, or again; their tokens are revoked."""

    async def queue(self, after: Cursor | None = None) -> Page[QueueItem]:
        """What waits for moderators, oldest first."""

    async def log(self, after: Cursor | None = None) -> Page[LogEntry]:
        """The audit log, newest first."""


class House(Keeping, Protocol):
    """A forum's housekeeping, with its members' ways in and what becomes of it as a whole."""

    async def set_unix_user(self, member: str, user: str, *, by: str = "") -> None:
        """Say which user of the server's machine this member is; "" for none.  Raises `Refused` for an unknown user."""

    async def issue_token(
        self, member: str, *, label: str = "", scopes: Sequence[str] = (), expires: Millis | None = None, by: str = ""
    ) -> str:
        """A new token, told this once; no scopes: all that the member's role allows."""

    async def tokens(self, member: str | None = None) -> Sequence[TokenInfo]:
        """Those in force."""

    async def revoke_token(self, token: str, *, by: str = "") -> None:
        """By its id.  Raises `Missing`."""

    async def invite(self, *, uses: int = 1, expires: Millis | None = None, role: str = "Member", by: str = "") -> str:
        """A new invitation's code, told this once."""

    async def stats(self) -> Stats:
        """How much there is."""

    async def backup(self, target: Path) -> None:
        """Write a verified copy while the forum is in use; the target must not exist.  A copy is a new epoch."""

    async def check(self) -> Sequence[str]:
        """What is wrong with the stored forum, a sentence each; nothing: it is sound."""
