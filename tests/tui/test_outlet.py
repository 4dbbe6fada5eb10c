"""Writing to a terminal never waits for it."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import sys
import threading
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.screens import cells
from tests.terminal import Terminal
from tests.tui.test_display_diff import LIST_AND_THREAD

from forumtui.tui.terminal.outlet import MOST_WAITING, Outlet

ROOT = Path(__file__).parents[2]


class Ends:
    """Both ends of a terminal; the near one is the program's."""

    def __init__(self) -> None:
        self.far, self.near = pty.openpty()
        tty.setraw(self.near)
        self.gone = threading.Event()
        self.outlet = Outlet(self.near, self.gone.set)

    def read(self, wanted: int) -> bytes:
        found = b""
        while len(found) < wanted and select.select([self.far], [], [], 10)[0]:
            found += os.read(self.far, 65536)
        return found


@pytest.fixture
def ends() -> Iterator[Ends]:
    ends = Ends()
    yield ends
    ends.outlet.close()
    for end in (ends.far, ends.near):
        with contextlib.suppress(OSError):
            os.close(end)


def stall(ends: Ends) -> threading.Event:
    """Write until the terminal takes no more; the event is set when it has all."""
    written = threading.Event()
    ends.outlet.write("x" * 60_000)
    assert ends.outlet.is_behind(written.set)
    return written


def test_what_is_written_arrives_in_order(ends: Ends) -> None:
    for number in range(1000):
        ends.outlet.write(f"{number} ")
    wanted = "".join(f"{number} " for number in range(1000)).encode()
    assert ends.read(len(wanted)) == wanted


def test_a_stalled_terminal_holds_nobody_up_and_memory_is_bounded(ends: Ends) -> None:
    written = stall(ends)
    began = time.monotonic()
    for _ in range(2000):
        ends.outlet.write("y" * 1000)
    assert time.monotonic() - began < 5
    assert len(ends.outlet._waiting) <= MOST_WAITING
    assert not written.is_set()
    ends.read(60_000)
    while not written.is_set() and select.select([ends.far], [], [], 10)[0]:
        os.read(ends.far, 65536)
    assert written.wait(10)
    assert not ends.outlet.is_behind(written.set)


def test_who_waits_is_told_once(ends: Ends) -> None:
    times: list[None] = []
    stall(ends)
    assert ends.outlet.is_behind(lambda: times.append(None))
    ends.read(60_000)
    ends.outlet.write("more")
    ends.read(4)
    ends.outlet.close()
    assert times == [None]


def test_closing_a_stalled_terminal_gives_up_soon_and_then_takes_nothing(ends: Ends) -> None:
    stall(ends)
    began = time.monotonic()
    ends.outlet.close()
    assert time.monotonic() - began < 5
    ends.outlet.write("late")
    assert not ends.outlet._waiting
    assert ends.outlet.is_behind(lambda: None), "no screen is drawn for it"


def test_what_was_not_taken_is_dropped_and_what_follows_gets_through(ends: Ends) -> None:
    stall(ends)
    ends.outlet.drop()
    ends.outlet.write("\x1b[?1049l")
    ends.outlet.close()
    assert re.search(rb"\x1b\\\x1b\[m\x1b\[\?1049l$", ends.read(20_000))


def test_a_terminal_that_is_gone_is_told_of(ends: Ends) -> None:
    stall(ends)
    os.close(ends.far)
    assert ends.gone.wait(10)
    ends.outlet.write("to nobody")
    assert not ends.outlet._waiting


def test_a_descriptor_that_was_made_non_blocking_is_waited_for(ends: Ends) -> None:
    os.set_blocking(ends.near, False)
    ends.outlet.write("z" * 50_000)
    assert ends.read(50_000) == b"z" * 50_000
    assert not ends.gone.is_set()


def displayed() -> Terminal:
    env = {"PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    return Terminal([sys.executable, "-m", "tests.tui.display_app", "400", "40"], env=env, cwd=ROOT)


@pytest.mark.e2e
def test_after_any_stall_the_screen_is_what_it_would_have_been() -> None:
    """Keys pressed while nothing is read, with ever more screens between: drawn at once, it is the last one."""
    with displayed() as stalled, displayed() as read:
        for terminal in (stalled, read):
            terminal.wait_for("Plain talk 3")
            terminal.settle()
        keys = [step for step in LIST_AND_THREAD if not step.startswith(("size", "t", "e"))] * 8
        for start in range(0, len(keys), 60):
            for key in keys[start : start + 60]:
                read.press(key, settle=0.01)
                stalled.send(b"\x0c" if key == "ctrl+l" else key.encode() if len(key) == 1 else b"\r")
                for terminal in (stalled, read):
                    terminal.wait_until_taken()
            late = 0
            while cells(stalled) != cells(read) and late < 100:
                stalled.settle(0.1)
                read.settle(0.1)
                late += 1
            assert stalled.text() == read.text()
            assert cells(stalled) == cells(read)
