"""What the terminal sends becomes keys and pasted text, however it is cut, delayed, or shortened."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser

from forumtui.tui.keys import keystream
from forumtui.tui.keys.keystream import (
    BROKEN_FOR,
    PASTE_BEGINS,
    PASTE_ENDS,
    Debris,
    Escape,
    KeyStream,
    Pasted,
    Token,
    Typed,
    is_clearly_pasted,
)
from forumtui.tui.keys.strokes import DEBRIS, KeyParser, stroke_of
from forumtui.tui.keys.strokes import Typed as TypedEvent

LOCAL, SLOW = 0.1, 1.0
KEYS = sorted(key for key in ANSI_SEQUENCES_KEYS if key[:2] in {"\x1b[", "\x1bO"})
REPORTS = ("\x1b[<0;10;5M", "\x1b[<35;200;60m", "\x1b[I", "\x1b[O", "\x1b[?2026;2$y", "\x1b[97;;97u", "\x1b[12;40R")


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Line:
    """A stream at the end of a line on which one can wait; it is looked at as often as the real one."""

    def __init__(self, patience: float = LOCAL) -> None:
        self.clock = Clock()
        self.stream = KeyStream(patience, self.clock)
        self.tokens: list[Token] = []

    def send(self, *pieces: str | float) -> list[Token]:
        """Text arrives in one read; a number is a time without any."""
        for piece in pieces:
            if isinstance(piece, str):
                self.tokens += self.stream.feed(piece)
                self.tokens += self.stream.tick()
                continue
            until = self.clock.now + piece
            while self.clock.now < until:
                self.clock.now = min(until, self.clock.now + 0.09)
                self.tokens += self.stream.tick()
        return self.tokens

    def is_free(self) -> bool:
        """After a moment's rest, whether the next key is one."""
        self.send(BROKEN_FOR + 0.1)
        self.tokens = []
        return self.send("q") == [keystream.Sequence("q")]


def cut(text: str, at: Iterable[int], gaps: Sequence[float]) -> list[str | float]:
    """The text in pieces, with times between."""
    places = sorted({place % (len(text) - 1) + 1 for place in at}) if len(text) > 1 else []
    pieces: list[str | float] = []
    for n, (start, end) in enumerate(zip([0, *places], [*places, len(text)], strict=True)):
        pieces += [text[start:end], gaps[n % len(gaps)]]
    return pieces[:-1]


gap = st.floats(0.0, 0.85)  # and at most a tenth of a second until it is noticed
cuts = st.lists(st.integers(0, 99), max_size=4)
gaps = st.lists(gap, min_size=1, max_size=4)
clipboard = st.text(
    st.one_of(
        st.sampled_from(["\x1b", "[", "O", "~", "2", "0", "1", "\r", "\n", "\t", "d", "Q", "\x03", "\x11"]),
        st.characters(),
    ),
    max_size=60,
).map(lambda text: text.replace(PASTE_ENDS, "").replace(PASTE_BEGINS, ""))


# -- keys in pieces


@given(st.sampled_from([*KEYS, *REPORTS]), cuts, gaps, st.sampled_from([LOCAL, SLOW]))
@example("\x1b[B", [0], [0.6], LOCAL)
@example("\x1b[B", [0], [0.6], SLOW)
@example("\x1b[1;5B", [1], [0.8], LOCAL)
def test_a_key_in_pieces_is_that_key_or_nothing(key: str, at: list[int], between: list[float], patience: float) -> None:
    line = Line(patience)
    tokens = line.send(*cut(key, at, between))
    assert tokens in ([keystream.Sequence(key)], [Escape(), Debris()])
    assert patience == LOCAL or Escape() not in tokens
    assert line.is_free()


@given(st.sampled_from([*KEYS, *REPORTS]), st.integers(1, 20), st.booleans())
def test_a_key_whose_end_is_lost_is_nothing(key: str, kept: int, as_one: bool) -> None:
    assume(kept < len(key))
    line = Line(SLOW)
    line.send(*([key[:kept]] if as_one else list(key[:kept])))
    line.send(BROKEN_FOR + 0.1)
    assert line.tokens in ([], [Escape()])
    assert (line.tokens == []) == (kept > 1)
    assert line.is_free()


def test_a_line_that_tore_one_key_is_slow_from_then_on() -> None:
    line = Line(LOCAL)
    assert line.send("\x1b", 0.6, "[B") == [Escape(), Debris()]
    line.tokens = []
    assert line.send("\x1b", 0.6, "[B") == [keystream.Sequence("\x1b[B")]


