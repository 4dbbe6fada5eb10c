"""`ThreadMotion`: going through a thread by lines, screens and posts, and knowing what was read on the way.

Short steps happen at once over the posts at hand.  Jumps are coroutines: they fetch, then move, and a newer
jump overtakes an older one that still waits.
"""

from __future__ import annotations

from textual import events

from forumtui.reader.rows import PostKey
from forumtui.tui.thread.canvas import ThreadCanvas
from forumtui.tui.thread.layout import Position


class ThreadMotion(ThreadCanvas):
    """A thread that can be gone through."""

    def seen_keys(self) -> frozenset[PostKey]:
        """Unread posts that were read since last asked: their last line was on screen, and the reader moved on."""
        return self.stage.model.take_seen()

    @property
    def has_read(self) -> bool:
        """Whether anything was read that nobody asked for yet."""
        return bool(self.stage.model.unreported)

    @property
    def at_end(self) -> bool:
        """The thread's last line is on screen."""
        last = len(self.stage.model) - 1
        return last < 0 or Position(last, self.stage.layout.block(last).content.last) in self.stage.view

    @property
    def at_start(self) -> bool:
        """The thread's first line is on screen."""
        return self.stage.top == (0, 0)

    # -- short steps

    def line(self, n: int) -> bool:
        """Down by ``n`` lines; at the end, on to the next post on screen.  Whether anything moved."""
        return self._scroll(n, n)

    def half_page(self, n: int) -> bool:
        """Down by ``n`` half screens."""
        return self._scroll(n * max(1, self.stage.rows // 2), n)

    def page(self, n: float) -> bool:
        """Down by ``n`` screens; one line stays as a bridge.  All that was on screen counts as read by a whole one."""
        if n >= 1:
            self._read(self._finished())
        lines = round(n * max(1, self.stage.rows - 1))
        return self._scroll(lines or (1 if n > 0 else -1), n)

    def next_post(self, step: int) -> bool:
        """On by ``step`` posts (negative: to the start of this one, then back), as far as they are at hand.

        What is passed without ever being on screen is not read.  False where nothing moved.
        """
        model = self.stage.model
        if not len(model):
            return False
        here = self.stage.current_spot
        started = (here, 0) >= self.stage.top
        wanted = max(0, min(here + (step if step > 0 or started else step + 1), len(model) - 1))
        back = -1 if wanted > here else 1
        spot = next((each for each in range(wanted, here, back) if model.is_at_hand(each)), here)
        if spot == here != wanted:
            self._fetch_around()
            return True
        if step > 0:
            self._read({key for key in self._finished() if (at := model.spot(key)) is not None and at < spot})
        return self._show(spot)

    def _scroll(self, lines: int, direction: float) -> bool:
        layout, top = self.stage.layout, self.stage.top
        if not len(layout.model):
            return False
        finished = self._finished()
        top = layout.page_down(top, lines, self.stage.rows) if lines > 0 else layout.walk(top, lines)
        moved = self.stage.set_top(top)
        if direction > 0:
            if not moved:
                return not layout.is_laid_out(self.stage.top.spot) or self.next_visible_post()
            self._read(finished - self._finished())
        return moved

    def next_visible_post(self) -> bool:
        """Where nothing scrolls any more: on to the next post on screen."""
        spot = self.stage.current_spot + 1
        if spot > self.stage.last_spot or spot >= len(self.stage.model):
            return False
        self._read({self.stage.model.key(spot - 1)} & self._finished())
        return self.stage.set_top(self.stage.top, self.stage.model.key(spot))

    def _show(self, spot: int, line: int = 0) -> bool:
        """Put a post at the top, or as near to it as the thread's end allows; it becomes the current one."""
        return self.stage.set_top(Position(spot, line), self.stage.model.key(spot))

    def _finished(self) -> set[PostKey]:
        """Posts whose last line is on screen; of a folded one that is not."""
        if not self.has_focus:
            return set()
        model, on_screen = self.stage.model, self.stage.on_screen
        return {
            model.key(spot)
            for spot, line in self.stage.view
            if line == on_screen[spot].content.last
            and not on_screen[spot].content.owed
            and model.row(spot) is not None
            and model.key(spot) not in model.folded
        }

    def _read(self, keys: set[PostKey]) -> None:
        self.stage.model.see(keys)

    # -- jumps

    async def go_start(self) -> None:
        """To the first post."""
        await self._jump(0, 0)

    async def go_end(self) -> None:
        """To the last screen."""
        await self._jump(len(self.stage.model) - 1, 1_000_000)

    async def go_to_key(self, key: PostKey, line: int = 0) -> bool:
        """To a post; opens what hides it."""
        self.stage.model.open_to(key)
        spot = self.stage.model.spot(key)
        return spot is not None and await self._jump(spot, line)

    async def go_to_number(self, number: int) -> bool:
        """To the post that the forum counts so, or else the one at that place."""
        outline = self.stage.model.outline
        keys = outline.keys
        if not keys:
            return False
        rows = await self.source.posts(outline.topic.key, keys[max(0, number - 3) : number + 2])
        found = next((key for key, row in rows.items() if row.number == number), None)
        return await self.go_to_key(keys[max(0, min(number, len(keys)) - 1)] if found is None else found)

    async def next_unread_here(self, step: int = 1) -> bool:
        """To the next (-1: previous) unread post of this thread; False where there is none.  Moves on from this one,

        but first through the rest of it: a post is read when its last line was on screen.
        """
        model = self.stage.model
        if not len(model):
            return False
        if step > 0 and self._goes_on_below():
            return self._scroll(max(1, self.stage.rows - 1), 1)  # its end was not seen: first the rest of it
        finished = self._finished()
        target = model.unread_after(self.stage.current_key, step)
        if step > 0:
            end = len(model.index) if target is None else model.index[target]
            self._read({key for key in finished if model.index[key] < end})
        return target is not None and await self.go_to_key(target)

    def _goes_on_below(self) -> bool:
        """Whether the current post is unread and longer than what was shown of it."""
        key, view = self.stage.current_key, self.stage.view
        if key is None or not view or not self.has_focus:
            return False
        model, (spot, line) = self.stage.model, view[-1]
        unread = key in model.index and model.outline.unread[model.index[key]] and key not in model.seen
        return unread and spot == self.stage.current_spot and line < self.stage.on_screen[spot].content.last

    def make_current(self, key: PostKey) -> bool:
        """Let keys act on a post that is on screen; False where it is not."""
        spot = self.stage.model.spot(key)
        if spot is None or spot not in self.stage.on_screen:
            return False
        self.stage.set_top(self.stage.top, key)
        return True

    async def to_parent(self) -> bool:
        """To the post that the current one answers."""
        here = self.stage.current_key
        parent = self.stage.model.parent(here) if here is not None else None
        return parent is not None and await self.go_to_key(parent)

    async def sibling(self, step: int) -> bool:
        """To the next (-1: previous) answer to the same post."""
        here = self.stage.current_key
        sibling = self.stage.model.sibling(here, step) if here is not None else None
        return sibling is not None and await self.go_to_key(sibling)

    async def _jump(self, spot: int, line: int) -> bool:
        """Fetch what a screen there needs, then go.  A newer jump overtakes this one."""
        layout = self.stage.layout
        if not 0 <= spot < len(layout.model):
            return False
        jump = self.stage.jumps.begin()
        if not await self._have(spot - self.stage.rows, spot + self.stage.rows):
            return False
        await self._settle(layout, Position(spot, line))
        if jump.stale:
            return False
        self._show(spot, line)
        return True

    # -- the wheel

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Three lines down."""
        event.stop()
        self.line(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Three lines up."""
        event.stop()
        self.line(-3)
