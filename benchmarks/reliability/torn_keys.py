"""Keys that arrive in pieces, and pastes that are torn, cut short, or hold what would be keys.

Most go through the real parser, dispatcher and runner of a whole reader, with a clock of the trial's own; two hundred
keys and forty pastes go through a real terminal, with real time between the pieces.  "Lost" counts a place left, a text
changed, something read or queued by mistake, and words of a paste that are in no text.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from unittest import mock

from benchmarks.reliability.tally import Tally
from tests.terminal import Terminal
from tests.tui.reader_kit import Driver, reading
from textual import constants

from forumtui.tui.keys.strokes import KeyParser

KEYS = (
    "\x1b[A", "\x1b[B", "\x1bOA", "\x1bOB", "\x1b[1;5C", "\x1b[1;2D", "\x1b[5~", "\x1b[6~", "\x1b[15;5~", "\x1b[<35;10;5M",
    "\x1b[<64;10;5M", "\x1b[I", "\x1b[O", "\x1b[97;9u", "\x1b[12;40R",
)  # fmt: skip
"""Moving keys and reports; none of them leaves the place in which it is pressed."""
PLACES = (
    (),
    ("enter",),
    ("g", "o"),
    ("f1",),
    ("enter", "r"),
    ("c",),
    ("ctrl+p",),
    ("g", "/"),
    ("i",),
    ("=",),
    ("g", "a", "i"),
    ("g", "a"),
)
CLIPBOARD = "dQqxrghlmjk \x1b[]O~012\r\n\t\x03\x11\x13é"
BEGIN, END = "\x1b[200~", "\x1b[201~"
IN_A_TERMINAL = 200
"""Of the 10,000 torn keys; and a fifth of the pastes."""


def run(seed: int, share: float) -> list[Tally]:
    """10,000 torn keys and 200 torn pastes at full share."""
    keys, pastes, terminal = int(10_000 * share), max(1, int(200 * share)), max(1, int(IN_A_TERMINAL * share))
    chance = random.Random(seed)
    found = asyncio.run(_in_the_reader(chance, keys - terminal, pastes - pastes // 5))
    shown = _in_a_terminal(chance, terminal, max(1, pastes // 5))
    return [
        Tally(
            name, one.tried + two.tried, one.lost + two.lost, one.doubled + two.doubled, one.stuck + two.stuck,
            note=f"{two.tried:,} of them in a real terminal",
        )
        for (name, one), two in zip((("torn keys", found[0]), ("torn pastes", found[1])), shown, strict=True)
    ]  # fmt: skip


def pieces(chance: random.Random, text: str, gaps: tuple[float, ...]) -> Iterator[str | float]:
    """The text, cut at random, with times between."""
    places = sorted(chance.sample(range(1, len(text)), min(len(text) - 1, chance.randint(1, 3))))
    for start, end in zip([0, *places], [*places, len(text)], strict=True):
        yield text[start:end]
        if end < len(text):
            yield chance.choice(gaps)


def torn_paste(chance: random.Random, number: int) -> tuple[str, str]:
    """What the terminal sends, and the words in it that must not be lost."""
    words = f"word{number}word"
    text = words + "".join(chance.choices(CLIPBOARD, k=chance.randint(0, 30))) + words
    kind = chance.randrange(4)
    if kind == 0:
        return f"{BEGIN}{text}", words  # its end is lost
    if kind == 1:
        return f"{BEGIN}{text}{END[: chance.randint(1, 5)]}", words
    if kind == 2:
        return f"{BEGIN}{words}{BEGIN}{text}{END}", words
    return f"{BEGIN}{text}{END}", words


# -- the reader with a clock of our own


@asynccontextmanager
async def _reader(*keys: str) -> AsyncIterator[Driver]:
    with tempfile.TemporaryDirectory() as folder:
        async with reading(Path(folder)) as driver:
            await driver.press(*keys)
            yield driver


class _Line:
    """Sends bytes through the real parser, with a clock of its own."""

    def __init__(self, driver: Driver, patience: float) -> None:
        self._driver = driver
        self._now = 0.0
        with mock.patch.object(constants, "ESCAPE_DELAY", patience):
            self._parser = KeyParser(clock=lambda: self._now)

    async def send(self, parts: Iterable[str | float]) -> None:
        """Text that comes in one read; a number is a time without any.  Returns when all is handled."""
        for part in parts:
            messages = [*self._parser.feed(part)] if isinstance(part, str) else []
            for _ in range(0 if isinstance(part, str) else round(part / 0.05)):
                self._now += 0.05
                messages += self._parser.tick()
            for message in messages:
                self._driver.app.post_message(message)
        handed_on = asyncio.Event()
        self._driver.app.call_later(handed_on.set)
        await handed_on.wait()
        await self._driver.app.runner.caught_up()


async def _in_the_reader(chance: random.Random, keys: int, pastes: int) -> tuple[Tally, Tally]:
    rounds = 2 * len(PLACES)  # each place on a slow line and on one that is not known to be slow
    counts = [[0, 0, 0], [0, 0, 0]]  # wrong commands or stray text, lost words, deaf
    for turn in range(rounds):
        place, slow = PLACES[turn % len(PLACES)], turn < len(PLACES)
        own_keys = keys // rounds + (turn < keys % rounds)
        own_pastes = pastes // rounds + (turn < pastes % rounds)
        async with _reader(*place) as driver:
            line = _Line(driver, 1.0 if slow else 0.1)
            before = await _state(driver)
            for _ in range(own_keys):
                await line.send(pieces(chance, chance.choice(KEYS), (0.0, 0.05, 0.3, 0.6, 0.9)))
            moved = await _state(driver)
            counts[0][0] += moved[:4] != before[:4]  # moving on in a thread is reading it
            writes = driver.app.reader.composer is not None and not driver.app.desk.screen.questions.line
            for number in range(own_pastes):
                sent, words = torn_paste(chance, number)
                await line.send([*pieces(chance, sent, (0.0, 0.05, 0.6)), 1.2])
                if writes:
                    composer = driver.app.reader.composer
                    assert composer is not None
                    counts[1][1] += words not in composer.subject.value + composer.text.text
            after = await _state(driver)
            counts[1][0] += (after[:3], after[4]) != (moved[:3], moved[4])
            await driver.pilot.press("escape", "escape", "ctrl+q")
            end = time.monotonic() + 10
            while driver.app.is_running and time.monotonic() < end:
                await driver.pilot.pause(0.01)
            counts[0][2] += driver.app.is_running
    (wrong, _, deaf), (ran, lost, _) = counts
    return Tally("", keys, lost=wrong, stuck=deaf), Tally("", pastes, lost=lost + ran)


async def _state(driver: Driver) -> tuple[object, ...]:
    """What no moving key changes: the place, what is queued, what is typed; and last what is unread."""
    app = driver.app
    composer = app.reader.composer
    value = composer.value() if composer is not None else None
    typed = (value.subject, value.text) if value is not None else getattr(app.running.where()[1], "value", "")
    rows = await app.library.outbox.rows()
    queued = [row.uid for row in rows if row.state.value != "draft"]
    return app.running.where()[0], type(app.desk.screen), queued, typed, await app.library.reading.unread_total()


# -- a real terminal


def _in_a_terminal(chance: random.Random, keys: int, pastes: int) -> tuple[Tally, Tally]:
    wrong = lost = deaf = 0
    with tempfile.TemporaryDirectory() as home:
        env = {"FORUMTUI_HOME": home, "SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22", "ESCDELAY": None}
        with Terminal([sys.executable, "-m", "forumtui"], columns=110, rows=30, env=env, cwd=_root()) as terminal:
            terminal.wait_for("Start here")
            terminal.press("enter", settle=0.5)
            terminal.send(b"r")
            terminal.wait_for("Reply to")
            terminal.send(b"anchor ")
            terminal.wait_for("anchor")
            for _ in range(keys):
                _send(terminal, pieces(chance, chance.choice(KEYS), (0.0, 0.05, 0.1, 0.3, 0.6)))
            terminal.settle(1.2)
            wrong += "Reply to" not in terminal.text() or " 1 word " not in terminal.text()
            for number in range(pastes):
                sent, words = torn_paste(chance, number)
                _send(terminal, [*pieces(chance, sent, (0.0, 0.05, 0.3)), 1.2])
                try:
                    terminal.wait_for(words, timeout=5)
                except AssertionError:
                    lost += 1
            terminal.send(b"\x11")
            try:
                terminal.wait_exit(10)
            except AssertionError:
                deaf += 1
    return Tally("", keys, lost=wrong, stuck=deaf), Tally("", pastes, lost=lost)


def _send(terminal: Terminal, parts: Iterable[str | float]) -> None:
    for part in parts:
        if isinstance(part, str):
            terminal.send(part.encode())
            terminal.read(0.0)
        else:
            end = time.monotonic() + part
            while (left := end - time.monotonic()) > 0:
                terminal.read(min(left, 0.02))


def _root() -> Path:
    return Path(__file__).resolve().parents[2]
