"""Terminals that are not read for 14 seconds while somebody writes, and then hang up, vanish, or are read again."""

from __future__ import annotations

import random
import signal
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.reliability.tally import Tally
from tests import sshd
from tests.screens import cells
from tests.terminal import Terminal
from tests.writing import READER, cpu_seconds, kept, new_forum, open_composer, seconds_to_end, start

WAYS = ("SIGHUP", "closed", "read again", "SIGTERM", "ssh") * 2 + ("SIGHUP", "closed")
CHARACTERS, SECONDS = 700, 14.0
MAY_BE_LOST = CHARACTERS / SECONDS
"""What is typed in a second."""
MUST_END = 2.0
MOST_BUSY = 0.5
"""Of a core, in the second after the last key."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``lost``: characters typed and not kept; ``busy``: part of a core that it took when nobody typed any more."""

    lost: int
    seconds: float
    busy: float
    whole: bool = True


def words(chance: random.Random) -> str:
    """As many characters as are typed, in words, without a blank at the end."""
    text = ""
    while len(text) < CHARACTERS:
        text += "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(1, 9))) + " "
    return text[: CHARACTERS - 1] + "."


def type_unread(terminal: Terminal, text: str) -> None:
    """Type at an even pace, and read nothing."""
    began = time.monotonic()
    for number, character in enumerate(text):
        time.sleep(max(0.0, began + number * SECONDS / CHARACTERS - time.monotonic()))
        terminal.send(character.encode())


def stalled(folder: Path, way: str, chance: random.Random) -> Outcome:
    """One reader, to its end."""
    home, text = folder / "home", words(chance)
    forum = new_forum(folder / "team.db", home)
    with ExitStack() as stack:
        server = None
        if way == "ssh":
            env = {"FORUMTUI_HOME": str(home), "LANG": "C.UTF-8"}
            server = stack.enter_context(sshd.sshd(folder / "sshd", [*READER, str(forum)], env))
            terminal = stack.enter_context(Terminal(server.client, columns=100, rows=30))
            terminal.wait_for("Welcome all")
            terminal.settle()
        else:
            terminal = stack.enter_context(start(home, forum, columns=chance.choice([80, 100, 160]), rows=30))
        open_composer(terminal)
        pid = server.pid() if server is not None else terminal.pid
        type_unread(terminal, text)
        if way == "ssh":
            terminal.signal(signal.SIGSTOP)  # the client takes nothing any more, and its line stays open
        time.sleep(0.5)
        before = cpu_seconds(pid)
        time.sleep(1.0)
        busy = cpu_seconds(pid) - before
        whole = True
        if way == "read again":
            terminal.settle(0.5)
            shown = cells(terminal)
            terminal.press("ctrl+l", settle=0.5)
            whole = cells(terminal) == shown and text[-8:] in terminal.text()
            terminal.send(b"\x11")
        elif way == "closed":
            terminal.hang_up()
        else:
            terminal.signal(signal.SIGKILL if way == "ssh" else signal.Signals[way])
        seconds = seconds_to_end(pid)
    saved = kept(home)
    return Outcome(len(text) - len(saved) if text.startswith(saved) else len(text), seconds, busy, whole)


def run(seed: int, share: float) -> list[Tally]:
    """Twelve of them."""
    chance = random.Random(seed)
    ways = [way for way in WAYS if way != "ssh" or not sshd.MISSING][: max(1, round(len(WAYS) * share))]
    outcomes = []
    for way in ways:
        with tempfile.TemporaryDirectory() as folder:
            outcomes.append(stalled(Path(folder), way, chance))
    stuck = [each for each in outcomes if each.seconds > MUST_END or each.busy > MOST_BUSY or not each.whole]
    note = (
        f"{CHARACTERS} characters in {SECONDS:.0f} s unread; most lost: {max(each.lost for each in outcomes)} characters; "
        f"slowest end: {max(each.seconds for each in outcomes):.2f} s; "
        f"most computed at rest: {max(each.busy for each in outcomes):.0%} of a core; through sshd: {ways.count('ssh')}"
    )
    return [
        Tally(
            "stalled terminals",
            len(outcomes),
            lost=sum(each.lost > MAY_BE_LOST for each in outcomes),
            stuck=len(stuck),
            note=note,
        )
    ]
