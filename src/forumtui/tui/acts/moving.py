"""Moving in lists, pages and threads."""

from __future__ import annotations

from forumtui.tui.acts.desk import Desk
from forumtui.tui.acts.steps import by_pages
from forumtui.tui.lists.line_list import LineList
from forumtui.tui.render.arrangement import Pane
from forumtui.tui.screens.reader import ReaderScreen, note_read
from forumtui.tui.screens.whereabouts import Spot
from forumtui.tui.thread.view import ThreadView


def _thread(desk: Desk) -> ThreadView | None:
    rows = desk.screen.rows
    return rows if isinstance(rows, ThreadView) else None


async def _by_lines(desk: Desk, lines: int) -> None:
    rows = desk.screen.rows
    if isinstance(rows, ThreadView):
        rows.line(lines)
        await note_read(desk.reader)
    elif isinstance(rows, LineList):
        rows.move(lines)


async def down(desk: Desk, count: int | None) -> None:
    """One line or row down."""
    await _by_lines(desk, count or 1)


async def up(desk: Desk, count: int | None) -> None:
    """One line or row up."""
    await _by_lines(desk, -(count or 1))


async def half_page_down(desk: Desk, count: int | None) -> None:
    """Half a page down."""
    await by_pages(desk, (count or 1) / 2)


async def half_page_up(desk: Desk, count: int | None) -> None:
    """Half a page up."""
    await by_pages(desk, -(count or 1) / 2)


async def page_down(desk: Desk, count: int | None) -> None:
    """A page down."""
    await by_pages(desk, count or 1)


async def page_up(desk: Desk, count: int | None) -> None:
    """A page up."""
    await by_pages(desk, -(count or 1))


async def top(desk: Desk, _count: int | None) -> None:
    """To the top."""
    rows = desk.screen.rows
    if isinstance(rows, ThreadView):
        desk.reader.whereabouts.remember()
        await rows.walking.go_start()
    elif isinstance(rows, LineList):
        await rows.go_start()


async def bottom(desk: Desk, _count: int | None) -> None:
    """To the end."""
    rows = desk.screen.rows
    if isinstance(rows, ThreadView):
        desk.reader.whereabouts.remember()
        await rows.walking.go_end()
    elif isinstance(rows, LineList):
        await rows.go_end()


async def next_post(desk: Desk, count: int | None) -> None:
    """Next post."""
    if (thread := _thread(desk)) is not None:
        thread.walking.next_post(count or 1)
        await note_read(desk.reader)


async def previous_post(desk: Desk, count: int | None) -> None:
    """Previous post."""
    if (thread := _thread(desk)) is not None:
        thread.walking.next_post(-(count or 1))


async def _topic_away(desk: Desk, step: int) -> None:
    reader = desk.reader
    at = reader.here.topic
    if reader.pane is Pane.TOPICS or at is None:
        reader.topics.move(step)
        return
    row = await desk.library.reading.neighbour(reader.topics.shown, at.key, 1 if step > 0 else -1)
    for _ in range(abs(step) - 1):
        further = row and await desk.library.reading.neighbour(reader.topics.shown, row.key, 1 if step > 0 else -1)
        if not further:
            break
        row = further
    if row is None:
        desk.say("That was the last topic of this list." if step > 0 else "That was the first topic of this list.")
        return
    if step > 0 and reader.thread.walking.at_end:
        reader.thread.walking.page(1)  # moving on from the end of a thread is reading it
        await note_read(desk.reader)
    reader.whereabouts.remember()
    await reader.open_topic(row.key)


async def next_topic(desk: Desk, count: int | None) -> None:
    """Next topic."""
    await _topic_away(desk, count or 1)


async def previous_topic(desk: Desk, count: int | None) -> None:
    """Previous topic."""
    await _topic_away(desk, -(count or 1))


async def parent(desk: Desk, _count: int | None) -> None:
    """To the post that this one answers."""
    spot = desk.reader.whereabouts.spot()
    if await desk.reader.thread.walking.to_parent():
        desk.reader.whereabouts.history.leave(spot)
        desk.say(f"{desk.reader.keymap.label('jump-back')} goes back down")
    else:
        desk.say("This post answers no other.")


async def next_sibling(desk: Desk, _count: int | None) -> None:
    """Next answer to the same post."""
    if not await desk.reader.thread.walking.sibling(1):
        desk.say("No later answer to the same post.")


async def previous_sibling(desk: Desk, _count: int | None) -> None:
    """Previous answer to the same post."""
    if not await desk.reader.thread.walking.sibling(-1):
        desk.say("No earlier answer to the same post.")


async def go_to_post(desk: Desk, count: int | None) -> None:
    """To a post by number (digits, then Enter)."""
    if count is None:
        typed = await desk.prompt("Go to post number")
        if not typed or not typed.strip().isdigit():
            return
        count = int(typed)
    spot = desk.reader.whereabouts.spot()
    if await desk.reader.thread.walking.go_to_number(count):
        desk.reader.whereabouts.history.leave(spot)


async def jump_back(desk: Desk, _count: int | None) -> None:
    """Back to where you were."""
    spot = desk.reader.whereabouts.history.back(desk.reader.whereabouts.spot())
    if spot is None:
        desk.say("Nowhere to go back to.")
    else:
        await _go_to_spot(desk.reader, spot)


async def jump_forward(desk: Desk, _count: int | None) -> None:
    """Forward again."""
    spot = desk.reader.whereabouts.history.forward(desk.reader.whereabouts.spot())
    if spot is None:
        desk.say("Nowhere to go forward to.")
    else:
        await _go_to_spot(desk.reader, spot)


async def _go_to_spot(reader: ReaderScreen, spot: Spot) -> None:
    """Go where one was."""
    if spot.query != reader.topics.shown:
        await reader.ordering.show(spot.query, spot.topic)
    here = reader.topic is not None and reader.topic.key == spot.topic and not reader.previewing
    if spot.pane is Pane.THREAD and here and spot.post is not None:
        reader.focus_pane(Pane.THREAD)
        if spot.top is not None:
            await reader.thread.walking.go_to_key(spot.top, spot.line)
        if not reader.thread.walking.make_current(spot.post):
            await reader.thread.walking.go_to_key(spot.post)
    elif spot.pane is Pane.THREAD and spot.topic is not None:
        await reader.open_topic(spot.topic, post=spot.top, line=spot.line, current=spot.post)
    else:
        if spot.topic is not None:
            await reader.topics.load(spot.topic)
        reader.focus_pane(spot.pane)
