"""HTML bodies become the blocks that Markdown becomes, whatever forum made them and however broken they are."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.text.blocks_of import only, strings, styled
from tests.text.hostile import texts
from tests.text.html_pieces import HOSTILE, bodies
from tests.text.markdown_pieces import markdown

from forumtui.model import Body, Format
from forumtui.text.blocks import (
    Block,
    Code,
    Document,
    Folded,
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
from forumtui.text.html.tree import MOST_OPEN, Node, tree
from forumtui.text.html.words import words
from forumtui.text.layout import lay_out
from forumtui.text.links import is_link
from forumtui.text.markdown import _parser
from forumtui.text.parse import parse
from forumtui.text.sanitise import clean_text

POST = "https://forum.example/t/a-title/12/3"


def html(source: str, *names: str, base: str = POST) -> Document:
    return parse(Body(source, Format.HTML), names=names, base=base)


def lines(source: str, width: int = 80) -> list[str]:
    return [line.text for line in lay_out(html(source), width)]


def paragraphs(*texts: str) -> tuple[Block, ...]:
    return tuple(Paragraph(Inline(text)) for text in texts)


# --- what is common to all


def test_blocks() -> None:
    document = html(
        "<h2>Head</h2><p>text\n soft</p><blockquote><p>quoted</p></blockquote><ol start=3><li>a</li><li>b</li></ol>"
        "<ul><li>x<ul><li>deep</li></ul></li></ul><pre><code class='lang-py'>code\n\tdeep\n</code></pre><hr>after"
    )
    assert document.blocks == (
        Heading(2, Inline("Head")),
        Paragraph(Inline("text soft")),
        Quote(paragraphs("quoted")),
        ListBlock((paragraphs("a"), paragraphs("b")), start=3),
        ListBlock(((*paragraphs("x"), ListBlock((paragraphs("deep"),))),)),
        Code("code\n    deep", "py"),
        Rule(),
        Paragraph(Inline("after")),
    )


def test_styles() -> None:
    inline = only(
        html("<i>a</i> <b>b <em>c</em></b> <del>d</del> <ins>e</ins> <mark>f</mark> <kbd>g</kbd> <code>h *i*</code>")
    )
    assert inline.text == "a b c d e f g h *i*"
    assert styled(inline) == [
        ("em", "a"),
        ("strong", "b c"),
        ("em", "c"),
        ("strike", "d"),
        ("underline", "e"),
        ("marked", "f"),
        ("code", "g"),
        ("code", "h *i*"),
    ]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("  a\n\n b <b> c </b> d ", "a b c d"),
        ("a<br>b<br/>\n c<br>", "a\nb\nc"),
        ("a<br><br><br>b", "a\n\nb"),
        ("un<b>believ</b>able", "unbelievable"),
        ("a<!-- <b>c</b> -->b<script>x</script><style>y</style><template>z</template>", "ab"),
        ("<p>a<template><p>b<div></template>c<svg><p>d</svg>e", "ace"),
        ("<!doctype html><html><head><title>t</title><style>x</style><body hidden><p>shown</html>", "shown"),
        ("<foo-bar>shown <marquee>too</marquee></foo-bar>", "shown too"),
        ("H<sub>2</sub>O x<sup>2</sup> a<sub>ij</sub> n<sup>th</sup>", "H₂O x² a_ij n^th"),
        ("<ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby>", "漢字(かんじ)"),
        ("he said <q>yes</q>", "he said “yes”"),
        ("<span hidden>a</span><span style='display: none'>b</span>c", "c"),
        ("&lt;b&gt; &amp;amp; &nbsp;x &#x2F; &zzz;", "<b> &amp; \xa0x / &zzz;"),
        ("a < b > c", "a < b > c"),
    ],
)
def test_text(source: str, text: str) -> None:
    assert only(html(source)).text == text


def test_blanks_at_the_edge_of_a_style_stand_outside_of_it() -> None:
    assert styled(only(html("a<b> b </b>c <i></i><a href='https://x.example'> d </a>"))) == [
        ("strong", "b"),
        ("link", "d"),
    ]


def test_a_style_goes_on_in_the_next_paragraph() -> None:
    first, second = html("<b><p>one</p><p>two</p></b>").blocks
    assert isinstance(first, Paragraph)
    assert isinstance(second, Paragraph)
    assert first.inline.spans == second.inline.spans == (Span(0, 3, "strong"),)


def test_links() -> None:
    document = html(
        "<a href='https://a.example/x'>a</a> <a href='/u/anna'>b</a> <a href='item?id=2'>c</a> <a href='//cdn.example/y'>d</a>"
        " <a href='#part'>e</a> <a href='javascript:alert(1)'>f</a> <a href='java\nscript:alert(1)'>g</a> <a>h</a>"
        " <a href='mailto:a@b.example'>i</a> <a name='empty' href='/empty'></a> https://bare.example/z."
    )
    assert [target.url for target in document.links] == [
        "https://a.example/x",
        "https://forum.example/u/anna",
        "https://forum.example/t/a-title/12/item?id=2",
        "https://cdn.example/y",
        "mailto:a@b.example",
        "https://bare.example/z",
    ]
    assert only(document).text == "a b c d e f g h i https://bare.example/z."


def test_a_relative_link_without_a_base_is_its_label() -> None:
    document = html("<a href='/u/anna'>anna</a>", base="")
    assert (only(document), document.links) == (Inline("anna"), ())


def test_a_label_that_names_another_host_shows_the_true_one() -> None:
    assert only(html("<a href='https://evil.example/'>bank.example</a>")).text == "bank.example (evil.example)"


def test_pictures() -> None:
    document = html(
        "<img src='/a.png' alt='a tree' width=690 height=317><img src='data:x' alt=''><img src=t.gif width=1 height=1>"
    )
    assert only(document).text == "[image: a tree, 690×317][image]"
    assert document.links == (Target("https://forum.example/a.png", "a tree, 690×317", image=True),)


def test_tables() -> None:
    (table,) = html(
        "<table><caption>C</caption><thead><tr><th>a<th>b</thead><tbody><tr><td>1<td><b>2</b></tr><tr><td colspan=2>wide</table>"
    ).blocks[1:]
    assert isinstance(table, Table)
    assert [cell.text for cell in table.head] == ["a", "b"]
    assert [[cell.text for cell in row] for row in table.rows] == [["1", "2"], ["wide", ""]]
    assert styled(table.rows[0][1]) == [("strong", "2")]


def test_a_table_without_a_head_is_drawn_without_one() -> None:
    assert lines("<table><tr><td>a</td><td>bb</td></tr><tr><td>c</td><td>d</td></tr></table>") == ["a │ bb", "c │ d"]


def test_a_table_that_only_lays_things_out_is_these_things() -> None:
    assert html("<table><tr><td><blockquote>a</blockquote></td><td><p>b</p></td></tr></table>").blocks == (
        Quote(paragraphs("a")),
        *paragraphs("b"),
    )


def test_definitions() -> None:
    assert lines("<dl><dt>word<dd>what it means<dt>other<dd>that</dl>") == [
        "word",
        "",
        "• what it means",
        "",
        "other",
        "",
        "• that",
    ]


def test_details_and_spoilers_say_what_they_are() -> None:
    document = html(
        "<details><summary>More <b>here</b></summary><p>inner</p></details>"
        "<div class='spoiler'><p>the end</p></div><p>He <span class='spoiler'>dies</span>.</p>"
    )
    more, end, dies = document.blocks
    assert more == Folded(Inline("More here", (Span(5, 9, "strong"),)), paragraphs("inner"))
    assert end == Folded(Inline("Spoiler"), paragraphs("the end"), spoiler=True)
    assert isinstance(dies, Paragraph)
    assert styled(dies.inline) == [("spoiler", "dies")]
    assert [line.text for line in lay_out(document, 40)][:3] == ["▾ More here", "  inner", ""]


# --- Discourse


def test_discourse_quote() -> None:
    source = (
        '<aside class="quote no-group" data-username="Dface" data-post="441" data-topic="2108">\n<div class="title">\n'
        '<div class="quote-controls"></div>\n<img alt="" width="24" height="24" src="/a.png" class="avatar"> Dface:</div>\n'
        "<blockquote>\n<p>Was it?</p>\n</blockquote>\n</aside>\n<p>Yes.</p>"
    )
    assert html(source).blocks == (Quote(paragraphs("Was it?"), "Dface, #441:", 0), *paragraphs("Yes."))
    assert html(source).links == (Target("https://forum.example/t/2108/441", "Dface, #441:"),)
    assert html(source, base="https://x.example/forum/t/2108/9").links[0].url == "https://x.example/forum/t/2108/441"
    assert html(source, base="").blocks[0] == Quote(paragraphs("Was it?"), "Dface, #441:")
    (first, *_), (run, *_) = lay_out(html(source), 80), lay_out(html(source), 80)[0].runs[1:]
    assert first.text == "▌ Dface, #441:"
    assert run.link == 0


def test_discourse_quote_of_another_topic() -> None:
    source = (
        '<aside class="quote" data-username="Neo" data-post="4" data-topic="2145"><div class="title">'
        '<div class="quote-controls"></div><img class="avatar" src="x"><div class="quote-title__text-content">'
        '<a href="https://forum.example/t/b/2145/4">A title</a> <a class="badge-category__wrapper" href="/c/e/13">'
        '<span class="badge-category__name">Elsewhere</span></a></div></div><blockquote>Yes.</blockquote></aside>'
    )
    assert html(source).blocks == (Quote(paragraphs("Yes."), "Neo, A title, #4:", 0),)
    assert html(source).links == (Target("https://forum.example/t/b/2145/4", "Neo, A title, #4:"),)


def test_discourse_onebox() -> None:
    source = (
        '<aside class="onebox allowlistedgeneric" data-onebox-src="https://a.example/p"><header class="source">'
        '<img src="i.png" class="site-icon"><a href="https://a.example/p">A site</a></header><article class="onebox-body">'
        '<div class="aspect-image"><img src="t.png" class="thumbnail"></div><h3><a href="https://a.example/p">The title</a>'
        '</h3><p>An excerpt...</p></article><div class="onebox-metadata">\n\n</div><div style="clear: both"></div></aside>'
    )
    (quote,) = html(source).blocks
    assert isinstance(quote, Quote)
    assert quote.attribution == "A site:"
    assert [type(block) for block in quote.blocks] == [Heading, Paragraph]
    assert {target.url for target in html(source).links} == {"https://a.example/p"}


def test_discourse_poll() -> None:
    source = (
        '<div class="poll" data-poll-status="open" data-poll-name="poll" data-poll-type="multiple" data-poll-min="1"'
        ' data-poll-max="2"><div><div class="poll-container"><div class="poll-title">Which?</div><ul>'
        '<li data-poll-option-id="1">One</li><li data-poll-option-id="2">Two <b>x</b></li></ul></div>'
        '<div class="poll-info"><p><span class="info-number">3</span><span class="info-text">voters</span></p></div></div>'
        '<div class="poll-buttons"><a title="results">Show results</a></div></div>'
    )
    assert lines(source) == ["Which? [poll, choose 1 to 2, 3 voters]", "", "• One", "• Two x"]


def test_discourse_lightbox() -> None:
    source = (
        '<p><div class="lightbox-wrapper"><a class="lightbox" href="/full.png" title="a view"><img src="/small.png" alt="a view"'
        ' width="690" height="317"><div class="meta"><svg class="fa"><use href="#x"></use></svg><span class="filename">a view'
        '</span><span class="informations">1829×842 47 KB</span></div></a></div></p>'
    )
    document = html(source)
    assert only(document).text == "[image: a view, 1829×842 47 KB]"
    assert document.links == (Target("https://forum.example/full.png", "a view, 1829×842 47 KB", image=True),)


@pytest.mark.parametrize(
    ("source", "text", "spans"),
    [
        ('a <img class="emoji only-emoji" alt=":rofl:" title=":rofl:" src=x>', "a :rofl:", []),
        ('<img class="not-responsive emoji emoji-android" alt="😄" title=":smile:">', "😄", []),
        ('<a class="mention" href="/u/anna_b">@anna_b</a> hi', "@anna_b hi", [("mention", "@anna_b")]),
        ('<a class="mention-group notify" href="/g/staff">@staff</a>', "@staff", [("mention", "@staff")]),
        ('<a class="hashtag" href="/c/x">#<span>bugs</span></a>', "#bugs", [("link", "#bugs")]),
        (
            '<a class="hashtag-cooked" href="/c/bug/1" data-type="category"><span class="hashtag-icon-placeholder"><svg>'
            "<use></use></svg></span><span>bug</span></a>",
            "#bug",
            [("link", "#bug")],
        ),
        ('concern <span class="hashtag-raw">#1</span>', "concern #1", []),
        ('<span class="chcklst-box checked fa fa-square-check-o"></span> done', "[x] done", []),
        ('<span class="chcklst-box fa fa-square-o"></span> open', "[ ] open", []),
        ('<input type="checkbox" checked disabled> done', "[x] done", []),
        ('<span class="math">x^2</span>', "x^2", [("code", "x^2")]),
        ('a<sup class="footnote-ref"><a href="#footnote-1" id="r">[1]</a></sup>', "a[1]", []),
        (
            '<div class="youtube-onebox lazy-video-container" data-video-id="x" data-video-title="A film"'
            ' data-provider-name="youtube"><a href="https://www.youtube.com/watch?v=x"><img class="youtube-thumbnail"'
            ' src="x.jpg"></a></div>',
            "[video: A film]",
            [("link", "[video: A film]")],
        ),
        (
            '<iframe src="https://v.example/e/1" title="A page"></iframe>',
            "[frame: A page]",
            [("link", "[frame: A page]")],
        ),
        (
            '<div class="video-placeholder-container" data-video-src="/uploads/a.mp4"></div>',
            "[video: /uploads/a.mp4] (forum.example)",
            [("link", "[video: /uploads/a.mp4] (forum.example)")],
        ),
        (
            '<a class="attachment" href="/uploads/x.pdf">x.pdf</a> (171.2 KB)',
            "x.pdf (forum.example) (171.2 KB)",
            [("link", "x.pdf (forum.example)")],
        ),
    ],
)
def test_discourse_pieces(source: str, text: str, spans: list[tuple[str, str]]) -> None:
    inline = only(html(source))
    assert (inline.text, styled(inline)) == (text, spans)


def test_discourse_footnotes() -> None:
    source = (
        '<p>a<sup class="footnote-ref"><a href="#f1">[1]</a></sup></p><hr class="footnotes-sep"><ol class="footnotes-list">'
        '<li id="f1" class="footnote-item"><p>The note. <a href="#r1" class="footnote-backref">↩︎</a></p></li></ol>'
    )
    assert lines(source) == ["a[1]", "", "1. The note."]


def test_discourse_code_and_maths() -> None:
    assert html('<pre data-code-wrap="ruby"><code class="lang-ruby">a\n  b\n</code></pre>').blocks == (
        Code("a\n  b", "ruby"),
    )
    assert html('<pre><code class="lang-auto">a</code></pre>').blocks == (Code("a"),)
    assert html('<pre class="onebox"><code class="lang-py"><ol><li>a</li><li>b</li></ol></code></pre>').blocks == (
        Code("a\nb", "py"),
    )
    assert html('<div class="math">\nx^2\n</div>').blocks == (Code("x^2", "tex"),)


@pytest.mark.parametrize(
    ("zone", "attributes", "text"),
    [
        ("UTC", 'data-date="2026-11-30" data-time="15:00:00" data-timezone="UTC"', "2026-11-30 15:00 UTC"),
        (
            "Asia/Tokyo",
            'data-date="2026-11-30" data-time="15:00:00" data-timezone="Europe/Paris"',
            "2026-11-30 23:00 (2026-11-30 15:00 Europe/Paris)",
        ),
        ("Asia/Tokyo", 'data-date="2026-11-30"', "2026-11-30"),
        ("Asia/Tokyo", 'data-date="2026-11-30" data-time="15:00:00"', "2026-12-01 00:00 (2026-11-30 15:00 UTC)"),
        ("UTC", 'data-date="2026-11-30" data-time="15:00" data-timezone="No/Where"', "2026-11-30 15:00 No/Where"),
        ("UTC", 'data-date="soon" data-time="later" data-timezone="../../etc/passwd"', "soon later ../../etc/passwd"),
        ("UTC", "", "as the forum shows it"),
    ],
)
def test_discourse_local_dates(zone: str, attributes: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert only(html(f'<span class="discourse-local-date" {attributes}>as the forum shows it</span>')).text == text
    finally:
        monkeypatch.undo()
        time.tzset()


# --- the others


def test_hacker_news() -> None:
    source = (
        'First, isn&#x27;t wrapped.<p>&gt; quoted <i>words</i><p>&gt; and more<p>An <i>answer</i> with <a href="https:&#x2F;'
        '&#x2F;a.example&#x2F;a-long-path&#x2F;to&#x2F;it" rel="nofollow">https:&#x2F;&#x2F;a.example&#x2F;a-long...</a>'
        "<p><pre><code>  code &lt;x&gt;\n  more\n</code></pre>\nAfter it."
    )
    document = html(source, base="https://news.ycombinator.com/item?id=1")
    first, quote, answer, code, after = document.blocks
    assert first == Paragraph(Inline("First, isn't wrapped."))
    assert quote == Quote((Paragraph(Inline("quoted words", (Span(7, 12, "em"),))), *paragraphs("and more")))
    assert isinstance(answer, Paragraph)
    assert answer.inline.text == "An answer with https://a.example/a-long-path/to/it"
    assert document.links == (Target("https://a.example/a-long-path/to/it", "https://a.example/a-long-path/to/it"),)
    assert code == Code("  code <x>\n  more")
    assert after == Paragraph(Inline("After it."))


def test_quotes_by_signs_in_quotes_and_answers_below_them() -> None:
    assert html("<p>&gt;&gt; old<br>&gt; new<br>answer</p>").blocks == (
        Quote((Quote(paragraphs("old")), *paragraphs("new"))),
        *paragraphs("answer"),
    )


def test_lobsters_and_nodebb() -> None:
    gone = only(html("<em>Comment removed by author</em>"))
    assert styled(gone) == [("em", "Comment removed by author")]
    nodebb = html(
        '<p dir="auto"><a class="plugin-mentions-user plugin-mentions-a" href="/user/bo" aria-label="Profile: bo">@<bdi>bo'
        '</bdi></a> said:<br />\nline</p>\n<pre><code class="language-python">x\n</code></pre>'
    )
    assert nodebb.blocks == (
        Paragraph(Inline("@bo said:\nline", (Span(0, 3, "mention"),))),
        Code("x", "python"),
    )


def test_a_quote_that_names_its_author_says_so() -> None:
    assert html("<blockquote class=uncited><cite>Anna wrote:</cite><div>so</div></blockquote>").blocks == (
        Quote(paragraphs("so"), "Anna wrote:"),
    )
    assert html("<p>Anna wrote:</p><blockquote>so</blockquote>").blocks == (Quote(paragraphs("so"), "Anna wrote:"),)


# --- whatever is written


@given(st.one_of(bodies, texts))
@settings(deadline=None)
@example("<" * 300)
def test_nothing_live_survives_and_spans_lie_within_their_text(source: str) -> None:
    document = html(source, "Anna Berg")
    for text in (*strings(document.blocks), *(target.label for target in document.links)):
        assert clean_text(text) == text
    for target in document.links:
        assert target.url.isprintable()
        assert is_link(target.url)
    for inline in inlines(document.blocks):
        for span in inline.spans:
            assert 0 <= span.start < span.end <= len(inline.text)
            assert span.link is None or span.link < len(document.links)
    for width in (2, 40):
        for line in lay_out(document, width):
            assert clean_text(line.text) == line.text


def inlines(blocks: tuple[Block, ...]) -> list[Inline]:
    found: list[Inline] = []
    for block in blocks:
        match block:
            case Paragraph(inline) | Heading(_, inline):
                found.append(inline)
            case Quote(inner):
                found += inlines(inner)
            case Folded(summary, inner):
                found += [summary, *inlines(inner)]
            case ListBlock(items):
                found += [inline for item in items for inline in inlines(item)]
            case Table(head, rows):
                found += [cell for row in (head, *rows) for cell in row]
            case Code() | Rule():
                pass
    return found


@given(bodies)
@settings(deadline=None)
def test_what_is_shown_is_among_its_words(source: str) -> None:
    shown = "".join(strings(html(source).blocks))
    said = words(source)
    assert [word for word in ("alpha", "beta", "gamma", "delta") if word in shown and word not in said] == []


def test_words() -> None:
    assert words(
        "<p>un<b>believ</b>able\nstory<p>&lt;x&gt; <img alt=':-)' src=y><style>z</style><pre>a\n b</pre>c"
    ) == ("unbelievable story\n<x> :-)\na\nb\nc")


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_tree_is_deep(kind: str) -> None:
    def depth(node: Node) -> int:
        return 1 + max((depth(child) for child in node.elements), default=0)

    assert depth(tree(HOSTILE[kind][:50_000])) <= MOST_OPEN + 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOSTILE)
def test_ten_megabytes_of_anything_are_cut_and_said_to_be(kind: str) -> None:
    source = HOSTILE[kind] * (10_000_000 // len(HOSTILE[kind]))
    assert parse(Body(source, Format.HTML)).cut
    words(source[:200_000])


def test_words_without_spoilers() -> None:
    source = "a <span class='x spoiler'>b <span>c</span> d</span> e <details class=spoiler><p>f</p></details><details>g</details>"
    assert words(source).split() == ["a", "b", "c", "d", "e", "f", "g"]
    assert words(source, spoilers=False).split() == ["a", "…", "e", "…", "g"]


@given(bodies)
@settings(deadline=None)
def test_no_words_of_a_spoiler_are_said_at_a_glance(source: str) -> None:
    assert "sesame" not in words(f"<div class=spoiler>sesame {source.replace('</', '')} sesame", spoilers=False)


# --- the same as Markdown


@given(markdown)
@settings(deadline=None)
def test_markdown_made_html_becomes_the_same(source: str) -> None:
    rendered = _parser().render(source)
    assert html(rendered) == parse(Body(source, Format.MARKDOWN)), rendered
