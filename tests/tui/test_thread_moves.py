"""Going through a thread: what is on screen, what is current, what counts as read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from tests.tui.samples import NOW, ThreadInMemory, post
from tests.waiting import until
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from forumtui.model import Body, Place
from forumtui.reader.rows import PostKey, PostRow, ThreadOrder, TopicKey
from forumtui.tui.thread.view import ThreadView


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

    def on_thread_view_need_posts(self, event: ThreadView.NeedPosts) -> None:
        self.needed.append(event)

    def on_thread_view_link_chosen(self, event: ThreadView.LinkChosen) -> None:
        self.links.append(event.url)


def shown(app: ThreadApp) -> list[str]:
    return [app.thread.render_line(y).text.rstrip() for y in range(app.thread.size.height)]


@asynccontextmanager
async def showing(
    source: ThreadInMemory, size: tuple[int, int] = (80, 10)
) -> AsyncIterator[tuple[Pilot[None], ThreadApp]]:
    app = ThreadApp(source)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield pilot, app


async def comes_to(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    await until(condition, between=pilot.pause)


def current(app: ThreadApp) -> int:
    assert app.thread.current is not None
    return app.thread.current.key


def short(count: int, **changes: object) -> ThreadInMemory:
    """Posts of three lines each: one about it, one of text, a blank one."""
    return ThreadInMemory([post(n, f"Text {n}.", **changes) for n in range(1, count + 1)])


def tree(count: int = 6) -> ThreadInMemory:
    """1 is answered by 2 and 5, 2 by 3 and 4, 5 by 6."""
    parents = {2: 1, 3: 2, 4: 2, 5: 1, 6: 5}
    return ThreadInMemory(
        [post(n, f"Text {n}.", parent_key=PostKey(parents[n]) if n in parents else None) for n in range(1, count + 1)]
    )


async def test_opens_at_the_first_unread_under_its_rule() -> None:
    source = ThreadInMemory([post(n, unread=n >= 3) for n in range(1, 9)])
    source.new_from = 2
    async with showing(source) as (pilot, app):
        await app.thread.open(TopicKey(1))
        await pilot.pause()
        lines = shown(app)
        assert lines[0].startswith("  ── new since your last visit ───")
        assert "Anna Berg" in lines[2]
        assert current(app) == 3


async def test_opens_where_asked_and_at_the_start_when_all_is_read() -> None:
    async with showing(short(100)) as (_pilot, app):
        await app.thread.open(TopicKey(1))
        assert (app.thread.place, app.thread.walking.at_start) == ((1, 0), True)
        await app.thread.open(TopicKey(1), post=PostKey(40), line=1)
        assert (app.thread.place, current(app)) == ((40, 1), 40)
        await app.thread.open(TopicKey(1), end=True)
        assert app.thread.walking.at_end
        assert shown(app)[-1].endswith("Text 100.")
        assert current(app) == 100


async def test_lines_pages_and_ends() -> None:
    async with showing(short(100)) as (_pilot, app):
        await app.thread.open(TopicKey(1))
        app.thread.line(1)
        assert (app.thread.place, current(app)) == ((1, 1), 1)
        app.thread.line(2)
        assert (app.thread.place, current(app)) == ((2, 0), 2)
        app.thread.walking.page(1)
        assert app.thread.place == (5, 0)
        app.thread.walking.page(-0.5)
        assert app.thread.place == (3, 2)
        app.thread.walking.page(-5)
        assert app.thread.walking.at_start
        assert not app.thread.line(-1)
        await app.thread.walking.go_end()
        assert app.thread.walking.at_end
        assert shown(app)[-1].endswith("Text 100.")
        await app.thread.walking.go_start()
        assert app.thread.walking.at_start


async def test_next_post_reaches_the_last_ones_on_screen() -> None:
    async with showing(short(20)) as (pilot, app):
        await app.thread.open(TopicKey(1))
        for expected in range(2, 21):
            assert app.thread.walking.next_post(1)
            await pilot.pause()
            assert current(app) == expected
        assert not app.thread.walking.next_post(1)
        assert shown(app)[-2].startswith("▎")
        app.thread.walking.next_post(-1)
        assert current(app) == 19
        await app.thread.walking.go_to_key(PostKey(5), line=1)
        app.thread.walking.next_post(-1)
        assert (app.thread.place, current(app)) == ((5, 0), 5)


async def test_line_at_the_end_goes_on_to_the_next_post() -> None:
    async with showing(short(6)) as (_pilot, app):
        await app.thread.open(TopicKey(1))
        seen = [current(app)]
        while app.thread.line(1):
            seen.append(current(app))
        assert seen == sorted(seen)
        assert seen[-1] == 6


async def test_read_is_what_was_seen_whole_and_left_behind() -> None:
    async with showing(short(50, unread=True)) as (_pilot, app):
        await app.thread.open(TopicKey(1))
        assert app.thread.walking.seen_keys() == frozenset()
        app.thread.line(1)
        assert app.thread.walking.seen_keys() == frozenset()
        app.thread.line(1)
        assert app.thread.walking.seen_keys() == {1}
        assert app.thread.walking.seen_keys() == frozenset()
        app.thread.walking.page(1)
        assert app.thread.walking.seen_keys() == {2, 3, 4}
        app.thread.walking.next_post(1)
        assert app.thread.walking.seen_keys() == {current(app) - 1}


async def test_jumps_search_resizing_and_parents_in_place_mark_nothing() -> None:
    source = short(50, unread=True)
    source.rows[PostKey(30)] = post(30, "needle", unread=True, parent_key=PostKey(2))
    async with showing(source) as (pilot, app):
        await app.thread.open(TopicKey(1))
        await app.thread.walking.go_end()
        await app.thread.walking.go_to_number(20)
        assert current(app) == 20
        assert await app.thread.finding.search("needle") == 1
        assert current(app) == 30
        assert await app.thread.folding.show_parent_inline()
        assert any("Text 2." in line for line in shown(app))
        assert await app.thread.walking.to_parent()
        assert current(app) == 2
        await pilot.resize_terminal(60, 20)
        app.thread.line(-1)
        app.thread.walking.page(-1)
        assert app.thread.walking.seen_keys() == frozenset()


async def test_unfocused_panes_read_nothing() -> None:
    async with showing(short(50, unread=True)) as (pilot, app):
        await app.thread.open(TopicKey(1))
        app.set_focus(None)
        await pilot.pause()
        app.thread.walking.page(1)
        assert app.thread.walking.seen_keys() == frozenset()


async def test_next_unread_goes_through_and_ends() -> None:
    source = ThreadInMemory([post(n, f"Text {n}.", unread=n in {2, 3, 30}) for n in range(1, 41)])
    async with showing(source) as (_pilot, app):
        await app.thread.open(TopicKey(1))
        assert current(app) == 2
        assert await app.thread.walking.next_unread_here()
        assert current(app) == 3
        assert app.thread.walking.seen_keys() == {2}
        assert await app.thread.walking.next_unread_here()
        assert current(app) == 30
        assert app.thread.walking.seen_keys() == {3}
        assert not await app.thread.walking.next_unread_here()
        assert app.thread.walking.seen_keys() == {30}
        assert not await app.thread.walking.next_unread_here(-1)


async def test_a_space_at_the_end_reads_what_is_on_screen() -> None:
    async with showing(short(2, unread=True)) as (_pilot, app):
        await app.thread.open(TopicKey(1))
        assert app.thread.walking.at_end
        app.thread.walking.page(1)
        assert app.thread.walking.seen_keys() == {1, 2}


class SlowThread(ThreadInMemory):
    """Answers when told to."""

    def __init__(self, posts: Sequence[PostRow]) -> None:
        super().__init__(posts)
        self.gate = asyncio.Event()
        self.gate.set()

    async def posts(self, topic: TopicKey, keys: Sequence[PostKey]) -> dict[PostKey, PostRow]:
        await self.gate.wait()
        return await super().posts(topic, keys)


async def test_only_posts_near_the_screen_are_asked_for() -> None:
    async with showing(short(10_000)) as (pilot, app):
        await app.thread.open(TopicKey(1), post=PostKey(5000))
        await pilot.pause()
        asked = {key for keys in app.source.asked for key in keys}
        assert len(asked) < 250
        assert {4990, 5010} <= asked


async def test_nothing_is_painted_before_the_first_posts_are_there() -> None:
    source = SlowThread([post(n, f"Text {n}.") for n in range(1, 30)])
    async with showing(source) as (pilot, app):
        source.gate.clear()
        opening = asyncio.create_task(app.thread.open(TopicKey(1)))
        await pilot.pause()
        assert not "".join(shown(app)).strip()
        source.gate.set()
        assert await opening
        assert "Text 1." in "".join(shown(app))


async def test_paging_waits_at_the_edge_of_what_is_at_hand() -> None:
    source = SlowThread([post(n, f"Text {n}.") for n in range(1, 400)])
    async with showing(source) as (pilot, app):
        await app.thread.open(TopicKey(1))
        await comes_to(pilot, lambda: len(app.thread.stage.model.rows) > 60)
        source.gate.clear()
        for _ in range(60):
            app.thread.walking.page(1)
            await pilot.pause()
            assert "Text" in "".join(shown(app)[:6])
        stuck = app.thread.place
        source.gate.set()
        await comes_to(pilot, lambda: app.thread.walking.page(1) and app.thread.place != stuck)


async def test_a_newer_opening_overtakes_an_older_one() -> None:
    source = SlowThread([post(n, f"Text {n}.") for n in range(1, 60)])
    async with showing(source) as (pilot, app):
        source.gate.clear()
        first = asyncio.create_task(app.thread.open(TopicKey(1), post=PostKey(50)))
        second = asyncio.create_task(app.thread.open(TopicKey(1), post=PostKey(20)))
        await pilot.pause()
        source.gate.set()
        assert not await first
        assert await second
        assert current(app) == 20


async def test_refresh_keeps_the_place() -> None:
    source = short(60)
    async with showing(source) as (_pilot, app):
        await app.thread.open(TopicKey(1), post=PostKey(30), line=1)
        before = shown(app)
        rows = dict(source.rows)
        source.rows = {PostKey(1000): post(1000, "Came in front."), **rows, PostKey(1001): post(1001, "New.")}
        await app.thread.refresh_thread()
        assert shown(app) == before
        assert (app.thread.place, current(app)) == ((30, 1), 30)
        source.rows[PostKey(31)] = post(31, "Edited.", edited=NOW)
        await app.thread.refresh_thread()
        assert any("Edited." in line for line in shown(app))
        del source.rows[PostKey(30)]
        await app.thread.refresh_thread()
        assert current(app) == 31


async def test_a_pending_post_becomes_a_sent_one() -> None:
    source = short(3)
    async with showing(source, size=(80, 24)) as (_pilot, app):
        await app.thread.open(TopicKey(1))
        source.rows[PostKey(-1)] = post(-1, "Mine.", number=None)
        await app.thread.refresh_thread()
        await app.thread.walking.go_to_key(PostKey(-1))
        del source.rows[PostKey(-1)]
        source.rows[PostKey(4)] = post(4, "Mine.")
        await app.thread.refresh_thread()
        assert any("Mine." in line for line in shown(app))
        assert current(app) == 4


async def test_tree_moves_and_folds() -> None:
    async with showing(tree(), size=(80, 30)) as (_pilot, app):
        await app.thread.open(TopicKey(1), order=ThreadOrder.TREE)
        await app.thread.walking.go_to_key(PostKey(2))
        assert await app.thread.walking.sibling(1)
        assert current(app) == 5
        assert not await app.thread.walking.sibling(1)
        assert await app.thread.walking.sibling(-1)
        assert current(app) == 2
        app.thread.folding.toggle_fold()
        lines = shown(app)
        assert any(line.lstrip("▎ ").startswith("▸ Jaap de Jonge") and "2 more" in line for line in lines)
        assert not any("Text 3." in line for line in lines)
        app.thread.walking.next_post(1)
        assert current(app) == 5
        assert await app.thread.walking.go_to_key(PostKey(4))
        assert current(app) == 4
        assert any("Text 3." in line for line in shown(app))
        app.thread.folding.fold_all()
        assert len([line for line in shown(app) if line.strip()]) == 1
        app.thread.folding.open_all()
        await app.thread.set_order(ThreadOrder.FLAT)
        assert app.thread.topic_key is not None
        assert app.thread.stage.model.outline.order is ThreadOrder.FLAT


async def test_the_post_that_keys_act_on_stays_in_view_whatever_unfolds_above_it() -> None:
    long = "\n".join(f"> Line {n} of a long quote." for n in range(12)) + "\n\nAn answer."
    source = ThreadInMemory([post(n, long) for n in range(1, 9)])
    looks = ("fold_all", "open_all", "toggle_quotes", "toggle_quotes")
    async with showing(source, size=(80, 24)) as (_pilot, app):
        await app.thread.open(TopicKey(1))
        folding, stage = app.thread.folding, app.thread.stage
        for key in range(1, 9):
            for look in looks:
                await app.thread.walking.go_start()
                assert app.thread.walking.make_current(PostKey(key)) or await app.thread.walking.go_to_key(PostKey(key))
                getattr(folding, look)()
                assert current(app) == key, look
                assert stage.current_spot in stage.on_screen, (look, key)


async def test_search_goes_round_and_marks() -> None:
    source = ThreadInMemory([post(n, "A Needle here" if n % 10 == 0 else f"Text {n}.") for n in range(1, 41)])
    async with showing(source) as (_pilot, app):
        await app.thread.open(TopicKey(1), post=PostKey(15))
        assert await app.thread.finding.search("nEEdle") == 4
        assert (current(app), app.thread.finding.match_position) == (20, (2, 4))
        strip = app.thread.render_line(1)
        assert [s.text for s in strip if s.style and s.style.reverse] == ["Needle"]
        await app.thread.finding.next_match(1)
        await app.thread.finding.next_match(1)
        await app.thread.finding.next_match(1)
        assert (current(app), app.thread.finding.match_position) == (10, (1, 4))
        await app.thread.finding.next_match(-1)
        assert current(app) == 40
        assert await app.thread.finding.search("") == 0
        assert app.thread.finding.match_position == (0, 0)
        assert await app.thread.finding.search("nowhere") == 0


async def test_links_are_labelled_and_clicked() -> None:
    source = ThreadInMemory([post(1, "See [one](https://example.org/1) and [two](https://example.org/2).")])
    async with showing(source) as (pilot, app):
        await app.thread.open(TopicKey(1))
        await pilot.pause()
        found = app.thread.linking.links_on_screen()
        assert [target.url for _, target in found] == ["https://example.org/1", "https://example.org/2"]
        app.thread.linking.show_link_hints(on=True)
        assert shown(app)[1].startswith("▎  See [a]one and [s]two.")
        app.thread.linking.show_link_hints(on=False)
        assert "See one and two" in shown(app)[1]
        await pilot.click(app.thread, offset=(shown(app)[1].index("two"), 1))
        assert app.links == ["https://example.org/2"]


async def test_lines_can_be_chosen() -> None:
    source = ThreadInMemory([post(1, "First paragraph.\n\nSecond paragraph.\n\nThird one."), post(2)])
    async with showing(source) as (_pilot, app):
        await app.thread.open(TopicKey(1))
        assert app.thread.choosing.chosen_text() is None
        assert app.thread.choosing.choose_lines(on=True)
        assert app.thread.choosing.chosen_text() == (1, "First paragraph.")
        app.thread.line(2)
        assert app.thread.choosing.chosen_text() == (1, "First paragraph.\n\nSecond paragraph.")
        assert app.thread.place == (1, 0)
        app.thread.line(-1)
        app.thread.choosing.choose_lines(on=False)
        assert not app.thread.choosing.active
        assert app.thread.walking.seen_keys() == frozenset()


async def test_gaps_near_the_screen_are_asked_for_once() -> None:
    source = short(200)
    source.gaps = (150,)
    async with showing(source) as (pilot, app):
        await app.thread.open(TopicKey(1))
        await pilot.pause()
        assert not app.needed
        await app.thread.walking.go_to_key(PostKey(145))
        app.thread.line(1)
        await pilot.pause()
        assert [event.window for event in app.needed] == [type(app.needed[0].window)(Place.POST, "151")]
        assert any("earlier posts" in line for line in shown(app)) or app.thread.walking.next_post(1)


async def test_an_empty_thread_with_a_gap_asks_for_its_start() -> None:
    source = ThreadInMemory([])
    source.gaps = (0,)
    async with showing(source) as (pilot, app):
        await app.thread.open(TopicKey(1))
        await pilot.pause()
        assert [event.window.place for event in app.needed] == [Place.START]
        assert app.thread.current is None
        app.thread.walking.page(1)
        app.thread.line(1)
        app.thread.walking.next_post(1)
        await app.thread.walking.go_end()
        source.rows = {PostKey(1): post(1)}
        source.gaps = ()
        await app.thread.refresh_thread()
        await pilot.pause()
        assert any("Body of post 1." in line for line in shown(app))
        assert current(app) == 1


async def test_resize_keeps_the_post_and_the_part_of_it() -> None:
    long = " ".join(f"word{n}" for n in range(400))
    source = ThreadInMemory([post(n, long) for n in range(1, 10)])
    async with showing(source, size=(80, 20)) as (pilot, app):
        await app.thread.open(TopicKey(1), post=PostKey(3))
        app.thread.line(20)
        word = shown(app)[0].split()[1]
        await pilot.resize_terminal(50, 20)
        await pilot.pause()
        assert app.thread.place is not None
        assert app.thread.place[0] == 3
        number = int(word.removeprefix("word"))
        words = {
            int(each.removeprefix("word")) for line in shown(app) for each in line.split() if each.startswith("word")
        }
        assert min(words) - 30 <= number <= max(words)


async def test_quotes_fold_and_times_become_exact() -> None:
    source = ThreadInMemory([post(1, "> one\n>\n> two\n>\n> three\n>\n> four\n\nMine.")])
    async with showing(source, size=(80, 24)) as (_pilot, app):
        await app.thread.open(TopicKey(1))
        assert any("four" in line for line in shown(app))
        app.thread.folding.toggle_quotes()
        assert not any("four" in line for line in shown(app))
        assert shown(app)[0].endswith("3h")
        app.thread.folding.toggle_exact_times()
        assert shown(app)[0].endswith("2027-01-15 05:00")
        app.thread.close()
        assert not "".join(shown(app)).strip()
        assert app.thread.topic_key is None


async def test_another_theme_repaints() -> None:
    async with showing(short(3)) as (pilot, app):
        await app.thread.open(TopicKey(1))
        before = list(app.thread.render_line(1))[-1].style
        app.theme = "textual-light"
        await pilot.pause()
        assert list(app.thread.render_line(1))[-1].style != before


async def test_hostile_text_stays_text() -> None:
    source = ThreadInMemory([post(1, "[bold]x[/bold] &#x202e; &#27;[2J [@click=app.quit]y[/]")])
    assert isinstance(source.rows[PostKey(1)].body, Body)
    async with showing(source) as (_pilot, app):
        await app.thread.open(TopicKey(1))
        text = "".join(shown(app))
        assert "[bold]x[/bold]" in text
        assert not {"\x1b", "\u202e"} & set(text)
