"""Files of unknown charset as text: UTF-8 and UTF-16 with or without a mark, and Windows' western one (cp1252)."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from forumtui.errors import FileProblem

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_FOREIGN_WORD = re.compile(rb"[\xa1-\xff]{4}")
"""Cyrillic, Greek, Chinese... in a one- or two-byte charset; western text has no four such letters in a row."""
_CONTROL = re.compile("[\x00-\x08\x0e-\x19\x1c-\x1f]")


def wide_charset(start: bytes) -> str | None:
    """The charset that a byte order mark names, or that the zero bytes of UTF-16 give away; else None.

    ``start`` is the beginning of the file, an even number of bytes unless it is all of it.
    """
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    even, odd = start[::2].count(0), start[1::2].count(0)
    if odd > 20 * even and odd:
        return "utf-16-le"
    if even > 20 * odd and even:
        return "utf-16-be"
    return None


def decode(data: bytes, file: Path) -> str:
    """The text of a whole file.  Raises `FileProblem` for binary data and for charsets that can only be guessed."""
    name = wide_charset(data[: 1 << 16])
    if name is not None:
        try:
            text = data.decode(name)
        except UnicodeDecodeError as error:
            raise FileProblem(f"{file} looks like {_spoken(name)} but is damaged at byte {error.start}.") from error
    else:
        text = _narrow(data, file)
    if "\0" in text or len(_CONTROL.findall(text[:100_000])) > len(text[:100_000]) // 200:
        raise FileProblem(f"{file} is a binary file, not text.")
    return text


def _narrow(data: bytes, file: Path) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if b"\0" in data:
            raise FileProblem(f"{file} is a binary file, not text.") from error
        in_sequences = sum(len(found) for found in _UTF8_SEQUENCE.findall(data))
        if 2 * in_sequences > len(_HIGH.findall(data)):
            line = data.count(b"\n", 0, error.start) + 1
            raise FileProblem(f"{file} is UTF-8 but damaged in line {line}; save it again.") from error
        return _western(data, file)


def _western(data: bytes, file: Path) -> str:
    unknown = FileProblem(f"{file} is in a charset that can not be told for certain; save it as UTF-8.")
    if _FOREIGN_WORD.search(data):
        raise unknown
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise unknown from error


def _spoken(name: str) -> str:
    return "-".join(name.upper().split("-")[:2])
