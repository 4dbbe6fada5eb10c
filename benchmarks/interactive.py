"""The program in a pty: first paint, keys, memory, and a key held down."""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

from benchmarks.homes import list_home, thread_home
from benchmarks.tables import median, percentile, show
from tests.terminal import Terminal, key_bytes

PROGRAM = [sys.executable, "-m", "forumtui"]
BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("READY")
Bare().run()
"""
ROUNDS = 9
LIST_ROW = r"\d+ *$"


def environment(home: Path) -> dict[str, str | None]:
    """What the program is started with."""
    return {"FORUMTUI_HOME": str(home), "TEXTUAL_ANIMATIONS": "none", "PYTHONDONTWRITEBYTECODE": None}


def first_paint(command: list[str], home: Path, pattern: str) -> float:
    """Milliseconds from start until the pattern stands on the screen."""
    with Terminal(command, env=environment(home)) as terminal:
        return terminal.wait_for(pattern, timeout=60) * 1000


def startup() -> None:
    """First paint with a topic row, beside a bare Textual app, interleaved."""
    home = list_home(10_000)
    bare: list[float] = []
    ours: list[float] = []
    for _ in range(ROUNDS + 1):
        bare.append(first_paint([sys.executable, "-c", BARE], home, "READY"))
        ours.append(first_paint(PROGRAM, home, r"(?m)[A-Z][a-z]+ .* \d+"))
    base = median(bare[1:])
    show(
        "First paint, 80x24 (ms, median of 9)",
        ["program", "ms", "least", "ratio"],
        [
            ["bare Textual app", base, min(bare[1:]), 1.0],
            ["forumtui, first topic row", median(ours[1:]), min(ours[1:]), median(ours[1:]) / base],
        ],
    )


def press_times(terminal: Terminal, key: str, count: int) -> tuple[list[float], list[int]]:
    """Milliseconds until the first output after each press, and bytes until the screen is quiet."""
    times, sizes = [], []
    for _ in range(count):
        written, began = terminal.written, time.perf_counter()
        terminal.send(key_bytes(key))
        if terminal.read(1.0):
            times.append((time.perf_counter() - began) * 1000)
        terminal.settle(0.05)
        sizes.append(terminal.written - written)
    return times, sizes


def resident_mb(pid: int) -> float:
    """Resident memory of a process (Linux)."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    return int(found[1]) / 1024 if found else 0.0


def walk(home: Path, pattern: str, keys: dict[str, str]) -> list[object]:
    """Paint, memory, and the time and bytes of some keys in one home."""
    paints = [first_paint(PROGRAM, home, pattern) for _ in range(5)]
    row: list[object] = [median(paints)]
    with Terminal(PROGRAM, env=environment(home)) as terminal:
        terminal.wait_for(pattern, timeout=60)
        terminal.settle(1.0)
        for key in keys.values():
            times, sizes = press_times(terminal, key, 15)
            row += [median(times), percentile(times, 0.95), int(median(sizes))]
        terminal.settle(0.5)
        row.append(resident_mb(terminal.pid))
    return row


def lists() -> None:
    """The topic list at 100, 10k and 100k rows."""
    keys = {"j": "j", "PgDn": "pagedown"}
    head = ["rows", "paint ms", *(f"{key} {what}" for key in keys for what in ("ms", "p95", "bytes")), "RSS MB"]
    rows = [[count, *walk(list_home(count), r"(?m)[A-Z][a-z]+ .* \d+", keys)] for count in (100, 10_000, 100_000)]
    show("Topic list, 80x24", head, rows)


def threads() -> None:
    """A thread of 30, 1k and 10k posts."""
    keys = {"PgDn": "pagedown", "j": "j"}
    head = ["posts", "paint ms", *(f"{key} {what}" for key in keys for what in ("ms", "p95", "bytes")), "RSS MB"]
    rows = [[count, *walk(thread_home(count), r"Member", keys)] for count in (30, 1_000, 10_000)]
    show("Thread, 80x24", head, rows)


def blank_rows(screen: list[str]) -> int:
    """Blank lines between the header and the footer."""
    return sum(1 for line in screen[2:-2] if not line.strip(" │|"))


def hold() -> None:
    """`j` held at 30 keys a second for ten seconds in a list of 100k rows: how many frames had a blank row."""
    frames = blanks = 0
    with Terminal(PROGRAM, env=environment(list_home(100_000))) as terminal:
        terminal.wait_for(r"(?m)[A-Z][a-z]+ .* \d+", timeout=60)
        terminal.settle(1.0)
        began = time.perf_counter()
        for number in range(300):
            terminal.send(b"j")
            while (left := began + (number + 1) / 30 - time.perf_counter()) > 0:
                if terminal.read(left):
                    frames += 1
                    blanks += blank_rows(terminal.lines) > 0
    show("Holding j, 30 keys/s for 10 s, 100k rows", ["frames seen", "frames with a blank row"], [[frames, blanks]])


os.environ.pop("NO_COLOR", None)
