"""A saved page becomes a forum that is served: two people in two terminals join, answer and mark."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the server is an extra: pip install 'forumtui[server]'")

from tests.docs.test_examples import SAVED_PAGE
from tests.server.processes import served
from tests.terminal import Terminal

pytestmark = pytest.mark.e2e
FORUMTUI = [sys.executable, "-m", "forumtui"]


def forumtui(home: Path, *words: str) -> str:
    done = subprocess.run(
        [*FORUMTUI, *words], env=os.environ | {"FORUMTUI_HOME": str(home)}, capture_output=True, text=True,
        check=False, stdin=subprocess.DEVNULL, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def forum(tmp_path: Path) -> Path:
    page = tmp_path / "page.txt"
    page.write_text(SAVED_PAGE, encoding="utf-8")
    file = tmp_path / "clocks.db"
    home = tmp_path / "keeper"
    forumtui(home, "import", str(page), "--into", str(file))
    forumtui(home, "host", "rules", str(file), "Wind gently.")
    forumtui(home, "host", "policy", str(file), "--registration", "open")
    return file


@pytest.fixture
def address(forum: Path) -> Iterator[str]:
    with served(forum) as serving:
        yield serving.address


def reader(home: Path, address: str) -> Terminal:
    env: dict[str, str | None] = {"FORUMTUI_HOME": str(home), "LANG": "C.UTF-8", "SSH_CONNECTION": None}
    return Terminal([*FORUMTUI, address], columns=110, rows=32, env=env)


def register(terminal: Terminal, name: str) -> None:
    terminal.wait_for("How often to wind it")
    terminal.settle()
    for key, then in (("g", ""), ("a", "guest"), ("N", "Wind gently"), (name, name), ("enter", "Password")):
        terminal.press(key)
        terminal.wait_for(then)
    terminal.press("a long secret")
    terminal.wait_for("•••")
    terminal.press("enter", "a long secret")
    terminal.wait_for("•••[^•]+•••")
    assert "long secret" not in terminal.text()
    terminal.press("enter")
    terminal.wait_for("accept the rules")
    terminal.press("y")
    terminal.wait_for(f"You are {name}")
    terminal.press("enter")
    terminal.wait_for("Enter open")


def log_in(terminal: Terminal, name: str) -> None:
    """From a thread and back to it."""
    for key, then in (("g", ""), ("a", "L log in"), ("L", "Log in to")):
        terminal.press(key)
        terminal.wait_for(then)
    terminal.press("a long secret\r")  # the name is filled in already
    terminal.wait_for(f"You are {name}")
    terminal.press("esc")
    terminal.wait_for("Twice a week")


def test_two_readers_join_answer_and_mark(tmp_path: Path, forum: Path, address: str) -> None:
    with reader(tmp_path / "anna", address) as anna, reader(tmp_path / "bo", address) as bo:
        register(anna, "anna")
        forumtui(tmp_path / "keeper", "host", "member", "role", str(forum), "anna", "Editor")
        anna.wait_for("anna, Editor")
        anna.press("enter")
        anna.wait_for("pendulum")
        anna.press("r")
        anna.wait_for("words")
        anna.press("Twice a week is too often.")
        anna.press("ctrl+s")
        anna.wait_for("Twice a week")
        anna.wait_until_gone("waiting|sending")
        anna.wait_for(r"anna\s+Editor")
        anna.press("G")  # the place stayed where it was
        anna.settle()
        anna.press("!")
        anna.press("b")
        anna.wait_for("[Ll]og in again")  # as what one became since
        log_in(anna, "anna")
        anna.press("!")
        anna.press("b")
        anna.wait_for("The post of anna is a best practice")

        bo.wait_for("How often to wind it")
        bo.settle()
        bo.press("enter")
        bo.wait_for("Twice a week is too often")
        bo.wait_for(r"anna\s+Editor\s+Best practice")
        bo.press("i")
        bo.wait_for(r"Best practices \(1\)")
        bo.press("q")
        bo.wait_for("Twice a week")

        anna.press("R")
        anna.wait_for("words")
        anna.press("One more thing.")
        anna.press("ctrl+s")
        bo.wait_for("One more thing", timeout=10)
        for terminal in (anna, bo):
            terminal.press("Q", settle=0.3)
            assert terminal.wait_exit() == 0
    shown = forumtui(tmp_path / "other", "read", str(forum), "1", "--all", "--json")
    assert shown.count("Twice a week is too often") == 1
    assert '"best-practice"' in shown
