"""`Walking`: going through a thread by lines, screens and posts, and knowing what was read on the way.

Short steps happen at once over the posts at hand.  Jumps are coroutines: they fetch, then move, and a newer
jump overtakes an older one that still waits.
"""

from __future__ import annotations

from forumtui.reader.rows import PostKey
from forumtui.tui.thread.fetching import Fetching
from forumtui.tui.thread.layout import Position
from forumtui.tui.thread.model import ThreadSource
from forumtui.tui.thread.stage import Stage


class Walking:
    """Moves the view of a stage and its current post."""

    def __init__(self, stage: Stage, source: ThreadSource, fetching: Fetching) -> None:
        self._stage = stage
        self._source = source
        self._fetching = fetching

    def seen_keys(self) -> frozenset[PostKey]:
        """Unread posts that were read since last asked: their last line was on screen, and the reader moved on."""
        return self._stage.model.take_seen()

    @property
    def has_read(self) -> bool:
        """Whether anything was read that nobody asked for yet."""
        return bool(self._stage.model.unreported)

    @property
    def at_end(self) -> bool:
        """The thread's last line is on screen."""
        stage, last = self._stage, len(self._stage.model) - 1
        return last < 0 or Position(last, stage.layout.block(last).content.last) in stage.view

    @property
    def at_start(self) -> bool:
        """The thread's first line is on screen."""
        return self._stage.top == (0, 0)

    # -- short steps

    def line(self, n: int) -> bool:
        """Down by ``n`` lines; at the end, on to the next post on screen.  Whether anything moved."""
        return self._scroll(n, n)

    def page(self, n: float) -> bool:
        """Down by ``n`` screens; one line stays as a bridge.  All that was on screen counts as read by a whole one."""
        if n >= 1:
            self._stage.model.see(self._finished())
        lines = round(n * max(1, self._stage.rows - 1))
        return self._scroll(lines or (1 if n > 0 else -1), n)

    def next_post(self, step: int) -> bool:
        """On by ``step`` posts (negative: to the start of this one, then back), as far as they are at hand.

        What is passed without ever being on screen is not read.  False where nothing moved.
        """
        stage, model = self._stage, self._stage.model
        if not len(model):
            return False
        here = stage.current_spot
        started = (here, 0) >= stage.top
        wanted = max(0, min(here + (step if step > 0 or started else step + 1), len(model) - 1))
        back = -1 if wanted > here else 1
        spot = next((each for each in range(wanted, here, back) if model.is_at_hand(each)), here)
        if spot == here != wanted:
            self._fetching.around()
            return True
        if step > 0:
            model.see({key for key in self._finished() if (at := model.spot(key)) is not None and at < spot})
        return self._show(spot)

    def _scroll(self, lines: int, direction: float) -> bool:
        stage, layout, top = self._stage, self._stage.layout, self._stage.top
        if not len(layout.model):
            return False
        finished = self._finished()
        moved = stage.set_top(layout.page_down(top, lines, stage.rows) if lines > 0 else layout.walk(top, lines))
        if direction > 0:
            if not moved:
                return not layout.is_laid_out(stage.top.spot) or self._next_visible_post()
            layout.model.see(finished - self._finished())
        return moved

    def _next_visible_post(self) -> bool:
        """Where nothing scrolls any more: on to the next post on screen."""
        stage, model = self._stage, self._stage.model
        spot = stage.current_spot + 1
        if spot > stage.last_spot or spot >= len(model):
            return False
        model.see({model.key(spot - 1)} & self._finished())
        return stage.set_top(stage.top, model.key(spot))

    def _show(self, spot: int, line: int = 0) -> bool:
        """Put a post at the top, or as near to it as the thread's end allows; it becomes the current one."""
        return self._stage.set_top(Position(spot, line), self._stage.model.key(spot))

    def _finished(self) -> set[PostKey]:
        """Posts whose last line is on screen; of a folded one that is not."""
        stage, model = self._stage, self._stage.model
        if not stage.surface.has_focus:
            return set()
        return {
            model.key(spot)
            for spot, line in stage.view
            if line == stage.on_screen[spot].content.last
            and not stage.on_screen[spot].content.owed
            and model.row(spot) is not None
            and model.key(spot) not in model.folded
        }

    # -- jumps

    async def go_start(self) -> None:
        """To the first post."""
        await self._jump(0, 0)

    async def go_end(self) -> None:
        """To the last screen."""
        await self._jump(len(self._stage.model) - 1, 1_000_000)

    async def go_to_key(self, key: PostKey, line: int = 0) -> bool:
        """To a post; opens what hides it."""
        self._stage.model.open_to(key)
        spot = self._stage.model.spot(key)
        return spot is not None and await self._jump(spot, line)

    async def go_to_number(self, number: int) -> bool:
        """To the post that the forum counts so, or else the one at that place."""
        outline = self._stage.model.outline
        keys = outline.keys
        if not keys:
            return False
        rows = await self._source.posts(outline.topic.key, keys[max(0, number - 3) : number + 2])
        found = next((key for key, row in rows.items() if row.number == number), None)
        return await self.go_to_key(keys[max(0, min(number, len(keys)) - 1)] if found is None else found)

    async def next_unread_here(self, step: int = 1) -> bool:
        """To the next (-1: previous) unread post of this thread; False where there is none.  Moves on from this one,

        but first through the rest of it: a post is read when its last line was on screen.
        """
        model = self._stage.model
        if not len(model):
            return False
        if step > 0 and self._goes_on_below():
            return self._scroll(max(1, self._stage.rows - 1), 1)  # its end was not seen: first the rest of it
        finished = self._finished()
        target = model.unread_after(self._stage.current_key, step)
        if step > 0:
            end = len(model.index) if target is None else model.index[target]
            model.see({key for key in finished if model.index[key] < end})
        return target is not None and await self.go_to_key(target)

    def _goes_on_below(self) -> bool:
        """Whether the current post is unread and longer than what was shown of it."""
        stage, model, key = self._stage, self._stage.model, self._stage.current_key
        if key is None or not stage.view or not stage.surface.has_focus:
            return False
        spot, line = stage.view[-1]
        unread = key in model.index and model.outline.unread[model.index[key]] and key not in model.seen
        return unread and spot == stage.current_spot and line < stage.on_screen[spot].content.last

    def make_current(self, key: PostKey) -> bool:
        """Let keys act on a post that is on screen; False where it is not."""
        if self._stage.model.spot(key) not in self._stage.on_screen:
            return False
        self._stage.set_top(self._stage.top, key)
        return True

    async def to_parent(self) -> bool:
        """To the post that the current one answers."""
        parent = self._stage.model.parent(self._stage.current_key)
        return parent is not None and await self.go_to_key(parent)

    async def sibling(self, step: int) -> bool:
        """To the next (-1: previous) answer to the same post."""
        sibling = self._stage.model.sibling(self._stage.current_key, step)
        return sibling is not None and await self.go_to_key(sibling)

    async def _jump(self, spot: int, line: int) -> bool:
        """Fetch what a screen there needs, then go.  A newer jump overtakes this one."""
        stage, layout = self._stage, self._stage.layout
        if not 0 <= spot < len(layout.model):
            return False
        jump = stage.jumps.begin()
        if not await self._fetching.have(spot - stage.rows, spot + stage.rows):
            return False
        await self._fetching.settle(layout, Position(spot, line))
        if jump.stale:
            return False
        self._show(spot, line)
        return True
