"""Going through a thread: what is on screen, what is current, what counts as read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from tests.tui.samples import NOW, ThreadInMemory, post
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from forumtui.rows import TopicKey
from forumtui.tui.widgets.thread_view import ThreadView


class ThreadApp(App[None]):
    CSS = "ThreadView { height: 1fr; }"

    def __init__(self, source: ThreadInMemory) -> None:
        super().__init__()
        self.source = source
        self.thread = ThreadView(source, now=lambda: NOW)
        self.needed: list[ThreadView.NeedPosts] = []
        self.links: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.thread

    def on_mount(self) -> None:
        self.thread.focus()

    def on_thread_canvas_need_posts(self, event: ThreadView.NeedPosts) -> None:
        self.needed.append(event)

    def on_thread_canvas_link_chosen(self, event: ThreadView.LinkChosen) -> None:
        self.links.append(event.url)


def shown(app: ThreadApp) -> list[str]:
    return [app.thread.render_line(y).text.rstrip() for y in range(app.thread.size.height)]


def with_thread(
    source: ThreadInMemory, steps: Callable[[Pilot[None], ThreadApp], Awaitable[None]], size: tuple[int, int] = (80, 10)
) -> None:
    async def run() -> None:
        app = ThreadApp(source)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await steps(pilot, app)

    asyncio.run(run())


def current(app: ThreadApp) -> int:
    assert app.thread.current is not None
    return app.thread.current.key


def test_opens_at_the_first_unread_under_its_rule() -> None:
    source = ThreadInMemory([post(n, unread=n >= 3) for n in range(1, 9)])
    source.new_from = 2

    async def steps(pilot: Pilot[None], app: ThreadApp) -> None:
        await app.thread.open(TopicKey(1))
        await pilot.pause()
        lines = shown(app)
        assert lines[0].startswith("  ── new since your last visit ───")
        assert "Anna Berg" in lines[2]
        assert current(app) == 3

    with_thread(source, steps)
