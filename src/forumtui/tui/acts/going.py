"""Opening, going back, and reading on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from forumtui.reader.rows import Changed, NextUnread, TopicQuery, What
from forumtui.tui.acts.desk import Desk
from forumtui.tui.acts.finding import end_search, step_match
from forumtui.tui.acts.following import follow
from forumtui.tui.acts.steps import all_read, by_pages, find_unread, is_open, open_topic, open_unread
from forumtui.tui.render.arrangement import Pane
from forumtui.tui.screens.base import AppScreen
from forumtui.tui.screens.previews import query_of
from forumtui.tui.screens.reader import ReaderScreen, note_read
from forumtui.tui.services.changes import LibraryChanged


async def open(desk: Desk, _count: int | None) -> None:  # noqa: A001 - the command's name
    """Open; on a post: show what it answers."""
    screen, reader = desk.screen, desk.reader
    if screen is not reader:
        await follow(desk, await screen.open_row())
    elif reader.pane is Pane.BOARDS:
        entry = reader.boards.current
        if entry is not None:
            if reader.topics.shown != query_of(entry):
                await reader.show_list(query_of(entry), focus=False)
            reader.focus_pane(Pane.TOPICS)
    elif reader.pane is Pane.TOPICS:
        row = reader.topics.current
        if row is not None:
            await open_topic(desk, row)
    elif not await reader.thread.folding.show_parent_inline():
        desk.say("This post answers no other.")


async def back(desk: Desk, _count: int | None) -> None:
    """Back."""
    screen, reader = desk.screen, desk.reader
    if screen is not reader:
        await screen.leave()
    elif reader.pane is Pane.THREAD:
        reader.focus_pane(Pane.TOPICS)
    elif reader.pane is Pane.TOPICS:
        reader.focus_pane(Pane.BOARDS)
    else:
        desk.say(f"This is the top; {reader.keymap.label('quit')} quits.")


async def escape(desk: Desk, count: int | None) -> None:
    """A ladder: question, announcement, search, chosen lines, filter, zoom; then back."""
    screen, reader = desk.screen, desk.reader
    if screen.questions.line is not None:
        screen.questions.leave()
        return
    desk.announced = None
    if screen is not reader:
        await _leave_for_now(desk, screen)
    elif reader.seeking:
        desk.if_debris(partial(_seek, reader, reader.seeking, reader.topics.search_text, reader.boards.search_text))
        await end_search(desk)
    elif reader.thread.choosing.active:
        go_on = reader.thread.choosing.leave_choice()
        desk.if_debris(partial(_choose, go_on))
        screen.footer.hush()
    elif reader.topics.shown.filter and reader.pane is Pane.TOPICS:
        anchor = reader.here.topic.key if reader.here.topic else None
        desk.if_debris(partial(reader.show_list, reader.topics.shown, anchor=anchor))
        await reader.show_list(_without_filter(reader.topics.shown), anchor=anchor)
    elif reader.zoomed:
        await _zoom(reader, on=False)
        desk.if_debris(partial(_zoom, reader, on=True))
    elif reader.pane is not Pane.BOARDS:
        desk.if_debris(partial(_to_pane, reader, reader.pane))
        await back(desk, count)


async def _leave_for_now(desk: Desk, page: AppScreen) -> None:
    """Go back; the page stays whole until it is certain that no debris follows, and is then taken down."""
    app, name = desk.app, f"left-{id(page)}"

    async def again() -> None:
        app.uninstall_screen(name)
        await app.push_screen(page)
        await page.changed(LibraryChanged(frozenset(Changed(what) for what in What)))

    async def end() -> None:
        app.uninstall_screen(name)
        if page not in app.screen_stack:
            await page.remove()

    app.install_screen(page, name)
    await page.leave()
    if page in app.screen_stack:
        app.uninstall_screen(name)
    else:
        desk.if_debris(again, end)


async def _zoom(reader: ReaderScreen, *, on: bool) -> None:
    reader.zoomed = on
    reader.lay_out_panes()


async def _seek(reader: ReaderScreen, text: str, in_topics: str, in_boards: str) -> None:
    reader.seeking, reader.topics.search_text, reader.boards.search_text = text, in_topics, in_boards
    if reader.pane is Pane.THREAD:
        await reader.thread.finding.search(text)


async def _choose(go_on: Callable[[], None]) -> None:
    go_on()


async def _to_pane(reader: ReaderScreen, pane: Pane) -> None:
    reader.focus_pane(pane)


async def read_on(desk: Desk, count: int | None) -> None:
    """A page; past the end of a thread what comes is said first, and the next Space opens it."""
    screen, reader = desk.screen, desk.reader
    if screen is not reader:
        await by_pages(desk, 1)
        return
    announced, desk.announced = desk.announced, None
    if reader.pane is not Pane.THREAD:
        await _read_from_list(desk)
        return
    at_end = reader.thread.walking.at_end
    reader.thread.walking.page((count or 1) if not at_end else 1)
    await note_read(desk.reader)
    if not at_end:
        return
    found = announced or await find_unread(desk)
    if found is None:
        all_read(desk)
    elif announced is not None or is_open(desk, found):
        await open_unread(desk, found)
    else:
        desk.announced = found
        news = f"{found.topic.unread} new"
        desk.say(f"{reader.keymap.label('read-on')}: '{found.topic.title}' ({_where(desk, found)}, {news})")


async def _read_from_list(desk: Desk) -> None:
    reader = desk.reader
    row = reader.topics.current if reader.pane is Pane.TOPICS else None
    if row is not None and row.unread:
        await open_topic(desk, row)
        return
    found = await find_unread(desk)
    if found is None:
        all_read(desk)
    else:
        await open_unread(desk, found)


def _where(desk: Desk, found: NextUnread) -> str:
    here = desk.reader.topic
    return found.topic.board_title if here and here.account == found.topic.account else found.account_title


async def page_back(desk: Desk, count: int | None) -> None:
    """Back a page."""
    await by_pages(desk, -(count or 1))


async def next_unread(desk: Desk, _count: int | None) -> None:
    """Next unread post; next match in a search."""
    await _unread(desk, 1)


async def previous_unread(desk: Desk, _count: int | None) -> None:
    """Previous unread post, or match."""
    await _unread(desk, -1)


async def _unread(desk: Desk, step: int) -> None:
    reader = desk.reader
    if reader.seeking:
        await step_match(desk, step)
        return
    desk.announced = None
    if reader.pane is Pane.THREAD and not reader.previewing:
        spot, post = reader.whereabouts.spot(), reader.thread.current
        here = await reader.thread.walking.next_unread_here(step)
        await note_read(desk.reader)
        if here:
            if reader.thread.current != post:
                reader.whereabouts.history.leave(spot)
            return
    row = reader.topics.current if reader.pane is Pane.TOPICS else None
    if row is not None and row.unread and step > 0:
        await open_topic(desk, row)
        return
    found = await find_unread(desk, backwards=step < 0, skip_topic=reader.pane is Pane.THREAD)
    if found is not None:
        await open_unread(desk, found)
    elif step > 0:
        all_read(desk)
    else:
        desk.say("Nothing unread before this.")


async def home(desk: Desk, _count: int | None) -> None:
    """All topics with unread posts."""
    await _show(desk, TopicQuery(unread=True))


async def bookmarks(desk: Desk, _count: int | None) -> None:
    """Bookmarked topics."""
    await _show(desk, TopicQuery(bookmarked=True))


async def _show(desk: Desk, query: TopicQuery) -> None:
    desk.reader.whereabouts.remember()
    await desk.to_reader()
    await desk.reader.show_list(query)


async def boards(desk: Desk, _count: int | None) -> None:
    """Boards."""
    await desk.to_reader()
    desk.reader.focus_pane(Pane.BOARDS)


async def board_page(desk: Desk, _count: int | None) -> None:
    """About this board or forum."""
    from forumtui.tui.screens.board_page import BoardPage

    account = desk.reader.here.account
    if account is None:
        desk.say("No forum is open.")
        return
    await desk.show_page(BoardPage(desk.reader.keymap, account, desk.reader.here.board))


def _without_filter(query: TopicQuery) -> TopicQuery:
    return replace(query, filter="")
