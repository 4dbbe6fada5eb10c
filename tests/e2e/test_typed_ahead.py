"""Keys that are pressed before the reader is there: none is lost, and each does what it would have done a moment later."""

from __future__ import annotations

import shutil
import sys
import termios
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.terminal import Terminal

from forumtui.tui.terminal.typed_ahead import TypedAhead

PROGRAM = [sys.executable, "-m", "forumtui"]
MOMENTS = ("before the program", "as soon as it listens", "at the first byte", "at the first paint")


def started(home: Path) -> Terminal:
    return Terminal(PROGRAM, columns=110, rows=30, env={"FORUMTUI_HOME": str(home), "ESCDELAY": None})


def send_at(terminal: Terminal, moment: str, keys: bytes) -> None:
    """Write keys at a moment that the terminal can tell."""
    if moment == "as soon as it listens":
        while termios.tcgetattr(terminal._fd)[3] & termios.ICANON:
            assert terminal.poll() is None
            terminal.read(0.001)
    elif moment == "at the first byte":
        while not terminal.raw:
            terminal.read(0.05)
    elif moment == "at the first paint":
        while b"Start here" not in terminal.raw:
            terminal.read(0.05)
    terminal.send(keys)


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the reader was before, in a thread."""
    home = tmp_path_factory.mktemp("home")
    with started(home) as terminal:
        terminal.wait_for("Start here")
        terminal.settle()
        terminal.send(b"\r")
        terminal.wait_for("1/8")
        terminal.send(b"\x11")
        assert terminal.wait_exit() == 0
    return home


@pytest.fixture
def home(used: Path, tmp_path: Path) -> Path:
    return shutil.copytree(used, tmp_path / "home")


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize(
    ("keys", "shows"),
    [
        (b"c", "Subject"),
        (b"h\x1b[B\r", "Good morning from an empty office +[0-9]+/"),
        (b"rDear all,\rhello", r"Reply to.*\n.*\n.* Dear all,\n.* hello"),
    ],
)
def test_what_is_typed_while_the_program_starts_is_done(keys: bytes, shows: str, moment: str, home: Path) -> None:
    with started(home) as terminal:
        send_at(terminal, moment, keys)
        terminal.wait_for(shows)
        terminal.send(b"\x11")
        assert terminal.wait_exit() == 0


@pytest.mark.parametrize("moment", MOMENTS[1:])
def test_the_key_that_quits_is_heard_from_the_start_and_the_terminal_given_back(moment: str, home: Path) -> None:
    with started(home) as terminal:
        before = termios.tcgetattr(terminal._fd)
        send_at(terminal, moment, b"\x11")
        assert terminal.wait_exit() == 0
        assert termios.tcgetattr(terminal._fd) == before


def test_an_editor_finds_the_terminal_as_the_user_left_it(home: Path) -> None:
    editor = home / "editor"
    editor.write_text(f"#!/bin/sh\nstty -g > {home}/modes\n", encoding="utf-8")
    editor.chmod(0o700)
    env: dict[str, str | None] = {"FORUMTUI_HOME": str(home), "EDITOR": str(editor), "VISUAL": None}
    with Terminal(["sh", "-c", f"stty -g > {home}/before; exec {sys.executable} -m forumtui"], env=env) as terminal:
        terminal.wait_for("Start here")
        terminal.send(b"r\x0f")
        terminal.wait_for("Edited")
        assert (home / "modes").read_text() == (home / "before").read_text()
        terminal.send(b"\x11")
        assert terminal.wait_exit() == 0


def test_a_start_that_fails_gives_the_terminal_back(home: Path) -> None:
    with Terminal([*PROGRAM, str(home / "no such file.db")], env={"FORUMTUI_HOME": str(home)}) as terminal:
        before = termios.tcgetattr(terminal._fd)
        assert terminal.wait_exit() == 1
        assert termios.tcgetattr(terminal._fd) == before


@given(st.lists(st.binary(max_size=5), max_size=5), st.integers(0, 12))
def test_enter_is_enter_in_what_came_as_a_line(reads: list[bytes], edited: int) -> None:
    ahead, data = TypedAhead([], edited), b"".join(reads)
    expected = data[:edited].replace(b"\n", b"\r") + data[edited:]
    assert b"".join(ahead.as_keys(read) for read in reads) == expected
