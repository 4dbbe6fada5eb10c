"""Textual's key events as the strokes that `forumtui.tui.keys` speaks of."""

from __future__ import annotations

from collections.abc import Iterable

from textual import events
from textual._xterm_parser import XTermParser

_ALIASES = {"backtab": "shift+tab"}
_STARTS_SEQUENCE = frozenset("[OP]^_X")


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


class KeyParser(XTermParser):
    """Keeps the Esc of Esc-and-a-quick-key, which the framework drops before punctuation and turns to "¡" before digits."""

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        follower = sequence[1:] if len(sequence) == 2 and sequence[0] == "\x1b" else ""
        if follower.isprintable() and follower and follower not in _STARTS_SEQUENCE:
            yield events.Key(f"alt+{follower}", follower)
        elif follower in {"\r", "\n"}:
            yield events.Key("alt+enter", None)
        elif alt and len(sequence) == 1 and sequence.isprintable():
            yield events.Key(f"alt+{sequence}", sequence)
        else:
            yield from super()._sequence_to_key_events(sequence, alt)
