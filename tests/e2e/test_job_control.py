"""ctrl+z: with a shell behind the reader, and without one."""

from __future__ import annotations

import shlex
import shutil
import signal
from pathlib import Path

import pytest
from tests.screens import cells
from tests.terminal import Terminal
from tests.writing import READER, environment, new_forum, seconds_to_end, start

pytestmark = pytest.mark.e2e


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def forum(tmp_path: Path, home: Path) -> Path:
    return new_forum(tmp_path / "team.db", home)


def test_without_a_shell_it_is_said_and_the_reader_goes_on(home: Path, forum: Path) -> None:
    with start(home, forum) as terminal:
        terminal.press("ctrl+z")
        terminal.wait_for("No shell is waiting")
        terminal.press("enter")
        terminal.wait_for("Say hello")
        terminal.press("Q")
        assert terminal.wait_exit() == 0


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize("wrapped", [False, True], ids=["straight", "from a script"])
def test_with_a_shell_it_stops_and_is_whole_when_it_comes_back(home: Path, forum: Path, wrapped: bool) -> None:
    line = " ".join(shlex.quote(word) for word in [*READER, str(forum)])
    if wrapped:
        line = f"sh -c {shlex.quote(f'{line}; true')}"
    env = {**environment(home), "PS1": "ready> "}
    with Terminal(["bash", "--norc", "--noprofile", "-i"], columns=100, rows=30, env=env) as terminal:
        terminal.wait_for("ready>")
        terminal.send(f"{line}\r".encode())
        terminal.wait_for("Welcome all")
        terminal.wait_for("Enter open")
        terminal.settle()
        terminal.press("ctrl+z")
        terminal.wait_for("Stopped")
        terminal.send(b"fg\r")
        terminal.wait_until_gone("ready>|Stopped")
        terminal.settle()
        shown = cells(terminal)
        terminal.press("ctrl+l")
        assert cells(terminal) == shown
        terminal.press("Q")
        terminal.wait_for("ready>")
        terminal.signal(signal.SIGHUP)
        seconds_to_end(terminal.pid)
