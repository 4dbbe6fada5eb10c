"""`DraftKeeper`: keeps what is typed, within a second, whatever happens; knows no widget."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from uuid import uuid4

from forumtui.errors import Conflict, ForumtuiError, NotFound, UsageError
from forumtui.reader.library import Library
from forumtui.reader.library.outbox import Typed
from forumtui.reader.rows import OutRow, OutState, TopicKey
from forumtui.reader.target import Target
from forumtui.values import quick_dataclass

SAVE_AFTER = 0.5
"""Seconds after the first key that is not saved, so that a slow disk has as long again."""
TRY_AGAIN_AFTER = 2.0
"""Seconds after a save that failed."""
SECOND_DRAFT = (
    "Another window of forumtui changed or sent this draft meanwhile.  What you write here is a second draft now."
)


@quick_dataclass(frozen=True, slots=True)
class Shown:
    """What people see of a text's target."""

    where: str = ""
    to: str | None = None
    """The name of the one answered."""
    topic: TopicKey | None = None
    """The thread to go back to."""


@quick_dataclass(frozen=True, slots=True)
class Text:
    """What stands in the composer."""

    subject: str = ""
    text: str = ""
    cursor: int = 0


async def drafts_of(library: Library, target: Target) -> list[OutRow]:
    """Every draft for a target, the one that was written last at the end."""
    rows = await library.outbox.rows(drafts=True, account=target.account)
    drafts = [row for row in rows if row.state is OutState.DRAFT and target.is_same(row.target)]
    return sorted(drafts, key=lambda row: row.updated)


class DraftKeeper:
    """Saves through the library: soon after the first key that is not saved, and at every way out.

    Nothing is written until something was typed that differs from what the composer opened with.  Each save says
    what it was made from; where somebody else's words stand by now, it begins a second draft, so that both are kept.
    """

    def __init__(
        self, library: Library, target: Target, start: Text, row: OutRow | None, tell: Callable[[str, bool], None]
    ) -> None:
        self._library = library
        self.target = target
        self.start = start
        self.now = start
        self._uid = uuid4().hex if row is None else row.uid
        self._begun = row is not None
        self._saved = None if row is None else Text(row.subject, row.text, row.cursor)
        self._ours = set() if row is None else {(row.subject, row.text)}
        self._tell = tell
        self._due: asyncio.TimerHandle | None = None
        self._turn = asyncio.Lock()
        self._saving: set[asyncio.Task[None]] = set()

    @property
    def uid(self) -> str | None:
        """The draft's, once there is one."""
        return self._uid if self._begun else None

    @property
    def is_kept(self) -> bool:
        """Whether what stands there is on disk, or was never touched."""
        return self.now == self._saved or (not self._begun and self._untouched)

    @property
    def _untouched(self) -> bool:
        return (self.now.subject, self.now.text) == (self.start.subject, self.start.text)

    def changed(self, text: Text) -> None:
        """Something was typed, or the cursor moved."""
        self.now = text
        if not self.is_kept:
            self._save_in(SAVE_AFTER if self._begun else 0.0)

    def _save_in(self, seconds: float) -> None:
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(seconds, self._begin_saving)

    def _begin_saving(self) -> None:
        self._due = None
        task = asyncio.ensure_future(self._save_quietly())
        self._saving.add(task)
        task.add_done_callback(self._saving.discard)

    async def _save_quietly(self) -> None:
        try:
            await self._keep()
        except ForumtuiError as error:
            self._tell(f"Not saved: {error}", False)
            self._save_in(TRY_AGAIN_AFTER)

    async def _keep(self) -> None:
        async with self._turn:
            if not self.is_kept:
                await self._save(self.now)

    async def _save(self, text: Text) -> None:
        """Over our own words, or else as a draft of its own."""
        over = frozenset(self._ours)
        self._ours.add((text.subject, text.text))  # from here on it may stand there, even if we never hear of it
        note = "saved"
        try:
            await self._library.outbox.save(
                self._uid, subject=text.subject, text=text.text, cursor=text.cursor, over=over
            )
        except (NotFound, Conflict):
            if self._begun:
                note = SECOND_DRAFT
            await self._begin(text)
        self._was_saved(text, note, over)

    async def _begin(self, text: Text) -> None:
        if self._begun:
            self._uid, self._begun = uuid4().hex, False
        typed = Typed(text.subject, text.text, text.cursor)
        await self._library.outbox.start(self.target, typed, uid=self._uid)

    def _was_saved(self, text: Text, note: str, over: frozenset[tuple[str, str]]) -> None:
        self._begun = True
        self._saved = text
        self._ours = (self._ours - over) | {(text.subject, text.text)}
        self._tell(note, True)

    async def flush(self) -> str | None:
        """Save what is not saved yet; returns the draft's uid, None if there was nothing to keep."""
        self._rest()
        await self._keep()
        return self.uid

    def _rest(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def save_now(self) -> None:
        """From a signal handler: write at once, blocking, and never raise."""
        if self._begun and not self.is_kept:
            with contextlib.suppress(Exception):
                typed = self.now
                uid = self._library.outbox.save_now(
                    self._uid, subject=typed.subject, text=typed.text, cursor=typed.cursor, over=self._ours
                )
                self._begun = uid == self._uid
                self._uid = uid
                self._ours.add((typed.subject, typed.text))

    async def submit(self) -> OutRow:
        """Hand the text to the outbox.  Raises `UsageError` when there is nothing to send, or was a second draft made."""
        self._rest()
        async with self._turn:
            text = self.now
            if not self._begun:  # an untouched text (a quote, a deletion) is sent as it stands
                await self._save(text)
            over = frozenset(self._ours)
            typed = Typed(text.subject, text.text, text.cursor, over)
            self._ours.add((text.subject, text.text))
            try:
                row = await self._library.outbox.submit(self._uid, typed=typed)
            except (NotFound, Conflict):
                await self._begin(text)
                self._was_saved(text, SECOND_DRAFT, over)
                raise UsageError(f"{SECOND_DRAFT}  Send once more to send it.") from None
            self._saved = text
            return row

    async def discard(self) -> bool:
        """Throw the draft away as it stands; the library's undo brings it back.

        False: it stays, because somebody else wrote in it or sent it.
        """
        with contextlib.suppress(ForumtuiError):  # a text that can not be saved can still be thrown away
            await self.flush()
        gone = True
        async with self._turn:
            if self._begun:
                try:
                    await self._library.outbox.discard(self._uid, over=frozenset(self._ours))
                except (NotFound, Conflict):
                    gone = False
            self._rest()
            self.now = self._saved = self.start
            self._begun = False
        return gone
