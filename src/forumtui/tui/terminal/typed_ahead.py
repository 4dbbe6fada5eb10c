"""Keys that are pressed while the program still starts: the terminal keeps them as keys, instead of editing a line."""

from __future__ import annotations

import fcntl
import os
import struct
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from forumtui.values import quick_dataclass

_INPUT, _LOCAL = 0, 3
"""Where `termios.tcgetattr` has these flags."""


@quick_dataclass(slots=True)
class TypedAhead:
    """What is known of a terminal that was taken over early.

    ``modes``: as they were.  ``edited``: so many characters came before, as a line that was being edited.
    """

    modes: list[Any]
    edited: int

    def as_keys(self, data: bytes) -> bytes:
        """What was read next; Enter, which ended a line, is Enter again."""
        first, self.edited = data[: self.edited], max(0, self.edited - len(data))
        return first.replace(b"\n", b"\r") + data[len(first) :]


@contextmanager
def kept(terminal: int) -> Iterator[TypedAhead | None]:
    """From here on no key is echoed, translated or swallowed; ctrl+c still ends the program.  None: there is no terminal."""
    try:
        modes = termios.tcgetattr(terminal)
        early = [*modes]
        early[_INPUT] &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON | termios.IXOFF)
        early[_LOCAL] &= ~(termios.ICANON | termios.ECHO | termios.IEXTEN)
        termios.tcsetattr(terminal, termios.TCSANOW, early)
        translates = modes[_INPUT] & termios.ICRNL and not modes[_INPUT] & termios.IGNCR
        here = TypedAhead(modes, _waiting(terminal) if translates else 0)
    except (termios.error, OSError):
        yield None
        return
    try:
        yield here
    finally:
        _give_back(terminal, modes)


def _waiting(terminal: int) -> int:
    (count,) = struct.unpack("i", fcntl.ioctl(terminal, termios.FIONREAD, b"\0" * 4))
    return int(count)


def _give_back(terminal: int, modes: list[Any]) -> None:
    try:
        if os.tcgetpgrp(terminal) == os.getpgrp():  # else this would stop us, and it is somebody else's
            termios.tcsetattr(terminal, termios.TCSANOW, modes)
    except (termios.error, OSError):
        pass  # it is gone
