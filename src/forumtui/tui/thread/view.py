"""`ThreadView`: a thread to read, of any length."""

from __future__ import annotations

from collections.abc import Callable

from forumtui.model import Millis
from forumtui.reader.rows import Order, Outline, PostKey, TopicKey
from forumtui.tui.lists.line_list import clock
from forumtui.tui.thread.blocks import Position, ThreadBlocks
from forumtui.tui.thread.finding import ThreadFinding
from forumtui.tui.thread.holder import ThreadSource
from forumtui.tui.thread.model import ThreadModel

__all__ = ["ThreadSource", "ThreadView"]


class ThreadView(ThreadFinding):
    """A thread: opening, folding, and staying in place while it changes.

    Nothing is painted before the first posts are there.  What moves a short way (`line`, `page`, `next_post`) is
    a plain call; what may have to fetch first is a coroutine to await.
    """

    def __init__(
        self,
        source: ThreadSource,
        *,
        empty_text: str = "",
        now: Callable[[], Millis] = clock,
        id: str | None = None,  # noqa: A002  # as every widget calls it
    ) -> None:
        super().__init__(source, empty_text=empty_text, now=now, id=id)
        self._seen = set()
        self._matches = []
        self._match = -1
        self._labels = {}
        self._choice = None
        self._opening = 0

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
        self._opening += 1
        opening = self._opening
        outline = await self.source.outline(topic, order)
        model = ThreadModel(outline)
        model.new_key = outline.keys[outline.new_from] if outline.new_from is not None else None
        spot, line = self._landing(model, post, line, end=end)
        around = model.missing(spot - self._rows, spot + self._rows)
        if current is not None and current in model.index and current not in around:
            around.append(current)
        rows = await self.source.posts(topic, around) if around else {}
        if opening != self._opening:
            return False
        model.add(around, rows, spot)
        blocks = ThreadBlocks(model, self._fresh_frame(), self._shelf)
        if len(model):
            await self._settle(blocks, Position(spot, line))
            if opening != self._opening:
                return False
        self._start(blocks, Position(spot, line))
        if current is not None and current in model.index and not self.make_current(current):
            self._current = current
            if self.size.width:
                self._keep_current_in_view()
        return True

    async def refresh_thread(self) -> None:
        """Ask again; the current post, the top post and the line in it stay where they are."""
        blocks, opening = self._blocks, self._opening
        if blocks is None:
            return
        model = blocks.model
        outline = await self.source.outline(model.outline.topic.key, model.outline.order)
        shown = [key for key in {model.key(position.spot) for position in self._view} if key in outline.keys]
        added = [key for key in outline.keys if key not in model.index][: 2 * self._rows]
        near = [*shown, *(key for key in added if key not in shown)]
        rows = await self.source.posts(outline.topic.key, near) if near else {}
        if opening != self._opening or blocks is not self._blocks:
            return
        self._renew(outline)
        model.add(near, rows, self._top.spot)
        self._redraw()

    async def set_order(self, order: Order) -> None:
        """Flat, or as a tree; the current post stays."""
        if self._blocks is not None and self.topic_key is not None:
            key, new_key, seen = self._current, self._blocks.model.new_key, self._seen
            if await self.open(self.topic_key, order=order, post=key):
                self._blocks.model.new_key = new_key
                self._seen = seen
                self._redraw()

    def close(self) -> None:
        """Show nothing."""
        self._opening += 1
        self._blocks = None
        self._view = []
        self._current = None
        self.refresh()

    def _landing(self, model: ThreadModel, post: PostKey | None, line: int, *, end: bool) -> tuple[int, int]:
        if end:
            return max(0, len(model) - 1), 1_000_000
        if post is not None and post in model.index:
            return model.spot(post) or 0, line
        unread = model.first_unread()
        return (model.spot(unread) or 0 if unread is not None else 0), 0

    def _start(self, blocks: ThreadBlocks, top: Position) -> None:
        model = blocks.model
        self._generation += 1
        self._sought, self._matches, self._match = "", [], -1
        self._labels, self._choice, self._seen = {}, None, set()
        self._asked_gaps = set()
        self._blocks = blocks
        self._top, self._view, self._on_screen = Position(0, 0), [], {}
        self._current = None
        if len(model):
            self._set_top(top, model.key(top.spot))
        else:
            self._ask_near_gaps()
        self.refresh()
        self.post_message(self.PlaceMoved())

    def _renew(self, outline: Outline) -> None:
        """Take a newer skeleton; the top line's post and the current post keep their places."""
        if self._blocks is None:
            return
        model, place = self._blocks.model, self.place
        here = model.index.get(self._current, 0) if self._current is not None else 0
        above = model.index.get(place[0], 0) if place is not None else 0
        model.renew(outline)
        model.seen = set(self._seen)
        keys = outline.keys
        if not keys:
            self._current, self._top = None, Position(0, 0)
            return
        if self._current not in model.index:
            self._current = keys[min(here, len(keys) - 1)]
        key, line = place if place is not None and place[0] in model.index else (keys[min(above, len(keys) - 1)], 0)
        self._top = Position(model.spot(key) or 0, line)
        self._asked_gaps = set()

    def _redraw(self) -> None:
        """Lay out again, in the same place."""
        if self._blocks is not None:
            self._blocks.frame = self._fresh_frame()
            self._relist()
            self.refresh()
            self._fetch_around()
            self._ask_near_gaps()

    # -- folding

    def toggle_fold(self) -> None:
        """Fold the current post (in a tree, with all below it), or open it."""
        if self._blocks is not None and self._current is not None:
            self._fold(self._blocks.model.folded ^ {self._current})

    def fold_all(self) -> None:
        """Fold every post; in a tree, every answer to the first ones goes under them."""
        if self._blocks is not None:
            self._fold(set(self._blocks.model.outline.keys))

    def open_all(self) -> None:
        """Open every post."""
        self._fold(set())

    def toggle_quotes(self) -> None:
        """Shorten long quotes, or show them whole."""
        self._quotes_folded = not self._quotes_folded
        self._redraw()

    def toggle_exact_times(self) -> None:
        """Ages, or day and minute."""
        self.exact_times = not self.exact_times
        self._redraw()

    async def show_parent_inline(self) -> bool:
        """Show in place the post that the current one answers, or put it away; marks nothing read."""
        blocks, key = self._blocks, self._current
        parent = blocks.model.parent(key) if blocks is not None and key is not None else None
        if blocks is None or key is None or parent is None:
            return False
        if parent not in blocks.model.rows:
            rows = await self.source.posts(blocks.model.outline.topic.key, [parent])
            if blocks is not self._blocks:
                return False
            blocks.model.add([parent], rows, self._top.spot)
        blocks.model.opened_parents ^= {key}
        self._relist()
        self.refresh()
        return True

    def _fold(self, folded: set[PostKey]) -> None:
        if self._blocks is None or not len(self._blocks.model):
            return
        model = self._blocks.model
        current = self._current
        top = model.key(self._top.spot)
        on_top = self._top.spot == self._current_spot()
        model.folded = folded
        model.refold()
        spot = model.spot(current if on_top and current is not None else top)
        here = model.spot(current) if current is not None else None
        self._set_top(Position(spot or 0, 0), model.key(here if here is not None else spot or 0))
        self.refresh()
