"""Quotes to answer below, and the subject of the answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from tests.text.hostile import texts

from forumtui.model import Body, Format
from forumtui.text.blocks import Paragraph, Quote
from forumtui.text.parse import parse
from forumtui.text.quoting import quote, quote_lines, reply_subject


def test_quote_of_markdown() -> None:
    body = Body("First\nline\n\n\n- item\n\n```\n> not a quote\n```\n\n")
    assert quote("Anna", body) == "Anna wrote:\n> First\n> line\n>\n> - item\n>\n> ```\n>> not a quote\n> ```\n\n"


def test_quote_leaves_out_what_was_quoted_twice() -> None:
    body = Body("Bob wrote:\n> Carl wrote:\n> > deep\n> > deep\n> bob's\n\nanna's")
    assert quote("Anna", body) == "Anna wrote:\n> Bob wrote:\n>> bob's\n>\n> anna's\n\n"


def test_quote_of_plain_paragraphs_keeps_them_apart() -> None:
    long = "word " * 30 + "end"
    assert (
        quote("Bill Boynton", Body(f"{long}\n{long}", Format.PLAIN))
        == f"Bill Boynton wrote:\n> {long}\n>\n> {long}\n\n"
    )


def test_quote_of_short_plain_lines_keeps_their_breaks_and_no_signature() -> None:
    body = Body("one\ntwo\n\n> old\nthree\n-- \nAnna", Format.PLAIN)
    assert quote("Anna", body) == "Anna wrote:\n> one  \n> two\n>\n>> old\n> three\n\n"


def test_quote_without_author_or_text() -> None:
    assert quote(None, Body("x")) == "> x\n\n"
    assert quote("Anna", Body(" \n")) == ""


def test_quote_cannot_carry_controls() -> None:
    assert quote("An\x1b[na\n", Body("a\x1b[2Jb\u202ec\0")) == "An[na wrote:\n> a\ufffd[2Jb\ufffdc\ufffd\n\n"


def test_quote_is_read_back_as_a_quote_of_its_author() -> None:
    document = parse(Body(quote("Jaap de Jonge", Body("Hi **Bill**")) + "my answer"))
    first, second = document.blocks
    assert isinstance(first, Quote)
    assert first.attribution == "Jaap de Jonge wrote:"
    assert isinstance(second, Paragraph)
    assert second.inline.text == "my answer"


@given(texts)
def test_every_line_of_a_quote_is_marked(text: str) -> None:
    for kind in (Format.MARKDOWN, Format.PLAIN):
        quoted = quote(None, Body(text, kind))
        assert quoted == "" or quoted.endswith("\n\n")
        assert all(line.startswith(">") for line in quoted.strip("\n").split("\n") if quoted)


def test_chosen_lines() -> None:
    assert quote_lines("Anna", ["one  ", "▌ quoted", "▌ ▌ deeper", "a > b", "", ""]) == (
        "Anna wrote:\n> one  \n>> quoted\n>> > deeper\n> a > b\n\n"
    )


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("Alignment", "Re: Alignment"),
        ("Re: Alignment", "Re: Alignment"),
        ("RE: re: Re[2]: AW: Alignment", "Re: Alignment"),
        ("Reading list", "Re: Reading list"),
        ("re: ", ""),
        ("", ""),
        (None, ""),
        ("two\nlines\x1b", "Re: two lines"),
    ],
)
def test_reply_subject(subject: str | None, answer: str) -> None:
    assert reply_subject(subject) == answer
    assert reply_subject(answer) == answer


def test_subject_of_an_answer_keeps_what_only_looks_like_a_prefix() -> None:
    assert reply_subject("Start here: ten keys") == "Re: Start here: ten keys"
    assert reply_subject("Re: More: less") == "Re: More: less"
