"""Blocks as Markdown say what they said before."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.text.blocks_of import strings
from tests.text.hostile import texts
from tests.text.html_pieces import bodies
from tests.text.markdown_pieces import markdown

from forumtui.model import Body, Format
from forumtui.text.blocks import Document
from forumtui.text.parse import parse
from forumtui.text.quoting import quote
from forumtui.text.sanitise import clean_text
from forumtui.text.typed import as_markdown, escaped, source_or_markdown


def of(source: str, form: Format = Format.MARKDOWN) -> Document:
    return parse(Body(source, form), base="https://forum.example/t/a/1/2")


@given(markdown)
@settings(deadline=None)
def test_markdown_stays_what_it_is(source: str) -> None:
    document = of(source)
    assert of(as_markdown(document)) == document


@given(st.one_of(bodies, texts))
@settings(deadline=None)
def test_html_as_markdown_is_text_without_anything_live(source: str) -> None:
    typed = as_markdown(of(source, Format.HTML))
    assert clean_text(typed) == typed


@given(st.text(alphabet="ab1 .)*_`[]<>#&;-+=~|\\!:\n"))
def test_what_is_escaped_is_shown_as_it_is(source: str) -> None:
    line = " ".join(source.split())
    assert "".join(strings(of(escaped(line)).blocks)) == line


def test_an_attribution_keeps_its_link() -> None:
    document = of("[Anna](https://x.example) wrote:\n> one")
    assert as_markdown(document) == "[Anna wrote:](<https://x.example>)\n> one"
    assert of(as_markdown(document)).blocks == document.blocks


@pytest.mark.parametrize(
    ("source", "typed"),
    [
        ("<p>a <b>b <i>c</i></b> <code>d`e</code> <del>f</del></p>", "a **b *c*** ``d`e`` ~~f~~"),
        ("<a href='/x_y'>z</a> https://a.example/b_c", "[z](<https://forum.example/x_y>) <https://a.example/b_c>"),
        ("<img src='/i.png' alt='a [b]'>", "![a \\[b\\]](<https://forum.example/i.png>)"),
        ("<p>1. not a list<br># nor a heading</p><p>- *</p>", "1\\. not a list  \n\\# nor a heading\n\n\\- \\*"),
        ("<ol start=3><li>a<ul><li>b</ul><li>c</ol>", "3. a\n   - b\n4. c"),
        ("<ul><li><p>a<p>b<li>c</ul><ul><li>d</ul>", "- a\n\n  b\n\n- c\n\n* d"),
        ("<pre>a\n```\nb</pre>", "````\na\n```\nb\n````"),
        ("<table><tr><td>a|b<td>c</table>", "|  |  |\n|---|---|\n| a\\|b | c |"),
        ("<details><summary>s</summary><p>t</details><hr>", "s\n\nt\n\n---"),
        ("<blockquote><cite>Anna wrote:</cite><p>a<p>b</blockquote>c", "Anna wrote:\n> a\n>\n> b\n\nc"),
    ],
)
def test_html_as_typed(source: str, typed: str) -> None:
    assert as_markdown(of(source, Format.HTML)) == typed


def test_a_quote_of_html_is_what_was_shown_and_hides_what_was_hidden() -> None:
    body = Body(
        "<p>See <a href='/x'>this</a>.</p><blockquote><blockquote><blockquote>deep</blockquote>old</blockquote></blockquote>"
        "<p>He <span class=spoiler>dies</span>.</p><p>&gt; said</p>",
        Format.HTML,
    )
    assert quote("Anna", body, "https://forum.example/t/a/1/2") == (
        "Anna wrote:\n> See [this](<https://forum.example/x>).\n>\n> He ░░░░.\n>\n>> said\n\n"
    )


def test_a_body_for_the_clipboard() -> None:
    assert source_or_markdown(Body("*a*")) == "*a*"
    assert source_or_markdown(Body("<i>a</i>", Format.HTML)) == "*a*"
    long = "<p>some words</p>" * 5_000
    assert source_or_markdown(Body(long, Format.HTML)).split() == ["some", "words"] * 5_000
