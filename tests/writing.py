"""Somebody who writes a reply in a real terminal: a forum to write in, the composer, what was kept, and what it cost."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.terminal import Terminal
from tests.waiting import pause_here, seen

READER = [sys.executable, "-m", "forumtui"]


def environment(home: Path) -> dict[str, str | None]:
    """A UTF-8 terminal in front of this machine, and a home of its own."""
    return {"FORUMTUI_HOME": str(home), "LANG": "C.UTF-8", "SSH_CONNECTION": None, "SSH_TTY": None}


def forumtui(home: Path, *words: str) -> str:
    """What a command prints."""
    done = subprocess.run(
        [*READER, *words],
        env=os.environ | {"FORUMTUI_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def new_forum(file: Path, home: Path) -> Path:
    """A forum file with one topic, followed under the name "team"."""
    forumtui(home, "host", "create", str(file), "--title", "Team room")
    forumtui(home, "host", "board", "add", str(file), "--title", "General")
    forumtui(home, "new", str(file), "--board", "General", "--subject", "Welcome all", "--text", "Say hello.")
    forumtui(home, "accounts", "add", str(file), "--name", "team")
    return file


def start(home: Path, forum: Path, *, columns: int = 100, rows: int = 30) -> Terminal:
    """The reader in a terminal, at the topics of this forum."""
    terminal = Terminal([*READER, str(forum)], columns=columns, rows=rows, env=environment(home))
    terminal.wait_for("Welcome all")
    terminal.settle()
    return terminal


def open_composer(terminal: Terminal) -> None:
    """Begin a reply."""
    terminal.press("enter")
    terminal.wait_for("Say hello")
    terminal.press("r")
    terminal.wait_for("words")


def kept(home: Path) -> str:
    """The draft that is kept; empty without one."""
    drafts = json.loads(forumtui(home, "drafts", "--json") or "[]")
    return str(drafts[0]["body"]) if drafts else ""


def wait_until_kept(home: Path, text: str) -> None:
    """Until the draft that is kept is this one."""
    seen(lambda: kept(home) == text, 20, every=0.1)
    assert kept(home) == text


def cpu_seconds(pid: int) -> float:
    """How long a process has computed so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_until_at_rest(pid: int, seconds: float = 20.0) -> None:
    """Until a process computes next to nothing; AssertionError when it spins for ever."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        before = cpu_seconds(pid)
        pause_here(0.5)
        if cpu_seconds(pid) - before < 0.1:
            return
    raise AssertionError(f"still computing after {seconds} s")


def is_running(pid: int) -> bool:
    """Whether there is such a process."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def seconds_to_end(pid: int, most: float) -> float:
    """How long a process, anybody's child, still runs."""
    began = time.monotonic()
    seen(lambda: not is_running(pid), most)
    return time.monotonic() - began
