"""`ThreadCanvas`: paints a thread's lines and fetches the posts around them; moving is the subclasses' business."""

from __future__ import annotations

from dataclasses import replace

from rich.segment import Segment
from textual import events
from textual.geometry import Offset
from textual.message import Message
from textual.strip import Strip

from forumtui.model import Place, Window
from forumtui.reader.rows import PostKey
from forumtui.text.blocks import Target
from forumtui.tui.render.post import PostFrame
from forumtui.tui.render.shelf import Wanted
from forumtui.tui.render.styles import looks_for
from forumtui.tui.thread.blocks import BlockFrame, Position
from forumtui.tui.thread.holder import ThreadHolder

_AHEAD = 30
"""Posts each way that should be at hand."""
_REACH = 80
"""Posts each way that are fetched when some of those are missing."""
_NEXT = 2
"""Posts each way that are laid out before they come on screen."""
_NEAR_GAP = 15
"""Posts from the screen at which a gap is asked to be filled."""


class ThreadCanvas(ThreadHolder, can_focus=True):
    """The lines of a thread from a position downwards."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "ThreadCanvas { height: 1fr; }"

    class PlaceMoved(Message):
        """The top line or the current post is another one now."""

    class LinkChosen(Message):
        """A link was clicked."""

        def __init__(self, url: str) -> None:
            super().__init__()
            self.url = url

    class NeedPosts(Message):
        """Posts that nobody fetched yet come near; posted once for each gap."""

        def __init__(self, window: Window) -> None:
            super().__init__()
            self.window = window

    # -- fetching

    def _fetch_around(self) -> None:
        """Start the worker where posts near the screen are not at hand."""
        if self._blocks is None:
            return
        low, high = self._top.spot, self._last_spot()
        running = any(
            worker.group == "posts" and not worker.is_finished for worker in self.workers if worker.node is self
        )
        if not running and self._blocks.model.missing(low - _AHEAD, high + _AHEAD):
            self.run_worker(self._fetch(), group="posts", exclusive=True, exit_on_error=False)

    async def _fetch(self) -> None:
        low, high = self._top.spot, self._last_spot()
        if await self._have(low - _REACH, high + _REACH):
            self._relist()
            self.refresh()
        self.call_next(self._fetch_around)

    def _lay_out_near(self) -> None:
        """Start the worker where posts on screen or near it wait to be laid out."""
        running = any(
            worker.group == "layout" and not worker.is_finished for worker in self.workers if worker.node is self
        )
        if not running and self._owed() is not None:
            self.run_worker(self._lay_out(), group="layout", exclusive=True, exit_on_error=False)

    async def _lay_out(self) -> None:
        while (blocks := self._blocks) is not None and (wanted := self._owed()) is not None:
            await self._shelf.fetch(wanted)
            waiting = [spot for spot, block in self._on_screen.items() if block.content.owed]
            if blocks is self._blocks and any(map(blocks.is_laid_out, waiting)):
                self._unfold()

    def _owed(self) -> Wanted | None:
        """The body to lay out next: on screen, then below, then above."""
        if self._blocks is None or not len(self._blocks.model):
            return None
        for block in self._on_screen.values():
            if block.content.owed:
                return block.content.owed[0]
        low, high = self._top.spot, self._last_spot()
        return self._blocks.owed([*range(high + 1, high + 1 + _NEXT), *range(low - 1, low - 1 - _NEXT, -1)])

    def _unfold(self) -> None:
        """Show what was laid out meanwhile; the top line stays."""
        place, intended = self.place, self._intended
        if self._blocks is None or place is None:
            return
        if intended is not None and intended[0] == place[0] and self._blocks.is_laid_out(self._top.spot):
            _, line, height = intended
            line = round(line * self._blocks.height(self._top.spot) / height) if height else line
            self._top, self._intended = Position(self._top.spot, line), None
        self._relist()
        self.refresh()
        self.post_message(self.PlaceMoved())

    def _ask_near_gaps(self) -> None:
        if self._blocks is None:
            return
        model = self._blocks.model
        keys = model.outline.keys
        if not keys:
            if model.outline.gaps and not self._asked_gaps:
                self._asked_gaps.add(PostKey(0))
                self.post_message(self.NeedPosts(Window(Place.START)))
            return
        low, high = model.visible[self._top.spot] - _NEAR_GAP, model.visible[self._last_spot()] + _NEAR_GAP
        for gap in model.outline.gaps:
            key = keys[min(gap, len(keys) - 1)]
            row = model.rows.get(key)
            if low <= gap <= high and row is not None and key not in self._asked_gaps:
                self._asked_gaps.add(key)
                self.post_message(self.NeedPosts(Window(Place.POST, row.id)))

    # -- the view

    @property
    def _rows(self) -> int:
        return max(1, self.size.height)

    def _fresh_frame(self) -> BlockFrame:
        looks = looks_for(self.app)
        post = PostFrame(max(1, self.size.width - 1), self._now(), looks.glyphs, self._quotes_folded, self.exact_times)
        return BlockFrame(post, looks, self.rich_style, self._sought)

    def _frame(self) -> BlockFrame:
        """The frame of now; the same object while nothing but the time changed."""
        frame = self._fresh_frame()
        if self._blocks is not None:
            old = self._blocks.frame
            if replace(frame, post=replace(frame.post, now=old.post.now)) == old:
                return old
        return frame

    def _relist(self) -> None:
        """Work out what each screen line shows."""
        self._looks_changed = False
        if self._blocks is None or not self.size.width:
            self._view, self._on_screen = [], {}
            return
        self._blocks.frame = self._frame()
        top, self._top = self._top, self._blocks.clamp(self._top, self._rows)
        if top.spot == self._top.spot and top != self._top and not self._blocks.is_laid_out(top.spot):
            self._intended = self._intended or (self._blocks.model.key(top.spot), top.line, 0)
        self._view = self._blocks.view(self._top, self._rows)
        self._on_screen = {spot: self._blocks.block(spot) for spot, _ in self._view}
        self._lay_out_near()

    def _set_top(self, top: Position, current: PostKey | None = None) -> bool:
        """Scroll there; the current post is ``current``, or else the one at the top.  Whether anything changed."""
        if self._blocks is None or not len(self._blocks.model):
            return False
        before, post_before = self._top, self._current
        self._top, self._intended = top, None
        self._relist()
        if current is not None:
            self._current = current
        elif self._top != before or self._current is None:
            self._current = self._post_at_top()
        changed = (before, post_before) != (self._top, self._current)
        if changed:
            self.refresh()
            self.post_message(self.PlaceMoved())
        self._fetch_around()
        self._ask_near_gaps()
        return changed

    def _post_at_top(self) -> PostKey | None:
        """The post of the first line on screen that is not the blank one below a post."""
        if self._blocks is None:
            return None
        for spot, line in self._view:
            if line <= self._on_screen[spot].content.last:
                return self._blocks.model.key(spot)
        return self._blocks.model.key(self._top.spot)

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the terminal's cursor stands: on the first line on screen that is marked as the current post's."""
        here = self._current_spot()
        rows = [y for y, (spot, line) in enumerate(self._view) if spot == here and self._is_marked(spot, line)]
        row = min(rows, default=0)
        return self.content_region.offset + Offset(0, row)

    # -- painting

    def notify_style_update(self) -> None:
        """Another theme, or other colours under the pane: everything is laid out again when it is painted."""
        super().notify_style_update()
        self._looks_changed = True

    def render_line(self, y: int) -> Strip:
        """One screen line."""
        width = self.size.width
        if self._looks_changed:
            self._relist()
        painted = self._painted(y)
        if self._blocks is None or painted is None:
            return Strip.blank(width, self.rich_style)
        base = self._blocks.frame.base
        position = painted[0]
        strip = self._decorated(position, painted[1])
        is_here = position.spot == self._current_spot() and self._is_marked(*position)
        looks = self._blocks.frame.looks
        here = looks.glyphs.here if self.has_focus else looks.glyphs.cursor_blurred
        sign = here if is_here else " "
        return Strip([Segment(sign, looks.style("cursor-sign", base)), *strip], width)

    def _is_marked(self, spot: int, line: int) -> bool:
        """Whether a line is of a post itself: neither a rule above it nor the blank line below."""
        content = self._on_screen[spot].content
        return content.head <= line <= content.last

    def _painted(self, y: int) -> tuple[Position, Strip] | None:
        """The line of a post that a screen line shows; None below the last one."""
        if y >= len(self._view):
            return None
        position = self._view[y]
        return position, self._on_screen[position.spot].strip(position.line)

    def _decorated(self, position: Position, strip: Strip) -> Strip:  # noqa: ARG002  # for subclasses
        """A line as it is now, with what lies over the text."""
        return strip

    def on_resize(self) -> None:
        """The same post stays at the top, and the same part of it; what is answered stays in view over a composer."""
        if self._blocks is None or not len(self._blocks.model):
            return
        at_current = self._view and self._view[0].spot == self._top.spot
        before = self._blocks.height(self._top.spot) if at_current else 0
        self._blocks.frame = self._frame()
        if self._top.line and before and not self._blocks.is_laid_out(self._top.spot):
            self._intended = self._intended or (self._blocks.model.key(self._top.spot), self._top.line, before)
        elif self._top.line and before:
            line = round(self._top.line * self._blocks.height(self._top.spot) / before)
            self._top = Position(self._top.spot, line)
        self._relist()
        self._keep_current_in_view()
        self.refresh()
        self._fetch_around()

    def _keep_current_in_view(self) -> None:
        """Scroll no more than it takes to show the current post to its end, or from its head where it is too long."""
        here = self._current_spot()
        if self._blocks is None:
            return
        content = self._blocks.block(here).content
        head, last = Position(here, content.head), Position(here, content.last)
        if head >= self._top and last not in self._view:
            self._top = min(head, self._blocks.walk(last, 1 - self._rows))
            self._relist()

    def on_focus(self) -> None:
        """The current post shows that the keys act here."""
        self.refresh()

    def on_blur(self) -> None:
        """The current post steps back."""
        self.refresh()

    def _target(self, position: Position, link: int) -> Target | None:
        links = self._blocks.block(position.spot).content.links if self._blocks else ()
        return links[link] if 0 <= link < len(links) else None

    def on_click(self, event: events.Click) -> None:
        """A click on a link chooses it."""
        link = event.style.meta.get("link")
        painted = self._painted(event.y)
        if isinstance(link, int) and painted is not None:
            target = self._target(painted[0], link)
            if target is not None:
                self.post_message(self.LinkChosen(target.url))
