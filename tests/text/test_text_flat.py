"""Plain lines for pipes and screen readers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.text.hostile import texts

from forumtui.model import Body
from forumtui.text.flat import plain_lines


def test_plain_lines() -> None:
    body = Body(
        "Hi [docs](https://d.example) and [](https://e.example), https://f.example\n\n> quoted\n\n```\ncode\n```\n"
    )
    assert plain_lines(body, 40) == [
        "Hi docs and , https://f.example",
        "",
        "> quoted",
        "",
        "| code",
        "",
        "[docs] https://d.example",
        "[link] https://e.example",
    ]
    assert plain_lines(Body("")) == []


@given(texts, st.integers(1, 100))
def test_plain_lines_are_printable(text: str, width: int) -> None:
    for line in plain_lines(Body(text), width):
        assert "\x1b" not in line
        assert "\n" not in line
        assert "\u202e" not in line
        line.encode()
