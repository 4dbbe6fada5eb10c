"""Which text may go next: the rule, said slowly, and how much is looked at to find it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from forumtui.reader.sql.outbox_queue import Candidate, Waiting, candidates
from forumtui.reader.target import AccountKey, OutKind, Remote, Target


def waiting(uid: str, topic: str | None = "t", *, state: str = "queued", words: str = "w") -> Waiting:
    unknown = state == "sending"
    target = Target(AccountKey(1), OutKind.REPLY, topic=None if topic is None else Remote(topic))
    return Waiting(target, uid, state, words, None, 0, unknown, None, None, None)


def free(rows: Sequence[Waiting], *, reconciles: bool) -> list[Candidate]:
    return list(candidates(rows, state_of=lambda _: None, reconciles=reconciles))


queues = st.lists(
    st.tuples(
        st.sampled_from(["t", "u", None]), st.sampled_from(["queued", "sending", "attention"]), st.sampled_from("vw")
    ),
    max_size=12,
).map(lambda rows: [waiting(str(n), topic, state=state, words=words) for n, (topic, state, words) in enumerate(rows)])


def may_go(row: Waiting, place: int, rows: Sequence[Waiting], *, reconciles: bool) -> bool:
    """A text waits for every earlier one of its topic, and for those that a look could take for it."""
    if row.target.topic is not None and any(other.target.topic == row.target.topic for other in rows[:place]):
        return False
    if not reconciles or row.is_unknown:
        return True
    alike = [
        (n, other)
        for n, other in enumerate(rows)
        if n != place and (other.fingerprint, other.target.topic) == (row.fingerprint, row.target.topic)
    ]
    return not any(n < place or other.is_unknown or other.state == "attention" for n, other in alike)


@given(queues, st.booleans())
def test_a_text_waits_for_earlier_ones_of_its_topic_and_for_unsettled_twins(
    rows: list[Waiting], reconciles: bool
) -> None:
    found = {item.row.uid: not item.blocked for item in free(rows, reconciles=reconciles)}
    assert found == {
        row.uid: may_go(row, place, rows, reconciles=reconciles)
        for place, row in enumerate(rows)
        if row.state != "attention"
    }


@given(queues)
def test_a_text_behind_a_question_says_so(rows: list[Waiting]) -> None:
    for item in free(rows, reconciles=False):
        before = rows[: rows.index(item.row)]
        asked = any(row.target.topic == item.row.target.topic and row.state == "attention" for row in before)
        assert ("needs your answer" in item.why) == (item.row.target.topic is not None and asked)


def steps(rows: Sequence[Waiting]) -> int:
    """How many lines run to say what may go."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    gc.disable()  # whoever is told of collections runs lines as well
    sys.settrace(trace)
    try:
        free(rows, reconciles=True)
    finally:
        sys.settrace(before)
        gc.enable()
    return count


def test_a_queue_of_hundreds_is_looked_through_in_steps_that_grow_with_it() -> None:
    for topics in (1, 1000):
        short, long = ([waiting(str(n), str(n % topics)) for n in range(count)] for count in (100, 800))
        assert steps(long) <= 8.2 * steps(short)
