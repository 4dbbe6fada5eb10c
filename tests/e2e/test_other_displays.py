"""The installed reader where there are no colours, and where another program draws it."""

from __future__ import annotations

import os
import re
import select
import subprocess
import time
from pathlib import Path

import pytest
from tests.terminal import Terminal
from tests.writing import READER, environment, kept, new_forum

pytestmark = pytest.mark.e2e

_SGR = re.compile(rb"\x1b\[([0-9;:]*)m")
_COLOURS = {*range(30, 50), *range(90, 108)}


def colours(raw: bytes) -> set[int]:
    """The numbers of all that set a colour, a foreground or a background."""
    numbers = {int(number) for found in _SGR.findall(raw) for number in re.split(rb"[;:]", found) if number}
    return numbers & _COLOURS


@pytest.mark.parametrize(
    ("term", "plain_output", "theme"),
    [
        ("xterm-256color", None, ""),
        ("xterm-256color", "1", "ansi-dark"),
        ("xterm-16color", None, "ansi-dark"),
        ("linux", "1", ""),
    ],
)
def test_no_color_sends_no_colour(tmp_path: Path, term: str, plain_output: str | None, theme: str) -> None:
    home = tmp_path / "home"
    forum = new_forum(tmp_path / "team.db", home)
    (home / "config.toml").write_text(f'theme = "{theme}"\n', encoding="utf-8")
    more = {"FORUMTUI_PLAIN_OUTPUT": plain_output, "COLORTERM": "truecolor"}
    with Terminal([*READER, str(forum)], term=term, env=environment(home) | more | {"NO_COLOR": "1"}) as terminal:
        terminal.wait_for("Welcome all")
        terminal.settle()
        assert any(cell.reverse for line in terminal.screen.buffer.values() for cell in line.values())  # the row chosen
        for keys in (("?",), ("ctrl+p",), ("g", "a")):
            terminal.press(*keys)
            terminal.wait_until_gone("Welcome all")
            terminal.press("esc")
            terminal.wait_for("Welcome all")
        terminal.press("enter")
        terminal.wait_for("Say hello")
        terminal.press("r")
        terminal.wait_for("words")
        terminal.press("Some words")
        terminal.wait_for("Some words")
        terminal.send(b"\x1b[1;2D")  # shift and left: the last letter is selected
        terminal.settle()
        y = next(y for y, line in enumerate(terminal.lines) if "Some words" in line)
        assert any(cell.reverse for cell in terminal.screen.buffer[y].values())
        terminal.press("ctrl+q")
        assert terminal.wait_exit(20) == 0
        assert colours(bytes(terminal.raw)) == set()
    if plain_output is None and not theme:
        with Terminal([*READER, str(forum)], term=term, env=environment(home) | more) as terminal:
            terminal.wait_for("Welcome all")
            assert colours(bytes(terminal.raw))


class Served:
    """The reader as a server for browsers starts it; its packets, as the server takes them apart."""

    def __init__(self, home: Path, forum: Path) -> None:
        driver = {"TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver", "COLUMNS": "80", "ROWS": "24"}
        bare = {name: value for name, value in os.environ.items() if name != "TERM"}
        self.process = subprocess.Popen(
            [*READER, str(forum)],
            env=bare | {"FORUMTUI_HOME": str(home), "LANG": "C.UTF-8"} | driver,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.out = b""

    def read_until(self, wanted: bytes, seconds: float = 60.0) -> None:
        assert self.process.stdout is not None
        end = time.monotonic() + seconds
        while wanted not in self.out:
            assert time.monotonic() < end, self.out[-2000:]
            if select.select([self.process.stdout], [], [], 0.25)[0]:
                chunk = os.read(self.process.stdout.fileno(), 65536)
                assert chunk, (self.out[-2000:], self.process.stderr and self.process.stderr.read())
                self.out += chunk

    def send(self, kind: bytes, payload: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(kind + len(payload).to_bytes(4, "big") + payload)
        self.process.stdin.flush()


def test_a_server_for_browsers_can_start_it(tmp_path: Path) -> None:
    forum = new_forum(tmp_path / "team.db", tmp_path / "home")
    served = Served(tmp_path / "home", forum)
    try:
        served.read_until(b"__GANGLION__\n")
        served.read_until(b"Welcome all")
        served.send(b"D", b"\r")
        served.read_until(b"Say hello")
        served.send(b"M", b'{"type": "resize", "width": 120, "height": 40}')
        served.send(b"D", b"Q")
        served.read_until(b'"type": "exit"')
        assert served.process.wait(20) == 0
    finally:
        served.process.kill()
        served.process.communicate()


def test_it_ends_when_the_server_for_browsers_is_gone(tmp_path: Path) -> None:
    forum = new_forum(tmp_path / "team.db", tmp_path / "home")
    served = Served(tmp_path / "home", forum)
    try:
        served.read_until(b"Welcome all")
        served.send(b"D", b"\r")
        served.read_until(b"Say hello")
        served.send(b"D", b"r")
        served.read_until(b"words")
        served.send(b"D", b"Kept all the same.")
        served.read_until(b"4 words")
        assert served.process.stdin is not None
        served.process.stdin.close()
        assert served.process.wait(30) == 129
        assert "Kept all the same." in kept(tmp_path / "home")
    finally:
        served.process.kill()
        served.process.wait()
        for pipe in (served.process.stdout, served.process.stderr):
            assert pipe is not None
            pipe.close()
