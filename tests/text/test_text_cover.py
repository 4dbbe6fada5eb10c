"""What authors hide is covered until somebody asks for it."""

from __future__ import annotations

from hypothesis import given, settings
from tests.text.blocks_of import strings
from tests.text.html_pieces import bodies

from forumtui.model import Body, Format
from forumtui.text.cover import covered, may_hide
from forumtui.text.layout import lay_out
from forumtui.text.parse import parse

HIDING = Body(
    "<p>He <span class='spoiler'>dies 日本</span>.</p><div class=spoiler><p>the end</p><ul><li>of it</ul></div>"
    "<details><summary>More</summary><pre>a b</pre></details>",
    Format.HTML,
)


def test_spoilers_and_folded_parts_are_covered() -> None:
    document = parse(HIDING)
    assert [line.text for line in lay_out(covered(document), 40)] == [
        "He ░░░░ ░░.",
        "",
        "▸ Spoiler",
        "  4 words hidden",
        "",
        "▸ More",
        "  2 words hidden",
    ]
    assert [line.text for line in lay_out(covered(document, ascii_only=True), 40, ascii_only=True)][:3] == [
        "He #### ##.",
        "",
        "+ Spoiler",
    ]
    assert [line.text for line in lay_out(document, 40)][2:5] == ["▾ Spoiler", "  the end", "  "]


def test_a_look_tells_what_may_hide_something() -> None:
    assert may_hide(HIDING)
    assert not may_hide(Body("<p>nothing</p>", Format.HTML))
    assert not may_hide(Body("<details>", Format.MARKDOWN))


def test_spoilers_are_covered_wherever_they_stand() -> None:
    for before in (
        "<table><tr><td>a<td>",
        "<b>" * 12,
        "<blockquote>" * 25,
        "<ul><li>" * 20,
        "<h1>",
        "<a href=https://x.y>",
    ):
        for sesame in (
            "<span class=spoiler>sesame</span>",
            "<div class=spoiler>sesame</div>",
            "<details class=spoiler><summary>s</summary>sesame</details>",
            "<span class=spoiler>sesame"
            + "e&#x301;&#x301;&#x301;&#x301;&#x301;</span><b>&#x301;&#x301;&#x301;&#x301;&#x301;</b>",
        ):
            document = parse(Body(before + sesame, Format.HTML))
            assert "sesame" in "".join(strings(document.blocks))
            assert "sesame" not in "".join(strings(covered(document).blocks)), before + sesame


@given(bodies)
@settings(deadline=None)
def test_nothing_that_is_hidden_can_be_read(source: str) -> None:
    document = parse(Body(f"<p class=spoiler>sesame {source.replace('</', '')}", Format.HTML))
    assert not any("sesame" in text for text in strings(covered(document).blocks))


@given(bodies)
@settings(deadline=None)
def test_what_hides_nothing_stays_as_it_is(source: str) -> None:
    body = Body(source, Format.HTML)
    document = parse(body)
    if not may_hide(body):
        assert covered(document) == document
