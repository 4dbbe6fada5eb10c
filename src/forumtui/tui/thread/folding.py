"""`Folding`: how much of a thread is shown: posts folded, quotes shortened, spoilers covered, answered posts in place, exact times."""

from __future__ import annotations

from forumtui.reader.rows import PostKey
from forumtui.text.cover import may_hide
from forumtui.tui.thread.layout import Position
from forumtui.tui.thread.model import ThreadSource
from forumtui.tui.thread.stage import Stage


class Folding:
    """Shows more or less of posts where they stand; marks nothing read."""

    def __init__(self, stage: Stage, source: ThreadSource) -> None:
        self._stage = stage
        self._source = source

    def toggle_fold(self) -> None:
        """Fold the current post (in a tree, with all below it), or open it."""
        if self._stage.current_key is not None:
            self._fold(self._stage.model.folded ^ {self._stage.current_key})

    def fold_all(self) -> None:
        """Fold every post; in a tree, every answer to the first ones goes under them."""
        self._fold(set(self._stage.model.outline.keys))

    def open_all(self) -> None:
        """Open every post."""
        self._fold(set())

    def toggle_quotes(self) -> None:
        """Shorten long quotes, or show them whole."""
        self._stage.quotes_folded = not self._stage.quotes_folded
        self._stage.redraw()
        self._stage.keep_current_in_view()

    def toggle_cover(self) -> bool:
        """Show what the author of the current post hid, or cover it again; False where nothing is hidden."""
        stage, model, key = self._stage, self._stage.model, self._stage.current_key
        row = model.rows.get(key) if key is not None else None
        if key is None or row is None or row.body is None or not may_hide(row.body):
            return False
        model.uncovered ^= {key}
        stage.reshow()
        return True

    def toggle_exact_times(self) -> None:
        """Ages, or day and minute."""
        self._stage.exact_times = not self._stage.exact_times
        self._stage.redraw()

    async def show_parent_inline(self) -> bool:
        """Show in place the post that the current one answers, or put it away; False where it answers none."""
        stage, model, key = self._stage, self._stage.model, self._stage.current_key
        parent = model.parent(key)
        if key is None or parent is None:
            return False
        if parent not in model.rows:
            thread = stage.threads.join()
            rows = await self._source.posts(model.outline.topic.key, [parent])
            if thread.stale:
                return False
            model.add([parent], rows, stage.top.spot)
        model.opened_parents ^= {key}
        stage.reshow()
        return True

    def _fold(self, folded: set[PostKey]) -> None:
        stage, model, current = self._stage, self._stage.model, self._stage.current_key
        if not len(model):
            return
        top = model.key(stage.top.spot)
        on_top = stage.top.spot == stage.current_spot
        model.folded = folded
        model.refold()
        spot = model.spot(current if on_top and current is not None else top)
        here = model.spot(current)
        stage.set_top(Position(spot or 0, 0), model.key(here if here is not None else spot or 0))
        stage.keep_current_in_view()
        stage.surface.refresh()
