"""Which row of the outbox may go next, and who is at it; every reason to wait can be tested without a library.

A row that is being sent has a lease: who sends it, and until when nobody else may.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from forumtui.reader.sql.states import DISCARDED
from forumtui.reader.target import OutKind, OutState, Ref, Target, Unsent
from forumtui.values import quick_dataclass

LEASE_MS = 60_000


def is_live(lease: str | None, until: int | None, now: int) -> bool:
    """Whether somebody is at it.

    A lease of a process of this host that is gone is dead at once; so is one that ends later than any
    can: the clock was set back.
    """
    if lease is None or until is None or not now < until <= now + LEASE_MS:
        return False
    host, _, rest = lease.partition(":")
    pid = rest.partition(":")[0]
    return not (host == socket.gethostname() and pid.isdigit() and not is_alive(int(pid)))


def is_alive(pid: int) -> bool:
    """Whether a process of this host runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


@quick_dataclass(frozen=True, slots=True)
class Waiting:
    """What decides about a row that is queued, being sent, or needs an answer."""

    target: Target
    uid: str
    state: str
    fingerprint: str | None
    not_before: int | None
    attempts: int
    unknown_end: bool
    lease: str | None
    lease_until: int | None
    tried: int | None

    @property
    def is_unknown(self) -> bool:
        """Whether an earlier try may have arrived."""
        return self.unknown_end or self.state == OutState.SENDING

    @property
    def unsent(self) -> tuple[str, ...]:
        """The unsent texts that it refers to."""
        return tuple(ref.uid for ref in self.target.refs if isinstance(ref, Unsent))

    def is_due(self, now: int) -> bool:
        """Whether its time has come; a clock that was set back since the last try does not hold it up."""
        if self.not_before is None or self.not_before <= now:
            return True
        return self.attempts > 0 and self.tried is not None and now < self.tried


@quick_dataclass(frozen=True, slots=True)
class Candidate:
    """A row that nothing but time holds up, or one with the reason for people why it waits ("" if that is plain)."""

    row: Waiting
    blocked: bool
    why: str = ""


_REF_STATES = {
    None: "It belongs to a text of yours that is gone.",
    DISCARDED: "It belongs to a text of yours that was thrown away.",
    OutState.REFUSED: "It belongs to a text of yours that the forum refused.",
    OutState.DRAFT: "It belongs to a text of yours that is still a draft.",
    OutState.HELD: "It waits until the forum approves what it belongs to.",
    OutState.SENT: "It belongs to a text of yours that the forum has, but nobody knows under which number.",
}


def candidates(
    rows: Sequence[Waiting], *, state_of: Callable[[str], str | None], reconciles: bool
) -> Iterator[Candidate]:
    """Every row that could be sent, unsettled ones first, with what holds it up.

    ``rows`` come in the order of submission; ``state_of`` tells the state of another row by its uid.
    Each row is looked at a few times, however many there are.
    """
    topics = _first_of_topics(rows)
    twins = _first_of_twins(rows)
    for row in sorted(rows, key=lambda row: not row.is_unknown):
        if row.state == OutState.ATTENTION:
            continue
        held_up = [state_of(uid) for uid in row.unsent]
        if held_up:
            whys = [_REF_STATES[state] for state in held_up if state in _REF_STATES]
            yield Candidate(row, blocked=True, why=whys[0] if whys else "")
        elif row.target.topic is not None and topics[row.target.topic].first is not row:
            asked = row.uid in topics[row.target.topic].behind_a_question
            yield Candidate(
                row, True, "It waits for an earlier text of this topic that needs your answer." if asked else ""
            )
        elif reconciles and not row.is_unknown and _is_unresolved(row, twins[_words(row)]):
            yield Candidate(row, True, "It waits until it is known what became of another text with the same words.")
        else:
            yield Candidate(row, False)


@quick_dataclass(slots=True)
class _Topic:
    """The first of a topic's texts, and those that come after one that needs an answer."""

    first: Waiting
    asks: bool
    behind_a_question: set[str]


def _first_of_topics(rows: Sequence[Waiting]) -> dict[Ref, _Topic]:
    found: dict[Ref, _Topic] = {}
    for row in rows:
        if row.target.topic is None:
            continue
        topic = found.setdefault(row.target.topic, _Topic(row, False, set()))
        if topic.asks:
            topic.behind_a_question.add(row.uid)
        topic.asks = topic.asks or row.state == OutState.ATTENTION
    return found


@quick_dataclass(slots=True)
class _Twins:
    """The first text of those that a find on the forum could mean alike, and one whose end is open."""

    first: Waiting
    open: Waiting | None


_Words: TypeAlias = tuple[str | None, OutKind, Ref | None, Ref | None]


def _words(row: Waiting) -> _Words:
    return (row.fingerprint, row.target.kind, row.target.board, row.target.topic)


def _first_of_twins(rows: Sequence[Waiting]) -> dict[_Words, _Twins]:
    found: dict[_Words, _Twins] = {}
    for row in rows:
        twins = found.setdefault(_words(row), _Twins(row, None))
        if row.is_unknown or row.state == OutState.ATTENTION:
            twins.open = row
    return found


def _is_unresolved(row: Waiting, twins: _Twins) -> bool:
    """Whether a find on the forum could mean another as well as this one, whose end is known."""
    return twins.first is not row or twins.open is not None


def in_flight(rows: Sequence[Waiting], now: int, *, mine: str | None = None) -> int | None:
    """Until when (ms) somebody else is sending for this account; None: nobody is."""
    live = [row.lease_until for row in rows if row.lease != mine and is_live(row.lease, row.lease_until, now)]
    return max((until for until in live if until is not None), default=None)
