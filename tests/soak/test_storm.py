"""A small storm; `benchmarks/soak.py` plays the great one."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the server is an extra: pip install 'forumtui[server]'")

from tests.soak.storm import Storm, run


@pytest.mark.e2e
async def test_what_is_written_in_a_storm_is_there_once_everywhere(tmp_path: Path) -> None:
    storm = Storm(clients=3, processes=1, readers=1, posts=45, topics=5, calm=2, limit=240)
    outcome = await run(tmp_path, storm)
    assert outcome.written == 45
    assert (outcome.lost, outcome.doubled, outcome.unequal) == (0, 0, [])
    assert outcome.kills > 0
    assert outcome.cuts > 0
