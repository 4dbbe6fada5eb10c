"""`ThreadView`: a thread to read, of any length."""

from __future__ import annotations

from collections.abc import Callable

from textual.strip import Strip

from forumtui.model import Millis
from forumtui.reader.rows import Order, PostKey, TopicKey
from forumtui.text.blocks import Target
from forumtui.tui.guard import Guard
from forumtui.tui.lists.line_list import clock
from forumtui.tui.thread.choosing import Choosing
from forumtui.tui.thread.finding import Finding
from forumtui.tui.thread.folding import Folding
from forumtui.tui.thread.layout import Position, ThreadLayout
from forumtui.tui.thread.linking import Linking
from forumtui.tui.thread.model import ThreadModel, ThreadSource
from forumtui.tui.thread.walking import ThreadMotion

__all__ = ["ThreadSource", "ThreadView"]


class ThreadView(ThreadMotion):
    """A thread: opening, and staying in place while it changes.

    Nothing is painted before the first posts are there.  What moves a short way (`line`, `page`, `next_post`) is
    a plain call; what may have to fetch first is a coroutine to await.
    """

    def __init__(
        self,
        source: ThreadSource,
        *,
        now: Callable[[], Millis] = clock,
        id: str | None = None,  # noqa: A002  # as every widget calls it
    ) -> None:
        super().__init__(source, now=now, id=id)
        self.finding = Finding(self.stage, source, self)
        self.linking = Linking(self.stage)
        self.choosing = Choosing(self.stage)
        self.folding = Folding(self.stage, source)
        self._openings = Guard()

    async def open(
        self,
        topic: TopicKey,
        *,
        order: Order = Order.FLAT,
        post: PostKey | None = None,
        line: int = 0,
        current: PostKey | None = None,
        end: bool = False,
    ) -> bool:
        """Show a thread at ``post`` and ``line``, at its end, or at the first unread post (without one, the start).

        ``current``: the post that keys act on, kept in view; else it is the one at the top.  False when another thread was opened meanwhile.
        """
        opening = self._openings.begin()
        outline = await self.source.outline(topic, order)
        model = ThreadModel(outline)
        model.new_key = outline.keys[outline.new_from] if outline.new_from is not None else None
        spot, line = self._landing(model, post, line, end=end)
        around = model.missing(spot - self.stage.rows, spot + self.stage.rows)
        if current is not None and current in model.index and current not in around:
            around.append(current)
        rows = await self.source.posts(topic, around) if around else {}
        if opening.stale:
            return False
        model.add(around, rows, spot)
        layout = ThreadLayout(model, self.stage.new_frame(), self.stage.shelf)
        if len(model):
            await self._settle(layout, Position(spot, line))
            if opening.stale:
                return False
        self._put_on(layout, Position(spot, line))
        if current is not None and current in model.index and not self.make_current(current):
            self.stage.current_key = current
            if self.size.width:
                self.stage.keep_current_in_view()
        return True

    async def refresh_thread(self) -> None:
        """Ask again; the current post, the top post and the line in it stay where they are."""
        model = self.stage.model
        if model.topic_key is None:
            return
        opening, thread = self._openings.join(), self.stage.threads.join()
        outline = await self.source.outline(model.topic_key, model.outline.order)
        shown = [key for key in {model.key(position.spot) for position in self.stage.view} if key in outline.keys]
        added = [key for key in outline.keys if key not in model.index][: 2 * self.stage.rows]
        near = [*shown, *(key for key in added if key not in shown)]
        rows = await self.source.posts(outline.topic.key, near) if near else {}
        if opening.stale or thread.stale:
            return
        self.stage.renew(outline)
        model.add(near, rows, self.stage.top.spot)
        self.stage.redraw()

    async def set_order(self, order: Order) -> None:
        """Flat, or as a tree; the current post stays."""
        before = self.stage.model
        if before.topic_key is not None and await self.open(before.topic_key, order=order, post=self.stage.current_key):
            model = self.stage.model
            model.new_key, model.unreported = before.new_key, before.unreported
            self.stage.redraw()

    def close(self) -> None:
        """Show nothing."""
        self._openings.begin()
        self.stage.clear()

    def _landing(self, model: ThreadModel, post: PostKey | None, line: int, *, end: bool) -> tuple[int, int]:
        if end:
            return max(0, len(model) - 1), 1_000_000
        if post is not None and post in model.index:
            return model.spot(post) or 0, line
        unread = model.first_unread()
        return (model.spot(unread) or 0 if unread is not None else 0), 0

    def _put_on(self, layout: ThreadLayout, top: Position) -> None:
        self.finding.reset()
        self.linking.reset()
        self.choosing.reset()
        self.stage.put_on(layout, top)
        self.moved()

    # -- links and lines

    def line(self, n: int) -> bool:
        """Down by ``n`` lines; while lines are chosen, the end of the choice goes there.  Whether anything moved."""
        return self.choosing.line(n) if self.choosing.active else super().line(n)

    def _decorated(self, position: Position, strip: Strip) -> Strip:
        return self.choosing.decorated(position, strip)

    def _painted(self, y: int) -> tuple[Position, Strip] | None:
        return self.linking.painted(y)

    def _target(self, y: int, link: int) -> Target | None:
        return self.linking.target_at(y, link)
