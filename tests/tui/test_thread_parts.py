"""A thread's parts over a stage without a thread, and over a stage without a widget."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from rich.style import Style
from tests.tui.samples import NOW, ThreadInMemory, post
from textual.app import App, ComposeResult
from textual.geometry import Size

from forumtui.model import Window
from forumtui.reader.rows import PostKey, TopicKey
from forumtui.tui.render.styles import Looks
from forumtui.tui.thread.fetching import Fetching
from forumtui.tui.thread.layout import UNSEEN, Position, ThreadLayout
from forumtui.tui.thread.model import ThreadModel
from forumtui.tui.thread.stage import Stage
from forumtui.tui.thread.view import ThreadView
from forumtui.tui.thread.walking import Walking


class Holder(App[None]):
    def __init__(self, source: ThreadInMemory) -> None:
        super().__init__()
        self.thread = ThreadView(source, now=lambda: NOW)

    def compose(self) -> ComposeResult:
        yield self.thread


KEY = PostKey(1)
PLAIN: dict[str, Callable[[ThreadView], Any]] = {
    "line": lambda thread: thread.line(1),
    "page": lambda thread: thread.walking.page(-1),
    "half a page": lambda thread: thread.walking.page(0.5),
    "post": lambda thread: thread.walking.next_post(1),
    "current": lambda thread: thread.walking.make_current(KEY),
    "read": lambda thread: thread.walking.seen_keys() or thread.walking.has_read,
    "fold": lambda thread: thread.folding.toggle_fold(),
    "fold all": lambda thread: thread.folding.fold_all(),
    "open all": lambda thread: thread.folding.open_all(),
    "quotes": lambda thread: thread.folding.toggle_quotes(),
    "uncover": lambda thread: thread.folding.toggle_cover(),
    "times": lambda thread: thread.folding.toggle_exact_times(),
    "choose": lambda thread: thread.choosing.choose_lines(True),
    "choice": lambda thread: thread.choosing.chosen_text(),
    "leave": lambda thread: thread.choosing.leave_choice()(),
    "links": lambda thread: thread.linking.links_on_screen(),
    "labels": lambda thread: thread.linking.show_link_hints(True),
    "link": lambda thread: thread.linking.target_at(0, 0),
    "close": lambda thread: thread.close(),
}
WAITING: dict[str, Callable[[ThreadView], Coroutine[Any, Any, Any]]] = {
    "start": lambda thread: thread.walking.go_start(),
    "end": lambda thread: thread.walking.go_end(),
    "key": lambda thread: thread.walking.go_to_key(KEY),
    "number": lambda thread: thread.walking.go_to_number(1),
    "unread": lambda thread: thread.walking.next_unread_here(),
    "parent": lambda thread: thread.walking.to_parent(),
    "sibling": lambda thread: thread.walking.sibling(1),
    "search": lambda thread: thread.finding.search("Text"),
    "match": lambda thread: thread.finding.next_match(),
    "in place": lambda thread: thread.folding.show_parent_inline(),
    "refresh": lambda thread: thread.refresh_thread(),
    "order": lambda thread: thread.set_order(thread.stage.model.outline.order),
}


@pytest.mark.parametrize("closed", [False, True], ids=["before one is opened", "after it is closed"])
async def test_without_a_thread_nothing_can_be_done_and_nothing_breaks(closed: bool) -> None:
    source = ThreadInMemory([post(1, "Text. See [one](https://example.org/1)."), post(2, parent_key=KEY)])
    app = Holder(source)
    async with app.run_test(size=(60, 8)) as pilot:
        thread = app.thread
        if closed:
            await thread.open(TopicKey(1))
            await pilot.pause()
            assert await thread.finding.search("Text") == 1
            thread.linking.show_link_hints(True)
            assert thread.choosing.choose_lines(True)
            thread.close()
        source.asked.clear()
        for name, act in PLAIN.items():
            assert not act(thread), name
        for name, job in WAITING.items():
            assert not await job(thread), name
        await pilot.resize_terminal(40, 12)
        assert not any(thread.render_line(y).text.strip() for y in range(12))
        assert thread.cursor_screen_offset == thread.content_region.offset
        assert (thread.topic_key, thread.current, thread.place) == (None, None, None)
        assert thread.walking.at_start
        assert thread.walking.at_end
        assert not source.asked


class Paper:
    """A surface and a crew that only write down what they were asked for."""

    rich_style = Style.null()
    has_focus = True
    looks: Looks = UNSEEN.looks

    def __init__(self, size: Size) -> None:
        self.size = size
        self.told: list[str] = []
        self.needed: list[Window] = []

    def refresh(self) -> None:
        self.told.append("refresh")

    def listed(self) -> None:
        self.told.append("listed")

    def moved(self) -> None:
        self.told.append("moved")

    def settled(self) -> None:
        self.told.append("settled")

    def at_work(self, group: str) -> bool:
        return True

    def start(self, group: str, work: Coroutine[None, None, None]) -> None:
        raise AssertionError(f"{group} is at work already")

    def need(self, window: Window) -> None:
        self.needed.append(window)


async def test_a_stage_needs_no_widget() -> None:
    """Walking over a thread on paper: what is on the lines, what is read, who is told of what."""
    source = ThreadInMemory([post(n, f"Text {n}.", unread=True) for n in range(1, 21)])
    paper = Paper(Size(60, 9))
    stage = Stage(paper, lambda: NOW)
    walking = Walking(stage, source, Fetching(stage, source, paper))
    model = ThreadModel(await source.outline(TopicKey(1)))
    model.add(model.outline.keys, await source.posts(TopicKey(1), model.outline.keys), 0)
    stage.put_on(ThreadLayout(model, stage.new_frame(), stage.shelf), Position(0, 0))
    assert [position.spot for position in stage.view] == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert stage.place == (1, 0)

    paper.told.clear()
    assert walking.line(3)
    assert stage.place == (2, 0)
    assert walking.seen_keys() == {1}
    assert paper.told == ["listed", "refresh", "moved", "settled"]

    paper.told.clear()
    assert walking.line(-5)
    assert not walking.line(-1)
    assert stage.place == (1, 0)
    assert paper.told == ["listed", "refresh", "moved", "settled", "listed", "settled"]

    await walking.go_end()
    assert walking.at_end
    assert stage.current_key == 20
    assert walking.seen_keys() == frozenset()

    paper.size = Size(60, 3)
    stage.resized()
    assert 19 in {position.spot for position in stage.view}
    stage.clear()
    assert not stage.view
    assert stage.painted(0) is None
