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
_FOREIGN = re.compile(rb"[\xc0-\xff]{4,}|[\x80-\xff]{6,}")
"""Cyrillic, Greek, Chinese... in a one- or two-byte charset: western text has no four accented letters in a row,
and a row of other signs is a line drawn with one of them."""
_ASCII = frozenset(b"\t\n\r") | frozenset(range(0x20, 0x7F))
_CONTROL = re.compile("[\x00-\x08\x0e-\x19\x1c-\x1f]")


def wide_charset(start: bytes) -> str | None:
    """The charset that a byte order mark names, or that ASCII beside zero bytes gives away as UTF-16; else None.

    ``start`` is the beginning of the file, an even number of bytes unless it is all of it.
    """
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    pairs = list(zip(start[::2], start[1::2], strict=False))
    little = sum(low in _ASCII and high == 0 for low, high in pairs)
    big = sum(high == 0 and low in _ASCII for high, low in pairs)
    if 50 * max(little, big) > len(pairs) and (0, 0) not in pairs:
        if little > 10 * big:
            return "utf-16-le"
        if big > 10 * little:
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
    if any(len(set(word)) > 2 for word in _FOREIGN.findall(data)):
        raise unknown
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise unknown from error


def _spoken(name: str) -> str:
    return "-".join(name.upper().split("-")[:2])
