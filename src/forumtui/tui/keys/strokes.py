"""Textual's key events as the strokes that `forumtui.tui.keys.keymap` speaks of."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from textual import constants, events
from textual._xterm_parser import XTermParser
from textual.message import Message

from forumtui.tui.keys import keystream
from forumtui.tui.keys.keystream import ESC, Debris, Escape, KeyStream, Pasted, Sequence, Token

DEBRIS = "debris"
"""The stroke that says that the Esc before was the beginning of a key that arrived in pieces."""

_ALIASES = {"backtab": "shift+tab"}


def stroke_of(event: events.Key) -> str:
    """One character, or a name such as "space" or "pagedown", perhaps after "ctrl+", "alt+" or "shift+"."""
    modifiers, _, _name = event.key.rpartition("+")
    held = set(modifiers.split("+")) if modifiers else set()
    character = event.character
    if character and len(character) == 1 and character.isprintable() and not character.isspace() and "ctrl" not in held:
        return f"alt+{character}" if "alt" in held else character
    return _ALIASES.get(event.key, event.key)


def key_event(stroke: str) -> events.Key:
    """The event of a stroke without modifiers, to hand on to a text field."""
    return events.Key(stroke, " " if stroke == "space" else stroke if len(stroke) == 1 else None)


class Typed(events.Paste):
    """Several characters that came at once, which need not have been pasted: ``keys`` are the same, one by one."""

    def __init__(self, text: str, keys: tuple[events.Key, ...]) -> None:
        super().__init__(text)
        self.keys = keys


class KeyParser(XTermParser):
    """Reads through a `KeyStream`, so that the framework's parser meets whole keys only.

    Keeps the Esc of Esc-and-a-quick-key, which the framework drops before punctuation and turns to "¡" before digits.
    """

    def __init__(self, debug: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(debug)
        self._stream = KeyStream(constants.ESCAPE_DELAY, clock)

    def feed(self, data: str) -> Iterator[Message]:
        """The events of what came; "" ends it."""
        for token in self._stream.feed(data) if data else self._stream.end():
            yield from self._messages(token)
        if not data:
            yield from super().feed(data)

    def tick(self) -> Iterator[Message]:
        """The events of what was waited for long enough."""
        for token in self._stream.tick():
            yield from self._messages(token)

    def _messages(self, token: Token) -> Iterator[Message]:
        match token:
            case Pasted(text):
                yield events.Paste(text)
            case keystream.Typed(text):
                keys = (message for each in text for message in self._understood(each))
                yield Typed(text, tuple(key for key in keys if isinstance(key, events.Key)))
            case Escape():
                yield events.Key("escape", ESC)
            case Debris():
                yield events.Key(DEBRIS, None)
            case Sequence(text):
                yield from self._understood(text)

    def _understood(self, sequence: str) -> list[Message]:
        """What the framework makes of one whole sequence; of one that it does not know, nothing."""
        messages = list(super().feed(sequence))
        if self._awaiting.timeout is not None:  # it still waits for more, but this was all
            self._gen = self.parse(self._tokens.append)
            self._awaiting = next(self._gen)
            self._timeout_time = None
            if len(sequence) == 2:
                return [events.Key("escape", ESC), *super().feed(sequence[1])]
        return messages

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        follower = sequence[1:] if len(sequence) == 2 and sequence[0] == ESC else ""
        if follower.isprintable() and follower not in {"", "[", "O"}:
            yield events.Key(f"alt+{follower}", follower)
        elif follower in {"\r", "\n"}:
            yield events.Key("alt+enter", None)
        else:
            yield from super()._sequence_to_key_events(sequence, alt)
