"""What a member writes arrives once, whatever goes wrong with the line, the site or the program meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.backends.discourse.mishaps import MISHAPS, Mishap, Talk

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("mishap", MISHAPS, ids=lambda mishap: mishap.name)
async def test_everything_arrives_once(tmp_path: Path, mishap: Mishap) -> None:
    count = 4
    tally = await Talk(tmp_path, mishap).live(count)
    assert (tally.lost, tally.doubled, tally.untrue) == (0, 0, 0)
    assert tally.sent >= count
