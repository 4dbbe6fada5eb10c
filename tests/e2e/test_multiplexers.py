"""Inside GNU screen and tmux."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.terminal import Terminal
from tests.writing import READER, environment, new_forum

pytestmark = pytest.mark.e2e
needs_screen = pytest.mark.skipif(shutil.which("screen") is None, reason="no GNU screen here")
needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="no tmux here")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def forum(tmp_path: Path, home: Path) -> Path:
    return new_forum(tmp_path / "team.db", home)


@pytest.fixture
def sockets(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "s"
    folder.mkdir(mode=0o700)
    yield folder
    for program in ("screen", "tmux"):  # whatever is left of their servers
        if shutil.which(program):
            words = ["-X", "quit"] if program == "screen" else ["-S", str(folder / "tmux"), "kill-server"]
            os.spawnvpe(os.P_WAIT, program, [program, *words], {**os.environ, "SCREENDIR": str(folder)})


def in_screen(home: Path, forum: Path, sockets: Path, **env: str | None) -> Terminal:
    environ = {**environment(home), "SCREENDIR": str(sockets), "STY": None, "TMUX": None, **env}
    return Terminal(["screen", "-c", "/dev/null", *READER, str(forum)], env=environ)


def in_tmux(home: Path, forum: Path, sockets: Path, **env: str | None) -> Terminal:
    environ = {**environment(home), "STY": None, "TMUX": None, **env}
    return Terminal(["tmux", "-f", "/dev/null", "-S", str(sockets / "tmux"), "new", *READER, str(forum)], env=environ)


@needs_screen
def test_escape_is_heard_at_once_in_screen(home: Path, forum: Path, sockets: Path) -> None:
    with in_screen(home, forum, sockets) as terminal:
        terminal.wait_for("Welcome all")
        terminal.settle()
        terminal.press("?")
        terminal.wait_for("Keys that work")
        terminal.press("esc")
        terminal.wait_for("Welcome all")
        terminal.press("Q")
        terminal.wait_exit()


@pytest.mark.parametrize(
    "start", [pytest.param(in_screen, marks=needs_screen), pytest.param(in_tmux, marks=needs_tmux)]
)
@pytest.mark.parametrize("locale", [{"LANG": "C"}, {"LANG": None}, {"LANG": "POSIX", "LC_CTYPE": ""}], ids=str)
def test_marks_are_ascii_in_a_plain_locale(
    start: Callable[..., Terminal], home: Path, forum: Path, sockets: Path, locale: dict[str, str | None]
) -> None:
    with start(home, forum, sockets, LC_ALL=None, **locale) as terminal:
        terminal.wait_for("Welcome all")
        terminal.settle()
        assert terminal.text().isascii(), terminal.text()
        terminal.press("enter")
        terminal.wait_for("Say hello")
        assert terminal.text().isascii(), terminal.text()
        terminal.press("r")
        terminal.wait_for("words")
        assert terminal.text().isascii(), terminal.text()
        terminal.press("esc")
        terminal.press("Q")
        terminal.wait_exit()
