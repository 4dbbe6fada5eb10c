"""The states of my texts as SQL lists them, made of what each state says of itself: a new one is in every list it belongs to."""

from __future__ import annotations

from collections.abc import Iterable

from forumtui.reader.target import OutState, Turn

DISCARDED = "discarded"
"""Of a text that was thrown away: kept for undo, and shown nowhere."""


def listed(states: Iterable[str]) -> str:
    """States as they stand behind IN."""
    words = ", ".join(f"'{state}'" for state in states)
    return f"({words})"


def _at(*turns: Turn) -> str:
    return listed(state for state in OutState if state.turn in turns)


GOING = _at(Turn.OURS)
QUEUE = listed([state for state in OutState if state.turn is Turn.OURS or state is OutState.ATTENTION])
"""What the order of sending is made of: others wait for what needs an answer."""
TO_BE_DONE = _at(Turn.OURS, Turn.YOURS)
"""What counts as waiting, of an account."""
TO_BE_TOLD = _at(Turn.OURS, Turn.MODERATORS)
"""What the forum must be asked for."""
ON_ITS_WAY = _at(Turn.OURS, Turn.MODERATORS, Turn.YOURS)
CHANGEABLE = listed([OutState.DRAFT, OutState.QUEUED])
"""Words and aim may be others still, as long as no try was made."""
UNSHOWN = listed([OutState.DRAFT, DISCARDED])
"""In its topic."""
OVER = listed([*(state for state in OutState if state.turn is Turn.NOBODYS), DISCARDED])
