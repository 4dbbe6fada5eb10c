"""`SteadyScreen`: a screen that comes to rest however its terminal is pulled about."""

from __future__ import annotations

from textual import events
from textual.screen import Screen


class SteadyScreen(Screen[None]):
    """Takes no size but the terminal's own.

    The framework repeats to a screen each size that it takes; two different ones under way would follow each other
    for ever.
    """

    async def on_event(self, event: events.Event) -> None:
        """Pass over a size that the terminal has no more."""
        if not isinstance(event, events.Resize) or event.size == self.app.size:
            await super().on_event(event)
