"""One budget for all that use a library: no span ever holds more than it allows, whoever asks and for whom."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forumtui.ledger import OwnLedger, Urgency, until_room
from forumtui.model import Millis
from forumtui.reader.library import Library

BUDGET = ((5, 10.0), (12, 60.0))
START = 1_700_000_000_000
steps = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from(Urgency), st.floats(0, 20), st.booleans()), min_size=1, max_size=60
)


def most_in(times: list[float], seconds: float) -> int:
    return max((sum(since <= time < since + seconds for time in times) for since in times), default=0)


@given(steps)
@settings(max_examples=200)
async def test_no_span_holds_more_than_it_allows(taken: list[tuple[int, Urgency, float, bool]]) -> None:
    now = 0.0
    ledger = OwnLedger(lambda: now)
    made: list[float] = []
    for _, urgency, pause, waits in taken:
        now += pause
        wait = await ledger.take("there", BUDGET, urgency)
        assert wait == max(0.0, until_room(made, BUDGET, urgency, now))
        if wait > 0 and waits:
            now += wait
            wait = await ledger.take("there", BUDGET, urgency)
            assert wait <= 1e-6
        if wait <= 0:
            made.append(now)
    for most, seconds in BUDGET:
        assert most_in(made, seconds) <= most


async def test_two_copies_count_together_and_strangers_apart(tmp_path: Path) -> None:
    now = START

    def clock() -> Millis:
        return Millis(now)

    one, two = await Library.open(tmp_path, now=clock), await Library.open(tmp_path, now=clock)
    try:
        made = []
        for number in range(8):
            now += 100
            ledger = (one, two)[number % 2].ledger
            if await ledger.take("https://there/ me", BUDGET, Urgency.LOOKED_AT) == 0:
                made.append(number)
        assert made == [0, 1, 2, 3, 4]
        assert await two.ledger.take("https://there/", BUDGET, Urgency.LOOKED_AT) == 0
        assert await one.ledger.take("https://there/ me", BUDGET, Urgency.LOOKED_AT) == pytest.approx(9.3)
        now += 9_300
        assert await one.ledger.take("https://there/ me", BUDGET, Urgency.LOOKED_AT) == 0
        told = await two.ledger.told()
        assert [(each.server, each.known, each.made, each.most, each.seconds) for each in told] == [
            ("https://there/", False, 1, 5, 10.0),
            ("https://there/", False, 1, 12, 60.0),
            ("https://there/", True, 5, 5, 10.0),
            ("https://there/", True, 6, 12, 60.0),
        ]
    finally:
        await one.close()
        await two.close()


async def test_what_nobody_waits_for_leaves_room_for_what_somebody_does(tmp_path: Path) -> None:
    library = await Library.open(tmp_path, now=lambda: Millis(START))
    try:
        counts = dict.fromkeys(reversed(Urgency), 0)
        for urgency in counts:
            while await library.ledger.take("there", ((20, 60.0),), urgency) == 0:
                counts[urgency] += 1
        assert counts == {Urgency.AHEAD: 12, Urgency.NEWS: 4, Urgency.OUTBOX: 2, Urgency.LOOKED_AT: 2}
    finally:
        await library.close()


async def test_a_clock_that_was_set_back_does_not_hold_anybody_up(tmp_path: Path) -> None:
    now = START
    library = await Library.open(tmp_path, now=lambda: Millis(now))
    try:
        for _ in range(5):
            await library.ledger.take("there", BUDGET, Urgency.LOOKED_AT)
        now -= 3_600_000
        assert await library.ledger.take("there", BUDGET, Urgency.LOOKED_AT) == 0
    finally:
        await library.close()
