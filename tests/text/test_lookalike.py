"""Names that would be taken for each other, and names that would not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forumtui.text.lookalike import look


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna", "anna"),
        ("Anna", "АNNА"),  # Cyrillic A
        ("paypal", "раураl"),  # Cyrillic
        ("Admin", "Adm1n"),
        ("Alice", "AIice"),
        ("bob", "b0b"),
        ("KARL", "ΚΑRL"),  # Greek capitals
        ("Ann Snider", "AnnSnider"),
        ("Ann Snider", "ann\u00a0snider"),
        ("anna", "an\u200cna"),
        ("anna", "anna\ufe0f"),
        ("ﬁn", "fin"),
        ("Straße", "STRASSE"),
        ("José", "Jose\u0301"),
    ],
)
def test_names_of_one_look(one: str, other: str) -> None:
    assert one != other
    assert look(one) == look(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anna", "anne"),
        ("José", "Jose"),
        ("कि", "कु"),
        ("李", "王"),
        ("user10", "user11"),
        ("ann-b", "annb"),
        ("Дима", "Дина"),
    ],
)
def test_names_that_differ(one: str, other: str) -> None:
    assert look(one) != look(other)


@given(st.text(), st.sampled_from(["", " ", "\u200b", "\u2003", "\ufe0f"]))
def test_what_shows_nothing_changes_no_look(name: str, nothing: str) -> None:
    assert look(nothing + name + nothing) == look(name)


@given(st.text(st.characters(max_codepoint=127)))
def test_case_changes_no_look(name: str) -> None:
    assert look(name.upper()) == look(name.lower())
