"""`Whereabouts`: where one is and was: for going back and forth in this run, and for the next start."""

from __future__ import annotations

from dataclasses import field

from textual.timer import Timer

from forumtui.reader.resume import Resume
from forumtui.reader.rows import PostKey, TopicKey, TopicQuery
from forumtui.tui.render.arrangement import Pane
from forumtui.tui.screens.panes import ReaderPanes
from forumtui.values import quick_dataclass

_LONGEST = 200
_KEPT_AFTER = 1.0
"""Seconds that one stays somewhere before that is remembered for the next start."""


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


class Whereabouts:
    """The reader's."""

    def __init__(self, reader: ReaderPanes) -> None:
        self._reader = reader
        self.history = History()
        self._moved: Timer | None = None

    def spot(self) -> Spot:
        """Where one is now."""
        reader = self._reader
        at = reader.here.topic
        topic = at.key if at is not None else None
        current = reader.thread.current if reader.pane is Pane.THREAD else None
        if current is None:
            return Spot(reader.topics.shown, reader.pane, topic)
        top, line = reader.thread.place or (current.key, 0)
        return Spot(reader.topics.shown, reader.pane, topic, current.key, top, line)

    def remember(self) -> None:
        """A jump starts here; "back" comes back."""
        self.history.leave(self.spot())

    def moved(self) -> None:
        """One came somewhere: soon that is remembered for the next start."""
        if self._moved is not None:
            self._moved.stop()
        self._moved = self._reader.set_timer(_KEPT_AFTER, self.keep_soon)

    def keep_soon(self) -> None:
        """Remember where this is for the next start, beside the keys."""
        self._reader.services.background(self.keep, "place")

    async def keep(self) -> None:
        """Remember where this is for the next start."""
        reader = self._reader
        reading = reader.topic is not None and not reader.previewing
        place = reader.thread.place if reading else None
        current = reader.thread.current if reading else None
        composer = reader.composer
        query = reader.topics.shown
        in_thread = reader.pane is Pane.THREAD and reader.topic is not None
        account = reader.topic.account if in_thread and reader.topic is not None else query.account
        await reader.library.accounts.set_resume(
            Resume(
                account,
                query.board,
                reader.topic.key if in_thread and reader.topic is not None else None,
                place[0] if in_thread and place is not None else None,
                place[1] if in_thread and place is not None else 0,
                composer.keeper.uid if composer is not None else None,
                current.key if in_thread and current is not None else None,
            )
        )

    async def leave(self) -> None:
        """Remember where this is, and that its topic was visited."""
        reader = self._reader
        await self.keep()
        if reader.topic is not None and not reader.previewing:
            await reader.library.marks.visit(reader.topic.key)

    async def stay_on_sent(self, uid: str) -> None:
        """A text of mine that one stood on is a post now: stand on that; the view moves only to show it."""
        library, walking = self._reader.library, self._reader.thread.walking
        sent = await library.outbox.get(uid)
        post = sent.remote_post and await library.reading.post_by_id(sent.account, sent.remote_post)
        if post and not walking.make_current(post.key):
            await walking.go_to_key(post.key)
