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


class Outlet:
    """``gone`` is called from the thread when the terminal is no more."""

    def __init__(self, descriptor: int, gone: Callable[[], None]) -> None:
        self._descriptor = descriptor
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
            if self._changed.wait_for(lambda: self._idle, PATIENCE):
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
        while piece:
            try:
                piece = piece[os.write(self._descriptor, piece) :]
            except BlockingIOError:  # another program that shares the terminal made it non-blocking
                select.select([], [self._descriptor], [], 1.0)
