"""`ThreadCanvas`: paints a thread's lines and fetches the posts around them; moving is the subclasses' business."""

from __future__ import annotations

from collections.abc import Callable, Coroutine

from rich.segment import Segment
from textual import events
from textual.geometry import Offset
from textual.message import Message
from textual.strip import Strip

from forumtui.model import Window
from forumtui.reader.rows import PostKey
from forumtui.text.blocks import Target
from forumtui.tui.render.shelf import Wanted
from forumtui.tui.thread.holder import ThreadHolder
from forumtui.tui.thread.layout import Position

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
        self._start("posts", self._missing, self._fetch)

    def _missing(self) -> list[PostKey]:
        return self.stage.model.missing(self.stage.top.spot - _AHEAD, self.stage.last_spot + _AHEAD)

    async def _fetch(self) -> None:
        while self._missing():
            if await self._have(self.stage.top.spot - _REACH, self.stage.last_spot + _REACH):
                self.stage.reshow()

    def listed(self) -> None:
        """Start the worker where posts on screen or near it wait to be laid out."""
        self._start("layout", self._owed, self._lay_out)

    async def _lay_out(self) -> None:
        stage = self.stage
        while (wanted := self._owed()) is not None:
            thread = stage.threads.join()
            await stage.shelf.fetch(wanted)
            waiting = [spot for spot, block in stage.on_screen.items() if block.content.owed]
            if not thread.stale and any(map(stage.layout.is_laid_out, waiting)):
                stage.unfold()

    def _owed(self) -> Wanted | None:
        """The body to lay out next: on screen, then below, then above."""
        stage = self.stage
        for block in stage.on_screen.values():
            if block.content.owed:
                return block.content.owed[0]
        low, high = stage.top.spot, stage.last_spot
        return stage.layout.owed([*range(high + 1, high + 1 + _NEXT), *range(low - 1, low - 1 - _NEXT, -1)])

    def settled(self) -> None:
        """Fetch what is near, and ask for what nobody fetched yet."""
        self._fetch_around()
        for window in self.stage.model.unasked_gaps(self.stage.top.spot, self.stage.last_spot, _NEAR_GAP):
            self.post_message(self.NeedPosts(window))

    def moved(self) -> None:
        """Tell the screen."""
        self.post_message(self.PlaceMoved())

    def _start(self, group: str, wanted: Callable[[], object], job: Callable[[], Coroutine[None, None, None]]) -> None:
        """Start work beside the keys where there is some, unless it is under way."""
        running = any(
            worker.group == group and not worker.is_finished for worker in self.workers if worker.node is self
        )
        if not running and wanted():
            self.run_worker(job(), group=group, exclusive=True, exit_on_error=False)

    # -- painting

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the terminal's cursor stands: on the first line on screen that is marked as the current post's."""
        rows = (y for y, position in enumerate(self.stage.view) if self.stage.is_current(position))
        return self.content_region.offset + Offset(0, next(rows, 0))

    def notify_style_update(self) -> None:
        """Another theme, or other colours under the pane: everything is laid out again when it is painted."""
        super().notify_style_update()
        self.stage.looks_changed = True

    def render_line(self, y: int) -> Strip:
        """One screen line."""
        width = self.size.width
        if self.stage.looks_changed:
            self.stage.relist()
        painted = self._painted(y)
        if painted is None:
            return Strip.blank(width, self.rich_style)
        position, strip = painted
        frame = self.stage.layout.frame
        glyphs = frame.looks.glyphs
        here = glyphs.here if self.has_focus else glyphs.cursor_blurred
        sign = Segment(here if self.stage.is_current(position) else " ", frame.looks.style("cursor-sign", frame.base))
        return Strip([sign, *self._decorated(position, strip)], width)

    def _painted(self, y: int) -> tuple[Position, Strip] | None:
        return self.stage.painted(y)

    def _decorated(self, position: Position, strip: Strip) -> Strip:  # noqa: ARG002  # for subclasses
        """A line as it is now, with what lies over the text."""
        return strip

    def on_resize(self) -> None:
        """The same post stays at the top, and the same part of it; what is answered stays in view over a composer."""
        self.stage.resized()
        self._fetch_around()

    def on_focus(self) -> None:
        """The current post shows that the keys act here."""
        self.refresh()

    def on_blur(self) -> None:
        """The current post steps back."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """A click on a link chooses it."""
        link = event.style.meta.get("link")
        target = self._target(event.y, link) if isinstance(link, int) else None
        if target is not None:
            self.post_message(self.LinkChosen(target.url))

    def _target(self, y: int, link: int) -> Target | None:
        raise NotImplementedError
