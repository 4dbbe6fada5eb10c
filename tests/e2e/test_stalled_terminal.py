"""A terminal that is not read any more, vanishes, or has no size: what is typed is kept, and the program ends."""

from __future__ import annotations

import io
import random
import signal
from pathlib import Path

import pytest
from tests import sshd
from tests.screens import cells
from tests.terminal import Terminal
from tests.waiting import pause_here
from tests.writing import (
    READER,
    environment,
    is_running,
    kept,
    new_forum,
    open_composer,
    seconds_to_end,
    start,
    wait_until_at_rest,
    wait_until_kept,
)

pytestmark = pytest.mark.e2e
TYPED = " ".join(f"word{number}" for number in range(90))
"""Far more than any buffer between here and the program holds the echo of."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def forum(tmp_path: Path, home: Path) -> Path:
    return new_forum(tmp_path / "team.db", home)


def type_unread(terminal: Terminal, text: str = TYPED) -> None:
    """Type at a person's best pace while nothing reads what the program writes."""
    for character in text:
        terminal.send(character.encode())
        pause_here(0.004)


@pytest.mark.parametrize("way", ["SIGHUP", "SIGTERM", "closed", "ctrl+q"])
def test_what_is_typed_into_a_stalled_terminal_is_kept_and_the_program_ends(home: Path, forum: Path, way: str) -> None:
    with start(home, forum) as terminal:
        open_composer(terminal)
        type_unread(terminal)
        wait_until_kept(home, TYPED)
        terminal.send(b" and the last words")
        if way == "closed":
            wait_until_kept(home, f"{TYPED} and the last words")
            terminal.hang_up()
        elif way == "ctrl+q":
            terminal.send(b"\x11")
        else:
            terminal.signal(signal.Signals[way])
        assert seconds_to_end(terminal.pid) < 3
    assert kept(home) == f"{TYPED} and the last words"


def test_a_stalled_terminal_costs_no_time_and_is_whole_when_it_is_read_again(home: Path, forum: Path) -> None:
    with start(home, forum) as terminal:
        open_composer(terminal)
        type_unread(terminal)
        wait_until_kept(home, TYPED)
        wait_until_at_rest(terminal.pid)
        terminal.wait_for("word89")
        terminal.settle()
        shown = cells(terminal)
        terminal.press("ctrl+l")
        assert cells(terminal) == shown
        terminal.press("ctrl+s")
        terminal.wait_for("#2")
        terminal.press("Q")
        assert terminal.wait_exit() == 0


def test_a_terminal_that_is_read_again_after_the_end_is_given_back(home: Path, forum: Path) -> None:
    """Its modes are put back behind whatever it did not take."""
    with start(home, forum) as terminal:
        open_composer(terminal)
        type_unread(terminal)
        wait_until_kept(home, TYPED)
        terminal.signal(signal.SIGTERM)
        assert seconds_to_end(terminal.pid) < 3
        while terminal.read(1):
            pass
        for mode in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1003l", b"\x1b[?2004l"):
            assert mode in terminal.raw


@pytest.mark.parametrize("size", [(0, 0), (80, 0), (0, 24), (3, 1), (65535, 65535)])
def test_a_terminal_of_any_size_is_painted_rests_and_ends(home: Path, forum: Path, size: tuple[int, int]) -> None:
    with Terminal([*READER, str(forum)], columns=size[0], rows=size[1], env=environment(home)) as terminal:
        terminal.screen.resize(24, 80)
        if 0 in size:
            terminal.wait_for("Welcome all")
        terminal.settle(0.5, 20)
        wait_until_at_rest(terminal.pid)
        terminal.signal(signal.SIGTERM)
        assert seconds_to_end(terminal.pid) < 3


def test_sizes_that_follow_each_other_quickly_come_to_rest(home: Path, forum: Path) -> None:
    chance = random.Random(4)
    with Terminal([*READER, str(forum)], env=environment(home)) as terminal:
        for _ in range(400):
            terminal.resize(chance.choice([80, 100, 0]), chance.choice([24, 25, 0]))
            terminal.read(chance.choice([0.0, 0.004, 0.009]))
        terminal.resize(100, 30)
        terminal.wait_for("Welcome all")
        terminal.settle(0.5)
        wait_until_at_rest(terminal.pid)
        assert len(terminal.text().splitlines()[-1].strip()) > 0, "the last line of the last size is drawn"
        terminal.signal(signal.SIGHUP)
        assert seconds_to_end(terminal.pid) < 3


@pytest.mark.skipif(bool(sshd.MISSING), reason=sshd.MISSING)
class TestOverSsh:
    @pytest.fixture
    def server(self, tmp_path: Path, home: Path, forum: Path) -> object:
        env = {"FORUMTUI_HOME": str(home), "LANG": "C.UTF-8"}
        with sshd.sshd(tmp_path / "sshd", [*READER, str(forum)], env) as server:
            yield server

    def test_a_client_that_is_stopped_and_then_killed(self, home: Path, server: sshd.Sshd) -> None:
        with Terminal(server.client, columns=100, rows=30) as terminal:
            terminal.wait_for("Welcome all")
            terminal.settle()
            open_composer(terminal)
            terminal.press(TYPED, settle=0.5)
            terminal.wait_for("word89")
            terminal.signal(signal.SIGSTOP)
            reader = server.pid()
            wait_until_kept(home, TYPED)
            assert is_running(reader)
            terminal.signal(signal.SIGKILL)
            assert seconds_to_end(reader) < 3
        assert kept(home) == TYPED

    def test_a_client_without_a_terminal_of_its_own(self, server: sshd.Sshd) -> None:
        """ssh -tt with its input at an end: the terminal on the other side has no size."""
        import subprocess

        client = subprocess.Popen(server.client, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        assert isinstance(client.stdout, io.BufferedReader)
        shown = b""
        while b"Welcome all" not in shown:
            shown += (more := client.stdout.read1())
            assert more, shown
        reader = server.pid()
        wait_until_at_rest(reader)
        client.kill()
        client.wait(10)
        client.stdout.close()
        assert seconds_to_end(reader) < 3
