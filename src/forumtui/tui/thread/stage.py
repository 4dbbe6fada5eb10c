"""`Stage`: what a thread's pane shows: the layout, the top line, the current post; knows no widget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from forumtui.model import Millis
from forumtui.reader.rows import Outline, PostKey, PostRow
from forumtui.tui.render.post import PostFrame
from forumtui.tui.render.shelf import Shelf
from forumtui.tui.render.styles import Looks
from forumtui.tui.services.guard import Guard
from forumtui.tui.thread.layout import UNSEEN, Block, BlockFrame, Position, ThreadLayout
from forumtui.tui.thread.model import ThreadModel


class Surface(Protocol):
    """What a stage is shown on; `ThreadView` is one."""

    @property
    def size(self) -> Size:
        """Columns and lines; none before it is laid out."""

    @property
    def has_focus(self) -> bool:
        """Whether the keys act here."""

    @property
    def rich_style(self) -> Style:
        """The colours under the text."""

    @property
    def looks(self) -> Looks:
        """The looks of the theme of now."""

    def refresh(self) -> object:
        """Paint all lines again."""

    def listed(self) -> None:
        """What each line shows was worked out anew."""

    def moved(self) -> None:
        """The top line or the current post is another one now."""

    def settled(self) -> None:
        """The view came to stand somewhere: what is near it may be missing."""


class Stage:
    """The state that all parts of a thread's pane share; without a thread it is empty.

    A position is what does not move: the post at the top and the line of it, and the current post by its key.
    """

    def __init__(self, surface: Surface, now: Callable[[], Millis]) -> None:
        self.surface = surface
        self._now = now
        self.shelf = Shelf()
        self.layout = ThreadLayout(ThreadModel.empty(), UNSEEN, self.shelf)
        self.top = Position(0, 0)
        self.view: list[Position] = []
        """What each line of the screen shows."""
        self.on_screen: dict[int, Block] = {}
        self.current_key: PostKey | None = None
        self.sought = ""
        self.quotes_folded = False
        self.exact_times = False
        self.looks_changed = False
        self.threads = Guard()
        """Begins where another thread is shown, or none."""
        self.jumps = Guard()
        """Begins where another place of a thread is to be shown."""
        self._intended: tuple[PostKey, int, int] | None = None
        """The post at the top before it is laid out: the line to show of it then, in how many lines (0: as it is)."""

    # -- what stands where

    @property
    def model(self) -> ThreadModel:
        """The thread; an empty one where none is open."""
        return self.layout.model

    @property
    def rows(self) -> int:
        """Lines of the screen, one at least."""
        return max(1, self.surface.size.height)

    @property
    def current(self) -> PostRow | None:
        """The post that keys act on."""
        return self.model.rows.get(self.current_key) if self.current_key is not None else None

    @property
    def current_index(self) -> int:
        """Where the current post stands in the outline; 0 without one."""
        return self.model.index.get(self.current_key, 0) if self.current_key is not None else 0

    @property
    def current_spot(self) -> int:
        """Where the current post is visible; without one, the spot at the top."""
        spot = self.model.spot(self.current_key)
        return self.top.spot if spot is None else spot

    @property
    def last_spot(self) -> int:
        """The last post on screen."""
        return self.view[-1].spot if self.view else self.top.spot

    @property
    def place(self) -> tuple[PostKey, int] | None:
        """The post and the line in it at the top of the screen."""
        return (self.model.key(self.top.spot), self.top.line) if len(self.model) else None

    # -- another thread, or a newer state of this one

    def put_on(self, layout: ThreadLayout, top: Position) -> None:
        """Show another thread from there on."""
        self.threads.begin()
        self.jumps.begin()
        self.layout = layout
        self.sought = ""
        self.top, self.view, self.on_screen = Position(0, 0), [], {}
        self.current_key = None
        if len(layout.model):
            self.set_top(top, layout.model.key(top.spot))
        else:
            self.surface.settled()
        self.surface.refresh()

    def clear(self) -> None:
        """Show no thread."""
        self.put_on(ThreadLayout(ThreadModel.empty(), self.layout.frame, self.shelf), Position(0, 0))

    def renew(self, outline: Outline) -> None:
        """Take a newer skeleton; the top line's post and the current post keep their places."""
        model, place = self.model, self.place
        here = self.current_index
        above = model.index.get(place[0], 0) if place is not None else 0
        model.renew(outline)
        keys = outline.keys
        if not keys:
            self.current_key, self.top = None, Position(0, 0)
            return
        if self.current_key not in model.index:
            self.current_key = keys[min(here, len(keys) - 1)]
        key, line = place if place is not None and place[0] in model.index else (keys[min(above, len(keys) - 1)], 0)
        self.top = Position(model.spot(key) or 0, line)

    # -- laying out

    def new_frame(self) -> BlockFrame:
        """The frame of now."""
        looks, width = self.surface.looks, max(1, self.surface.size.width - 1)
        post = PostFrame(width, self._now(), looks.glyphs, self.quotes_folded, self.exact_times)
        return BlockFrame(post, looks, self.surface.rich_style, self.sought)

    def _frame(self) -> BlockFrame:
        """The frame of now; the same object while nothing but the time changed."""
        frame, old = self.new_frame(), self.layout.frame
        return old if replace(frame, post=replace(frame.post, now=old.post.now)) == old else frame

    def relist(self) -> None:
        """Work out what each screen line shows."""
        self.looks_changed = False
        if not self.surface.size.width:
            self.view, self.on_screen = [], {}
            return
        layout, top = self.layout, self.top
        layout.frame = self._frame()
        self.top = layout.clamp(top, self.rows)
        if top.spot == self.top.spot and top != self.top and not layout.is_laid_out(top.spot):
            self._intended = self._intended or (layout.model.key(top.spot), top.line, 0)
        self.view = layout.view(self.top, self.rows)
        self.on_screen = {spot: layout.block(spot) for spot, _ in self.view}
        self.surface.listed()

    def reshow(self) -> None:
        """Work out again what is shown, and paint it."""
        self.relist()
        self.surface.refresh()

    def redraw(self) -> None:
        """Lay out again, in the same place."""
        self.layout.frame = self.new_frame()
        self.reshow()
        self.surface.settled()

    def resized(self) -> None:
        """The same post stays at the top, and the same part of it; what is answered stays in view over a composer."""
        if not len(self.model):
            return
        layout, (spot, line) = self.layout, self.top
        before = layout.height(spot) if self.view and self.view[0].spot == spot else 0
        layout.frame = self._frame()
        if line and before and not layout.is_laid_out(spot):
            self._intended = self._intended or (self.model.key(spot), line, before)
        elif line and before:
            self.top = Position(spot, round(line * layout.height(spot) / before))
        self.relist()
        self.keep_current_in_view()
        self.surface.refresh()

    def unfold(self) -> None:
        """Show what was laid out meanwhile; the top line stays."""
        place, intended = self.place, self._intended
        if place is None:
            return
        if intended is not None and intended[0] == place[0] and self.layout.is_laid_out(self.top.spot):
            _, line, height = intended
            line = round(line * self.layout.height(self.top.spot) / height) if height else line
            self.top, self._intended = Position(self.top.spot, line), None
        self.reshow()
        self.surface.moved()

    # -- moving

    def set_top(self, top: Position, current: PostKey | None = None) -> bool:
        """Scroll there; the current post is ``current``, or else the one at the top.  Whether anything changed."""
        if not len(self.model):
            return False
        before, post_before = self.top, self.current_key
        self.top, self._intended = top, None
        self.relist()
        if current is not None:
            self.current_key = current
        elif self.top != before or self.current_key is None:
            self.current_key = self._post_at_top()
        changed = (before, post_before) != (self.top, self.current_key)
        if changed:
            self.surface.refresh()
            self.surface.moved()
        self.surface.settled()
        return changed

    def keep_current_in_view(self) -> None:
        """Scroll no more than it takes to show the current post to its end, or from its head where it is too long."""
        if not len(self.model):
            return
        here = self.current_spot
        content = self.layout.block(here).content
        head, last = Position(here, content.head), Position(here, content.last)
        if head >= self.top and last not in self.view:
            self.top = min(head, self.layout.walk(last, 1 - self.rows))
            self.relist()

    def _post_at_top(self) -> PostKey:
        """The post of the first line on screen that is not the blank one below a post."""
        for spot, line in self.view:
            if line <= self.on_screen[spot].content.last:
                return self.model.key(spot)
        return self.model.key(self.top.spot)

    # -- lines of the screen

    def painted(self, y: int) -> tuple[Position, Strip] | None:
        """The line of a post that a screen line shows; None below the last one."""
        if y >= len(self.view):
            return None
        position = self.view[y]
        return position, self.on_screen[position.spot].strip(position.line)

    def is_current(self, position: Position) -> bool:
        """Whether a line is of the current post itself: neither a rule above it nor the blank line below."""
        content = self.on_screen[position.spot].content
        return position.spot == self.current_spot and content.head <= position.line <= content.last
