"""Rows as text: what stands where, at which width, and what gives way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tui.samples import ANNA, HOUR, JAAP, NOW, post, topic

from forumtui.model import BoardId, Deleter, Mark, Millis
from forumtui.reader.rows import (
    AccountKey,
    AccountRow,
    BoardKey,
    BoardRow,
    Health,
    HitRow,
    OutRow,
    OutState,
    PostKey,
    PostRow,
    TopicRow,
)
from forumtui.reader.target import OutKind, Remote, Target
from forumtui.text.blocks import Line
from forumtui.tui.render.board_row import BoardEntry, BoardRows
from forumtui.tui.render.cells import ASCII, UNICODE, Frame, cell_len, fit, preferred_glyphs
from forumtui.tui.render.post import PostFrame, PostPlace, post_lines
from forumtui.tui.render.strips import highlighted, line_of
from forumtui.tui.render.topic_row import HitRows, TopicRows
from forumtui.tui.widgets.footer import footer_line
from forumtui.tui.widgets.header import Fact, header_line

LONG = topic(1, title="The Process of Leadership / Followership Alignment", unread=5)
MARKED = topic(
    2, title="Closed", closed=True, pinned=True, bookmarked=True, waiting=True, posts=None, author=None, last_post=None
)
WIDE = topic(3, title="日本語の話題: リーダーシップについて語ろうではないか", posts=12345, unread=12000)


def texts(lines: Iterable[Line]) -> list[str]:
    return [line.text.rstrip() for line in lines]


@pytest.mark.parametrize(
    ("row", "width", "expected"),
    [
        (
            LONG,
            119,
            [
                "● The Process of Leadership / Followership Alignment           Action-Centered L… Jaap de Jonge        5 new    8   2h"
            ],
        ),
        (LONG, 79, ["● The Process of Leadership / Followership A… Jaap de Jonge    5 new    8   2h"]),
        (LONG, 60, ["● The Process of Leadership / Fo… Jaap de J…    5    8   2h"]),
        (LONG, 39, ["● The Process of Leadership / Followe…", "  Jaap de Jo… · 5 new · 8 replies · 2h"]),
        (WIDE, 79, ["● 日本語の話題: リーダーシップについて語ろう… Jaap de Jonge  12k new  12k   2h"]),
        (MARKED, 79, ["  ▲×★» Closed"]),
        (MARKED, 39, ["  ▲×★» Closed", ""]),
        (topic(4, posts=2), 39, ["  Topic 4", "  Jaap de Jonge · 1 reply · 2h"]),
    ],
)
def test_topic_rows(row: TopicRow, width: int, expected: list[str]) -> None:
    renderer = TopicRows(with_board=width > 100)
    lines = renderer.lines(row, Frame(width, NOW))
    assert texts(lines) == expected
    assert len(lines) == renderer.height(width + 1)


def test_a_board_that_would_be_cut_to_nothing_is_left_out() -> None:
    renderer = TopicRows(with_board=True)
    assert renderer.lines(LONG, Frame(46, NOW))[1].text == "  Jaap de Jonge · 5 new · 8 replies · 2h"
    assert renderer.lines(LONG, Frame(58, NOW))[1].text == "  Jaap de Jonge · Action-Center… · 5 new · 8 replies · 2h"


def test_topic_rows_in_ascii() -> None:
    line = TopicRows().lines(replace(MARKED, unread=1), Frame(70, NOW, ASCII))[0]
    assert line.text.startswith("* ^!+@ Closed")
    assert line.text.isascii()


@given(st.text(max_size=60), st.integers(4, 130), st.integers(0, 10**6), st.booleans())
@settings(max_examples=100)
def test_no_topic_row_is_wider_than_its_pane(title: str, width: int, unread: int, with_board: bool) -> None:
    title = "".join(character for character in title if character.isprintable())
    for line in TopicRows(with_board=with_board).lines(topic(1, title=title, unread=unread), Frame(width, NOW)):
        assert cell_len(line.text) <= max(width, 30)


def entry(**changes: Any) -> BoardEntry:
    account = AccountRow(AccountKey(1), "work", "local", "/x", "u", {}, True, True, "Leadership")
    return replace(BoardEntry("account 1", account, None, 0, 12, True), **changes)


def test_board_rows() -> None:
    def text(row: BoardEntry, width: int = 28) -> str:
        return BoardRows().lines(row, Frame(width, NOW))[0].text

    board = BoardRow(
        BoardId("1"), "Action-Centered Leadership", topics=3, key=BoardKey(1), account=AccountKey(1), unread=9
    )  # fmt: skip
    assert text(entry()) == "▾ Leadership             12 "
    assert text(entry(folded=True)).startswith("▸ Leadership")
    assert text(entry(board=board, depth=1, unread=9, has_children=False)) == "    Action-Centered Lead… 9 "
    assert text(entry(account=replace(entry().account, health=Health.OFFLINE))).rstrip().endswith("offline 12")
    assert text(entry(account=replace(entry().account, plugged=False), unread=0)).rstrip().endswith("unplugged")
    assert all(
        cell_len(text(entry(board=board, depth=depth), width)) == width for depth in range(9) for width in (20, 28)
    )


def test_hit_rows() -> None:
    hit = HitRow(PostKey(1), LONG, "Jaap de Jonge", Millis(NOW - HOUR), "what was … the word\nhere", "forum")
    assert texts(HitRows().lines(hit, Frame(80, NOW))) == [
        " The Process of Leadership / Followership…  Jaap de Jonge  from the forum    1h",
        "   what was … the word here",
    ]
    assert texts(HitRows().lines(hit, Frame(40, NOW))) == [
        " The Process of Leadership / Fol…    1h",
        "   what was … the word here",
    ]


PATH = ("Sample", "Action-Centered Leadership", "The Process")
FACTS = (Fact("12 unread", "unread", 3), Fact("offline, data of 14:02", "note", 1), Fact("outbox 2", "pending", 2))


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (100, " Sample › Action-Centered Leadership › The Process     12 unread   offline, data of 14:02   outbox 2"),
        (60, " The Process   12 unread   offline, data of 14:02   outbox 2"),
        (36, " The Process    12 unread   outbox 2"),
        (30, " … › The Process     12 unread"),
        (10, " The Proc…"),
    ],
)
def test_header(width: int, expected: str) -> None:
    assert header_line(PATH, FACTS, width).text == expected


def test_footer_shows_what_fits() -> None:
    hints = [("j k", "move", True), ("Enter", "open", True), ("space", "read on", False), ("?", "keys", True)]
    assert footer_line(hints, 60).text == " j k move  Enter open  space read on  ? keys"
    assert footer_line(hints, 22).text == " j k move  ? keys"
    assert footer_line(hints, 30).text == " j k move  Enter open  ? keys"
    assert "faint" in {run.style for run in footer_line(hints, 60).runs}


BODY = "Hello **world**, see [this](https://example.org/x).\n\n> somebody else\n\n- one\n- two"
FULL = post(
    3,
    BODY,
    parent_key=PostKey(2),
    parent_author="Jaap de Jonge",
    parent_number=2,
    likes=4,
    edited=NOW,
    marks=frozenset({Mark.BEST_PRACTICE, Mark.EXPERT_TIP}),
    unread=True,
)


def pending(state: OutState, error: str = "") -> OutRow:
    target = Target(AccountKey(1), OutKind.REPLY, topic=Remote("1"), parent=Remote("5"))
    return OutRow("u", "s", target, state, "", None, "", "x", 0, 1, 0, None, error, (), NOW, NOW)


def drawn(row: PostRow | None, place: PostPlace = PostPlace(), width: int = 80, **frame: Any) -> list[str]:  # noqa: B008
    return texts(post_lines(row, place, PostFrame(width, NOW, **frame)).lines)


def test_a_post() -> None:
    assert drawn(FULL) == [
        "● Anna Berg  Member  Best practice  Expert tip  ♥4    > 2 Jaap de Jonge  #3  3h",
        "  Hello world, see this.",
        "",
        "  ▌ somebody else",
        "",
        "  • one",
        "  • two",
        "",
    ]
    assert drawn(replace(FULL, marks=frozenset()))[0] == (
        "● Anna Berg  Member  ♥4  edited                       > 2 Jaap de Jonge  #3  3h"
    )
    assert drawn(FULL, width=40)[0] == "● Anna Berg  Best practice           3h"


def test_what_is_unknown_is_blank() -> None:
    row = post(1, created=None, number=None, author=None)
    assert drawn(row)[0].strip() == "author unknown"
    assert drawn(None) == [" …", ""]


def test_a_deleted_post_keeps_its_place() -> None:
    gone = replace(post(4, deleted=True, author=None, created=None), body=None)
    assert drawn(gone)[:2] == [
        "  deleted post" + " " * 63 + "#4",
        "  Deleted.",
    ]


@pytest.mark.parametrize(
    ("changes", "head", "note"),
    [
        ({"deleted": True, "deleted_by": Deleter.AUTHOR, "body": None, "author": None}, "deleted post", "Deleted by its author."),
        ({"deleted": True, "deleted_by": Deleter.STAFF, "body": None, "author": None}, "deleted post", "Deleted by the staff."),
        ({"deleted": True, "deleted_by": Deleter.STAFF}, "deleted", "Deleted by the staff: you see it because you are a moderator."),
        ({"hidden": True, "body": None}, "hidden", "Hidden by a moderator."),
        ({"hidden": True}, "hidden", "Hidden by a moderator: you see it because you are a moderator."),
        ({"hidden": True, "mine": True}, "hidden", "Hidden by a moderator: you see it because you wrote it."),
    ],
)  # fmt: skip
def test_what_became_of_a_post_is_told_in_words(changes: dict[str, Any], head: str, note: str) -> None:
    line, below, *rest = drawn(replace(post(4), **changes), width=90)
    assert head in line
    assert below == f"  {note}"
    assert any("Body of post 4." in each for each in rest) == ("body" not in changes)


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (OutState.QUEUED, "waiting"),
        (OutState.SENDING, "sending"),
        (OutState.HELD, "held for approval"),
        (OutState.REFUSED, "refused"),
    ],
)
def test_a_pending_post_says_where_it_stands(state: OutState, word: str) -> None:
    for width in (80, 40):
        assert drawn(post(-1, "Mine", pending=pending(state), number=None), width=width)[0].endswith(word)


def test_a_refusal_says_why_in_full() -> None:
    reason = "the topic was closed by its leader while this was on its way"
    lines = drawn(post(-1, "Mine", pending=pending(OutState.REFUSED, reason), number=None), width=40)
    assert " ".join(" ".join(lines[1:4]).split()).startswith(f"refused: {reason}")


def test_rules_above_a_post() -> None:
    place = PostPlace(subject="Transformational Leadership", subject_posts=3, new_here=True, gap_before=True)
    assert drawn(post(3), place, 60)[:7] == [
        " … earlier posts are not here yet",
        "",
        " ── Transformational Leadership ──────────────── 3 posts ──",
        "",
        " ── new since your last visit ─────────────────────────────",
        "",
        drawn(post(3), width=60)[0],
    ]


def test_folded_posts_are_one_line() -> None:
    lines = drawn(FULL, PostPlace(folded=True, hidden_answers=4), 100)
    assert len(lines) == 1
    assert lines[0].startswith("▸ Anna Berg  Member  Best practice")
    assert "4 more" in lines[0]


@pytest.mark.parametrize("width", [40, 80, 120, 200])
@pytest.mark.parametrize("depth", [0, 3, 7, 40])
def test_the_tree_takes_at_most_a_quarter(width: int, depth: int) -> None:
    lines = drawn(FULL, PostPlace(depth=depth), width)
    indent = len(lines[1]) - len(lines[1].lstrip()) - 2
    assert indent == min(depth * 2, width // 4)
    assert (f">{depth}" in lines[0]) == (depth * 2 > width // 4)
    assert max(cell_len(line) for line in lines) <= width


def test_lines_stay_readable_on_wide_panes() -> None:
    lines = drawn(post(1, "word " * 200), width=200)
    assert max(cell_len(line) for line in lines[1:]) <= 82


def test_the_answered_post_is_shown_in_place() -> None:
    shown = post_lines(FULL, PostPlace(), PostFrame(80, NOW), post(2, "The *question*.", author=JAAP))
    assert texts(shown.lines)[1:4] == ["  ▏ Jaap de Jonge  #2", "  ▏ The question.", ""]
    assert shown.lines[1].quoted
    assert [link.url for link in shown.links] == ["https://example.org/x"]


def test_ascii_everywhere() -> None:
    lines = drawn(FULL, PostPlace(subject="S", subject_posts=1, new_here=True), glyphs=ASCII)
    assert all(line.isascii() for line in lines)


@settings(max_examples=60)
@given(st.text(max_size=300), st.integers(8, 130), st.integers(0, 30))
def test_no_post_is_wider_than_its_pane(body: str, width: int, depth: int) -> None:
    row = post(1, body, author=ANNA)
    for line in post_lines(row, PostPlace(depth=depth), PostFrame(width, NOW)).lines:
        assert cell_len(line.text) <= max(width, 8 + width // 4 + 4)


def test_what_is_sought_is_marked_across_runs_and_folding() -> None:
    line = line_of(("Straße und ", "a"), ("STRASSE", "b"))
    marked = [run.text for run in highlighted(line, "strasse").runs if "hit" in run.style]
    assert marked == ["Straße", "STRASSE"]
    assert highlighted(line_of("ab", ("cd", "x")), "bc").text == "abcd"
    assert highlighted(Line(()), "x").text == ""


@pytest.mark.parametrize(
    ("environ", "unicode"),
    [
        ({}, False),
        ({"LANG": "C"}, False),
        ({"LANG": "C", "FORUMTUI_ASCII": "0"}, True),
        ({"LANG": "de_DE.UTF-8"}, True),
        ({"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, False),
        ({"LANG": "de_DE@euro"}, False),
        ({"LC_CTYPE": "C.utf8"}, True),
        ({"LANG": "C.UTF-8", "FORUMTUI_ASCII": "1"}, False),
    ],
)
def test_signs_follow_the_locale(environ: dict[str, str], unicode: bool) -> None:
    assert preferred_glyphs(environ) is (UNICODE if unicode else ASCII)


def test_every_sign_is_one_cell() -> None:
    for glyphs in (UNICODE, ASCII):
        assert {cell_len(getattr(glyphs, name)) for name in glyphs.__slots__} == {1}


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("日本語", 5, "日本…"), ("ab", 0, ""), ("ab", 1, "…")],
)
def test_fit(text: str, width: int, expected: str) -> None:
    assert fit(text, width) == expected
