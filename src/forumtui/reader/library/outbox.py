"""Drafts and the outbox: nothing that a user wrote is ever lost, nothing is sent twice."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

import apsw

from forumtui.model import Act, Millis, PostId, TopicId
from forumtui.model.keys import new_key
from forumtui.reader.library.mirror import Mirrors
from forumtui.reader.library.threads import Threads
from forumtui.reader.rows import AccountKey, Changed, OutRow, OutState, What
from forumtui.reader.sql import outbox as store
from forumtui.reader.sql import outbox_rows, wishes
from forumtui.reader.sql import outbox_sending as sending
from forumtui.reader.sql import topics as headers
from forumtui.reader.sql.outbox import Typed
from forumtui.reader.target import Target
from forumtui.text.sanitise import clean_line, store_text
from forumtui.values import quick_dataclass

__all__ = ["Outbox", "Typed", "Wish"]

T = TypeVar("T")
FAR_AHEAD = 1000
"""How far the revision of a text that a signal handler saved is ahead of what may still be under way."""


@quick_dataclass(frozen=True, slots=True)
class Wish:
    """A toggle that the forum should hear of."""

    account: AccountKey
    topic: TopicId
    post: PostId
    kind: str
    on: bool
    key: str


class Outbox:
    """The user's side: drafts.  The engine's side: claims under a lease.  Both on one table.

    Every change of a row is on disk (synchronous=FULL) and in its small file before the call returns.
    """

    def __init__(self, threads: Threads, mirrors: Mirrors) -> None:
        self._threads = threads
        self._mirrors = mirrors
        self._floors: dict[str, int] = {}

    async def _write(self, work: Callable[[apsw.Connection, list[str]], T], *, typing: bool = False) -> T:
        """One durable transaction; ``work`` names the rows that it touches.

        ``typing``: only the words of a draft change, which nothing shows but the list of drafts.
        """
        touched: list[str] = []

        def job(connection: apsw.Connection, changes: set[Changed]) -> T:
            result = work(connection, touched)
            for uid in touched:
                changes.update(store.news(connection, uid, typing=typing))
            return result

        return await self._threads.write(
            job, urgent=True, durable=True, then=lambda connection: self._mirrors.write_rows(connection, touched)
        )

    # the user's side
    async def start(self, target: Target, typed: Typed | None = None, *, uid: str | None = None) -> OutRow:
        """Begin a draft; answers with the draft that is already open for the same target, if there is one.

        With ``uid``: a draft of its own; of an earlier row: that row, if it is the same act, else `Conflict`.
        """
        floor = self._floors.get(uid or "", 0)

        def work(connection: apsw.Connection, touched: list[str]) -> OutRow:
            row, is_new = store.start(connection, target, typed, uid=uid, floor=floor, now=self._threads.now())
            if is_new:
                touched.append(row.uid)
            return row

        return await self._write(work)

    async def save(
        self, uid: str, *, subject: str, text: str, cursor: int, over: Collection[store.Words] | None = None
    ) -> OutRow:
        """Keep what was typed (synchronous=FULL) and mirror it to its file.

        ``over``: what was typed is made from one of these.  Where other words stand there now, this raises
        `Conflict`, and `NotFound` where the draft was thrown away: somebody else's words are never written over.
        """
        typed = Typed(subject, text, cursor, over)
        floor = self._floors.get(uid, 0)

        def work(connection: apsw.Connection, touched: list[str]) -> OutRow:
            row, is_new = store.save(connection, uid, typed, floor=floor, now=self._threads.now())
            if is_new:
                touched.append(uid)
            return row

        return await self._write(work, typing=True)

    def save_now(
        self, uid: str, *, subject: str, text: str, cursor: int, over: Collection[store.Words] | None = None
    ) -> str:
        """The same from a signal handler: writes the mirror file at once, blocking; merged at the next start.

        Returns the uid of what it wrote, which is another one where somebody else's words stand in the file.
        """
        row = self._mirrors.read_row(uid)
        if row is None or row.get("state") != OutState.DRAFT.value:
            return uid
        if over is not None and (row.get("subject"), row.get("text")) not in over:
            uid = new_key(self._threads.now())
        # A save that is on its way must neither overwrite the file nor outrank it at the next start.
        revision = max(int(row["revision"]), self._floors.get(uid, 0)) + FAR_AHEAD
        self._floors[uid] = revision
        typed = {"subject": clean_line(subject), "text": store_text(text), "cursor": cursor}
        self._mirrors.write_row(row | typed | {"uid": uid, "revision": revision})
        return uid

    async def submit(self, uid: str, *, typed: Typed | None = None, not_before: Millis | None = None) -> OutRow:
        """Draft to queued, with what was ``typed`` last: freezes the request.

        Raises `UsageError` when there is nothing to send, and what `save` raises.
        """
        floor = self._floors.get(uid, 0)

        def work(connection: apsw.Connection, touched: list[str]) -> OutRow:
            touched.append(uid)
            if typed is not None:
                store.save(connection, uid, typed, floor=floor, now=self._threads.now())
            return store.submit(connection, uid, not_before=not_before, floor=floor, now=self._threads.now())

        return await self._write(work)

    async def withdraw(self, uid: str) -> OutRow:
        """Queued, refused or attention back to draft.  Raises `UsageError` when it may have arrived."""

        def work(connection: apsw.Connection, touched: list[str]) -> OutRow:
            touched.append(uid)
            return store.withdraw(connection, uid, self._threads.now())

        return await self._write(work)

    async def discard(self, uid: str, *, over: Collection[store.Words] | None = None, whatever: bool = False) -> None:
        """Throw away a draft or a row that surely did not arrive; `undo` of the marks brings it back.

        ``over``: only if these are a draft's words, else `Conflict`.  ``whatever``: also one that may have arrived,
        because the user was warned of that.
        """

        def work(connection: apsw.Connection, touched: list[str]) -> None:
            touched.append(uid)
            store.discard(connection, uid, over, whatever=whatever, now=self._threads.now())

        await self._write(work)

    async def settle(self, uid: str, choice: str) -> OutRow:
        """Answer an ATTENTION: "resend", "arrived" or "discard"; for an edit that was overtaken "mine", "theirs" or "edit"."""

        def work(connection: apsw.Connection, touched: list[str]) -> OutRow:
            touched.append(uid)
            before = outbox_rows.get(connection, uid)
            return store.settle(connection, uid, choice, self._threads.now()) or before

        return await self._write(work)

    async def rows(
        self, *, drafts: bool = True, sent: bool = False, account: AccountKey | None = None
    ) -> Sequence[OutRow]:
        """Drafts and outbox, oldest first; with ``sent`` also what was sent in the last week."""
        return await self._threads.read(
            lambda connection: store.rows(
                connection, drafts=drafts, sent=sent, account=account, now=self._threads.now()
            )
        )

    async def get(self, uid: str) -> OutRow:
        """Raises `NotFound`."""
        return await self._threads.read(lambda connection: outbox_rows.get(connection, uid))

    # the engine's side
    async def claim(self, account: AccountKey, lease: str, now: Millis) -> tuple[OutRow, Act] | None:
        """The next row that may go: due, its refs resolved, first of its topic, no twin unresolved.

        The act is frozen at submit.  Rows with ``unknown_end`` come first, to be settled.  The claim is
        a lease of 60 s on the row; it changes no state yet.
        """

        def work(connection: apsw.Connection, changes: set[Changed]) -> tuple[OutRow, Act] | None:
            claimed, told = sending.claim(connection, account, lease, now)
            if told:
                changes.add(Changed(What.OUTBOX, account))
            return claimed

        return await self._threads.write(work, urgent=True)

    async def set_baseline(self, uid: str, baseline: Millis) -> None:
        """When a try is begun, where a later look for it needs to know."""

        def work(connection: apsw.Connection, touched: list[str]) -> None:
            touched.append(uid)
            sending.set_baseline(connection, uid, baseline)

        await self._write(work)

    async def begin_send(self, uid: str, lease: str, now: Millis) -> None:
        """SENDING on disk (synchronous=FULL) before a byte leaves."""

        def work(connection: apsw.Connection, touched: list[str]) -> None:
            touched.append(uid)
            sending.begin(connection, uid, lease, now)

        await self._write(work)

    async def finish(
        self, uid: str, *, topic: TopicId | None = None, post: PostId | None = None, held: bool = False
    ) -> None:
        """SENT or HELD; rows that refer to it get the forum's ids in the same transaction."""

        def work(connection: apsw.Connection, touched: list[str]) -> None:
            others = sending.finish(connection, uid, topic=topic, post=post, held=held, now=self._threads.now())
            touched.extend((*others, uid))

        await self._write(work)

    async def retry(self, uid: str, *, not_before: Millis, error: str, unknown: bool) -> None:
        """Back to QUEUED (surely not done), or still SENDING with an unknown end, to be looked at again later."""

        def work(connection: apsw.Connection, touched: list[str]) -> None:
            touched.append(uid)
            sending.retry(connection, uid, not_before=not_before, error=error, unknown=unknown, now=self._threads.now())

        await self._write(work)

    async def refuse(self, uid: str, reason: str) -> None:
        """REFUSED: the text stays, to be edited or discarded."""

        def work(connection: apsw.Connection, touched: list[str]) -> None:
            touched.append(uid)
            sending.refuse(connection, uid, reason, self._threads.now())

        await self._write(work)

    async def acts(self, account: AccountKey, state: OutState) -> Sequence[tuple[OutRow, Act]]:
        """The rows in one state, with the act that each was; of what was sent, those of the last week."""
        rows = await self.rows(drafts=False, sent=True, account=account)
        return [(row, sending.act_of(row)) for row in rows if row.state is state]

    async def gone(self, uid: str, reason: str, choices: Sequence[str]) -> None:
        """SENT to ATTENTION: the forum was set back and has the text no longer."""

        def work(connection: apsw.Connection, touched: list[str]) -> None:
            touched.append(uid)
            sending.gone(connection, uid, reason, choices, self._threads.now())

        await self._write(work)

    async def reject(self, uid: str, reason: str) -> None:
        """HELD to REFUSED: a moderator decided against it.  The text stays, and is sent under another key if at all."""

        def work(connection: apsw.Connection, touched: list[str]) -> None:
            touched.append(uid)
            sending.reject(connection, uid, reason, self._threads.now())

        await self._write(work)

    async def need_attention(self, uid: str, reason: str, choices: Sequence[str], *, theirs: str | None = None) -> None:
        """ATTENTION: only the user can say.  ``theirs``: the words that overtook an edit, which surely was not done."""

        def work(connection: apsw.Connection, touched: list[str]) -> None:
            touched.append(uid)
            sending.need_attention(connection, uid, reason, choices, theirs, self._threads.now())

        await self._write(work)

    async def hurry(self, account: AccountKey) -> None:
        """What was tried in vain may go at once: somebody has logged in."""

        def work(connection: apsw.Connection, touched: list[str]) -> None:
            touched.extend(sending.hurry(connection, account))

        await self._write(work)

    async def next_due(self, account: AccountKey) -> Millis | None:
        """When the account's next row becomes due."""
        return await self._threads.read(lambda connection: sending.next_due(connection, account, self._threads.now()))

    async def wishes(self, account: AccountKey) -> Sequence[Wish]:
        """Toggles that the forum has not heard of yet; never before the outbox is empty or waiting."""

        def work(connection: apsw.Connection) -> list[Wish]:
            now = self._threads.now()
            due = sending.next_due(connection, account, now)
            if due is not None and due <= now:
                return []
            return [
                Wish(account, TopicId(topic), PostId(post), kind, bool(on), key)
                for topic, post, kind, on, key in wishes.waiting(connection, account)
            ]

        return await self._threads.read(work)

    async def wish_granted(self, wish: Wish, error: str | None = None) -> None:
        """Forget a wish that was carried out (or refused: the row then shows the forum's state again)."""

        def work(connection: apsw.Connection, changes: set[Changed]) -> None:
            wishes.granted(connection, wish.account, wish.post, wish.kind, wish.key, refused=error is not None)
            changes.add(Changed(What.POSTS, wish.account, headers.find(connection, wish.account, wish.topic)))

        await self._threads.write(work)
