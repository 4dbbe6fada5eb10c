"""`History`: where one was, for going back and forth."""

from __future__ import annotations

from dataclasses import field

from forumtui.reader.rows import PostKey, TopicKey, TopicQuery
from forumtui.tui.render.arrangement import Pane
from forumtui.values import quick_dataclass

_LONGEST = 200


@quick_dataclass(frozen=True, slots=True)
class Spot:
    """A place in the reader."""

    query: TopicQuery
    pane: Pane
    topic: TopicKey | None = None
    post: PostKey | None = None
    """The one that keys act on."""
    top: PostKey | None = None
    line: int = 0
    """What stood at the top of the screen: a post, and a line in it."""

    def is_near(self, other: Spot) -> bool:
        """Whether both are the same post or list, so that going from one to the other would not be felt."""
        return (self.query, self.pane, self.topic, self.post) == (other.query, other.pane, other.topic, other.post)


@quick_dataclass(slots=True)
class History:
    """Spots before and after the one of now."""

    _back: list[Spot] = field(default_factory=list)
    _forward: list[Spot] = field(default_factory=list)

    def leave(self, spot: Spot) -> None:
        """Remember the spot that a jump starts from."""
        if not self._back or not self._back[-1].is_near(spot):
            self._back.append(spot)
        del self._back[:-_LONGEST]
        self._forward.clear()

    def back(self, now: Spot) -> Spot | None:
        """The spot before; None at the beginning."""
        return _step(self._back, self._forward, now)

    def forward(self, now: Spot) -> Spot | None:
        """The spot that one went back from."""
        return _step(self._forward, self._back, now)


def _step(source: list[Spot], other: list[Spot], now: Spot) -> Spot | None:
    while source and source[-1].is_near(now):
        source.pop()
    if not source:
        return None
    other.append(now)
    return source.pop()