def test_an_escape_is_one_after_the_wait_and_before_any_other_key() -> None:
    for patience in (LOCAL, SLOW):
        assert Line(patience).send("\x1b", patience - 0.05) == []
        assert Line(patience).send("\x1b", patience + 0.1) == [Escape()]
        assert Line(patience).send("\x1b", 0.05, "j") == [keystream.Sequence("\x1bj")]
        assert Line(patience).send("\x1b", patience + 0.1, "j") == [Escape(), keystream.Sequence("j")]
        assert Line(patience).send("\x1b\x1b", patience + 0.1) == [Escape(), Escape()]
    assert Line(SLOW).send("\x1b", 0.7, "j") == [Escape(), keystream.Sequence("j")]
    assert Line(LOCAL).send("\x1b", 1.3, "[") == [Escape(), keystream.Sequence("[")]


def test_debris_is_no_longer_expected_after_another_key() -> None:
    assert Line(LOCAL).send("\x1b", 0.2, "j", "O") == [Escape(), keystream.Sequence("j"), keystream.Sequence("O")]


def test_what_a_terminal_answers_is_not_typed() -> None:
    for answer in ("\x1b]11;rgb:1e1e/1e1e/2e2e\x07", "\x1bP>|a terminal(1.2)\x1b\\", "\x1b]4;1;red\x1b\\"):
        for at in range(1, len(answer)):
            if at > 2:
                assert Line(SLOW).send(answer[:at], 0.3, answer[at:], 1.2) == []
    assert Line(LOCAL).send("\x1bP", 0.3) == [keystream.Sequence("\x1bP")]


# -- pastes


@given(clipboard, cuts, gaps, st.sampled_from([LOCAL, SLOW]))
@example("see this: \x1b dQ", [7], [0.8], LOCAL)
@example("see this: \x1b dQ", [17], [0.8], LOCAL)
@example("see this: \x1b dQ", [0], [0.8], LOCAL)
def test_what_is_pasted_is_one_text(text: str, at: list[int], between: list[float], patience: float) -> None:
    line = Line(patience)
    tokens = line.send(*cut(f"{PASTE_BEGINS}{text}{PASTE_ENDS}", at, between))
    assert tokens[:2] == [Escape(), Debris()] or Escape() not in tokens
    rest = [token for token in tokens if token not in (Escape(), Debris())]
    assert rest == ([Pasted(text)] if text else [])
    assert line.is_free()


@given(clipboard, st.integers(0, 5), st.floats(0, 5))
def test_a_paste_without_its_end_ends_after_a_second(text: str, kept: int, later: float) -> None:
    line = Line()
    line.send(f"{PASTE_BEGINS}{text}", PASTE_ENDS[:kept], BROKEN_FOR - 0.1)
    assert line.tokens == []
    line.send(0.2)
    (shown,) = line.tokens or [Pasted("")]
    assert isinstance(shown, Pasted)
    assert text.startswith(shown.text)
    assert re.fullmatch(r"(\x1b(\[(2(0(1)?)?)?)?)?", text[len(shown.text) :])  # it ends as the mark begins
    line.tokens = []
    line.send(later)
    assert line.tokens == []
    assert line.is_free()


def test_the_end_of_a_paste_may_come_after_it_was_shown() -> None:
    line = Line()
    tokens = line.send(f"{PASTE_BEGINS}hello\x1b[2", 1.2, "01~", "j")
    assert tokens == [Pasted("hello"), Debris(), keystream.Sequence("j")]
    assert Line().send(f"{PASTE_BEGINS}hello ", 1.5, f"dQ{PASTE_ENDS}", "j") == [
        Pasted("hello "), Pasted("dQ"), keystream.Sequence("j"),
    ]  # fmt: skip


@given(st.lists(clipboard.filter(bool), min_size=2, max_size=4), st.booleans())
@example(["harmless", "dQ"], True)
def test_marks_inside_of_a_paste_do_not_end_it_for_what_follows(texts: list[str], ends: bool) -> None:
    line = Line()
    line.send(PASTE_BEGINS + (PASTE_ENDS if ends else PASTE_BEGINS).join(texts) + PASTE_ENDS)
    assert all(isinstance(token, Pasted) for token in line.tokens)
    assert "".join(token.text for token in line.tokens if isinstance(token, Pasted)) == "".join(texts)
    assert line.is_free()


@given(clipboard)
def test_a_paste_without_its_beginning_is_text(text: str) -> None:
    line = Line()
    assert line.send(text + PASTE_ENDS) == ([Pasted(text)] if text else [])
    assert line.is_free()


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=40, max_size=200), cuts)
def test_a_long_text_without_marks_is_pasted(text: str, at: list[int]) -> None:
    assume(len(set(text)) >= 20)
    line = Line()
    reads = [text[:40], *(piece for piece in cut(text[40:], at, [0.0]) if isinstance(piece, str) and piece)]
    assume(is_clearly_pasted(text[:40]))
    assert line.send(*reads) == [Pasted(piece) for piece in reads]
    assert line.is_free()


