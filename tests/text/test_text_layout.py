"""Blocks become lines: marked, indented, folded, and within the width."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from tests.text.hostile import texts

from forumtui.model import Body, Format
from forumtui.text.blocks import Document, Inline, Line, ListBlock, Paragraph, Run, Span, Table
from forumtui.text.layout import NARROWEST, lay_out
from forumtui.text.parse import parse
from forumtui.text.sanitise import balance
from forumtui.text.wrap import cells

LIVE = re.compile("[\0-\x1f\x7f-\x9f\u2028-\u202e\ud800-\udfff]")


def shown(
    source: str, width: int = 40, *, kind: Format = Format.MARKDOWN, ascii_only: bool = False, fold_quotes: bool = False
) -> list[str]:
    return [
        line.text for line in lay_out(parse(Body(source, kind)), width, ascii_only=ascii_only, fold_quotes=fold_quotes)
    ]


@given(texts, st.integers(1, 60), st.booleans(), st.booleans(), st.sampled_from([Format.MARKDOWN, Format.PLAIN]))
def test_lines_are_safe_and_never_wider_than_asked(
    text: str, width: int, ascii_only: bool, fold: bool, kind: Format
) -> None:
    document = parse(Body(text, kind), names=["Anna Berg"])
    for measure in (cells, cell_len):
        for line in lay_out(document, width, measure=measure, ascii_only=ascii_only, fold_quotes=fold):
            assert measure(line.text) <= max(width, NARROWEST)
            assert balance(line.text) == (line.text, "")
            for run in line.runs:
                assert run.text
                assert not LIVE.search(run.text)
                assert run.link is None or run.link < len(document.links)


@given(texts, st.integers(2, 60))
def test_no_word_character_is_lost(text: str, width: int) -> None:
    def words(parts: str) -> str:
        return "".join(character for character in parts if character.isalnum())

    assert words("".join(shown(text, width, kind=Format.PLAIN))) == words(text)


def test_blocks_are_a_line_apart_and_know_their_source() -> None:
    lines = lay_out(parse(Body("# Head\n\none\ntwo\n\n---\n")), 20)
    assert [(line.text, line.source) for line in lines] == [
        ("Head", 0),
        ("", 0),
        ("one two", 1),
        ("", 1),
        ("─" * 20, 2),
    ]
    assert lines[0].runs == (Run("Head", "heading"),)
    assert lines[4].runs == (Run("─" * 20, "rule"),)


def test_styles_and_links_follow_the_text_over_line_ends() -> None:
    (first, second) = lay_out(parse(Body("ab **cd [ef *gh*](https://x.example)** ij")), 9)
    assert first.runs == (Run("ab "), Run("cd ", "strong"), Run("ef", "strong link", 0))
    assert second.runs == (Run("gh", "strong link em", 0), Run(" ij"))


def test_quotes_nest() -> None:
    source = "Anna wrote:\n> one\n> > two two two\n>\n> - item\n>\n> ```\n> code\n> ```\n"
    assert shown(source, 14) == [
        "▌ Anna wrote:",
        "▌ one",
        "▌ ",
        "▌ ▌ two two",
        "▌ ▌ two",
        "▌ ",
        "▌ • item",
        "▌ ",
        "▌ │ code",
    ]
    lines = lay_out(parse(Body(source + "\nown")), 40)
    assert [line.quoted for line in lines] == [True] * (len(lines) - 2) + [False] * 2
    assert lines[1].runs == (Run("▌ ", "quote"), Run("one", "quote"))


def test_quote_inside_a_list_is_quoted() -> None:
    lines = lay_out(parse(Body("- a\n\n  > b")), 40)
    assert [(line.text, line.quoted) for line in lines] == [("• a", False), ("  ", False), ("  ▌ b", True)]


def test_marks_never_take_more_than_half() -> None:
    lines = shown(">" * 18 + " word word word", 20)
    assert lines == ["▌ ▌ ▌ ▌ ▌ word word", "▌ ▌ ▌ ▌ ▌ word"]
    assert shown("> - > - abc", 4) == ["▌ •", "▌ •", "▌ ab", "▌ c"]
    assert shown("```\nabcd\n```", 2) == ["ab", "cd"]
    assert shown("> ab cd", 2) == ["ab", "cd"]


def test_folded_quotes() -> None:
    source = "Anna wrote:\n> one\n>\n> two\n> > three\n\nanswer\n\n> short\n> two"
    folded = shown(source, 40, fold_quotes=True)
    assert folded == ["▌ Anna wrote:", "▌ one", "▌ … 4 more lines", "", "answer", "", "▌ short two"]
    assert shown(source, 40, fold_quotes=True, ascii_only=True)[2] == "> ... 4 more lines"
    note = lay_out(parse(Body(source)), 40, fold_quotes=True)[2]
    assert note.runs == (Run("▌ ", "quote"), Run("… 4 more lines", "hidden-note"))
    assert note.quoted


def test_code_is_broken_hard_and_keeps_its_spaces() -> None:
    lines = lay_out(parse(Body("```\nif x:\n    return 1234567890\n\nend\n```")), 12)
    assert [line.text for line in lines] == ["│ if x:", "│     return", "│  123456789", "│ 0", "│ ", "│ end"]
    assert lines[0].runs == (Run("│ ", "fence-mark"), Run("if x:", "fence"))


def test_lists_hang_and_numbers_align() -> None:
    assert shown("- one two three\n  - sub\n- four", 10) == ["• one two", "  three", "  • sub", "• four"]
    assert shown("9. a\n10. b", 20) == [" 9. a", "10. b"]
    assert shown("- a\n\n  b\n- c", 20) == ["• a", "  ", "  b", "", "• c"]
    assert shown("-\n- x", 20) == ["• ", "• x"]


def test_tables_in_columns_when_they_fit() -> None:
    source = "| name | 数 |\n|---|---|\n| **a** | 1 |\n| 日本 | |\n"
    assert shown(source, 12) == ["name │ 数", "─────┼───", "a    │ 1", "日本 │ "]
    assert shown(source, 12, ascii_only=True)[1] == "-----+---"
    head = lay_out(parse(Body(source)), 12)[0]
    assert head.runs == (Run("name", "table-head"), Run(" │ ", "table-rule"), Run("数", "table-head"))


def test_tables_as_records_when_they_do_not_fit() -> None:
    source = "| name | text |\n|---|---|\n| a | [long text](https://x.example) here |\n| b | |\n"
    lines = lay_out(parse(Body(source)), 12)
    assert [line.text for line in lines] == ["name: a", "text: long", "text here", "", "name: b"]
    assert lines[1].runs == (Run("text:", "table-head"), Run(" "), Run("long", "link", 0))
    assert shown("| first | second |\n|---|---|\n", 10) == ["first", "second"]


def test_table_row_longer_than_its_head() -> None:
    table = Table((Inline("a"),), ((Inline("b\nc", (Span(0, 1, "em"),)), Inline("d"), Inline("")),))
    assert [line.text for line in lay_out(Document((table,)), 4)] == ["a: b", "c", "d"]


def test_empty_blocks_do_no_harm() -> None:
    document = Document((ListBlock(((),)), Paragraph(Inline(""))))
    assert [line.text for line in lay_out(document, 10)] == ["• ", "", ""]
    assert lay_out(Document(()), 10) == []


def test_isolates_are_closed_on_every_line() -> None:
    lines = shown("\u2067abc def *ghi* \u2068jkl mno pqr\u2069 st", 8)
    assert lines == ["\u2067abc def\u2069", "\u2067\u2069ghi \u2068jkl\u2069", "\u2068mno pqr\u2069", "st"]
    code = shown("```\n\u2067abcdefgh\u2069ij\n```", 8)
    assert code == ["│ \u2067abcdef\u2069", "│ \u2067gh\u2069ij"]


def test_cut_text_says_so() -> None:
    lines = lay_out(Document((Paragraph(Inline("x")),), cut=True), 80)
    assert lines[-1] == Line((Run("… the text goes on; only its first part is shown", "hidden-note"),))
    assert lay_out(Document((), cut=True), 80)


@pytest.mark.parametrize("width", [-3, 0, 1])
def test_no_width_is_too_small(width: int) -> None:
    assert shown("日本 > x", width) == ["日", "本", ">", "x"]
