"""Ready answers take no more memory than they may, whatever is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the server is an extra: pip install 'forumtui[server]'")

from hypothesis import given
from hypothesis import strategies as st
from tests.server.kit import api as opened_api

from forumtui.server.ready import Kept, Ready

MOST = 100_000


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 20_000), st.integers(0, 20_000)), max_size=60))
def test_keys_and_answers_together_fit(kept: list[tuple[int, int, int]]) -> None:
    store = Kept(MOST)
    for number, key, body in kept:
        store.keep(("view", "/path", f"{number}{'k' * key}"), Ready(b"x" * body))
        taken = sum(len(repr(key)) + len(ready.body) for key, ready in store._answers.items())
        assert taken <= store._size <= MOST
    for known in list(store._answers):
        store._forget(known)
    assert store._size == 0


async def test_what_the_operation_does_not_look_at_makes_no_other_answer(tmp_path: Path) -> None:
    async with opened_api(tmp_path) as api:
        kept = api.app.state.served.kept._answers
        first = await api.get("boards")
        before = len(kept)
        for number in range(50):
            assert (await api.get(f"boards?x{number}={'y' * 3000}")).content == first.content
        assert len(kept) == before
        one = await api.get(f"topics/{api.topic}/posts?limit=1")
        two = await api.get(f"topics/{api.topic}/posts?limit=2&x=1")
        assert len(one.json()["items"]) == 1
        assert len(two.json()["items"]) == 2
        assert len(kept) == before + 2
