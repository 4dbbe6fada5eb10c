"""Writing: from the outbox to the forum, so that nothing is lost and nothing arrives twice.

What a try will do is on disk before a byte leaves.  A try whose end is unknown is settled before anything else is
sent: by sending again under the same key where the forum drops repeats, else by looking for it.  A refusal of such a
second try says nothing of the first: the forum is asked for that before a text is called refused.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from forumtui.backends.api import Backend
from forumtui.errors import (
    Conflict,
    Forbidden,
    ForumtuiError,
    Missing,
    NotFound,
    NotYet,
    Overtaken,
    RateLimited,
    Refused,
    Unsupported,
)
from forumtui.model import Action, Like, Millis, Post, PostId, Receipt, TopicId
from forumtui.reader.library import Library
from forumtui.reader.library.outbox import Wish
from forumtui.reader.rows import AccountKey, OutRow, OutState
from forumtui.reader.sync.aiming import aim
from forumtui.reader.sync.backoff import Next, Verdict, after_look, after_send, delay
from forumtui.reader.sync.pull import RECONCILE, RESTORED
from forumtui.reader.target import id_of
from forumtui.text.imprint import words_of

log = logging.getLogger(__name__)

ASKED = ("resend", "arrived", "discard")
CHANGED = ("mine", "theirs", "edit")
OVERTAKEN = "Somebody changed this post after you began to edit it.  Nothing was sent; see both texts, then choose."
NO_ANSWER = "The answer was lost, so this may have arrived; it is being looked for."
SET_BACK = "The forum was set back to an earlier state and no longer has this text; it is kept here."
LOST_SIGHT = "The forum held this for approval, and has no trace of it now."
LONGEST_PAUSE = 3_600_000
ASK_HELD = 60.0
"""How often to ask, unprompted, what became of texts that are held for approval, in seconds."""
LEAST_HELD = 5.0
"""However often the forum has news: they are asked after no more often than this, in seconds."""
PERHAPS = "Nobody can say whether this arrived.  Look at the forum, then send it again, call it arrived, or discard it."


@dataclass(slots=True)
class _Attempt:
    """One claimed row.  ``unknown``: it may have arrived; ``answered``: what became of it is being written down."""

    row: OutRow
    action: Action
    unknown: bool
    answered: bool = False


async def _surely(write: Coroutine[Any, Any, None]) -> None:
    """Let a write come to its end, even when whoever waits for it is cancelled."""
    task = asyncio.ensure_future(write)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        if not task.cancelled() and task.exception() is not None:
            log.exception("What became of a text could not be stored.", exc_info=task.exception())
        raise


def _words(error: Exception) -> str:
    return str(error) if isinstance(error, ForumtuiError) else NO_ANSWER


class Push:
    """Sends one account's outbox through one open backend.

    ``lease`` names this sender among others on the same library; ``now`` is in ms, ``chance`` from 0 to 1.
    """

    def __init__(
        self,
        library: Library,
        account: AccountKey,
        backend: Backend,
        *,
        lease: str,
        now: Callable[[], Millis],
        chance: Callable[[], float],
    ) -> None:
        self._library = library
        self._outbox = library.outbox
        self._account = account
        self._backend = backend
        self._lease = lease
        self._now = now
        self._chance = chance
        self._asked_held: Millis | None = None
        self.held_due: Millis | None = now()
        """When to ask after held texts again; None: there are none."""

    async def one(self) -> bool:
        """Deal with the next row that is due; False if there is none.

        Raises the error that kept it from being sent, unless that is the forum's own last word on it.
        """
        claimed = await self._outbox.claim(self._account, self._lease, self._now())
        if claimed is None:
            return False
        row, act = claimed
        if row.target.has_names:
            await self._aim(row)
            return True  # it is claimed again, as what it is about
        attempt = _Attempt(row, Action(row.key, act), row.unknown_end or row.state is OutState.SENDING)
        try:
            if not attempt.unknown or await self._may_resend(attempt):
                await self._send(attempt)
        except asyncio.CancelledError:
            if not attempt.answered:
                await _surely(self._later(attempt, 0.0, NO_ANSWER if attempt.unknown else ""))
            raise
        return True

    async def hurry(self) -> None:
        """The user wants it now: what was tried in vain is due, unless the forum itself asked for the pause."""
        until = await self._library.accounts.pause_until(self._account)
        now = self._now()
        if until is None or not now < until <= now + LONGEST_PAUSE:  # nor does a clock that was set back hold it up
            await self._outbox.hurry(self._account)

    async def _aim(self, row: OutRow) -> None:
        try:
            await aim(self._library, self._backend, row)
        except (Refused, NotFound) as error:
            await _surely(self._outbox.refuse(row.uid, str(error)))
        except Exception as error:
            due = Millis(self._now() + round(delay(error, row.attempts + 1, self._chance()) * 1000))
            words = str(error) if isinstance(error, ForumtuiError) else ""
            await _surely(self._outbox.retry(row.uid, not_before=due, error=words, unknown=False))
            raise

    # -- an earlier try may have arrived

    async def _may_resend(self, attempt: _Attempt) -> bool:
        """Settle what became of an earlier try; True if it should be sent (again) now."""
        delivery = self._backend.delivery
        waited = self._waited(attempt.row)
        if delivery.kind == "key" and (delivery.ttl is None or waited < delivery.ttl / 2):
            return True
        try:
            receipt = await self._find(attempt)
        except (Refused, Conflict, Unsupported) as error:
            if isinstance(error, Conflict) and delivery.kind != "reconcile":
                await self._outbox.refuse(attempt.row.uid, str(error))
            else:
                await self._outbox.need_attention(attempt.row.uid, PERHAPS, ASKED)
            return False
        except Exception as error:
            await self._later(attempt, delay(error, attempt.row.attempts, self._chance()), _words(error))
            raise
        if receipt is not None:
            await self._arrived(attempt, receipt)
            return False
        if delivery.kind == "message_id":
            return True
        verdict, wait = after_look(waited, delivery.settle)
        if verdict is Verdict.LOOK_AGAIN:
            await self._later(attempt, wait, NO_ANSWER)
        elif verdict is Verdict.ASK:
            await self._outbox.need_attention(attempt.row.uid, PERHAPS, ASKED)
        return verdict is Verdict.RESEND

    async def _find(self, attempt: _Attempt) -> Receipt | None:
        """What became of it; but a post that another text of ours became is not this one's, however alike they are."""
        receipt = await self._backend.find(attempt.action)
        if receipt is None or receipt.post is None or self._backend.delivery.kind != "reconcile":
            return receipt
        others = await self._outbox.acts(self._account, OutState.SENT)
        taken = any(row.remote_post == receipt.post and row.uid != attempt.row.uid for row, _ in others)
        return None if taken and receipt.outcome == "created" else receipt

    def _waited(self, row: OutRow) -> float:
        """Seconds since the try that counts: where keys are forgotten the first, else the last."""
        tried = row.created if row.baseline is None else row.baseline
        return max(0.0, (self._now() - tried) / 1000)

    # -- sending

    async def _send(self, attempt: _Attempt) -> None:
        row = attempt.row
        try:
            await self._note_time(row)
            await self._outbox.begin_send(row.uid, self._lease, self._now())
        except Conflict as error:  # taken back a moment ago, or another sender was quicker
            log.info("%s is not sent: %s", row.uid, error)
            return
        was_unknown, attempt.unknown = attempt.unknown, True
        try:
            receipt = await self._backend.perform(attempt.action)
        except Exception as error:
            attempt.answered = True
            attempt.unknown = was_unknown
            if not await self._failed(attempt, error):
                raise
        else:
            attempt.answered = True
            await self._arrived(attempt, receipt)

    async def _note_time(self, row: OutRow) -> None:
        """Keep when it was tried, where a later look at an unknown end needs to know."""
        delivery = self._backend.delivery
        if delivery.kind == "reconcile" or (
            delivery.kind == "key" and delivery.ttl is not None and row.baseline is None
        ):
            await self._outbox.set_baseline(row.uid, self._now())

    async def _failed(self, attempt: _Attempt, error: Exception) -> bool:
        """Write down what a failure means for the row; whether that is all there is to it."""
        row = attempt.row
        if isinstance(error, Overtaken):
            return await self._overtaken(attempt)
        if isinstance(error, Conflict) and self._backend.delivery.kind == "message_id":
            return await self._settle_repeat(attempt)
        if attempt.unknown and isinstance(error, Refused | Conflict | Unsupported):
            return await self._settle_refusal(attempt, error)
        step = after_send(error, row.attempts + 1, unknown=attempt.unknown, jitter=self._chance())
        if step.next is Next.REFUSED:
            await _surely(self._outbox.refuse(row.uid, str(error)))
            return True
        attempt.unknown = step.next is Next.UNKNOWN
        if isinstance(error, RateLimited):
            until = Millis(self._now() + round(error.retry_after * 1000))
            await _surely(self._library.accounts.set_pause(self._account, until))
        await _surely(self._later(attempt, step.delay, _words(error)))
        return isinstance(error, NotYet)

    async def _settle_refusal(self, attempt: _Attempt, refusal: Exception) -> bool:
        """This try was refused, but an earlier one may have arrived: only the forum itself knows, by its key or a look."""
        try:
            receipt = await self._find(attempt)
        except (Refused, Conflict, Unsupported) as error:
            if isinstance(error, Missing | Forbidden | Unsupported) or self._backend.delivery.kind == "reconcile":
                await _surely(self._outbox.need_attention(attempt.row.uid, f"{refusal}  {PERHAPS}", ASKED))
            else:  # it knows the key, and what became of it; all else says something of us, nothing of the text
                await _surely(self._outbox.refuse(attempt.row.uid, str(error)))
        except BaseException as error:
            await _surely(self._later(attempt, delay(error, attempt.row.attempts + 1, self._chance()), NO_ANSWER))
            raise
        else:
            if receipt is None:
                await _surely(self._outbox.refuse(attempt.row.uid, str(refusal)))
            else:
                await self._arrived(attempt, receipt)
        return True

    async def _overtaken(self, attempt: _Attempt) -> bool:
        """Somebody changed the post that an edit is for: fetch what stands there, and let the user choose."""
        row = attempt.row
        try:
            post = await self._backend.post(PostId(id_of(row.target.post)))
        except Refused as error:
            await _surely(self._outbox.refuse(row.uid, str(error)))
            return True
        except BaseException as error:
            attempt.unknown = False
            await _surely(self._later(attempt, delay(error, row.attempts + 1, self._chance()), OVERTAKEN))
            raise
        await self._library.intake.post(self._account, post)
        theirs = words_of(post.subject, post.words.source if post.words is not None else "")
        await _surely(self._outbox.need_attention(row.uid, OVERTAKEN, CHANGED, theirs=theirs))
        return True

    async def _settle_repeat(self, attempt: _Attempt) -> bool:
        """A message was refused because it is there already; find it, or do so later."""
        attempt.unknown = True
        try:
            receipt = await self._backend.find(attempt.action)
        except BaseException as error:
            await _surely(self._later(attempt, delay(error, attempt.row.attempts + 1, self._chance()), NO_ANSWER))
            raise
        await self._arrived(attempt, receipt or Receipt("created"))
        return True

    async def _later(self, attempt: _Attempt, seconds: float, words: str) -> None:
        due = Millis(self._now() + round(seconds * 1000))
        await self._outbox.retry(attempt.row.uid, not_before=due, error=words, unknown=attempt.unknown)

    async def _arrived(self, attempt: _Attempt, receipt: Receipt) -> None:
        attempt.answered = True
        held = receipt.outcome == "held"
        await _surely(self._outbox.finish(attempt.row.uid, topic=receipt.topic, post=receipt.post, held=held))
        if held:
            self.held_due = self.held_due or Millis(self._now() + round(ASK_HELD * 1000))
        elif receipt.post is not None:
            await self._bring_in(receipt.post)

    async def _bring_in(self, post: PostId) -> None:
        """Show what the forum made of it.  It is there in any case, so a failure only means: later."""
        try:
            arrived: Post = await self._backend.post(post)
            if await self._library.reading.topic_by_id(self._account, arrived.topic) is None:
                topic = await self._backend.topic(arrived.topic)
                await self._library.intake.topics(self._account, [topic])
            await self._library.intake.post(self._account, arrived)
        except ForumtuiError as error:
            log.info("The post %s was sent, but could not be read back: %s", post, error)

    # -- held for approval

    async def ask_after_held(self, *, prompted: bool = False) -> None:
        """See what the moderators made of held texts: published, rejected with a reason, or still held.

        Only where a key says for ever which text is meant; elsewhere a published one is known when it appears.
        ``prompted``: something happened in the forum, so that there may be an answer before its time.
        """
        now = self._now()
        if self.held_due is None or not (self.held_due <= now or (prompted and self._rested(now))):
            return
        self._asked_held, self.held_due = now, None
        if self._backend.delivery.kind != "key" or self._backend.delivery.ttl is not None:
            return
        held = await self._outbox.acts(self._account, OutState.HELD)
        if held:
            self.held_due = Millis(now + round(ASK_HELD * 1000))
        for row, act in held:
            await self._see_to(row, Action(row.key, act))

    def _rested(self, now: Millis) -> bool:
        return self._asked_held is None or now - self._asked_held >= LEAST_HELD * 1000

    async def _see_to(self, row: OutRow, action: Action) -> None:
        receipt: Receipt | None = None
        try:
            receipt = await self._backend.find(action)
        except (Missing, Forbidden, Unsupported) as error:  # says something of us, nothing of the text
            log.info("%s is still held, as far as one may know: %s", row.uid, error)
            return
        except Refused as error:
            await self._outbox.reject(row.uid, str(error))
            return
        except Conflict as error:
            log.info("%s is not what the forum has under its key: %s", row.uid, error)
        if receipt is None:
            await self._outbox.need_attention(
                row.uid, f"{LOST_SIGHT}  Send it again, call it arrived, or discard it.", ASKED
            )
        elif receipt.outcome != "held":
            await self._arrived(_Attempt(row, action, unknown=False), receipt)

    # -- set back to an earlier state

    async def ask_after_sent(self) -> None:
        """After a restore, once the forum was read anew: which texts it has lost is told to their author."""
        accounts = self._library.accounts
        if await accounts.cursor(self._account, RESTORED) is None:
            return
        if await accounts.cursor(self._account, RECONCILE) is not None:
            return
        if self._backend.delivery.kind == "key" and self._backend.delivery.ttl is None:
            for row, act in await self._outbox.acts(self._account, OutState.SENT):
                await self._must_be_there(row, Action(row.key, act))
        await accounts.set_cursor(self._account, RESTORED, None)

    async def _must_be_there(self, row: OutRow, action: Action) -> None:
        try:
            there = await self._backend.find(action) is not None
        except (Refused, Conflict, Unsupported) as error:  # it knows the key, or does not say
            log.info("%s was sent, as far as one may know: %s", row.uid, error)
            return
        if there:
            return
        topic = await self._library.reading.topic_by_id(self._account, TopicId(id_of(row.target.topic)))
        if row.target.topic is None or (topic is not None and topic.title == row.where):
            await self._outbox.gone(row.uid, SET_BACK, ("resend", "discard"))
        else:  # what has its number now may be another topic
            await self._outbox.gone(row.uid, f"{SET_BACK}  Its topic is gone too.", ("discard",))

    # -- wishes

    async def wishes(self) -> None:
        """Tell the forum of likes; a later wish for the same post has replaced the earlier one already."""
        for wish in await self._outbox.wishes(self._account):
            try:
                await self._grant(wish)
            except (Refused, Conflict, Unsupported) as error:
                await self._outbox.wish_granted(wish, error=str(error))
            else:
                await self._outbox.wish_granted(wish)
            await self._bring_in(wish.post)

    async def _grant(self, wish: Wish) -> None:
        if wish.kind != "like":
            raise Unsupported(f"There is no way to tell the forum of a {wish.kind}.")
        await self._backend.perform(Action(wish.key, Like(wish.topic, wish.post, wish.on)))
