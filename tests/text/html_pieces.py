"""HTML that strangers might write, or have their forums write."""

from __future__ import annotations

from hypothesis import strategies as st

_NAMES = (
    "p b i a em div span table tr td th ul ol li pre code blockquote aside details summary h1 br hr img svg script style"
    " template iframe select option sup sub dl dt dd math noscript textarea title html body foo-bar input button"
)
_CLASSES = (
    "quote onebox source onebox-body poll poll-title info-number lightbox lightbox-wrapper meta informations emoji avatar"
    " mention hashtag hashtag-cooked discourse-local-date spoiler math footnote-ref footnote-backref chcklst-box checked"
    " lazy-video-container katex title"
)
_VALUES = st.sampled_from(
    (
        *("https://x.example/a", "/a", "javascript:x", "#f", "//[", "http://[::1", "x-topic:1/2", "mailto:a@b.example"),
        *(
            "&#27;[2J",
            "\u202e",
            "1",
            "99999999999999",
            "-1",
            "2026-11-30",
            "15:00",
            "Europe/Paris",
            "",
            "display:none",
            "\0",
        ),
    )
)
_ATTRIBUTES = st.tuples(
    st.sampled_from(
        (
            *(
                "href",
                "src",
                "alt",
                "title",
                "start",
                "colspan",
                "width",
                "height",
                "style",
                "cite",
                "type",
                "data-date",
            ),
            *("data-time", "data-timezone", "data-post", "data-topic", "data-username", "data-onebox-src", "hidden"),
        )
    ),
    _VALUES,
).map(lambda made: f' {made[0]}="{made[1]}"')
_TAGS = st.tuples(
    st.sampled_from(_NAMES.split()),
    st.one_of(st.just(""), st.sampled_from(_CLASSES.split())),
    st.lists(_ATTRIBUTES, max_size=3),
).map(lambda made: f"<{made[0]}{f' class={made[1]!r}' if made[1] else ''}{''.join(made[2])}>")
_ENDS = st.sampled_from(_NAMES.split()).map(lambda name: f"</{name}>")
_TEXT = st.sampled_from(
    (
        *(
            "alpha",
            "beta ",
            " gamma\n",
            "delta",
            "@Anna Berg",
            "&gt; ",
            "https://x.example/b",
            "Anna wrote:",
            "\x1b[2J",
        ),
        *("&#x1b;", "&#x202e;", "&amp;", "&notin;", "\u2066", "e" + "\u0301" * 20, "日本語", "<", ">", "<!--", "-->"),
        *("<![CDATA[", "]]>", "<!doctype html>", "</", "<a", '"', "\0", "\ud800", "\x9b"),
    )
)
bodies = st.lists(st.one_of(_TAGS, _ENDS, _TEXT, st.text(max_size=5)), max_size=40).map("".join)
"""Tags of forums, their ends, and text, in any order."""

recipes = st.lists(st.tuples(st.one_of(_TAGS, _ENDS, _TEXT), st.integers(1, 2000)), min_size=1, max_size=8)
"""Few pieces, and how often each."""

HOSTILE = {
    "nested divisions": "<div>" * 10_000,
    "nested styles": "<b>" * 16_000 + "x",
    "nested tables": "<table><tr><td>" * 3_300,
    "nested lists": "<ul><li>" * 6_000,
    "nested quotes": "<blockquote>a" * 3_800,
    "quotes of nobody": "<aside class=quote>" * 2_600,
    "details": "<details><summary>a" * 2_600,
    "links never closed": "<a href=x>" * 5_000,
    "styles that cross": "<b><i></b></i>" * 3_500,
    "styles that browsers repeat": "<p>" + "".join(f"<i a={n}>" for n in range(1_000)) + "<p>x" * 4_800,
    "text between rows": "<table>" + "x<tr>" * 9_900,
    "a wide table": "<table><tr>" + "<td>a" * 3_000 + "<tr><td>b" * 3_000,
    "a tall table": "<table>" + "<tr><td>a<td>b" * 3_500,
    "cells over many columns": "<table>" + "<tr><td colspan=999>a" * 2_300,
    "brackets": "<" * 50_000,
    "open tags": "<a " * 16_000,
    "open ends": "</a" * 16_000,
    "attributes": "<p " + " ".join(f"a{n}=1" for n in range(6_000)) + ">",
    "open values": '<a x="' * 8_000,
    "comments": "<!--" * 12_000,
    "scripts": "<script>" * 6_000,
    "entities": "&amp;&lt;&#x1b;&notin;&#xd800;" * 1_600,
    "ampersands": "&" * 50_000,
    "line breaks": "a<br>" * 10_000,
    "headings": "<h1>a" * 10_000,
    "paragraphs": "<p>b" * 12_000,
    "rules": "<hr>" * 12_000,
    "pictures": "<img src=http://x.y>" * 2_500,
    "links": "<a href=http://x.y>a</a> " * 2_000,
    "addresses": "http://x.y " * 4_500,
    "signs": "<p>" + "&gt;" * 12_000,
    "signs, line by line": "&gt;a<br>" * 5_500,
    "quoted lines": "<blockquote>" * 20 + "a<br>" * 9_900,
    "lists with lines": "<ul><li>" * 12 + "a<br>" * 9_900,
    "mentions": "@a " * 16_000,
    "isolates": "\u2066a " * 16_000,
    "polls": "<div class=poll>" * 3_000,
    "previews": "<aside class=onebox>" * 2_400,
    "pictures to enlarge": "<div class=lightbox-wrapper>" * 1_700,
    "spoilers": "<span class=spoiler>a" * 2_300,
}
"""Bodies that each once took, or might take, very long."""
