"""What shows first: the place where the reader was, or what is unread."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from contextlib import suppress

from forumtui.errors import ForumtuiError
from forumtui.reader.resume import Resume
from forumtui.reader.rows import AccountKey, Changed, Health, OutState, TopicQuery, What
from forumtui.tui.acts.adding import opened
from forumtui.tui.acts.composition import open_row
from forumtui.tui.acts.desk import Desk
from forumtui.tui.render.arrangement import Pane
from forumtui.tui.screens.page import NoticeScreen
from forumtui.tui.services.changes import LibraryChanged

LOOK = 0.05
"""Seconds between two looks whether rows came: a list reads them beside the keys, and tells nobody."""
QUICK = 2.0
"""Seconds that keys wait for the forum that the command line named: longer ones would make the reader seem deaf."""


async def show_first(desk: Desk) -> None:
    """Lists first, so that something stands on the screen; then the thread that was open."""
    reader = desk.reader
    place = await desk.library.accounts.resume()
    await reader.load_forest()
    accounts = [row for row in reader.accounts.values() if row.listed]
    query = _first_list(place, reader.accounts.keys(), len(accounts), reader.board_rows.keys())
    if query is None:
        await reader.boards.load()
        reader.focus_pane(Pane.BOARDS)
        reader.zoomed = True
        reader.lay_out_panes()
    else:
        await reader.show_list(query, anchor=place.topic)
        if query.board is not None:
            await reader.boards.go_to_board(query.board)
        elif query.account is not None:
            await reader.boards.go_to_account(query.account)
    await desk.gather_facts()
    if not desk.location and place.topic is not None:
        try:
            await reader.open_topic(place.topic, post=place.post, line=place.line, current=place.current)
        except ForumtuiError:
            reader.focus_pane(Pane.TOPICS)
    if place.composing is not None and not desk.location:
        await _go_on_writing(desk, place.composing)


def _first_list(place: Resume, accounts: Iterable[AccountKey], listed: int, boards: Iterable[int]) -> TopicQuery | None:
    """Where one was; else the only forum, or what is unread in all of them; None where there is no forum."""
    known = set(accounts)
    if place.account in known:
        board = place.board if place.board in set(boards) else None
        return TopicQuery(account=place.account, board=board, with_children=board is not None)
    if not known:
        return None
    return TopicQuery(unread=True) if listed > 1 else TopicQuery(account=min(known))


async def _go_on_writing(desk: Desk, uid: str) -> None:
    """Offer the text that was being written when the reader closed or the line went."""
    try:
        row = await desk.library.outbox.get(uid)
    except ForumtuiError:
        return
    if row.state is not OutState.DRAFT or not row.body.source.strip():
        return
    await open_row(desk, row)
    minutes = max(0, int(time.time() * 1000) - row.updated) // 60_000
    when = "just now" if minutes < 1 else f"{minutes} min ago" if minutes < 90 else f"{minutes // 60} h ago"
    to = f" to {row.to}" if row.to else f" in {row.where}" if row.where else ""
    desk.say(f"You were writing{to} when the reader closed, {when}. Esc keeps it for later.")


async def tell_of_library(desk: Desk) -> None:
    """What befell the library, until it was seen; a line about where it lies."""
    library = desk.library
    if library.notice and desk.reader.composer is None:  # a page would hide what is being written
        await desk.push_over(NoticeScreen(desk.reader.keymap, library.notice))
    if library.warning:
        desk.screen.say(library.warning, "warning", seconds=None)


async def open_named(desk: Desk, engine_here: asyncio.Event) -> None:
    """Open what the command line named before any key is handled, where that is quick; else beside the keys.

    The network side's own start is waited for, however long a busy machine takes: until then keys have nothing here.
    """
    await engine_here.wait()

    async def show_later() -> None:
        desk.in_turn(await reaching)

    end = asyncio.get_running_loop().time() + QUICK
    reaching = asyncio.ensure_future(opened(desk, desk.location))
    await asyncio.wait({reaching}, timeout=QUICK)
    if reaching.done():
        await reaching.result()()
        await _first_rows(desk, end)
    else:
        desk.background(show_later, "adding")


async def _first_rows(desk: Desk, end: float) -> None:
    """Wait until the list of a forum that is new here has rows, or never will: a key would find nothing to act on.

    ``end``: when keys are handled all the same, in the loop's time.
    """
    reader, changed = desk.reader, asyncio.Event()
    account = reader.topics.shown.account if desk.screen is reader and reader.pane is Pane.TOPICS else None
    if account is None:
        return
    unsubscribe = desk.library.subscribe(lambda _: changed.set())
    try:
        while reader.topics.current is None:
            row = await desk.library.accounts.get(account)  # before the list is asked, so that all of a look is in it
            await reader.changed(LibraryChanged(frozenset(Changed(what) for what in What)))
            if row.health not in {Health.NEW, Health.SYNCING} or not row.plugged:
                return
            left = end - asyncio.get_running_loop().time()
            if left <= 0:
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), min(left, LOOK))
            changed.clear()
    finally:
        unsubscribe()


async def after_engine(desk: Desk) -> None:
    """Once the network side runs: say what it needs from the user."""
    if not desk.location and any(row.health is Health.NEEDS_LOGIN for row in desk.reader.accounts.values()):
        desk.say("A forum wants you to log in again: g a shows which.", "warning")
