"""Server-sent events, as the WHATWG's HTML standard has them."""

from __future__ import annotations

import codecs
import re

from forumtui.errors import Unreadable

MEDIA_TYPE = "text/event-stream"
MOST_EVENT = 1_000_000
"""Characters in one event."""
_LINE_END = re.compile("\r\n|\r|\n")


class EventParser:
    """Takes a stream in pieces of any size and gives its events as (name, data).

    ``last_id`` and ``retry`` (milliseconds) are what the stream last said of them.  Names and data are as a stranger
    sent them.
    """

    def __init__(self, name: str, most: int = MOST_EVENT) -> None:
        self.last_id = ""
        self.retry: int | None = None
        self._name = name
        self._most = most
        self._decode = codecs.getincrementaldecoder("utf-8-sig")("replace").decode
        self._half_line: list[str] = []
        self._half_size = 0
        self._after_return = False
        self._id = ""
        self._event = ""
        self._data: list[str] = []
        self._data_size = 0

    def feed(self, piece: bytes) -> list[tuple[str, str]]:
        """The events that this piece completes.  Raises `Unreadable` if one becomes too large."""
        text = self._decode(piece)
        if self._after_return and text:  # that CR ended a line already, so an LF now is its other half
            self._after_return = False
            text = text.removeprefix("\n")
        if not text:
            return []
        self._after_return = text.endswith("\r")
        *ended, rest = _LINE_END.split(text)
        events = []
        for part in ended:
            line = self._line(part)
            if line:
                self._field(line)
            else:
                events += self._dispatch()
        if rest:
            self._half_line.append(rest)
            self._half_size += len(rest)
            self._check()
        return events

    def _line(self, end: str) -> str:
        line = "".join([*self._half_line, end])
        self._half_line.clear()
        self._half_size = 0
        return line

    def _field(self, line: str) -> None:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            self._data.append(value)
            self._data_size += len(value) + 1  # also an empty line takes room
            self._check()
        elif field == "event":
            self._event = value
        elif field == "id" and "\0" not in value:
            self._id = value
        elif field == "retry" and value.isascii() and value.isdigit():
            self.retry = int(value[:9])

    def _check(self) -> None:
        if self._half_size + self._data_size > self._most:
            raise Unreadable(f"{self._name} sends an event that is too large.")

    def _dispatch(self) -> list[tuple[str, str]]:
        self.last_id = self._id
        events = [(self._event or "message", "\n".join(self._data))] if self._data else []
        self._event = ""
        self._data = []
        self._data_size = 0
        return events
