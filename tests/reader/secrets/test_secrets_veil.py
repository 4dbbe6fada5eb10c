from __future__ import annotations

import pytest

from forumtui.reader.secrets import hide, veil
from forumtui.reader.secrets.veil import BLOT


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("tok-veil-1", "Illegal header value b'Bearer tok-veil-1'"),
        ("tok veil/2", "https://x/?token=tok%20veil%2F2&next"),
        ("tok veil+3", "token=tok+veil%2B3"),
        ("tok\nveil4", "b'tok\\nveil4'"),
        ("töken-veil-5", "t\\xf6ken-veil-5"),
        ("töken-veil-6", "b't\\xc3\\xb6ken-veil-6'"),
        ("bad\ud800veil-7", "bad\ud800veil-7"),
    ],
)
def test_a_secret_is_blotted_out_however_it_is_quoted(secret: str, text: str) -> None:
    assert BLOT not in veil(text)
    hide(secret)
    assert BLOT in veil(text)
    assert "veil" not in veil(text).replace(BLOT, "")


def test_a_secret_that_is_part_of_another_leaves_no_rest() -> None:
    hide("veil-long")
    hide("veil-long-and-longer")
    assert veil("veil-long-and-longer veil-long") == f"{BLOT} {BLOT}"


def test_words_as_short_as_any_are_left_alone() -> None:
    hide("abc")
    hide("")
    assert veil("abc abcd") == "abc abcd"


@pytest.mark.parametrize("word", ["wrong", "password", "token", "name"])
def test_a_word_of_the_sentence_is_no_secret_but_a_value_is(word: str) -> None:
    hide(word)
    said = "Name or password is wrong.  The token (wrong or not) has a name; what is this password: wrong?"
    assert veil(said) == said
    for leak in (f"value '{word}'", f'"{word}"', f"?key={word}&x", f"Bearer:{word}", f"anna:{word}@host", f"b'{word}'"):
        assert word not in veil(leak), leak
    assert BLOT in veil(f"/{word}/x")


def test_any_other_secret_is_blotted_out_in_a_sentence_too() -> None:
    hide("zebra")
    assert veil("Your password zebra is too short.") == f"Your password {BLOT} is too short."
