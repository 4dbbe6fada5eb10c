"""What a body may cost is known before the work begins, counted in calls, so that the load of a machine does not matter."""

from __future__ import annotations

import string
import sys
from types import FrameType

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from tests.text.hostile import HEAVY, long_text, recipes, texts
from tests.text.html_pieces import HOSTILE, bodies
from tests.text.html_pieces import recipes as html_recipes

from forumtui.model import Body, Format
from forumtui.text.effort import MOST_STEPS, steps
from forumtui.text.flat import plain_lines
from forumtui.text.html.words import words
from forumtui.text.layout import MOST_LINES, lay_out
from forumtui.text.parse import LONGEST, parse, shown_part
from forumtui.text.parse import MOST_LINES as MOST_SOURCE_LINES

pytestmark = pytest.mark.slow

_CALLS_A_STEP = 150
_MOST_CALLS = 4_000_000
"""For any body whatever; the slowest calls are of a microsecond or so."""


class TooManyCallsError(Exception):
    pass


def calls(body: Body, width: int, most: int) -> int:
    """How many functions parsing and laying out call; ends early beyond ``most``."""
    made = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal made
        del frame, argument
        made += event in {"call", "c_call"}
        if made > most:
            raise TooManyCallsError(f"more than {most} calls for {body.format} {body.source[:60]!r}")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        lay_out(parse(body), width)
    finally:
        sys.setprofile(before)
    return made


def bound(body: Body) -> int:
    source, _ = shown_part(body.source, LONGEST if body.format == Format.HTML else MOST_SOURCE_LINES)
    found = steps(source, body.format)
    if body.format == Format.MARKDOWN and found > MOST_STEPS:
        found = steps(source, Format.PLAIN)
    if body.format == Format.HTML and found > MOST_STEPS:
        found = source.count("<") + steps(words(source), Format.PLAIN)
    return min(_MOST_CALLS, 2_000 + _CALLS_A_STEP * found)


@pytest.mark.parametrize("format_", Format)
@pytest.mark.parametrize("kind", HEAVY)
def test_no_known_body_takes_more_than_was_estimated(kind: str, format_: Format) -> None:
    body = Body(HEAVY[kind], format_)
    assert calls(body, 40, bound(body))


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_known_html_takes_more_than_was_estimated(kind: str) -> None:
    body = Body(HOSTILE[kind], Format.HTML)
    assert calls(body, 40, bound(body))


@pytest.mark.parametrize("sign", sorted(string.punctuation))
@pytest.mark.parametrize("between", ["", " ", "(", "a", "\n"])
def test_no_sign_over_and_over_takes_more_than_was_estimated(sign: str, between: str) -> None:
    for format_ in (Format.MARKDOWN, Format.HTML):
        body = Body((sign + between) * 4000, format_)
        assert calls(body, 40, bound(body))


@given(st.one_of(texts, bodies), st.sampled_from(Format), st.sampled_from([8, 30, 80]))
@settings(deadline=None)
def test_no_short_body_takes_more_than_was_estimated(source: str, format_: Format, width: int) -> None:
    body = Body(source, format_)
    assert calls(body, width, bound(body))


@given(st.one_of(recipes, html_recipes), st.sampled_from(Format), st.sampled_from([8, 30, 80]))
@settings(deadline=None, max_examples=12, phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_no_long_body_takes_more_than_was_estimated(recipe: list[tuple[str, int]], format_: Format, width: int) -> None:
    body = Body(long_text(recipe), format_)
    assert calls(body, width, bound(body))


def test_the_count_can_fail() -> None:
    with pytest.raises(TooManyCallsError):
        calls(Body("*a* " * 100, Format.MARKDOWN), 40, 50)


@pytest.mark.parametrize("kind", HEAVY)
def test_lines_are_bounded(kind: str) -> None:
    for format_ in Format:
        assert len(lay_out(parse(Body(HEAVY[kind], format_)), 8)) <= MOST_LINES + 8


def test_a_text_whose_markup_is_too_much_is_shown_as_written_and_says_so() -> None:
    source = ">" * 20 + "a\n" + "b *c*\n" * 2900
    document = parse(Body(source, Format.MARKDOWN))
    assert document.as_written
    lines = [line.text for line in lay_out(document, 80)]
    assert lines[0] == "This text is shown without layout: its markup would take too long."
    assert lines.count("b *c*") == 2900
    assert plain_lines(Body(source, Format.MARKDOWN))[0] == lines[0]
    assert not parse(Body(source, Format.PLAIN)).as_written


def test_what_is_left_out_is_said() -> None:
    source = "line\n" * 4000
    lines = [line.text for line in lay_out(parse(Body(source, Format.PLAIN)), 80)]
    assert lines[-1] == "… the text goes on; only its first part is shown"
    assert lines.count("line") == 3000
    assert not parse(Body("line\n" * 3000, Format.PLAIN)).cut


def test_html_whose_markup_is_too_much_is_its_text_and_says_so() -> None:
    document = parse(Body("<script>b</script>" + "<blockquote>" * 20 + "a<br>" * 9_000, Format.HTML))
    assert document.as_written
    first, *rest = (line.text for line in lay_out(document, 80))
    assert first == "This text is shown without layout: its markup would take too long."
    assert set(rest[:3_900]) == {"", "a"}


def test_long_texts_that_people_write_keep_their_markup() -> None:
    chapter = "\n\n".join(
        (
            "# A heading",
            "Some *ordinary* text with a [link](https://example.org/a) and `code`, as people write it. " * 5,
            "> a quoted line\n> and another",
            "- one\n- two\n  - three",
            "| a | b | c | d |\n|---|---|---|---|\n" + "| 1 | 2 | 3 | 4 |\n" * 20,
            "```\n" + "    code(with, indents)\n" * 10 + "```",
        )
    )
    book = (chapter + "\n\n") * (50_000 // len(chapter))
    assert len(book) > 45_000
    assert not parse(Body(book, Format.MARKDOWN)).as_written
    served = MarkdownIt().enable("table").render(book[:38_000])
    assert len(served) > 45_000
    assert not parse(Body(served, Format.HTML)).as_written
