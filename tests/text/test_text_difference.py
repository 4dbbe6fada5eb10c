"""The difference of two texts gives both back, and takes no longer for texts that repeat themselves."""

from __future__ import annotations

import sys
from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forumtui.text.difference import difference

_texts = st.lists(st.sampled_from(["a", "b", "", "c d"]), max_size=12).map("\n".join)


@given(_texts, _texts)
def test_both_texts_can_be_read_from_it(old: str, new: str) -> None:
    lines = list(difference(old, new))
    assert "\n".join(line for mark, line in lines if mark != "+") == old
    assert "\n".join(line for mark, line in lines if mark != "-") == new


@given(_texts)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert {mark for mark, _ in difference(text, text)} == {" "}


def test_one_line_more_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "b\n" * 4000
    assert [mark for mark, _ in difference(text, text + "new\n") if mark != " "] == ["+"]
    assert [mark for mark, _ in difference(text, "new\n" + text) if mark != " "] == ["+"]
    monkeypatch.setattr(sys.modules["forumtui.text.difference"], "SequenceMatcher", _never)
    assert len(list(difference("a\n" + "b\nc\n" * 900, "d\n" + "c\nb\n" * 900 + "e"))) == 3604


def _never(*_: object, **__: object) -> SequenceMatcher[str]:
    raise AssertionError("lines that are all alike are compared")
