"""Random keys in a real terminal: the program still ends when asked, and what was written is among the drafts."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.terminal import Terminal

pytestmark = pytest.mark.e2e
READER = [sys.executable, "-m", "forumtui"]
WRITTEN = "These are words that I would not want to write again"
# Without the keys that throw away, take letters away, send, suspend or quit.
LETTERS = "abcefghijklmnopqrsuvwzABCEFGHIJKLMNOPRSTUVWZ0123456789[]!/:=*+-.,>?ä "
FIRST = "Start here"
"""The topic at the top; before it is there, the forum's name is."""
NAMED = ("enter", "esc", "esc", "tab", "up", "down", "left", "right", "home", "end", "pageup", "pagedown", "\x1bOP")
CONTROLS = tuple(f"ctrl+{letter}" for letter in "aelnopr")


def environment(home: Path) -> dict[str, str | None]:
    return {"FORUMTUI_HOME": str(home), "LANG": "C.UTF-8", "SSH_CONNECTION": "here", "VISUAL": "true", "ESCDELAY": "50"}


def keys(chance: random.Random) -> list[str]:
    kinds = (LETTERS, LETTERS, NAMED, CONTROLS)
    return [chance.choice(chance.choice(kinds)) for _ in range(120)]


def is_within(words: str, text: str) -> bool:
    """Whether the letters of ``words`` stand in ``text`` in their order."""
    letters = iter(text)
    return all(letter in letters for letter in words)


@pytest.mark.parametrize(("seed", "columns", "rows"), [(1, 80, 24), (2, 160, 50), (3, 40, 12), (4, 80, 24)])
def test_the_program_ends_after_any_keys_and_keeps_what_was_written(
    tmp_path: Path, seed: int, columns: int, rows: int
) -> None:
    typed = keys(random.Random(seed))
    home = tmp_path / "home"
    with Terminal(READER, columns=columns, rows=rows, env=environment(home), cwd=tmp_path) as terminal:
        terminal.wait_for(FIRST)
        terminal.press("enter", settle=0.5)
        terminal.press("r")
        terminal.wait_for("words")
        terminal.press(WRITTEN)
        terminal.press("\x1bOP", "gh")
        terminal.wait_for("The Long Table|Unread in all forums")
        for number in range(0, len(typed), 6):
            terminal.press(*typed[number : number + 6], settle=0.05)
        terminal.press("ctrl+q")
        assert terminal.wait_exit(10) == 0, typed
    done = subprocess.run(
        [*READER, "drafts", "--json"],
        env=os.environ | {"FORUMTUI_HOME": str(home)}, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert any(is_within(WRITTEN, text) for text in _texts(json.loads(done.stdout))), typed


F1 = "\x1bOP"
STEPS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("j",), "▌"),
    (("enter",), "▎"),
    (("r",), r"(^|│) *$"),
    (("hello",), "hello"),
    (("ctrl+t",), "Throw this text away"),
    (("x",), "is no answer"),
    (("esc",), "hello"),
    ((F1,), "▌.*Keys that work"),
    (("j",), "▌"),
    (("esc",), "hello"),
    (("ctrl+p", "prev"), "prev"),
    (("ctrl+l",), "prev"),
    (("esc",), "hello"),
    (("ctrl+r",), "▌hello"),
    (("ctrl+r",), "hello"),
    (("\t",), "Re: "),
    (("esc",), "▎"),
    (("h",), "▌"),
    (("g", "b"), "▌"),
    (("/", "abc"), "Search in this list.*abc"),
    (("esc",), "▌"),
    (("g", "a"), "▌.*The Long Table"),
    (("i",), "▌.*The Long Table"),
    (("esc",), "▌"),
)


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (160, 50)])
def test_the_cursor_stands_on_what_has_the_keys(tmp_path: Path, columns: int, rows: int) -> None:
    with Terminal(READER, columns=columns, rows=rows, env=environment(tmp_path / "home"), cwd=tmp_path) as terminal:
        terminal.wait_for(FIRST)
        for step, expected in STEPS:
            terminal.press(*step)
            for _ in range(40):
                cursor = terminal.screen.cursor
                line = terminal.text().splitlines()[cursor.y]
                if re.search(expected, line):
                    break
                terminal.read(0.25)
            else:
                pytest.fail(f"after {step} the cursor stands on {line!r}\n{terminal.text()}")
        terminal.press("ctrl+q")
        assert terminal.wait_exit(10) == 0


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in _texts(part)]
