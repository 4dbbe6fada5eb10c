"""The guard against stale answers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from forumtui.tui.services.guard import Guard


@given(st.lists(st.sampled_from(["begin", "join"])))
def test_an_ask_is_stale_once_something_else_began(steps: list[str]) -> None:
    guard = Guard()
    asks = [guard.begin() if step == "begin" else guard.join() for step in steps]
    for index, ask in enumerate(asks):
        assert ask.stale == ("begin" in steps[index + 1 :])


def test_guards_know_nothing_of_one_another() -> None:
    mine, yours = Guard(), Guard()
    ask = mine.begin()
    yours.begin()
    yours.begin()
    assert not ask.stale
