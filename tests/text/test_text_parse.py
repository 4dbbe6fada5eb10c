"""Markdown and plain text become blocks, with nothing live and only safe links in them."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.text.blocks_of import only, strings, styled
from tests.text.hostile import texts

from forumtui.model import Body, Format
from forumtui.text.blocks import (
    Block,
    Code,
    Document,
    Heading,
    Inline,
    ListBlock,
    Paragraph,
    Quote,
    Rule,
    Span,
    Table,
    Target,
)
from forumtui.text.layout import lay_out
from forumtui.text.links import bare_urls, host, is_link
from forumtui.text.parse import LONGEST, parse
from forumtui.text.sanitise import clean_text


def markdown(source: str, *names: str) -> Document:
    return parse(Body(source, Format.MARKDOWN), names=names)


def plain(source: str, *names: str) -> Document:
    return parse(Body(source, Format.PLAIN), names=names)


@given(texts, st.sampled_from([Format.MARKDOWN, Format.PLAIN, Format.HTML]))
def test_nothing_live_survives_parsing(source: str, kind: Format) -> None:
    document = parse(Body(source, kind), names=["Anna Berg"])
    for text in (*strings(document.blocks), *(target.label for target in document.links)):
        assert clean_text(text) == text
    for target in document.links:
        assert target.url.isprintable()
        assert is_link(target.url)


@given(texts, st.sampled_from([Format.MARKDOWN, Format.PLAIN]))
def test_spans_lie_within_their_text_and_links_exist(source: str, kind: Format) -> None:
    document = parse(Body(source, kind))

    def check(blocks: tuple[Block, ...]) -> None:
        for block in blocks:
            if isinstance(block, Paragraph | Heading):
                for span in block.inline.spans:
                    assert 0 <= span.start < span.end <= len(block.inline.text)
                    assert span.link is None or span.link < len(document.links)
            elif isinstance(block, Quote):
                check(block.blocks)

    check(document.blocks)


def test_markdown_blocks() -> None:
    document = markdown(
        "## Head\n\ntext\nsoft\n\n> quoted\n\n1. a\n2. b\n\n- x\n\n```py\ncode\n\tdeep\n```\n\n    indented\n\n---\n"
    )
    assert document.blocks == (
        Heading(2, Inline("Head")),
        Paragraph(Inline("text soft")),
        Quote((Paragraph(Inline("quoted")),)),
        ListBlock(((Paragraph(Inline("a")),), (Paragraph(Inline("b")),)), start=1),
        ListBlock(((Paragraph(Inline("x")),),)),
        Code("code\n    deep", "py"),
        Code("indented"),
        Rule(),
    )


def test_markdown_inline_styles() -> None:
    inline = only(markdown("*em* **strong *both*** ~~gone~~ `code *x*` hard  \nbreak"))
    assert inline.text == "em strong both gone code *x* hard\nbreak"
    assert styled(inline) == [
        ("em", "em"),
        ("strong", "strong both"),
        ("em", "both"),
        ("strike", "gone"),
        ("code", "code *x*"),
    ]


def test_markdown_table() -> None:
    (table,) = markdown("| a | **b** |\n|---|---|\n| 1 | `x` |\n| 2 |\n").blocks
    assert isinstance(table, Table)
    assert [cell.text for cell in table.head] == ["a", "b"]
    assert [[cell.text for cell in row] for row in table.rows] == [["1", "x"], ["2", ""]]
    assert styled(table.rows[0][1]) == [("code", "x")]


def test_html_in_markdown_is_shown_as_written() -> None:
    assert only(markdown("<script>x</script> &amp; <b>")).text == "<script>x</script> & <b>"
    assert only(markdown("<div>\nhi")).text == "<div> hi"


def test_entities_cannot_smuggle_controls() -> None:
    assert only(markdown("a&#x1b;[31m&#x202e;b&#x9b;c&#8232;d")).text == "a\ufffd[31m\ufffdb\ufffdc\nd"


def test_link_targets() -> None:
    document = markdown("[docs](https://docs.example/a?b=1&amp;c) <mailto:a@b.example> ![pic](http://i.example/p.png)")
    assert document.links == (
        Target("https://docs.example/a?b=1&c", "docs"),
        Target("mailto:a@b.example", "mailto:a@b.example"),
        Target("http://i.example/p.png", "pic", image=True),
    )
    assert only(document).text == "docs mailto:a@b.example [image: pic]"
    assert [span.link for span in only(document).spans] == [0, 1, 2]


def test_picture_inside_a_link_leads_where_the_link_does() -> None:
    document = markdown("[![](http://i.example/p.png)](http://x.example)")
    assert only(document).text == "[image]"
    assert document.links == (Target("http://x.example", "[image]"),)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "ftp://x.example", "/relative", "//x", "tel:1"],
)
def test_other_addresses_stay_text(url: str) -> None:
    document = markdown(f"[x]({url}) ![y]({url})")
    assert document.links == ()
    assert only(document).text == f"[x]({url}) ![y]({url})"


def test_label_that_names_another_host_shows_the_true_one() -> None:
    document = markdown(
        "[bank.example](https://evil.example/bank.example) [www.good.example](https://www.good.example) [Read me](https://x.example)"
    )
    assert only(document).text == "bank.example (evil.example) www.good.example Read me"
    assert [span.link for span in only(document).spans] == [0, 1, 2]


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        (
            "see https://a.example/x_y_z*w, and (http://b.example/p(q)).",
            ["https://a.example/x_y_z*w", "http://b.example/p(q)"],
        ),
        ("“https://a.example/”", ["https://a.example/"]),
        ("https://a.example/日本語。次", ["https://a.example/日本語"]),
        ("xhttp://no but HTTPS://YES.example!", ["HTTPS://YES.example"]),
        ("https:// and http://? nothing", []),
        ("a https://" + "x" * 3000 + " b", []),
        ("https://a.example/?q=1&amp;r=2", ["https://a.example/?q=1&amp;r=2"]),
        ("https://a.example&gt;", ["https://a.example"]),
    ],
)
def test_bare_addresses(text: str, urls: list[str]) -> None:
    assert [text[start:end] for start, end in bare_urls(text)] == urls
    assert [target.url for target in plain(text).links] == urls
    assert [target.url for target in markdown(text).links] == [url.replace("&amp;", "&") for url in urls]


def test_bare_address_in_a_label_or_code_is_no_link_of_its_own() -> None:
    assert [
        target.url for target in markdown("[see https://a.example here](https://a.example/b) `https://c.example`").links
    ] == ["https://a.example/b"]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:pw@Example.org:8080/x", "example.org"),
        ("https://google.com@evil.example/", "evil.example"),
        ("https://pаypal.example/", "xn--pypal-4ve.example"),
        ("mailto:anna@example.org?subject=x", "anna@example.org"),
        ("http://[::1/", "http://[::1/"),
        ("http://:80", ""),
    ],
)
def test_host(url: str, shown: str) -> None:
    assert host(url) == shown


def test_mentions_prefer_the_longest_known_name() -> None:
    names = ("Hamza", "Hamza Abada", "Anna")
    for document in (
        markdown("Thanks @Hamza Abada, @hamza, @Annabel and @bob.", *names),
        plain("Thanks @Hamza Abada, @hamza, @Annabel and @bob.", *names),
    ):
        assert styled(only(document)) == [
            ("mention", "@Hamza Abada"),
            ("mention", "@hamza"),
            ("mention", "@Annabel"),
            ("mention", "@bob"),
        ]


def test_no_mentions_in_code_links_and_addresses() -> None:
    inline = only(markdown("`@anna` [@anna](https://x.example) anna@example.org @ https://x.example/@anna", "anna"))
    assert "mention" not in [style for style, _ in styled(inline)]


def test_plain_text_keeps_its_lines() -> None:
    document = plain("One line.\r\nAnother  one.\n\n  indented\n* not a list*")
    assert document.blocks == (
        Paragraph(Inline("One line.\nAnother  one.")),
        Paragraph(Inline("  indented\n* not a list*")),
    )


def test_plain_quotes_nest_and_know_their_author() -> None:
    document = plain("Hello\nAnna wrote:\n> one\n> two\n>> deep\n>\n> > deep too\nanswer")
    assert document.blocks == (
        Paragraph(Inline("Hello")),
        Quote(
            (
                Paragraph(Inline("one\ntwo")),
                Quote((Paragraph(Inline("deep")),)),
                Quote((Paragraph(Inline("deep too")),)),
            ),
            "Anna wrote:",
        ),
        Paragraph(Inline("answer")),
    )


def test_attribution_leads_where_its_link_does() -> None:
    one = (Paragraph(Inline("one")),)
    assert plain("At https://x.example Anna wrote:\n> one").blocks == (
        Quote(one, "At https://x.example Anna wrote:", 0),
    )
    assert markdown("https://y.example  \n[Anna](https://x.example) wrote:\n> one").blocks[1:] == (
        Quote(one, "Anna wrote:", 1),
    )


def test_attribution_with_two_links_stays_a_paragraph() -> None:
    first, second = plain("At https://x.example https://y.example wrote:\n> one").blocks
    assert isinstance(first, Paragraph)
    assert second == Quote((Paragraph(Inline("one")),))


def test_markdown_quote_knows_its_author() -> None:
    assert markdown("Jaap **de** Jonge wrote:\n> one\n\nfine").blocks == (
        Quote((Paragraph(Inline("one")),), "Jaap de Jonge wrote:"),
        Paragraph(Inline("fine")),
    )


def test_quotes_nested_beyond_reason_end_as_text() -> None:
    blocks = plain(">" * 40 + "x").blocks
    depth = 0
    while isinstance(blocks[0], Quote):
        blocks, depth = blocks[0].blocks, depth + 1
    assert depth == 10
    assert blocks == (Paragraph(Inline(">" * 30 + "x")),)


def test_signature_is_set_apart() -> None:
    *_, signature = plain("Text\n-- \nAnna\nhttps://x.example\n").blocks
    assert isinstance(signature, Paragraph)
    assert signature.inline.text == "--\nAnna\nhttps://x.example"
    assert signature.inline.spans[0] == Span(0, len(signature.inline.text), "quote")
    assert signature.inline.spans[1].link == 0
    assert plain("Text\n-- \n").blocks == (Paragraph(Inline("Text")),)
    assert plain("-- \nall of it").blocks == (Paragraph(Inline("--\nall of it")),)


def test_marks_piled_up_across_pieces_are_capped() -> None:
    assert only(markdown("e" + "*\u0301\u0301\u0301\u0301x*".replace("x", "") * 5)).text.count("\u0301") <= 8


def test_long_text_is_cut() -> None:
    assert not plain("x" * LONGEST).cut
    document = plain("x" * (LONGEST + 1))
    assert document.cut
    assert len(only(document).text) == LONGEST


def test_markdown_parser_loads_only_for_markdown() -> None:
    code = (
        "import sys; from forumtui.text.parse import parse; from forumtui.model import Body; "
        "parse(Body('x', 'plain')); assert 'markdown_it' not in sys.modules; parse(Body('x')); assert 'markdown_it' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_html_parser_loads_only_for_html() -> None:
    code = (
        "import sys; from forumtui.text.parse import is_loaded, parse; from forumtui.text.said import said; "
        "from forumtui.model import Body, Format; import forumtui.tui.render.shelf, forumtui.reader.sql.posts; "
        "parse(Body('x')); said(Body('x')); assert 'justhtml' not in sys.modules and not is_loaded(Format.HTML); "
        "assert is_loaded(Format.PLAIN); parse(Body('x', Format.HTML)); assert is_loaded(Format.HTML)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "![",
        "*a ",
        "_a__b",
        "[a](b",
        "**a",
        "`",
        ">",
        "- ",
        "http://",
        "http://a ",
        "@a ",
        "<http",
        "(",
        "a\u0301",
        "\u2066",
        "&#x1b;",
        "日",
        "| a ",
    ],
)
@pytest.mark.parametrize("kind", [Format.MARKDOWN, Format.PLAIN])
def test_hostile_repetition_stays_quick(piece: str, kind: Format) -> None:
    started = time.process_time()
    document = parse(Body(piece * (LONGEST // len(piece)), kind), names=["a b", "a c"])
    lay_out(document, 80)
    assert time.process_time() - started < 1.5
