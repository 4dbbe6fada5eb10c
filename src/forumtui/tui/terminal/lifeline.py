"""When the line to the person goes: a hang-up, a SIGTERM, or a terminal that is silently gone; and whether a shell would wake a program that stops itself."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from forumtui.errors import ForumtuiError
from forumtui.tui.keys.keymap import is_drawn_elsewhere
from forumtui.tui.terminal.display import DiffedDisplay
from forumtui.tui.terminal.driver import TerminalDriver

HANGUP_SECONDS = 1.5
"""The most that a dying program takes."""
CHECK_SECONDS = 2.0
LAST_KEYS_SECONDS = 0.5
_LOOK_SECONDS = 0.005
LAST_SAVE_SECONDS = 0.5


class Typed(Protocol):
    """A text that is being written."""

    def save_now(self) -> None:
        """Write it at once, blocking, and never raise."""

    async def save(self) -> None:
        """Write it."""


class Lifeline:
    """Writes what is typed at once when the line goes, then ends the app.

    ``caught_up`` waits until every key that came is handled, ``typed`` says what is being written, ``close_down`` ends.
    """

    def __init__(
        self,
        app: DiffedDisplay[None],
        *,
        caught_up: Callable[[], Awaitable[None]],
        typed: Callable[[], Typed | None],
        close_down: Callable[[int], None],
    ) -> None:
        self._app = app
        self._caught_up = caught_up
        self._typed = typed
        self._close_down = close_down
        self._parent_pid = os.getppid()
        self._ending: asyncio.Future[None] | None = None
        self._timer: threading.Thread | None = None
        self._saved = False

    def listen(self) -> None:
        """Catch the signals, and look now and then whether the terminal is still there."""
        loop = asyncio.get_running_loop()

        def signalled(*_: object) -> None:  # comes even while the loop is stuck in one of its callbacks
            self._start_timer()
            loop.call_soon_threadsafe(self.hang_up)

        for number in (signal.SIGHUP, signal.SIGTERM):
            with contextlib.suppress(ValueError):  # not the main thread
                signal.signal(number, signalled)
        self._app.when_lost = self.hang_up
        self._app.set_interval(CHECK_SECONDS, self._check_terminal)

    def hang_up(self) -> None:
        """The line went, or somebody ends the process: write what is typed at once, then close."""
        if self._ending is None:
            self._start_timer()
            self._save()
            self._ending = asyncio.ensure_future(self._end())

    async def _end(self) -> None:
        """Keys that arrived before the line went are still typed."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._last_keys(), LAST_KEYS_SECONDS)
        self._save()
        if (typed := self._typed()) is not None:
            with contextlib.suppress(TimeoutError, ForumtuiError):
                await asyncio.wait_for(typed.save(), LAST_SAVE_SECONDS)
        self._close_down(129)

    async def _last_keys(self) -> None:
        """What the terminal sent goes through the thread that reads it and the app's queue before it is a key."""
        driver = self._app._driver  # noqa: SLF001 - the framework does not tell
        while isinstance(driver, TerminalDriver) and not driver.has_read_all:  # noqa: ASYNC110 - a thread reads it
            await asyncio.sleep(_LOOK_SECONDS)
        through = asyncio.Event()
        if self._app.call_later(through.set):
            await through.wait()
        await self._caught_up()

    def _save(self) -> None:
        if (typed := self._typed()) is not None:
            typed.save_now()
        self._saved = True

    def _start_timer(self) -> None:
        if self._timer is None:
            self._timer = threading.Thread(target=_end_soon, args=(self._save_unless_saved,), daemon=True)
            self._timer.start()

    def _save_unless_saved(self) -> None:
        """The loop came to nothing any more: save without it."""
        if not self._saved:
            with contextlib.suppress(Exception):
                self._save()

    def _check_terminal(self) -> None:
        """Where the parent is gone and took the terminal with it, nobody sends a signal any more.

        A program that draws the reader elsewhere, and is gone, is noticed by nothing but the end of what it sends.
        """
        reading = getattr(self._app._driver, "_key_thread", None)  # noqa: SLF001 - drivers of the framework have one
        if is_drawn_elsewhere(os.environ) and reading is not None and not reading.is_alive():
            self.hang_up()
        if os.getppid() != self._parent_pid:
            try:
                os.tcgetpgrp(0)
            except OSError:
                self.hang_up()


def _end_soon(save: Callable[[], None]) -> None:
    """End the process, whatever holds it up; the text is on disk by then."""
    time.sleep(HANGUP_SECONDS)
    save()
    os._exit(129)


_TRY = ["/bin/sh", "-c", "kill -s TSTP $$"]


def can_be_woken() -> bool:
    """Ask the kernel: where no shell with job control would notice, as in a log-in that runs nothing but this, the
    signal that suspends does nothing to a child.
    """
    try:
        child = subprocess.Popen(_TRY, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own words
    except OSError:
        return False
    with child:
        _, status = os.waitpid(child.pid, os.WUNTRACED)
        if os.WIFSTOPPED(status):
            child.kill()
            return True
        child.returncode = os.waitstatus_to_exitcode(status)
        return False
