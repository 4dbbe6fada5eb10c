"""Lines break where a reader expects it and are never wider than asked."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from tests.text.hostile import texts

from forumtui.text.sanitise import clean_text
from forumtui.text.wrap import _wrap_narrow, _wrap_units, break_anywhere, cells, clusters, wrap


def lines(text: str, width: int) -> list[str]:
    return [text[start:end] for start, end in wrap(text, width, cells)]


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("", 10, [""]),
        ("fits", 4, ["fits"]),
        ("one two three", 7, ["one two", "three"]),
        ("one   two", 4, ["one", "two"]),
        ("trailing   ", 9, ["trailing"]),
        ("  indented words", 10, ["  indented", "words"]),
        ("  indentedlonger", 10, ["indentedlo", "nger"]),
        ("        too far in", 10, ["too far in"]),
        ("             ", 10, [""]),
        ("a averyverylongword b", 8, ["a", "averyver", "ylongwor", "d b"]),
        ("日本語の文章です。", 6, ["日本語", "の文章", "です。"]),
        ("これは「引用」です", 8, ["これは", "「引用」", "です"]),
        ("see 日本語 text", 8, ["see 日本", "語 text"]),
        ("한국어 문장", 6, ["한국어", "문장"]),
        ("abc\u200bdef", 4, ["abc\u200b", "def"]),
        ("👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", 4, ["👨‍👩‍👧👨‍👩‍👧", "👨‍👩‍👧"]),
        ("“curly quotes” and naïve words", 14, ["“curly quotes”", "and naïve", "words"]),
    ],
)
def test_wrap(text: str, width: int, expected: list[str]) -> None:
    assert lines(text, width) == expected


@given(
    texts.map(lambda text: clean_text(text).replace("\n", " ")), st.integers(2, 40), st.sampled_from([cells, cell_len])
)
def test_no_line_is_wider_and_no_character_is_lost(text: str, width: int, measure: object) -> None:
    assert callable(measure)
    ranges = list(wrap(text, width, measure))
    assert all(measure(text[start:end]) <= width for start, end in ranges)
    assert [start for start, _ in ranges] == sorted(start for start, _ in ranges)
    assert "".join(text[start:end] for start, end in ranges).replace(" ", "") == text.replace(" ", "")
    for (_, end), (start, _) in pairwise(ranges):
        assert not text[end:start].strip(" ")


@given(st.text(alphabet="ab  ", max_size=60), st.integers(2, 12))
def test_the_quick_way_gives_the_same_lines(text: str, width: int) -> None:
    if len(text) > width:
        assert list(_wrap_narrow(text, width)) == list(_wrap_units(text, width, len))


def test_a_measure_that_counts_more_is_obeyed() -> None:
    """Some terminals draw curly quotes in two cells."""
    ranges = list(wrap("“a” “b” “c” d", 7, lambda text: sum(2 if c in "“”" else 1 for c in text)))
    assert ["“a” “b” “c” d"[start:end] for start, end in ranges] == ["“a”", "“b”", "“c” d"]


def test_a_whole_wider_than_its_parts_is_cut_again() -> None:
    text = "日日日 日日日"
    ranges = list(wrap(text, 6, lambda part: cells(part) + (1 if len(part) > 1 else 0)))
    assert [text[start:end] for start, end in ranges] == ["日日", "日", "日日", "日"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ae\u0301b", ["a", "e\u0301", "b"]),
        ("🇩🇪🇫🇷🇩", ["🇩🇪", "🇫🇷", "🇩"]),
        ("👍🏽☁\ufe0fx", ["👍🏽", "☁\ufe0f", "x"]),
        ("👨\u200d👩\u200d👧!", ["👨\u200d👩\u200d👧", "!"]),
        ("क्षि", ["क्", "षि"]),
        ("\u1112\u1161\u11ab\u1112", ["\u1112\u1161\u11ab", "\u1112"]),
    ],
)
def test_clusters(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in clusters(text, 0, len(text))] == expected


def test_break_anywhere_keeps_clusters_whole() -> None:
    text = "ab👍🏽cd👍🏽"
    assert [text[start:end] for start, end in break_anywhere(text, 0, len(text), 3, cells)] == ["ab", "👍🏽c", "d👍🏽"]
    assert list(break_anywhere("", 0, 0, 3, cells)) == []


def test_cells_of_what_has_no_width_of_its_own() -> None:
    assert cells("abc") == 3
    assert cells("日本") == 4
    assert cells("e\u0301") == 1
    assert cells("日\x1b") == 2
