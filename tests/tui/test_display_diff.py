"""What is written as a difference shows the same screen as what is written whole."""

from __future__ import annotations

import sys
from pathlib import Path

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.screens import cells
from tests.terminal import Terminal
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from forumtui.tui.terminal.display import DiffedDisplay
from forumtui.tui.terminal.shadow import Shadow, restyle

ROOT = Path(__file__).parents[2]


def start(*, plain: bool) -> Terminal:
    env = {"FORUMTUI_PLAIN_OUTPUT": "1" if plain else None, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    return Terminal([sys.executable, "-m", "tests.tui.display_app", "400", "40"], env=env, cwd=ROOT)


def do(terminal: Terminal, step: str) -> None:
    if step.startswith("size "):
        columns, rows = step[5:].split("x")
        terminal.resize(int(columns), int(rows))
        terminal.settle(0.4)
    else:
        terminal.press(step)


def difference(whole: Terminal, diffed: Terminal) -> str:
    for y, (wanted, got) in enumerate(zip(cells(whole), cells(diffed), strict=True)):
        for x, pair in enumerate(zip(wanted, got, strict=True)):
            if pair[0] != pair[1]:
                return f"line {y}, column {x}: {pair[0]} became {pair[1]}"
    return ""


LIST_AND_THREAD = [
    *["j"] * 3,
    *["d", "d", "u"],
    *["j"] * 12,
    *["k", "t", "enter", "d", "d", "j", "j", "j", "k", "n", "n", "p", "f", "z"],
    *["size 60x20", "d", "k", "G", "u", "size 80x24", "V", "j", "q", "j", "G", "k", "g", "ctrl+l"],
]
TEXT_FIELD = [
    "e",
    "h",
    "i",
    "enter",
    "up",
    "backspace",
    "x",
    "日",
    "left",
    "y",
    "down",
    "home",
    "size 40x12",
    "w",
    "esc",
]


@pytest.mark.e2e
@pytest.mark.parametrize("steps", [LIST_AND_THREAD, TEXT_FIELD], ids=["list and thread", "text field"])
def test_screens_are_equal_cell_by_cell(steps: list[str]) -> None:
    with start(plain=True) as whole, start(plain=False) as diffed:
        for terminal in (whole, diffed):
            terminal.wait_for("Plain talk 3")
            terminal.settle()
        for step in steps:
            do(whole, step)
            do(diffed, step)
            late = 0
            while (found := difference(whole, diffed)) and late < 30:
                whole.settle(0.1)
                diffed.settle(0.1)
                late += 1
            assert not found, f"after {step}: {found}"
        assert diffed.written < whole.written / 2


@pytest.mark.e2e
def test_redrawing_repairs_a_screen_that_was_written_over() -> None:
    with start(plain=False) as terminal:
        terminal.wait_for("Plain talk 3")
        terminal.settle()
        before = terminal.text()
        terminal._stream.feed(b"\x1b[2Jgarbage")
        terminal.press("j")
        terminal.wait_for("▌")
        assert "Plain talk 8" not in terminal.text()
        terminal.press("ctrl+l")
        terminal.wait_until(
            lambda: terminal.text().replace("▌", " ") == before.replace("▌", " "), f"it is not again\n{before}"
        )


def played(columns: int, rows: int, output: list[str]) -> list[str]:
    screen = pyte.Screen(columns, rows)
    stream = pyte.Stream(screen)
    for each in output:
        stream.feed(each)
    return [line.rstrip() for line in screen.display]


def whole_screen(lines: list[str], columns: int) -> list[tuple[int, int, list[tuple[str, str]]]]:
    return [(y, 0, [(line.ljust(columns), "")]) for y, line in enumerate(lines)]


@settings(max_examples=100)
@given(st.lists(st.lists(st.text("ab ", max_size=6), min_size=6, max_size=6), min_size=1, max_size=6))
def test_any_screen_after_any_other(screens: list[list[str]]) -> None:
    shadow = Shadow()
    output = [shadow.update(8, 6, whole_screen(lines, 8)) for lines in screens]
    assert played(8, 6, output) == [line.rstrip() for line in screens[-1]]


@settings(max_examples=60)
@given(st.lists(st.text("ab日本🙂 ", max_size=10), min_size=1, max_size=6))
def test_wide_characters_keep_their_columns(lines: list[str]) -> None:
    """pyte draws a wide character into two cells, as terminals do."""
    from rich.cells import set_cell_size

    shadow = Shadow()
    output = [shadow.update(20, 1, [(0, 0, [(set_cell_size(line, 20), "")])]) for line in lines]
    assert played(20, 1, output) == played(20, 1, [f"\x1b[H{set_cell_size(lines[-1], 20)}"])


def test_moved_lines_are_scrolled_by_the_terminal() -> None:
    shadow = Shadow()
    lines = [f"line {n}" for n in range(30)]
    first = shadow.update(20, 10, whole_screen(lines[:10], 20))
    down = shadow.update(20, 10, whole_screen(lines[1:11], 20))
    up = shadow.update(20, 10, whole_screen(lines[:10], 20))
    assert "\x1b[1M" in down
    assert "\x1b[1L" in up
    assert len(down) < 60
    assert played(20, 10, [first, down]) == lines[1:11]
    assert played(20, 10, [first, down, up]) == lines[:10]
    still = Shadow(can_scroll=False)
    still.update(20, 10, whole_screen(lines[:10], 20))
    assert "\x1b[1M" not in still.update(20, 10, whole_screen(lines[1:11], 20))


def test_an_unchanged_screen_writes_nothing() -> None:
    shadow = Shadow()
    shadow.update(20, 2, whole_screen(["one", "two"], 20))
    assert shadow.update(20, 2, whole_screen(["one", "two"], 20)) == ""


def test_styles_are_sent_when_they_change_and_put_back() -> None:
    shadow = Shadow()
    shadow.update(20, 1, whole_screen([""], 20))
    assert shadow.update(20, 1, [(0, 0, [("ab", "1"), ("cd", "1"), ("ef", "")])]) == "\x1b[1H\x1b[0;1mabcd\x1b[mef"
    assert shadow.update(20, 1, [(0, 1, [("X", "7")])]) == "\x1b[1;2H\x1b[0;7mX\x1b[m"


@pytest.mark.parametrize("hostile", ["\x1b]52;c;AAAA\x07", "\x9b31m", "\x07", "\u202e", "\x00", "\u2028"])
def test_nothing_that_steers_a_terminal_gets_through(hostile: str) -> None:
    shadow = Shadow()
    shadow.update(20, 1, whole_screen([""], 20))
    output = shadow.update(20, 1, [(0, 0, [(f"a{hostile}b", "")])])
    assert not set(hostile) & set(output) - set("0123456789;:[]cmA\x1b")
    assert output.count("\x1b") <= 2


def test_a_screen_of_another_size_is_not_known() -> None:
    shadow = Shadow()
    assert not shadow.knows(20, 1)
    shadow.update(20, 1, whole_screen([""], 20))
    assert shadow.knows(20, 1)
    assert not shadow.knows(21, 1)
    shadow.forget()
    assert not shadow.knows(20, 1)


@pytest.mark.parametrize(
    ("before", "after", "sent"),
    [
        (None, "", "\x1b[m"),
        ("1;38;5;2;48;5;3", "", "\x1b[m"),
        ("38;5;2;48;5;233", "38;5;14;48;5;233", "\x1b[38;5;14m"),
        ("38;5;2;48;5;233", "1;38;5;2;48;5;233", "\x1b[1m"),
        ("1;31", "31", "\x1b[22m"),
        ("1;2;31", "2;31", "\x1b[22;2m"),
        ("1;3;4;7;9;38;5;10", "31", "\x1b[0;31m"),
        ("31;48;5;10", "31", "\x1b[49m"),
        ("38;2;1;2;3;40", "38;2;1;2;4;40", "\x1b[38;2;1;2;4m"),
        ("4;91;107", "4;92;107", "\x1b[92m"),
    ],
)
def test_only_what_differs_of_a_style_is_sent(before: str | None, after: str, sent: str) -> None:
    assert restyle(before, after) == sent


class HostileApp(DiffedDisplay[None]):
    def compose(self) -> ComposeResult:
        yield Static(Content("one \x1b]52;c;AAAA\x07 two"))
        yield Static(Content("last line"), id="last")

    def _is_shown(self) -> bool:
        return False


async def test_updates_are_diffed_or_guarded_where_something_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    app = HostileApp()
    async with app.run_test(size=(40, 5)):
        compositor = app.screen._compositor
        whole = compositor.render_full_update()
        assert app._diffed(app.screen, whole) is whole
        monkeypatch.setattr(app, "_is_shown", lambda: True)
        assert app._diffed(app.screen, None) is None
        assert app._diffed(app.screen, "text") == "text"
        last = app.query_one("#last", Static)
        last.update(Content("another"))
        compositor.update_widgets({last})
        part = compositor.render_partial_update()
        assert part is not None
        first = app._diffed(app.screen, part).render_segments(app.console)
        assert played(40, 5, [first])[1] == "another"
        assert "\x1b]52" not in first
        last.update(Content("a third"))
        compositor.update_widgets({last})
        second = app._diffed(app.screen, compositor.render_partial_update()).render_segments(app.console)
        assert len(second) < len(first)
        assert played(40, 5, [first, second])[1] == "a third"
        app.redraw_terminal()
        assert not app._shadow_of_terminal().knows(40, 5)
        monkeypatch.setenv("FORUMTUI_PLAIN_OUTPUT", "1")
        compositor.update_widgets({last})
        for update in (whole, compositor.render_full_update(), part):
            assert "\x1b]52" not in app._diffed(app.screen, update).render_segments(app.console)
        monkeypatch.setattr("forumtui.tui.terminal.display.is_known_textual", lambda: False)
        assert app._diffed(app.screen, whole) is whole
