"""Names may contain spaces; the known ones decide where a mention ends."""

from __future__ import annotations

import pytest

from forumtui.text.mentions import Names, find_mentions

MEMBERS = ["Hamza Abada", "Hamza", "Jaap de Jonge", "O'Brien", "anna_b", "李明"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@Hamza Abada I agree", ("Hamza Abada",)),
        ("@hamza abada, @HAMZA", ("Hamza Abada", "Hamza")),
        ("@Hamza Abadan", ("Hamza",)),
        ("(@Jaap de Jonge) and @Jaap de Jonge again", ("Jaap de Jonge",)),
        ("@O'Brien's idea", ("O'Brien",)),
        ("@anna_b. @anna_bc", ("anna_b",)),
        ("@李明 你好", ("李明",)),
        ("mail hamza@Hamza.example or a/@Hamza", ()),
        ("@nobody @ Hamza @@Hamza", ()),
        ("> @Hamza said\n  > @Hamza Abada\nme", ()),
        ("none", ()),
    ],
)
def test_find_mentions(text: str, found: tuple[str, ...]) -> None:
    assert find_mentions(text, MEMBERS) == found


def test_unknown_names_are_one_word() -> None:
    text = "@some-one.else. said @x_"
    assert [(text[start:end], name) for start, end, name in Names().mentions(text)] == [
        ("@some-one.else", None),
        ("@x_", None),
    ]


def test_a_mention_inside_a_longer_name_is_not_counted_again() -> None:
    text = "@a @b c"
    assert [text[start:end] for start, end, _ in Names(["a @b c"]).mentions(text)] == ["@a @b c"]


def test_names_without_a_word_are_never_found() -> None:
    assert find_mentions("@- @a", ["", "-"]) == ()
