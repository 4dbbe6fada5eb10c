"""Drafts and the outbox: nothing that a user wrote is ever lost, nothing is sent twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forumtui.library.mirror import Mirrors
from forumtui.library.threads import Threads
from forumtui.model import Act, Body, Millis, PostId, TopicId
from forumtui.rows import AccountKey, OutKind, OutRow, PostKey


@dataclass(frozen=True, slots=True)
class Wish:
    """A toggle that the forum should hear of."""

    account: AccountKey
    topic: TopicId
    post: PostId
    kind: str
    on: bool
    key: str


class Outbox:
    """The user's side: drafts.  The engine's side: claims under a lease.  Both on one table."""

    def __init__(self, threads: Threads, mirrors: Mirrors) -> None:
        self._threads = threads
        self._mirrors = mirrors

    # the user's side
    async def start(
        self,
        account: AccountKey,
        kind: OutKind,
        *,
        board_ref: str | None = None,
        topic_ref: str | None = None,
        parent_ref: str | None = None,
        post_ref: str | None = None,
        subject: str = "",
        body: Body | None = None,
        uid: str | None = None,
    ) -> OutRow:
        """Begin a draft; answers with the draft that is already open for the same target, if there is one.

        With ``uid`` of an earlier row: that row, if it is the same act; else `Conflict`.
        """
        raise NotImplementedError

    async def save(self, uid: str, *, subject: str, text: str, cursor: int) -> OutRow:
        """Keep what was typed (synchronous=FULL) and mirror it to its file."""
        raise NotImplementedError

    def save_now(self, uid: str, *, subject: str, text: str, cursor: int) -> None:
        """The same from a signal handler: writes the mirror file at once, blocking; merged at the next start."""

    async def submit(self, uid: str, *, not_before: Millis | None = None) -> OutRow:
        """Draft to queued: freezes the request.  Raises `UsageError` when there is nothing to send."""
        raise NotImplementedError

    async def withdraw(self, uid: str) -> OutRow:
        """Queued, refused or attention back to draft.  Raises `UsageError` when it may have arrived."""
        raise NotImplementedError

    async def discard(self, uid: str) -> None:
        """Throw away a draft or a row that surely did not arrive; `undo` of the marks brings it back."""

    async def settle(self, uid: str, choice: str) -> OutRow:
        """Answer an ATTENTION: "resend", "arrived" or "discard"."""
        raise NotImplementedError

    async def rows(
        self, *, drafts: bool = True, sent: bool = False, account: AccountKey | None = None
    ) -> Sequence[OutRow]:
        """Drafts and outbox, oldest first; with ``sent`` also what was sent in the last week."""
        raise NotImplementedError

    async def get(self, uid: str) -> OutRow:
        """Raises `NotFound`."""
        raise NotImplementedError

    # the engine's side
    async def claim(self, account: AccountKey, lease: str, now: Millis) -> tuple[OutRow, Act] | None:
        """The next row that may go: due, its refs resolved, first of its topic, no twin unresolved.

        The act is frozen at submit.  Rows with ``unknown_end`` come first, to be settled.  The claim is
        a lease of 60 s on the row; it changes no state yet.
        """
        raise NotImplementedError

    async def set_baseline(self, uid: str, baseline: str) -> None:
        """For reconciling backends: what the forum had before the first try."""

    async def begin_send(self, uid: str, lease: str, now: Millis) -> None:
        """SENDING on disk (synchronous=FULL) before a byte leaves."""

    async def finish(
        self, uid: str, *, topic: TopicId | None = None, post: PostId | None = None, held: bool = False
    ) -> None:
        """SENT or HELD; rows that refer to outbox:UID are resolved in the same transaction."""

    async def retry(self, uid: str, *, not_before: Millis, error: str, unknown: bool) -> None:
        """Back to QUEUED (surely not done), or still SENDING with an unknown end, to be looked at again later."""

    async def refuse(self, uid: str, reason: str) -> None:
        """REFUSED: the text stays, to be edited or discarded."""

    async def need_attention(self, uid: str, reason: str, choices: Sequence[str]) -> None:
        """ATTENTION: only the user can say."""

    async def next_due(self, account: AccountKey) -> Millis | None:
        """When the account's next row becomes due."""
        raise NotImplementedError

    async def wishes(self, account: AccountKey) -> Sequence[Wish]:
        """Toggles that the forum has not heard of yet; never before the outbox is empty or waiting."""
        raise NotImplementedError

    async def wish_granted(self, wish: Wish, error: str | None = None) -> None:
        """Forget a wish that was carried out (or refused: the row then shows the forum's state again)."""


__all__ = ["Outbox", "PostKey", "Wish"]
