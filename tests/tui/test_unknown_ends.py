"""A text that may have arrived is thrown away only by somebody who was told so."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from tests.tui.reader_kit import reading, stock

from forumtui.model import Millis
from forumtui.reader.library import Library
from forumtui.reader.library.outbox import Typed
from forumtui.reader.target import OutKind, Remote, Target

SENDER = "another-host:1:1"
LATER = Millis(4_000_000_000_000)


async def sent_in_vain(library: Library) -> None:
    """A reply whose answer was lost on the way."""
    row = await stock(library)
    draft = await library.outbox.start(
        Target(row.key, OutKind.REPLY, topic=Remote("t1")), Typed(subject="Re: it", text="My words.")
    )
    await library.outbox.submit(draft.uid)
    now = Millis(time.time_ns() // 1_000_000 + 1_000)
    assert await library.outbox.claim(row.key, SENDER, now) is not None
    await library.outbox.begin_send(draft.uid, SENDER, now)
    await library.outbox.retry(draft.uid, not_before=LATER, error="The line broke.", unknown=True)


@pytest.mark.parametrize("answer", ["n", "escape"])
async def test_it_stays_for_whoever_does_not_say_yes(answer: str, tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=sent_in_vain) as driver:
        await driver.press("g", "o", "x", "d")
        assert "It may have arrived, and stays there if so." in driver.text
        await driver.press("d", answer, "ctrl+l")
        assert "It may have arrived, and stays" not in driver.text
        (row,) = await driver.app.library.outbox.rows()
        assert row.unknown_end


async def test_a_yes_throws_it_away_here_and_undo_brings_it_back(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=sent_in_vain) as driver:
        await driver.press("g", "o", "x", "d", "y")
        assert "Thrown away here; U brings it back." in driver.text
        assert await driver.app.library.outbox.rows() == []
        await driver.press("U")
        (row,) = await driver.app.library.outbox.rows()
        assert row.body.source == "My words."
