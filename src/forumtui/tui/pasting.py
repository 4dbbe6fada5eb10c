"""What text that came at once may do: go into a field, or be an address; it is never a command."""

from __future__ import annotations

from forumtui.text.pattern import pattern
from forumtui.text.sanitise import clean_text

_ADDRESS = pattern(r"(?a)[A-Za-z][A-Za-z0-9+.\-]*:\S+|[\w\-]+(?:\.[\w\-]+)+(?:[:/]\S*)?|[\w\-.]+/\S+")
_PATH = pattern(r"(?:~[\w\-]*/|/|\.\.?/)[^\n]*")
_LONGEST_ADDRESS = 2000


def one_line(text: str) -> str:
    """Pasted text for a field of one line: its lines side by side, the line ends around it dropped."""
    return clean_text(text).strip("\n").replace("\n", " ")


def address_in(text: str) -> str | None:
    """The path or address that a pasted text is, if it is one."""
    line = clean_text(text).strip()
    found = len(line) <= _LONGEST_ADDRESS and line.isprintable() and (_ADDRESS.fullmatch(line) or _PATH.fullmatch(line))
    return line if found and "\ufffd" not in line else None


def typed_first(text: str, *, line_ends: bool) -> int:
    """How many characters from the start a text field takes as they are; ``line_ends``: these too."""
    return next(
        (n for n, each in enumerate(text) if not (each.isprintable() or (line_ends and each in "\r\n"))), len(text)
    )