def test_what_is_clearly_pasted() -> None:
    for text in (
        "https://forum.example.org/t/1\n",
        "I have been doing research on the subject for years.",
        "one\rtwo\rthree\rfour\rfive\rsix\rseven\r",
    ):
        assert Line().send(text) == [Pasted(text)]
    for text in ("j" * 500, "gg/leader\r", "rI agree with Bill", "   ", "x a j j j", "\r\r"):
        assert Line().send(text) == [Typed(text)]
    assert Line().send("see this, it is a long line: \x1b dQ and so on") == [
        Pasted("see this, it is a long line: \x1b dQ and so on")
    ]
    assert Line().send("words that were typed ahead, left:\x1b[D\x13") == [
        Pasted("words that were typed ahead, left:"), keystream.Sequence("\x1b[D"), keystream.Sequence("\x13"),
    ]  # fmt: skip


def test_a_key_held_down_after_a_paste_counts_again_soon() -> None:
    line = Line()
    line.send("https://forum.example.org/t/1")
    line.tokens = []
    for _ in range(10):
        line.send("j", 0.03)
    assert line.tokens.count(keystream.Sequence("j")) >= 6
    line.tokens = []
    assert line.send(f"{PASTE_BEGINS}text{PASTE_ENDS}\r") == [Pasted("text"), keystream.Sequence("\r")]


@given(
    st.lists(
        st.one_of(
            st.floats(0, 1.5),
            st.text(max_size=8),
            st.sampled_from([*KEYS, *REPORTS, "\x1b", PASTE_BEGINS, PASTE_ENDS, "\x1b]11;", "\x1b[M", "\x1bP1"]),
        )
    )
)
def test_nothing_at_all_makes_it_deaf(pieces: list[str | float]) -> None:
    line = Line()
    line.send(*pieces)
    assert line.is_free() or line.is_free()  # the unmarked end of a paste may take a second rest


# -- through the framework's parser


def strokes(messages: Iterable[object]) -> list[str]:
    return [stroke_of(message) for message in messages if isinstance(message, events.Key)]


@pytest.mark.parametrize("sequence", KEYS)
def test_whole_keys_mean_what_they_mean_to_the_framework(sequence: str) -> None:
    ours, theirs = list(KeyParser().feed(sequence)), list(XTermParser().feed(sequence))
    assert [repr(message) for message in ours] == [repr(message) for message in theirs]


def test_reports_still_arrive() -> None:
    parser = KeyParser()
    assert [type(message) for report in REPORTS[:5] for message in parser.feed(report)] == [
        events.MouseDown, events.MouseMove, events.AppFocus, events.AppBlur, type(next(iter(XTermParser().feed(REPORTS[4])))),
    ]  # fmt: skip


def test_escape_and_a_quick_key_arrive_as_both() -> None:
    for character in "jG1>?=-fPX^_":
        clock = Clock()
        parser = KeyParser(clock=clock)
        got = list(parser.feed(f"\x1b{character}"))
        clock.now += 1.1
        assert strokes([*got, *parser.tick()]) == [f"alt+{character}"]
    assert strokes(KeyParser().feed("\x1b\r")) == ["alt+enter"]
    assert strokes(KeyParser().feed("\x1b\x01")) == ["escape", "ctrl+a"]


def test_unknown_sequences_are_passed_over() -> None:
    parser = KeyParser()
    for unknown in ("\x1b[5n", "\x1b[99;9x", "\x1b[Mabc", "\x1b[32;10;5M", "\x1bO~"):
        assert list(parser.feed(unknown)) == []
        assert strokes(parser.feed("j")) == ["j"]


def test_events_of_what_came_at_once() -> None:
    parser = KeyParser(clock=Clock())
    (typed,) = parser.feed("r ü\r\t")
    assert isinstance(typed, TypedEvent)
    assert (typed.text, strokes(typed.keys)) == ("r ü\r\t", ["r", "space", "ü", "enter", "tab"])
    (pasted,) = parser.feed(f"{PASTE_BEGINS}a\x1bb{PASTE_ENDS}")
    assert isinstance(pasted, events.Paste)
    assert (type(pasted), pasted.text) == (events.Paste, "a\x1bb")
    assert list(parser.feed(f"{PASTE_BEGINS}never ended")) == []
    (last,) = parser.feed("")
    assert isinstance(last, events.Paste)


def test_the_stroke_that_tells_of_debris_is_no_key() -> None:
    clock = Clock()
    parser = KeyParser(clock=clock)
    got = [*parser.feed("\x1b")]
    clock.now += 0.2
    got += parser.tick()
    clock.now += 0.4
    got += parser.feed("[B")
    assert strokes(got) == ["escape", DEBRIS]
