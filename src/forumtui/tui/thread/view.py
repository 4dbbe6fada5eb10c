"""`ThreadView`: a thread to read, of any length."""

from __future__ import annotations

from collections.abc import Callable, Coroutine

from rich.segment import Segment
from textual import events
from textual.geometry import Offset
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from forumtui.model import Millis, Window
from forumtui.reader.rows import PostKey, PostRow, ThreadOrder, TopicKey
from forumtui.tui.render.styles import Looks, looks_for
from forumtui.tui.services.guard import Guard
from forumtui.tui.services.shared import clock
from forumtui.tui.thread.choosing import Choosing
from forumtui.tui.thread.fetching import Fetching
from forumtui.tui.thread.finding import Finding
from forumtui.tui.thread.folding import Folding
from forumtui.tui.thread.layout import Position, ThreadLayout
from forumtui.tui.thread.linking import Linking
from forumtui.tui.thread.model import ThreadModel, ThreadSource
from forumtui.tui.thread.stage import Stage
from forumtui.tui.thread.walking import Walking


class ThreadView(Widget, can_focus=True):
    """A thread: opening it, painting it, and staying in place while it changes.

    What can be done with it is its collaborators' business.  Nothing is painted before the first posts are there.
    What moves a short way (`line`, `walking.page`) is a plain call; what may have to fetch first is a coroutine.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = "ThreadView { height: 1fr; }"

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

    def __init__(
        self,
        source: ThreadSource,
        *,
        now: Callable[[], Millis] = clock,
        id: str | None = None,  # noqa: A002  # as every widget calls it
    ) -> None:
        super().__init__(id=id)
        self.source = source
        self.stage = Stage(self, now)
        self.fetching = Fetching(self.stage, source, self)
        self.walking = Walking(self.stage, source, self.fetching)
        self.finding = Finding(self.stage, source, self.walking)
        self.linking = Linking(self.stage)
        self.choosing = Choosing(self.stage)
        self.folding = Folding(self.stage, source)
        self._of_one_thread = (self.finding, self.linking, self.choosing)
        """Whose state means nothing in another thread."""
        self._openings = Guard()

    @property
    def topic_key(self) -> TopicKey | None:
        """The open topic."""
        return self.stage.model.topic_key

    @property
    def current(self) -> PostRow | None:
        """The post that keys act on."""
        return self.stage.current

    @property
    def place(self) -> tuple[PostKey, int] | None:
        """The post and the line in it at the top of the screen."""
        return self.stage.place

    def line(self, n: int) -> bool:
        """Down by ``n`` lines; while lines are chosen, the end of the choice goes there.  Whether anything moved."""
        return self.choosing.line(n) if self.choosing.active else self.walking.line(n)

    # -- opening

    async def open(
        self,
        topic: TopicKey,
        *,
        order: ThreadOrder = ThreadOrder.FLAT,
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
        top = _landing(model, post, line, end=end)
        around = model.missing(top.spot - self.stage.rows, top.spot + self.stage.rows)
        if current is not None and current in model.index and current not in around:
            around.append(current)
        rows = await self.source.posts(topic, around) if around else {}
        if opening.stale:
            return False
        model.add(around, rows, top.spot)
        layout = ThreadLayout(model, self.stage.new_frame(), self.stage.shelf)
        if len(model):
            await self.fetching.settle(layout, top)
            if opening.stale:
                return False
        for part in self._of_one_thread:
            part.reset()
        self.stage.put_on(layout, top)
        self.moved()
        if current is not None and current in model.index and not self.walking.make_current(current):
            self.stage.current_key = current
            if self.size.width:
                self.stage.keep_current_in_view()
        return True

    async def refresh_thread(self) -> None:
        """Ask again; the current post, the top post and the line in it stay where they are."""
        stage, model = self.stage, self.stage.model
        if model.topic_key is None:
            return
        opening, thread = self._openings.join(), stage.threads.join()
        outline = await self.source.outline(model.topic_key, model.outline.order)
        shown = [key for key in {model.key(position.spot) for position in stage.view} if key in outline.keys]
        added = [key for key in outline.keys if key not in model.index][: 2 * stage.rows]
        near = [*shown, *(key for key in added if key not in shown)]
        rows = await self.source.posts(outline.topic.key, near) if near else {}
        if opening.stale or thread.stale:
            return
        stage.renew(outline)
        model.add(near, rows, stage.top.spot)
        stage.redraw()

    async def set_order(self, order: ThreadOrder) -> None:
        """Flat, or as a tree; the current post stays."""
        before = self.stage.model
        if before.topic_key is not None and await self.open(before.topic_key, order=order, post=self.stage.current_key):
            model = self.stage.model
            model.new_key, model.unreported = before.new_key, before.unreported
            self.stage.redraw()

    def close(self) -> None:
        """Show nothing."""
        self._openings.begin()
        for part in self._of_one_thread:
            part.reset()
        self.stage.clear()

    # -- what the stage and those beside the keys ask for

    @property
    def looks(self) -> Looks:
        """The looks of the theme of now."""
        return looks_for(self.app)

    def listed(self) -> None:
        """What each line shows was worked out anew: lay out what comes next."""
        self.fetching.lay_out_near()

    def moved(self) -> None:
        """The top line or the current post is another one now: tell the screen."""
        self.post_message(self.PlaceMoved())

    def settled(self) -> None:
        """The view came to stand somewhere: get what is near."""
        self.fetching.around()
        self.fetching.ask_near_gaps()

    def at_work(self, group: str) -> bool:
        """Whether a worker of this group is under way."""
        return any(worker.group == group and not worker.is_finished for worker in self.workers if worker.node is self)

    def start(self, group: str, work: Coroutine[None, None, None]) -> None:
        """Start a worker."""
        self.run_worker(work, group=group, exclusive=True, exit_on_error=False)

    def need(self, window: Window) -> None:
        """Posts that nobody fetched yet come near: tell the screen."""
        self.post_message(self.NeedPosts(window))

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
        """One screen line: a post's, with labels and choice over it, behind the sign of the current post."""
        width = self.size.width
        if self.stage.looks_changed:
            self.stage.relist()
        painted = self.linking.painted(y)
        if painted is None:
            return Strip.blank(width, self.rich_style)
        position, strip = painted
        frame = self.stage.layout.frame
        glyphs = frame.looks.glyphs
        here = glyphs.here if self.has_focus else glyphs.cursor_blurred
        sign = Segment(here if self.stage.is_current(position) else " ", frame.looks.style("cursor-sign", frame.base))
        return Strip([sign, *self.choosing.decorated(position, strip)], width)

    # -- what happens to it

    def on_resize(self) -> None:
        """The same post stays at the top, and the same part of it; what is answered stays in view over a composer."""
        self.stage.resized()
        self.fetching.around()

    def on_focus(self) -> None:
        """The current post shows that the keys act here."""
        self.refresh()

    def on_blur(self) -> None:
        """The current post steps back."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """A click on a link chooses it."""
        link = event.style.meta.get("link")
        target = self.linking.target_at(event.y, link) if isinstance(link, int) else None
        if target is not None:
            self.post_message(self.LinkChosen(target.url))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Three lines down."""
        event.stop()
        self.line(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Three lines up."""
        event.stop()
        self.line(-3)


def _landing(model: ThreadModel, post: PostKey | None, line: int, *, end: bool) -> Position:
    """Where an opened thread is shown first."""
    if end:
        return Position(max(0, len(model) - 1), 1_000_000)
    if post is not None and post in model.index:
        return Position(model.spot(post) or 0, line)
    return Position(model.spot(model.first_unread()) or 0, 0)
