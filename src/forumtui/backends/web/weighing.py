"""How much there is in JSON, before any of it is taken apart: text costs its bytes, but each value costs many more."""

from __future__ import annotations

from forumtui.errors import Unreadable

MOST_DEPTH = 500
"""Levels in one another: more than any conversation has, less than makes a recursive reader fail."""
MOST_ESCAPES = 2_000_000
"""In strings; each interrupts what is otherwise copied as a whole."""
_SLICE = 16_384
_OPENING = (b"[", b"{")
_CLOSING = (b"]", b"}")


class Scales:
    """Takes a body in pieces as they come.  ``name`` is the server's; at most ``most`` values and names are let through.

    They are counted by the brackets, commas and colons before them, and by quotes; what strings hold is not looked at.
    """

    def __init__(self, name: str, most: int) -> None:
        self._name = name
        self._most = most
        self._values = 0
        self._quotes = 0
        self._escapes = 0
        self._depth = 0
        self._half = b""
        """A backslash whose other half is to come."""

    def add(self, piece: bytes) -> None:
        """Raises `Unreadable` as soon as it is too much."""
        for start in range(0, len(piece), _SLICE):
            self._weigh(self._half + piece[start : start + _SLICE])
            if self._depth > MOST_DEPTH:
                raise too_deep(self._name)
            if self._values > self._most or self._quotes > 2 * self._most:
                raise Unreadable(f"The answer of {self._name} holds more than {self._most:,} values.")
            if self._escapes > MOST_ESCAPES:
                raise Unreadable(f"The answer of {self._name} is written in too roundabout a way.")

    def _weigh(self, text: bytes) -> None:
        self._half = b""
        if b"\\" in text:
            backslashes, pairs = text.count(b"\\"), text.count(b"\\\\")
            self._escapes += backslashes - pairs
            text = text.replace(b"\\\\", b"")
            if text.endswith(b"\\"):
                text, self._half = text[:-1], b"\\"
            text = text.replace(b'\\"', b"")
        parts = text.split(b'"')
        within = self._quotes % 2
        self._quotes += len(parts) - 1
        outside = b"".join(parts[within::2])
        opened = sum(map(outside.count, _OPENING))
        self._depth += opened - sum(map(outside.count, _CLOSING))
        self._values += opened + outside.count(b",") + outside.count(b":")


def too_deep(name: str) -> Unreadable:
    """What is said of lists that hold one another over too many levels."""
    return Unreadable(f"The answer of {name} is nested too deeply.")
