"""A program in a real pty, with a terminal in memory that draws what it writes."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte
from tests.waiting import seen
from wcwidth import wcwidth

_NUMBER = 0x80045430
"""TIOCGPTN: the number of a terminal, asked for at its other end."""

KEYS = {
    "enter": "\r",
    "esc": "\x1b",
    "tab": "\t",
    "space": " ",
    "backspace": "\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
}
_SYNC_QUERY = b"\x1b[?2026$p"
_SYNC_GRANTED = b"\x1b[?2026;2$y"
# Sequences that draw nothing and that the in-memory terminal would show as text.
_SILENT = re.compile(
    rb"\x1b\[[<>=][0-9;:]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1b\[[0-9;]* q|\x1b\[\?[0-9]*u|\x1b\].*?(?:\x07|\x1b\\)",
    re.DOTALL,
)
_UNFINISHED = re.compile(rb"\x1b(?:\[[0-9;:?<>=$ ]*|\][^\x07\x1b]*)?$")


def key_bytes(*keys: str) -> bytes:
    """What a terminal sends: named keys, "ctrl+x", or the text itself."""
    sent = b""
    for key in keys:
        if key.startswith("ctrl+") and len(key) == 6:
            sent += bytes([ord(key[5].upper()) & 0x1F])
        else:
            sent += KEYS.get(key, key).encode()
    return sent


class Terminal:
    """Runs ``command`` in a pty of ``columns`` x ``rows``; ``text()`` is what a person sees."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 80,
        rows: int = 24,
        env: Mapping[str, str | None] | None = None,
        term: str = "xterm-256color",
        cwd: Path | None = None,
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._held = b""
        self.written = 0
        """Bytes the program wrote so far."""
        self.raw = bytearray()
        self.ended = False
        self._status: int | None = None
        environment = {k: v for k, v in os.environ.items() if k not in {"COLORTERM", "NO_COLOR", "COLUMNS", "LINES"}}
        environment["TERM"] = term
        for name, value in (env or {}).items():
            if value is None:
                environment.pop(name, None)
            else:
                environment[name] = value
        self.started = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            try:
                self._set_size(0, columns, rows)
                if cwd is not None:
                    os.chdir(cwd)
                os.execvpe(command[0], list(command), environment)
            finally:
                os._exit(127)
        self._set_size(self._fd, columns, rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @staticmethod
    def _set_size(fd: int, columns: int, rows: int) -> None:
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, timeout: float = 0.0) -> bool:
        """Draw one chunk of output; False when none came within ``timeout`` seconds."""
        if self.ended:
            return False
        try:
            ready, _, _ = select.select([self._fd], [], [], timeout)
            data = os.read(self._fd, 65536) if ready else None
        except OSError:
            data = b""
        if data is None:
            return False
        if not data:
            self.ended = True
            return False
        self.written += len(data)
        self.raw += data
        if _SYNC_QUERY in data:
            self.send(_SYNC_GRANTED)
        data = self._held + data
        unfinished = _UNFINISHED.search(data[-4096:])
        self._held = unfinished.group() if unfinished else b""
        if self._held:
            data = data[: -len(self._held)]
        self._stream.feed(_SILENT.sub(b"", data))
        return True

    def settle(self, quiet: float = 0.15, timeout: float = 10.0) -> None:
        """Read until nothing came for ``quiet`` seconds."""
        end = time.perf_counter() + timeout
        while time.perf_counter() < end and self.read(quiet):
            pass

    def text(self) -> str:
        """The screen, line by line, without trailing blanks."""
        return "\n".join(line.rstrip() for line in self.lines)

    @property
    def lines(self) -> list[str]:
        """The screen as it is drawn; half of a wide letter that another wrote over is a blank."""
        return [self._line(self.screen.buffer[row]) for row in range(self.screen.lines)]

    def _line(self, cells: Mapping[int, pyte.screens.Char]) -> str:
        drawn = ""
        wide = False
        for column in range(self.screen.columns):
            cell = cells[column].data
            drawn += cell if cell or wide else " "
            wide = bool(cell) and wcwidth(cell[0]) == 2
        return drawn

    def wait_for(self, pattern: str, timeout: float = 20.0) -> float:
        """Seconds since the start until the screen matches; AssertionError with the screen if it never does."""
        end = time.perf_counter() + timeout
        sought = re.compile(pattern)
        while not sought.search(self.text()):
            left = end - time.perf_counter()
            if left <= 0 or (self.ended and not self.read()):
                raise AssertionError(f"never saw {pattern!r}; the screen was:\n{self.text()}")
            self.read(min(left, 0.25))
        return time.perf_counter() - self.started

    def wait_until_gone(self, pattern: str, timeout: float = 20.0) -> None:
        """Read until the screen no longer matches."""
        self.wait_until(lambda: not re.search(pattern, self.text()), f"{pattern!r} stayed", timeout)

    def wait_until(self, condition: Callable[[], bool], otherwise: str, timeout: float = 20.0) -> None:
        """Read until something is so; AssertionError with the screen if it never is."""
        end = time.perf_counter() + timeout
        while not condition():
            assert time.perf_counter() < end, f"{otherwise}; the screen was:\n{self.text()}"
            self.read(0.1)

    def send(self, data: bytes) -> None:
        """Write raw bytes to the program."""
        with contextlib.suppress(OSError):
            os.write(self._fd, data)

    def wait_until_taken(self) -> None:
        """Wait until the program has read what was sent: what comes in one read may be a paste to it.

        What was sent may be on its way within the kernel yet, where only a look for something to read waits for it.
        """
        number = struct.unpack("I", fcntl.ioctl(self._fd, _NUMBER, bytes(4)))[0]
        its_end = os.open(f"/dev/pts/{number}", os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            assert seen(lambda: not select.select([its_end], [], [], 0)[0]), "it reads no keys"
        finally:
            os.close(its_end)

    def press(self, *keys: str, settle: float = 0.15) -> None:
        """Press keys, then read until the screen is quiet."""
        self.send(key_bytes(*keys))
        self.settle(settle)

    def resize(self, columns: int, rows: int) -> None:
        """Change the window size, as a person dragging its corner."""
        self.screen.resize(rows, columns)
        self._set_size(self._fd, columns, rows)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the program."""
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """What a dropped line does: the terminal is gone."""
        os.close(self._fd)
        self.ended = True

    def poll(self) -> int | None:
        """Exit code, or None while it runs (negative: killed by that signal)."""
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = os.waitstatus_to_exitcode(status)
        return self._status

    def wait_exit(self, timeout: float = 10.0) -> int:
        """Exit code; AssertionError when it does not end."""
        end = time.perf_counter() + timeout
        while (status := self.poll()) is None:
            assert time.perf_counter() < end, f"still running; the screen was:\n{self.text()}"
            self.read(0.02)
        return status

    def close(self) -> None:
        """End the program, by force if it must be."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self.poll() is not None:
                break
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)
            with contextlib.suppress(AssertionError):
                self.wait_exit(4)
        with contextlib.suppress(OSError):
            os.close(self._fd)
