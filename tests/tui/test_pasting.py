"""What is pasted is text, wherever it arrives, and what came in pieces changes nothing."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import cast

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.tui.reader_kit import Driver, reading
from tests.tui.test_membership_pages import FORMS, visited_by_a_guest
from textual import constants
from textual.widgets import Input

from forumtui.reader.rows import OutState
from forumtui.text.sanitise import clean_text
from forumtui.tui.compose.composer import Composer
from forumtui.tui.keys import held_escape
from forumtui.tui.keys.commands import Where
from forumtui.tui.keys.keystream import PASTE_BEGINS, PASTE_ENDS
from forumtui.tui.keys.runner import address_in, one_line
from forumtui.tui.keys.strokes import KeyParser
from forumtui.tui.render.arrangement import Pane
from forumtui.tui.screens.form import FormScreen


@pytest.fixture(autouse=True)
def _time_is_the_typists(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an Esc closed is held by the real clock, which runs on while a busy machine handles the next piece."""
    monkeypatch.setattr(held_escape, "_HELD_FOR", 3600.0)


class Typist:
    """Sends bytes through the real parser, with a clock of its own."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.now = 0.0
        self._parser = KeyParser(clock=lambda: self.now)

    async def send(self, *pieces: str | float) -> None:
        """Text that comes in one read; a number is a time without any.  Returns when all is handled."""
        for piece in pieces:
            if isinstance(piece, str):
                messages = [*self._parser.feed(piece), *self._parser.tick()]
            else:
                messages = []
                for _ in range(int(piece / 0.05 + 0.5)):
                    self.now += 0.05
                    messages += self._parser.tick()
            for message in messages:
                self.driver.app.post_message(message)
            await self.driver.pilot.pause()
            await self.driver.settle()


@contextlib.asynccontextmanager
async def typing(folder: Path, *keys: str, size: tuple[int, int] = (120, 36)) -> AsyncIterator[tuple[Driver, Typist]]:
    async with reading(folder, size=size) as driver:
        await driver.press(*keys)
        yield driver, Typist(driver)


def composer(driver: Driver) -> Composer:
    return cast("Composer", driver.app.reader.composer)


def pasted(text: str) -> str:
    return f"{PASTE_BEGINS}{text}{PASTE_ENDS}"


def test_addresses_are_told_from_text() -> None:
    for address in ("https://forum.example.org\n", " unix:/run/x.sock", "/srv/a forum.db", "~/x.db", "forum.example.org",
                    "example.org:8000/f", "forums/mine.db", "../a.db"):  # fmt: skip
        assert address_in(address) == address.strip()
    for text in ("see this: \x1b dQ", "dQ", "", "\n", "https://a.org\nhttps://b.org", "https://a.org/\x1bdQ", "two words",
                 "https://" + "a" * 3000):  # fmt: skip
        assert address_in(text) is None
    assert one_line("\r\na\r\nb\x1b\n") == "a b\ufffd"


# -- outside of text fields


async def test_text_pasted_in_a_list_runs_no_command(tmp_path: Path) -> None:
    async with typing(tmp_path) as (driver, typist):
        unread = await driver.app.library.reading.unread_total()
        for text in ("see this: \x1b dQ", "\x1b", "q", "dQ\x11\x03", "x a\ny", "r" * 5000):
            for keys in ((), ("enter",), ("f1",), ("g", "o")):
                await driver.press(*keys)
                await typist.send(pasted(text))
                assert driver.app.is_running
                assert "Pasted text" in driver.said
                assert driver.app.reader.composer is None
                await driver.press("escape")
        assert await driver.app.library.reading.unread_total() == unread
        assert driver.engine.added == []


async def test_a_pasted_address_is_opened_whole_or_in_pieces(tmp_path: Path) -> None:
    async with typing(tmp_path) as (driver, typist):
        await typist.send(pasted("https://one.example.org\n"))
        await driver.until(lambda: len(driver.engine.added) == 1)
        await typist.send("\x1b", 0.6, "[200~https://two.exam", 0.6, "ple.org\x1b[20", 0.6, "1~")
        await driver.until(lambda: len(driver.engine.added) == 2)
        await typist.send("https://three.example.org")
        await driver.until(lambda: len(driver.engine.added) == 3)
        assert driver.engine.added == [f"https://{name}.example.org" for name in ("one", "two", "three")]


async def test_a_long_text_without_marks_runs_no_command_either(tmp_path: Path) -> None:
    async with typing(tmp_path, "enter") as (driver, typist):
        unread = await driver.app.library.reading.unread_total()
        await typist.send("dQ rather long for keys typed ahead, is it?\rdQ", "dQ again")
        assert "Pasted text" in driver.said
        assert await driver.app.library.reading.unread_total() == unread


async def test_keys_typed_ahead_mean_what_they_would_have_meant_slowly(tmp_path: Path) -> None:
    async with typing(tmp_path) as (driver, typist):
        await typist.send("jjj\rrI agree with it")
        assert composer(driver).text.text == "I agree with it"
        assert driver.path[-1] == "Topic number 4"
        await typist.send(" all.\rYes\t", "Sub\t", "!\x13")
        assert driver.app.reader.composer is None
        (row,) = await driver.app.library.outbox.rows()
        assert row.body.source == "I agree with it all.\nYes!"
        assert row.subject.endswith("Sub")
        await typist.send("g/long\r", 0.2)
        assert driver.app.desk.screen is not driver.app.reader


async def test_a_question_is_not_answered_by_a_paste(tmp_path: Path) -> None:
    async with typing(tmp_path, "enter", "r") as (driver, typist):
        await driver.type("text")
        await driver.press("ctrl+t")
        for text in ("y", "y\r", "https://forum.example.org"):
            await typist.send(pasted(text))
            assert driver.app.running.where()[0] is Where.PROMPT
        await driver.press("n")
        assert composer(driver).text.text == "text"
        assert driver.engine.added == []


# -- into text fields


async def test_a_paste_goes_into_the_text_in_turn_with_the_keys(tmp_path: Path) -> None:
    async with typing(tmp_path, "enter", "r") as (driver, typist):
        await typist.send("a" + pasted("see this: \x1b dQ") + "b" + pasted("1\r2") + "c", "\x1b[Dd")
        assert composer(driver).text.text == "asee this: \ufffd dQb1\n2dc"
        await driver.press("escape")
        (row,) = await driver.app.library.outbox.rows()
        assert (row.state, row.body.source) == (OutState.DRAFT, "asee this: \ufffd dQb1\n2dc")


@pytest.mark.parametrize(
    "pieces", [("ben\rsesame q7",), ("ben", "\rsesame q7"), ("ben\r", "sesame q7"), tuple("ben\rsesame q7")]
)
async def test_keys_go_into_the_field_that_the_key_before_them_led_to(pieces: tuple[str, ...], tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=visited_by_a_guest) as driver:
        driver.engine.form = FORMS
        await driver.press("g", "a", "L")
        await Typist(driver).send(*pieces)
        form = driver.app.desk.screen
        assert isinstance(form, FormScreen)
        assert [each.input.value for each in form.form_fields] == ["ben", "sesame q7"]


async def test_five_thousand_characters_without_marks_are_a_few_insertions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with typing(tmp_path, "enter", "r") as (driver, typist):
        changes = []
        monkeypatch.setattr(composer(driver), "_changed", lambda: changes.append(1))
        text = "".join(f"Line {number} of a text, as it may be pasted.\r" for number in range(125))
        await typist.send(text[:4095], text[4095:])
        assert composer(driver).text.text == text.replace("\r", "\n")
        assert len(changes) <= 2


@pytest.mark.parametrize("keys", [("a",), ("g", "/"), ("=",), ("ctrl+p",), ("c",), ("enter", "r", "tab")])
def test_a_paste_into_a_line_is_one_line_and_takes_nothing_for_granted(keys: tuple[str, ...], tmp_path: Path) -> None:
    async def scenario() -> None:
        async with typing(tmp_path, *keys) as (driver, typist):
            field = driver.app.running.where()[1]
            assert isinstance(field, Input)
            before = field.value if keys[-1] == "tab" else ""
            await typist.send(pasted("\r\none \x1b dQ\r\ntwo\r"))
            assert driver.app.running.where()[1] is field
            assert field.value == f"{before}one \ufffd dQ two"
            await typist.send("three\x7f", "!")
            assert field.value == f"{before}one \ufffd dQ twothre!"

    asyncio.run(scenario())


# -- keys in pieces


@pytest.mark.parametrize("rest", ["[B", "[1;5B", "OA", "[<35;10;5M", "[I"])
async def test_the_composer_stays_as_it_was_when_a_key_comes_in_pieces(rest: str, tmp_path: Path) -> None:
    async with typing(tmp_path, "enter", "r") as (driver, typist):
        await driver.type("half a thought")
        await driver.press("left", "left")
        for gap in (0.05, 0.6, 0.9):
            before = composer(driver).value()
            await typist.send("\x1b", gap, rest[:1], 0.6, rest[1:])
            assert composer(driver).text.text == before.text == "half a thought"
            if gap > constants.ESCAPE_DELAY and typist._parser._stream.patience < 1:
                assert composer(driver).value() == before
            assert driver.app.running.where()[0] is Where.COMPOSE
        assert len(await driver.app.library.outbox.rows()) == 1
        await driver.type("X")
        assert "X" in composer(driver).text.text


def test_the_subject_keeps_the_keys_and_an_empty_composer_stays_too(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with typing(tmp_path, "c") as (driver, typist):
            await typist.send("\x1b", 0.6, "[C", "My subject\t", 0.2, "Text", 0.2)
            assert composer(driver).value().subject == "My subject"
            assert composer(driver).value().text == "Text"
        async with typing(tmp_path / "another", "c") as (driver, typist):
            await typist.send("S", "\x1b", 0.6, "[D", "u")
            assert composer(driver).subject.value == "Su"

    asyncio.run(scenario())


async def test_a_level_that_a_torn_key_left_is_entered_again(tmp_path: Path) -> None:
    async with typing(tmp_path, "enter", "j", "j") as (driver, typist):
        reader = driver.app.reader
        spot = reader.whereabouts.spot()
        await typist.send("\x1b", 0.3)
        assert reader.pane is Pane.TOPICS
        await typist.send("[B")
        assert reader.whereabouts.spot() == spot
        await typist.send("\x1b", 0.6, "[", 0.6, "B")  # the line is known to be slow: it is Down
        assert reader.pane is spot.pane
        await typist.send("\x1b", 1.2)
        assert reader.whereabouts.spot() != spot


async def test_only_the_escape_just_before_is_taken_back(tmp_path: Path) -> None:
    async with typing(tmp_path, "enter", "r") as (driver, typist):
        await driver.type("kept")
        await typist.send("\x1b", 0.3, "j", 0.1, "g", 0.1, "\x1b", 0.3, "[B")
        assert driver.app.reader.composer is None


# each is opened, and filled with words where it has a field; then the first torn key of an unknown line comes
CLOSABLE: dict[str, tuple[str, ...]] = {
    "form": ("g", "a", "i"),
    "palette": ("ctrl+p",),
    "search": ("/",),
    "search in a thread": ("enter", "/"),
    "search everywhere": ("g", "/"),
    "filter": ("=",),
    "command line": (":",),
    "address": ("a",),
    "one of some keys": ("enter", "r", "x", "ctrl+t"),
    "account question": ("g", "a", "x", "l"),
    "outbox": ("g", "o"),
    "drafts": ("g", "d"),
    "accounts": ("g", "a"),
    "keys": ("f1",),
    "keys over a text": ("enter", "r", "x", "f1"),
    "hits": ("g", "/", "l", "o", "n", "g", "enter"),
    "filtered": ("=", "n", "u", "m", "enter"),
    "found": ("enter", "/", "a", "enter"),
    "labels": ("enter", "f"),
    "chosen lines": ("enter", "V", "j"),
}


def _certain(driver: Driver) -> bool:
    return driver.app.runner.escape._end is None


def looks(driver: Driver) -> tuple[object, ...]:
    """What no moving key that came in pieces may change."""
    app, reader = driver.app, driver.app.reader
    where, field = app.running.where()
    fields = [(each.value, each.cursor_position) for each in app.screen.query(Input)]
    shown = reader.topics.shown, reader.seeking, reader.thread.choosing.chosen_text(), "[a]" in driver.text
    return where, app.desk.screen, field, fields, reader.pane, *shown


@pytest.mark.parametrize("name", CLOSABLE)
async def test_whatever_a_torn_key_closed_is_back_with_all_that_was_typed(name: str, tmp_path: Path) -> None:
    gap, rest = ((0.6, "[B"), (0.15, "[1;5B"), (0.9, "OA"))[len(name) % 3]
    async with typing(tmp_path, *CLOSABLE[name]) as (driver, typist):
        if isinstance(field := driver.app.running.where()[1], Input):
            await driver.type("two words")
            await driver.press("left", "left")
            assert field.value.endswith("two words")
        before = looks(driver)
        await typist.send("\x1b", gap)
        assert looks(driver) != before, "Esc does not wait where a line has not proved slow"
        await typist.send(rest[:1], gap, rest[1:])
        assert looks(driver) == before
        if isinstance(field, Input):
            await typist.send("X", 0.2)
            assert field.value.endswith("two worXds")
        await typist.send("\x1b", 1.2)  # and a true Esc still closes it
        assert looks(driver) != before


@pytest.mark.parametrize("name", CLOSABLE)
async def test_what_an_escape_closed_stays_closed_at_the_next_key_and_by_itself(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_escape, "_HELD_FOR", 0.1)
    for wait in (True, False):
        async with typing(tmp_path / str(wait), *CLOSABLE[name]) as (driver, typist):
            app, screen = driver.app, driver.app.desk.screen
            await typist.send("\x1b", 0.3)
            if wait:
                await driver.until(partial(_certain, driver))
            else:
                await driver.press("ctrl+l")
            await driver.settle()
            assert screen.questions.line is None
            assert not app._installed_screens
            assert screen in app.screen_stack or not screen.is_attached
            after = looks(driver)
            await typist.send("[B")
            assert (looks(driver)[0], looks(driver)[1]) == after[:2]


QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
"""A failing example says enough; each try to make it smaller starts the reader again."""
PLACES: tuple[tuple[str, ...], ...] = (
    (), ("enter",), ("h",), ("g", "o"), ("f1",), ("enter", "r"), ("c",), ("ctrl+p",), ("g", "/"), ("enter", "r", "ctrl+t"),
    ("g",), ("4",), ("x",), ("i",), ("g", "a"),
)  # fmt: skip
ANY_KEY = st.sampled_from(["\x1b[A", "\x1b[B", "\x1b[1;5C", "\x1b[5~", "\x1b[<35;10;5M", "\x1b[I", "\x1b[O"])
CLIPBOARD = st.text(st.sampled_from("dQqxrgh\x1b[]O~ \r\n\t\x03\x11\x13é"), min_size=1, max_size=40)


@settings(max_examples=20, phases=QUICK)
@given(
    st.sampled_from(PLACES),
    st.lists(
        st.tuples(ANY_KEY | CLIPBOARD.map(pasted), st.integers(1, 9), st.sampled_from([0.0, 0.05, 0.4])), max_size=5
    ),
)
async def test_nothing_torn_or_pasted_does_anything_on_a_slow_line(
    place: tuple[str, ...], pieces: list[tuple[str, int, float]]
) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        async with typing(folder, *place) as (driver, typist):
            app, patience = driver.app, typist._parser._stream
            patience.patience = 1.0
            before, unread = app.running.where()[0], await app.library.reading.unread_total()
            screen, writes = app.desk.screen, app.reader.composer is not None
            for text, at, gap in pieces:
                await typist.send(*(piece for piece in (text[:at], gap, text[at:]) if piece))
            assert app.is_running
            assert (app.desk.screen, app.reader.composer is not None) == (screen, writes)
            assert app.running.where()[0] is before or before is Where.PROMPT
            assert await app.library.reading.unread_total() == unread
            assert all(row.state is OutState.DRAFT for row in await app.library.outbox.rows())
            await typist.send(1.2)
            await driver.pilot.press("escape", "ctrl+q")
            await driver.until(lambda: not app.is_running)


@settings(max_examples=8, phases=QUICK)
@given(st.lists(CLIPBOARD, min_size=1, max_size=4))
async def test_all_that_is_pasted_while_writing_is_in_the_text(texts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        async with typing(folder, "enter", "r") as (driver, typist):
            for text in texts:
                await typist.send(pasted(text))
            assert composer(driver).text.text == "".join(clean_text(text) for text in texts)
