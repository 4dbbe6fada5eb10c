"""`Outlet`: writes to the terminal from a thread of its own, so that a terminal that nobody reads holds nobody up."""

from __future__ import annotations

import contextlib
import os
import select
import termios
import threading
from collections.abc import Callable

PATIENCE = 0.3
"""Seconds that a terminal is waited for at the end."""
MOST_WAITING = 65536
"""Bytes that may wait behind what is not written yet; what comes then is dropped."""
_PIECE = 4096
_LOOK_AGAIN = 0.1
"""Seconds; nobody wakes a writer whose output was flushed."""


class Outlet:
    """``gone`` is called from the thread when the terminal is no more."""

    def __init__(self, descriptor: int, gone: Callable[[], None]) -> None:
        self._descriptor = _opened_again(descriptor)
        self._gone = gone
        self._waiting = bytearray()
        self._writing = False
        self._open = True
        self._then: Callable[[], None] | None = None
        self._changed = threading.Condition()
        threading.Thread(target=self._run, name="terminal-output", daemon=True).start()

    def write(self, text: str) -> None:
        """Hand a text over; returns at once."""
        data = text.encode("utf-8", "replace")
        with self._changed:
            if self._open and (not self._waiting or len(self._waiting) + len(data) <= MOST_WAITING):
                self._waiting += data
                self._changed.notify_all()

    def is_behind(self, then: Callable[[], None]) -> bool:
        """Whether something is not written yet; ``then`` is called once, from the thread, when all is."""
        with self._changed:
            if self._idle:
                return not self._open
            self._then = then
            return True

    def drop(self) -> None:
        """Give a slow terminal a moment; throw away what it has not taken by then."""
        with self._changed:
            if self._changed.wait_for(lambda: self._idle, PATIENCE) or not self._open:
                return
            self._waiting[:] = b"\x1b\\\x1b[m"  # whatever was cut short ends here
            with contextlib.suppress(termios.error):
                termios.tcflush(self._descriptor, termios.TCOFLUSH)

    def close(self) -> None:
        """Write what is waiting, if the terminal takes it within a moment; then let go of it."""
        with self._changed:
            self._changed.wait_for(lambda: self._idle, PATIENCE)
            self._shut()

    @property
    def _idle(self) -> bool:
        return not self._waiting and not self._writing

    def _shut(self) -> None:
        self._open = False
        self._waiting.clear()
        self._changed.notify_all()

    def _run(self) -> None:
        try:
            while piece := self._next():
                self._put(piece)
        except OSError:
            with self._changed:
                self._writing = False
                self._shut()
            self._gone()
        finally:
            os.close(self._descriptor)

    def _next(self) -> bytes:
        """What to write now; empty: nothing ever again."""
        with self._changed:
            self._writing = False
            if not self._waiting:
                self._changed.notify_all()
                then, self._then = self._then, None
                if then is not None:
                    then()
            self._changed.wait_for(lambda: self._waiting or not self._open)
            piece = bytes(self._waiting[:_PIECE])
            del self._waiting[:_PIECE]
            self._writing = bool(piece)
            return piece

    def _put(self, piece: bytes) -> None:
        while piece and self._open:
            try:
                piece = piece[os.write(self._descriptor, piece) :]
            except BlockingIOError:
                select.select([], [self._descriptor], [], _LOOK_AGAIN)


def _opened_again(descriptor: int) -> int:
    """The same terminal, without waiting; not so for the shell, which shares what it was opened as."""
    try:
        return os.open(os.ttyname(descriptor), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError:  # it has no name here: the thread then waits in the kernel
        return os.dup(descriptor)
