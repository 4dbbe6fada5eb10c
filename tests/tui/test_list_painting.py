"""What a list's painter makes of the rows at hand, and where a window puts those that come."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style
from tests.tui.samples import NOW, topic

from forumtui.reader.rows import Rows, TopicRow
from forumtui.tui.lists.painting import Painter
from forumtui.tui.lists.window import RowWindow
from forumtui.tui.render.cells import ASCII, UNICODE, Glyphs
from forumtui.tui.render.styles import Looks, _ansi_shades
from forumtui.tui.render.topic_row import TopicRows

WIDTHS = st.integers(1, 140)
HEIGHTS = st.integers(1, 30)
TITLES = st.text(max_size=200) | st.sampled_from(
    ["日本語" * 60, "🙂" * 90, "e" + "\u0301" * 80, "\x1b[2J\r\n\u202e", "a" * 5000]
)


def rows_of(titles: list[str], first: int = 1) -> Rows[TopicRow]:
    return Rows(tuple(topic(n, title=title) for n, title in enumerate(titles, first)))


@given(st.lists(TITLES, max_size=12), WIDTHS, HEIGHTS, st.sampled_from([ASCII, UNICODE]), st.booleans(), st.data())
def test_each_screen_line_is_as_wide_as_asked_and_belongs_to_one_row(
    titles: list[str], width: int, height: int, glyphs: Glyphs, focused: bool, data: st.DataObject
) -> None:
    window = RowWindow[TopicRow]()
    painter = Painter(window, TopicRows(with_board=True), lambda: NOW, "Nothing here.\nPress a.")
    looks = Looks("test", _ansi_shades(), glyphs)
    painter.measure(width, height)
    window.open(rows_of(titles), None, end=False)
    if titles:
        window.go(data.draw(st.integers(0, len(titles) - 1)))
    signs = []
    for y in range(height):
        strip = painter.strip(y, width, looks, Style.null(), focused=focused)
        assert strip.cell_length == width == sum(segment.cell_length for segment in strip)
        assert not {character for character in strip.text if ord(character) < 32 or character == "\u202e"}
        row = painter.row_at(y, width)
        signs += [row] if strip.text[:1] in {glyphs.cursor, glyphs.cursor_blurred} and row is not None else []
        assert row is None or painter.region(row, width).contains(0, y)
    assert set(signs) == ({window.cursor} if titles else set())


def test_a_list_teaches_only_when_it_is_known_to_be_empty() -> None:
    window = RowWindow[TopicRow]()
    painter = Painter(window, TopicRows(), lambda: NOW, "Nothing here.")
    looks = Looks("test", _ansi_shades(), UNICODE)

    def text() -> str:
        return "".join(painter.strip(y, 40, looks, Style.null(), focused=True).text for y in range(10)).strip()

    painter.measure(40, 10)
    assert text() == ""
    window.open(Rows(()), None, end=False)
    assert text() == "Nothing here."


@given(
    st.lists(st.integers(1, 60), unique=True, min_size=1),
    st.lists(st.integers(1, 60), unique=True),
    st.integers(1, 20),
    st.data(),
)
def test_newer_rows_leave_the_cursor_on_its_row_and_its_line(
    before: list[int], after: list[int], page: int, data: st.DataObject
) -> None:
    window = RowWindow[TopicRow](page=page)
    window.open(Rows(tuple(topic(n) for n in before)), data.draw(st.sampled_from(before)), end=False)
    assert window.current is not None
    key, line = window.current.key, window.cursor - window.top
    window.renew(Rows(tuple(topic(n) for n in after)))
    if key not in after:
        assert (window.current is None) == (not after)
        return
    assert window.current.key == key
    index = after.index(key)
    assert (window.cursor, window.top) == (index, max(0, min(index - line, len(after) - page)))
