"""`DraftKeeper`: keeps what is typed, within a second, whatever happens; knows no widget."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from forumtui.errors import ForumtuiError
from forumtui.library import Library
from forumtui.model import Body
from forumtui.rows import AccountKey, OutKind, OutRow, OutState, TopicKey
from forumtui.values import dataclass

SAVE_AFTER = 0.7
"""Seconds after the last key."""
SAVE_AT_LEAST_EVERY = 4.0
"""Seconds, while keys keep coming."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a text is for; ``where`` and ``to`` are for people."""

    account: AccountKey
    kind: OutKind
    board_ref: str | None = None
    topic_ref: str | None = None
    parent_ref: str | None = None
    post_ref: str | None = None
    where: str = ""
    to: str | None = None
    topic: TopicKey | None = None
    """The thread to go back to."""

    def is_of(self, row: OutRow) -> bool:
        """Whether a row of the outbox is for this."""
        mine = (self.account, self.kind, self.board_ref, self.topic_ref, self.parent_ref, self.post_ref)
        if self.kind is not OutKind.TOPIC:
            mine = (self.account, self.kind, row.board_ref, self.topic_ref, self.parent_ref, self.post_ref)
        return mine == (row.account, row.kind, row.board_ref, row.topic_ref, row.parent_ref, row.post_ref)

    @classmethod
    def of(cls, row: OutRow, topic: TopicKey | None = None) -> Target:
        """What a row of the outbox is for."""
        return cls(
            row.account, row.kind, row.board_ref, row.topic_ref, row.parent_ref, row.post_ref, row.where, row.to, topic
        )


@dataclass(frozen=True, slots=True)
class Text:
    """What stands in the composer."""

    subject: str = ""
    text: str = ""
    cursor: int = 0


async def open_draft(library: Library, target: Target) -> OutRow | None:
    """The draft that is already there for a target."""
    rows = await library.outbox.rows(drafts=True, account=target.account)
    return next((row for row in rows if row.state is OutState.DRAFT and target.is_of(row)), None)


class DraftKeeper:
    """Saves through the library: soon after each pause, at most a few seconds apart, and at every way out.

    Nothing is written until something was typed that differs from what the composer opened with.
    """

    def __init__(
        self, library: Library, target: Target, start: Text, uid: str | None, tell: Callable[[str, bool], None]
    ) -> None:
        self._library = library
        self.target = target
        self.start = start
        self.now = start
        self.uid = uid
        self._saved = start if uid is not None else None
        self._tell = tell
        self._due: asyncio.TimerHandle | None = None
        self._since: float | None = None
        self._saving: asyncio.Task[None] | None = None

    @property
    def is_kept(self) -> bool:
        """Whether what stands there is on disk, or was never touched."""
        return self.now == self._saved or (self.uid is None and self._untouched)

    @property
    def _untouched(self) -> bool:
        return (self.now.subject, self.now.text) == (self.start.subject, self.start.text)

    def changed(self, text: Text) -> None:
        """Something was typed, or the cursor moved."""
        self.now = text
        if self.is_kept:
            return
        loop = asyncio.get_running_loop()
        if self._since is None:
            self._since = loop.time()
        if self._due is not None:
            self._due.cancel()
        wait = 0.0 if self.uid is None else min(SAVE_AFTER, max(0.0, self._since + SAVE_AT_LEAST_EVERY - loop.time()))
        self._due = loop.call_later(wait, self._begin_saving)

    def _begin_saving(self) -> None:
        if self._saving is None or self._saving.done():
            self._saving = asyncio.ensure_future(self._save_quietly())
        else:
            self._due = asyncio.get_running_loop().call_later(SAVE_AFTER, self._begin_saving)

    async def _save_quietly(self) -> None:
        try:
            await self._save()
        except ForumtuiError as error:
            self._tell(f"Not saved: {error}", False)

    async def _save(self) -> None:
        self._since = None
        text = self.now
        if self.uid is None:
            target = self.target
            row = await self._library.outbox.start(
                target.account,
                target.kind,
                board_ref=target.board_ref,
                topic_ref=target.topic_ref,
                parent_ref=target.parent_ref,
                post_ref=target.post_ref,
                subject=text.subject,
                body=Body(text.text),
            )
            self.uid = row.uid
        await self._library.outbox.save(self.uid, subject=text.subject, text=text.text, cursor=text.cursor)
        self._saved = text
        self._tell("saved", True)

    async def flush(self) -> str | None:
        """Save what is not saved yet; returns the draft's uid, None if there was nothing to keep."""
        if self._due is not None:
            self._due.cancel()
        if self._saving is not None:
            with contextlib.suppress(ForumtuiError):
                await self._saving
        if not self.is_kept:
            await self._save()
        return self.uid

    def save_now(self) -> None:
        """From a signal handler: write at once, blocking, and never raise."""
        if self.uid is not None and not self.is_kept:
            with contextlib.suppress(Exception):
                self._library.outbox.save_now(
                    self.uid, subject=self.now.subject, text=self.now.text, cursor=self.now.cursor
                )

    async def submit(self) -> OutRow:
        """Hand the text to the outbox.  Raises `UsageError` when there is nothing to send."""
        self._saved = None  # an untouched text (a quote, a deletion) is sent as it stands
        uid = await self.flush()
        if uid is None:
            await self._save()
        assert self.uid is not None
        return await self._library.outbox.submit(self.uid)

    async def discard(self) -> None:
        """Throw the draft away as it stands; the library's undo brings it back."""
        await self.flush()
        if self.uid is not None:
            await self._library.outbox.discard(self.uid)
        self.now = self._saved = self.start
        self.uid = None
