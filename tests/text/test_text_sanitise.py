"""Nothing that a stranger writes may steer the terminal or the lines of others."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import split_graphemes
from tests.text.hostile import texts
from wcwidth import wcwidth

from forumtui.text.sanitise import (
    MOST_ISOLATES,
    MOST_JOINS,
    MOST_MARKS,
    balance,
    clean_copy,
    clean_line,
    clean_text,
    guard,
    has_isolates,
    store_text,
)

LIVE = re.compile("[\0-\x1f\x7f-\x9f\u2028-\u202e\ud800-\udfff]")
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def most_marks(text: str) -> int:
    """The longest pile of combining marks on one base."""
    most = marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category[0] == "M" else marks if category == "Cf" else 0
        most = max(most, marks)
    return most


@given(texts)
def test_clean_line_leaves_nothing_live(text: str) -> None:
    line = clean_line(text)
    assert not LIVE.search(line)
    assert not BIDI.search(line)
    assert most_marks(line) <= MOST_MARKS
    assert "  " not in line
    assert line == line.strip()
    assert len(line) <= 300


@given(texts, st.integers(1, 40))
def test_clean_line_is_idempotent(text: str, limit: int) -> None:
    once = clean_line(text, limit)
    assert len(once) <= limit
    assert clean_line(once, limit) == once


@given(texts)
def test_clean_text_leaves_only_newlines(text: str) -> None:
    cleaned = clean_text(text)
    assert not LIVE.search(cleaned.replace("\n", ""))
    assert most_marks(cleaned) <= MOST_MARKS
    assert clean_text(cleaned) == cleaned
    for line in cleaned.split("\n"):
        assert balance(line) == (line, "")


@given(texts)
def test_guard_leaves_nothing_live(text: str) -> None:
    guarded = guard(text)
    assert not LIVE.search(guarded)
    assert guard(guarded) == guarded
    assert len(guarded) == len(text)
    guarded.encode()


@given(texts)
def test_what_is_copied_steers_nothing(text: str) -> None:
    copied = clean_copy(text)
    assert not LIVE.search(copied.replace("\n", "").replace("\t", ""))
    assert not re.search("[\u3164\uffa0\U000e0000-\U000e00ff]", copied)
    assert clean_copy(copied) == copied


def test_what_is_copied_stays_as_it_was_written() -> None:
    code = "def f():\n\treturn 'ä'  \n\n\u2067שלום\u2069\n"
    assert clean_copy(code) == code
    assert clean_copy("a\x1b[201~\rrm -rf x\x1b]52;c;eA==\x07") == "a\ufffd[201~\nrm -rf x\ufffd]52;c;eA==\ufffd"


@given(texts)
def test_store_text_changes_only_what_cannot_be_stored(text: str) -> None:
    stored = store_text(text)
    assert store_text(stored) == stored
    stored.encode()
    assert "\0" not in stored
    assert "\r" not in stored
    expected = re.sub("[\0\ud800-\udfff]", "\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    assert stored == expected


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("plain title", "plain title"),
        ("", ""),
        ("  two\nlines\tand\u2028more\x85end ", "two lines and more end"),
        ("\x1b[31mred\x07", "[31mred"),
        ("ab\u202edc\u2066x\u2069", "abdcx"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("lone\ud800", "lone"),
        ("“Influence,” naïve 日本語 👨‍👩‍👧", "“Influence,” naïve 日本語 👨‍👩‍👧"),
        ("e" + "\u0301" * 20, "e" + "\u0301" * MOST_MARKS),
        ("e" + "\u0301\u200d" * 20, "e" + "\u0301" * MOST_MARKS),
        ("a\u200db\u200d c\u200d", "ab c"),
        ("\u200d👩" + "\u200d👩" * 9, "👩" + "\u200d👩" * MOST_JOINS + "👩" + "\u200d👩" * MOST_JOINS),
        ("👩" + "🏽" * 20, "👩🏽"),
        ("👩🏽\u200d❤\ufe0f\u200d💋\u200d👨🏿 🏳\ufe0f\u200d🌈", "👩🏽\u200d❤\ufe0f\u200d💋\u200d👨🏿 🏳\ufe0f\u200d🌈"),
        ("ශ්\u200dරී ක්\u200dෂ র\u200d্য", "ශ්\u200dරී ක්\u200dෂ র\u200d্য"),
        ("a\u3164\uffa0b", "ab"),
        ("a\U000e0041\U000e007f\U000e0000b", "ab"),
        ("क्षत्रियाणाम् สวัสดีทุกคนที่นี่", "क्षत्रियाणाम् สวัสดีทุกคนที่นี่"),
    ],
)
def test_clean_line_examples(raw: str, line: str) -> None:
    assert clean_line(raw) == line


def test_clean_line_is_cut_with_an_ellipsis() -> None:
    assert clean_line("word " * 100, 12) == "word word w…"
    assert clean_line("word word word", 11) == "word word…"
    assert clean_line("x" * 300) == "x" * 300
    assert clean_line("👨\u200d👩\u200d👧", 3) == "👨…"


def test_clean_text_examples() -> None:
    assert clean_text("a\r\nb\rc\u2028d\x85e\tf") == "a\nb\nc\nd\ne    f"
    assert clean_text("a\x1b[31m\0\x9b\u202eb") == "a\ufffd[31m\ufffd\ufffd\ufffdb"
    assert clean_text("a" + "\u3164" * 2 + "\uffa0b") == "ab"
    assert clean_text("a" + "".join(chr(0xE0000 + ord(letter)) for letter in "pay me") + "b") == "ab"
    assert clean_text("\u2067שלום\nnext\u2069 line") == "\u2067שלום\u2069\nnext line"
    assert clean_text("\u2067שלום\u2069 next") == "\u2067שלום\u2069 next"


@given(st.lists(st.one_of(texts, st.sampled_from(("\u200d", "🏽", "👩", "\u094d", "क", "\ufe0f", "a")))).map("".join))
def test_what_counts_as_little_draws_little_anywhere(text: str) -> None:
    """A terminal that joins nothing must not draw far beyond the cells that were counted."""
    for cleaned in (clean_line(text), *clean_text(text).split("\n")):
        for start, end, width in split_graphemes(cleaned)[0]:
            assert sum(max(0, wcwidth(character)) for character in cleaned[start:end]) <= width + 16


def test_guard_keeps_what_scripts_and_emoji_need() -> None:
    kept = "👨\u200d👩 e\u0301 ☁\ufe0f a\u200bb \u2067שלום\u2069 \u00a0"
    assert guard(kept) == kept
    assert guard("\x1b]52;c;x\x07\n\u202e") == "\ufffd]52;c;x\ufffd\ufffd\ufffd"


def test_balance_carries_open_isolates_to_the_next_line() -> None:
    first, opened = balance("a \u2066b \u2067c")
    assert (first, opened) == ("a \u2066b \u2067c\u2069\u2069", "\u2066\u2067")
    assert balance("d\u2069 e\u2069\u2069", opened) == ("\u2066\u2067d\u2069 e\u2069", "")


def test_isolates_are_nested_only_so_deep() -> None:
    line, opened = balance("\u2066" * 40 + "a" + "\u2069" * 40 + "b")
    assert line == "\u2066" * MOST_ISOLATES + "a" + "\u2069" * MOST_ISOLATES + "b"
    assert opened == ""


def test_has_isolates() -> None:
    assert has_isolates("a\u2068b")
    assert not has_isolates("שלום")
    assert not has_isolates("plain")


def test_blocks_said_to_have_no_marks_have_none() -> None:
    """The quick check skips these ranges; a newer Unicode must not have put marks there."""
    skipped = [
        (0, 0x2FF),
        (0x370, 0x482),
        (0x48A, 0x590),
        (0x2010, 0x2027),
        (0x2030, 0x205F),
        (0x30A0, 0xA4CF),
        (0xAC00, 0xD7A3),
    ]
    marks = [
        hex(code)
        for first, last in skipped
        for code in range(first, min(last, sys.maxunicode) + 1)
        if unicodedata.category(chr(code))[0] == "M"
    ]
    assert marks == []
