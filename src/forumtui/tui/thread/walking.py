"""`ThreadMotion`: going through a thread by lines, screens and posts, and knowing what was read on the way.

Short steps happen at once over the posts at hand.  Jumps are coroutines: they fetch, then move, and a newer
jump overtakes an older one that still waits.
"""

from __future__ import annotations

from textual import events

from forumtui.reader.rows import PostKey
from forumtui.tui.thread.blocks import Position, ThreadBlocks
from forumtui.tui.thread.canvas import ThreadCanvas


class ThreadMotion(ThreadCanvas):
    """A thread that can be gone through."""

    _seen: set[PostKey]

    def seen_keys(self) -> frozenset[PostKey]:
        """Unread posts that were read since last asked: their last line was on screen, and the reader moved on."""
        if self._blocks is None:
            return frozenset()
        model = self._blocks.model
        keys = frozenset(key for key in self._seen if key in model.index and model.outline.unread[model.index[key]])
        self._seen = set()
        return keys

    @property
    def at_end(self) -> bool:
        """The thread's last line is on screen."""
        if self._blocks is None or not len(self._blocks.model):
            return True
        last = len(self._blocks.model) - 1
        return Position(last, self._blocks.block(last).content.last) in self._view

    @property
    def at_start(self) -> bool:
        """The thread's first line is on screen."""
        return self._top == (0, 0)

    # -- short steps

    def line(self, n: int) -> bool:
        """Down by ``n`` lines; at the end, on to the next post on screen.  Whether anything moved."""
        return self._scroll(n, n)

    def half_page(self, n: int) -> bool:
        """Down by ``n`` half screens."""
        return self._scroll(n * max(1, self._rows // 2), n)

    def page(self, n: float) -> bool:
        """Down by ``n`` screens; one line stays as a bridge.  All that was on screen counts as read by a whole one."""
        if n >= 1:
            self._read(self._finished())
        lines = round(n * max(1, self._rows - 1))
        return self._scroll(lines or (1 if n > 0 else -1), n)

    def next_post(self, step: int) -> bool:
        """On by ``step`` posts (negative: to the start of this one, then back), as far as they are at hand.

        What is passed without ever being on screen is not read.  False where nothing moved.
        """
        blocks = self._blocks
        if blocks is None or not len(blocks.model):
            return False
        here = self._current_spot()
        started = (here, 0) >= self._top
        wanted = max(0, min(here + (step if step > 0 or started else step + 1), len(blocks.model) - 1))
        back = -1 if wanted > here else 1
        spot = next((each for each in range(wanted, here, back) if blocks.model.is_at_hand(each)), here)
        if spot == here != wanted:
            self._fetch_around()
            return True
        if step > 0:
            self._read({key for key in self._finished() if (at := blocks.model.spot(key)) is not None and at < spot})
        return self._show(blocks, spot)

    @property
    def has_read(self) -> bool:
        """Whether anything was read that nobody asked for yet."""
        return bool(self._seen)

    def _scroll(self, lines: int, direction: float) -> bool:
        blocks = self._blocks
        if blocks is None or not len(blocks.model):
            return False
        finished = self._finished()
        top = blocks.page_down(self._top, lines, self._rows) if lines > 0 else blocks.walk(self._top, lines)
        moved = self._set_top(top)
        if direction > 0:
            if not moved:
                return not blocks.is_laid_out(self._top.spot) or self.next_visible_post()
            self._read(finished - self._finished())
        return moved

    def next_visible_post(self) -> bool:
        """Where nothing scrolls any more: on to the next post on screen."""
        spot = self._current_spot() + 1
        if self._blocks is None or spot > self._last_spot() or spot >= len(self._blocks.model):
            return False
        self._read({self._blocks.model.key(spot - 1)} & self._finished())
        return self._set_top(self._top, self._blocks.model.key(spot))

    def _show(self, blocks: ThreadBlocks, spot: int, line: int = 0) -> bool:
        """Put a post at the top, or as near to it as the thread's end allows; it becomes the current one."""
        return self._set_top(Position(spot, line), blocks.model.key(spot))

    def _finished(self) -> set[PostKey]:
        """Posts whose last line is on screen; of a folded one that is not."""
        blocks = self._blocks
        if blocks is None or not self.has_focus:
            return set()
        return {
            blocks.model.key(spot)
            for spot, line in self._view
            if line == self._on_screen[spot].content.last
            and not self._on_screen[spot].content.owed
            and blocks.model.row(spot) is not None
            and blocks.model.key(spot) not in blocks.model.folded
        }

    def _read(self, keys: set[PostKey]) -> None:
        if self._blocks is not None:
            self._seen |= keys - self._blocks.model.seen
            self._blocks.model.seen |= keys

    # -- jumps

    async def go_start(self) -> None:
        """To the first post."""
        await self._jump(0, 0)

    async def go_end(self) -> None:
        """To the last screen."""
        if self._blocks is not None:
            last = len(self._blocks.model) - 1
            await self._jump(last, 1_000_000)

    async def go_to_key(self, key: PostKey, line: int = 0) -> bool:
        """To a post; opens what hides it."""
        if self._blocks is None or key not in self._blocks.model.index:
            return False
        self._blocks.model.open_to(key)
        spot = self._blocks.model.spot(key)
        return spot is not None and await self._jump(spot, line)

    async def go_to_number(self, number: int) -> bool:
        """To the post that the forum counts so, or else the one at that place."""
        blocks = self._blocks
        if blocks is None or not blocks.model.outline.keys:
            return False
        keys = blocks.model.outline.keys
        rows = await self.source.posts(blocks.model.outline.topic.key, keys[max(0, number - 3) : number + 2])
        found = next((key for key, row in rows.items() if row.number == number), None)
        return await self.go_to_key(keys[max(0, min(number, len(keys)) - 1)] if found is None else found)

    async def next_unread_here(self, step: int = 1) -> bool:
        """To the next (-1: previous) unread post of this thread; False where there is none.  Moves on from this one,

        but first through the rest of it: a post is read when its last line was on screen.
        """
        if self._blocks is None or not len(self._blocks.model):
            return False
        model = self._blocks.model
        if step > 0 and self._goes_on_below():
            return self._scroll(max(1, self._rows - 1), 1)  # its end was not seen: first the rest of it
        finished = self._finished()
        target = model.unread_after(self._current, step)
        if step > 0:
            end = len(model.index) if target is None else model.index[target]
            self._read({key for key in finished if model.index[key] < end})
        return target is not None and await self.go_to_key(target)

    def _goes_on_below(self) -> bool:
        """Whether the current post is unread and longer than what was shown of it."""
        blocks, key = self._blocks, self._current
        if blocks is None or key is None or not self._view or not self.has_focus:
            return False
        model, (spot, line) = blocks.model, self._view[-1]
        unread = key in model.index and model.outline.unread[model.index[key]] and key not in model.seen
        return unread and spot == self._current_spot() and line < self._on_screen[spot].content.last

    def make_current(self, key: PostKey) -> bool:
        """Let keys act on a post that is on screen; False where it is not."""
        model = self._blocks.model if self._blocks is not None else None
        spot = model.spot(key) if model is not None else None
        if spot is None or spot not in self._on_screen:
            return False
        self._set_top(self._top, key)
        return True

    async def to_parent(self) -> bool:
        """To the post that the current one answers."""
        if self._blocks is None or self._current is None:
            return False
        parent = self._blocks.model.parent(self._current)
        return parent is not None and await self.go_to_key(parent)

    async def sibling(self, step: int) -> bool:
        """To the next (-1: previous) answer to the same post."""
        if self._blocks is None or self._current is None:
            return False
        sibling = self._blocks.model.sibling(self._current, step)
        return sibling is not None and await self.go_to_key(sibling)

    async def _jump(self, spot: int, line: int) -> bool:
        """Fetch what a screen there needs, then go.  A newer jump overtakes this one."""
        blocks = self._blocks
        if blocks is None or not 0 <= spot < len(blocks.model):
            return False
        self._generation += 1
        if not await self._have(spot - self._rows, spot + self._rows):
            return False
        generation = self._generation
        await self._settle(blocks, Position(spot, line))
        if generation != self._generation or blocks is not self._blocks:
            return False
        self._show(blocks, spot, line)
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
