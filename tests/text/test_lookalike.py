"""Names that would be taken for each other, and names that would not."""

from __future__ import annotations

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forumtui.text import lookalike
from forumtui.text.lookalike import bare, look, looks


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna", "anna"),
        ("Anna", "АNNА"),  # Cyrillic A
        ("paypal", "раураl"),  # Cyrillic
        ("Admin", "Adm1n"),
        ("Alice", "AIice"),
        ("bob", "b0b"),
        ("bob", "βοb"),  # Greek
        ("KARL", "ΚΑRL"),  # Greek capitals
        ("Ann Snider", "AnnSnider"),
        ("Ann Snider", "ann\u00a0snider"),
        ("anna", "an\u200cna"),
        ("anna", "anna\ufe0f"),
        ("ﬁn", "fin"),
        ("Straße", "STRASSE"),
        ("José", "Jose\u0301"),
        ("José", "Jose\u0301\u0301"),  # a second mark is drawn over the first
        ("mod", "rnod"),
        ("Modesty", "RNODESTY"),
        ("anna", "ᴀɴɴᴀ"),
        ("Karl", "ᴋᴀʀʟ"),
        ("anna", "an\u2800na"),  # braille blank
        ("anna", "an\u17b4na"),  # Khmer inherent vowel
        ("anna", "\u115fanna\u1160"),  # Hangul fillers
        ("anna", "𝒂𝓷𝖓𝚊"),
        ("anna", "🅐🅝🅝🅐"),
        ("anna", "🅰🅽🅽🅰"),
        ("anna", "ⓐⓝⓝⓐ"),
        ("anna", "ａｎｎａ"),
        ("coop", "ᏟᎤᎤᏢ".replace("Ꭴ", "o")),  # Cherokee
        ("O'Brien", "O’Brien"),
        ("Jean-Luc", "Jean‐Luc"),
        ("кит", "КИТ"),
        ("тамм", "TAMM"),  # Cyrillic that has capitals like ours
    ],
)
def test_names_of_one_look(one: str, other: str) -> None:
    assert one != other
    assert look(one) == look(other)


@pytest.mark.parametrize(("one", "other"), [("nina", "ΝΙΝΑ"), ("νίνα", "ΝΊΝΑ"), ("Νίνα", "νίνα"), ("yuri", "ΥURI")])
def test_letters_of_which_only_one_case_is_like_ours(one: str, other: str) -> None:
    assert looks(one) & looks(other)


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
        ("Nick", "Vick"),
        ("Lena", "Leva"),
        ("Ngân", "Ngan"),
        ("محمد", "محمود"),
        ("さくら", "さくや"),
        ("ハナ", "バナ"),
    ],
)
def test_names_that_differ(one: str, other: str) -> None:
    assert not looks(one) & looks(other)


@given(st.text(), st.sampled_from(["", " ", "\u200b", "\u2003", "\ufe0f", "\u2800", "\u17b5", "\u115f", "\U000e0100"]))
def test_what_shows_nothing_changes_no_look(name: str, nothing: str) -> None:
    assert look(nothing + name + nothing) == look(name)


@given(st.text(st.characters(max_codepoint=127)))
def test_case_changes_no_look(name: str) -> None:
    assert look(name.upper()) == look(name.lower())


@given(st.text())
def test_a_look_looks_like_itself(name: str) -> None:
    assert look(look(name)) == look(name)
    assert bare(bare(name)) == bare(name)
    assert look(name) in looks(name)


def _pairs() -> list[tuple[str, str]]:
    """What Unicode's table says is confusable, of characters that stand still under the rest of the rule."""
    return sorted(lookalike._prototypes().items())


@given(st.lists(st.sampled_from(_pairs()), min_size=1, max_size=6))
def test_confusable_characters_change_no_look(chosen: list[tuple[str, str]]) -> None:
    # apart from those whose capitals decide (Greek nu is like v, but its capital is like N)
    sound = [(one, other) for one, other in chosen if look(one) == look(other)]
    assert look("".join(one for one, _ in sound)) == look("".join(other for _, other in sound))


def test_nearly_all_confusable_characters_are_known_for_it() -> None:
    unlike = {one for one, other in _pairs() if look(one) != look(other)}
    told = {one for one in unlike if not unicodedata.decomposition(one)}  # those are what they are made of
    assert len(_pairs()) > 6000
    assert len(told) < 60, sorted(told)


def test_every_character_has_a_look_that_stays() -> None:
    for number in [*range(0x3000), *range(0xA000, 0xB000), *range(0xF900, 0x12000), *range(0x1D000, 0x1F800)]:
        shown = look(chr(number))
        assert look(shown) == shown, hex(number)


def test_the_table_is_not_read_before_a_name_is_looked_at() -> None:
    code = "import sys, forumtui.forum.file, forumtui.cli.main; sys.exit('confusable_homoglyphs' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
