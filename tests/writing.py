"""Somebody who writes a reply in a real terminal: a forum to write in, the composer, what was kept, and what it cost."""

from __future__ import annotations

import contextlib
import json
import math
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


class Stopwatch:
    """Seconds as a process has them: those in which it waited for a core that others had do not count."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._before = _waits(pid)
        self._waited = 0.0
        self._began = time.monotonic()

    def look(self) -> float:
        """Seconds since the start.  What it waited after the last look before it ended is not known, and counts."""
        for thread, waited in _waits(self._pid).items():
            self._waited = max(self._waited, waited - self._before.get(thread, 0.0))
        return time.monotonic() - self._began - self._waited


def _waits(pid: int) -> dict[str, float]:
    """How long each thread of a process was ready and had no core so far (proc(5), schedstat)."""
    found = {}
    for thread in Path(f"/proc/{pid}/task").glob("*"):
        with contextlib.suppress(OSError):
            found[thread.name] = int((thread / "schedstat").read_text().split()[1]) / 1e9
    return found


def seconds_to_end(pid: int) -> float:
    """How long a process, anybody's child, still runs, by its own `Stopwatch`; infinite where it does not end."""
    watch = Stopwatch(pid)

    def has_ended() -> bool:
        watch.look()
        return not is_running(pid)

    return watch.look() if seen(has_ended, 20) else math.inf
