"""A small app over the lists, the thread and a text field, to be driven in a real terminal: j k d u g G Enter q e r."""

from __future__ import annotations

import sys

from tests.tui.samples import NOW, ThreadInMemory, TopicsInMemory, post, topic
from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import TextArea

from forumtui.reader.rows import PostKey, TopicKey, TopicRow
from forumtui.tui.lists.line_list import LineList
from forumtui.tui.render.topic_row import TopicRows
from forumtui.tui.terminal.display import DiffedDisplay
from forumtui.tui.thread.view import ThreadView
from forumtui.tui.widgets.footer import FooterLine
from forumtui.tui.widgets.header import HeaderLine

TITLES = ["The Process of Leadership", "日本語の話題", "Emoji 🙂 in a title 🙂", "Plain talk", "Ärger mit Umlauten"]
BODY = """Some *words* on [leading](https://example.org/{n}) and following, long enough to be wrapped on most screens.

> An older remark, number {n}.

- one 日本語
- two 🙂 emoji
"""


class DisplayApp(DiffedDisplay[None]):
    CSS = "LineList, ThreadView, TextArea { height: 1fr; } .away { display: none; }"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, topics: int, posts: int) -> None:
        super().__init__()
        self.animation_level = "none"
        rows = [topic(i, title=f"{TITLES[i % 5]} {i}", unread=i % 4, pinned=i % 7 == 0) for i in range(1, topics + 1)]
        self.topics = LineList[TopicRow](TopicsInMemory(rows), TopicRows(), now=lambda: NOW)
        replies = [
            post(
                i,
                BODY.format(n=i),
                parent_key=PostKey(i - 1) if i > 1 else None,
                parent_author="Anna Berg",
                unread=True,
            )
            for i in range(1, posts + 1)
        ]
        self.thread = ThreadView(ThreadInMemory(replies), now=lambda: NOW)
        self.field = TextArea()
        self.field.cursor_blink = False

    def compose(self) -> ComposeResult:
        yield HeaderLine()
        yield self.topics
        yield self.thread
        yield self.field
        yield FooterLine()

    async def on_mount(self) -> None:
        self.query_one(HeaderLine).show(("Sample", "Board"), 12, "offline, data of 14:02", 2)
        self.query_one(FooterLine).show([("j k", "move", True), ("Enter", "open", True), ("q", "back", True)])
        self.show(self.topics)
        await self.topics.load()

    def show(self, shown: LineList[TopicRow] | ThreadView | TextArea) -> None:
        for widget in (self.topics, self.thread, self.field):
            widget.set_class(widget is not shown, "away")
        self.set_focus(shown)  # at once: the next key may be here already

    async def on_key(self, event: events.Key) -> None:
        pane = self.focused
        if event.key == "ctrl+l":
            self.redraw_terminal()
        elif event.key in {"escape", "q"}:
            self.show(self.topics)
        elif event.key == "e":
            self.show(self.field)
        elif event.key == "enter":
            self.show(self.thread)
            await self.thread.open(TopicKey(1))
        elif event.key == "t":
            self.notify(Content("A toast [bold]over[/bold] it").plain, markup=False, timeout=60)
        elif isinstance(pane, ThreadView):
            await self.on_thread_key(pane, event.key)
        elif isinstance(pane, LineList):
            moves = {"j": 1, "k": -1}
            if event.key in moves:
                pane.move(moves[event.key])
            elif event.key in "du":
                pane.page(1 if event.key == "d" else -1)
            elif event.key == "G":
                await pane.go_end()
            elif event.key == "g":
                await pane.go_start()

    async def on_thread_key(self, thread: ThreadView, key: str) -> None:
        if key in "jk":
            thread.line(1 if key == "j" else -1)
        elif key in "du":
            thread.walking.page(1 if key == "d" else -1)
        elif key in "np":
            thread.walking.next_post(1 if key == "n" else -1)
        elif key == "z":
            thread.folding.toggle_fold()
        elif key == "f":
            thread.linking.show_link_hints(on=True)
        elif key == "V":
            thread.choosing.choose_lines(on=True)
        elif key == "G":
            await thread.walking.go_end()
        elif key == "g":
            await thread.walking.go_start()


if __name__ == "__main__":
    DisplayApp(int(sys.argv[1]), int(sys.argv[2])).run()
