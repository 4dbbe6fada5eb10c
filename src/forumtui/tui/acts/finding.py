"""Searches under way: stepping through them and putting them away."""

from __future__ import annotations

from typing import Any

from forumtui.reader.rows import WantSearch
from forumtui.text.fold import fold
from forumtui.tui.acts.desk import Desk
from forumtui.tui.lists.line_list import LineList
from forumtui.tui.render.arrangement import Pane


async def end_search(desk: Desk, *, hush: bool = True) -> None:
    """Put the search away; one stays where it led."""
    reader = desk.reader
    reader.seeking = ""
    reader.topics.search_text = ""
    reader.boards.search_text = ""
    await reader.thread.finding.search("")
    if hush:
        reader.footer.hush()


async def step_match(desk: Desk, step: int, *, from_here: bool = False) -> None:
    """To the next (-1: previous) match of the search under way."""
    reader = desk.reader
    if reader.pane is Pane.THREAD:
        await reader.thread.finding.next_match(step)
        tell_position(desk)
        return
    rows: LineList[Any] = reader.topics if reader.pane is Pane.TOPICS else reader.boards
    rows.search_text = reader.seeking
    if await _find_row(rows, fold(reader.seeking), step, from_here=from_here):
        _tell(desk, f"'{reader.seeking}'")
    else:
        desk.say(
            f"No {'' if from_here else 'further '}title here has '{reader.seeking}'; g / searches everywhere.",
            "warning",
        )
        await end_search(desk, hush=False)


async def _find_row(rows: LineList[Any], sought: str, step: int, *, from_here: bool) -> bool:
    """Walk the list, window by window, to a row whose title holds what is sought."""
    anchor = getattr(rows.current, "key", None)
    skip = not from_here
    while anchor is not None:
        window = await rows.source.window(
            anchor, end=False, before=500 if step < 0 else 0, after=500 if step > 0 else 0
        )
        at = next((i for i, row in enumerate(window.rows) if row.key == anchor), window.index)
        stretch = window.rows[at + skip :] if step > 0 else window.rows[: at + (not skip)][::-1]
        for row in stretch:
            author = getattr(getattr(row, "author", None), "name", "")
            if sought in fold(f"{getattr(row, 'title', '')} {author}"):
                await rows.load(row.key)
                return True
        if (window.at_end if step > 0 else window.at_start) or not stretch or stretch[-1].key == anchor:
            return False
        anchor, skip = stretch[-1].key, True
    return False


def tell_position(desk: Desk) -> None:
    """Say which match this is."""
    number, of = desk.reader.thread.finding.match_position
    _tell(desk, f"{number}/{of}")


def _tell(desk: Desk, where: str) -> None:
    keymap = desk.reader.keymap
    desk.reader.say(
        f"{where}   {keymap.label('next-unread')} {keymap.label('previous-unread')}   Esc ends", seconds=None
    )


async def everywhere(desk: Desk, query: str) -> None:
    """Show what the library and the forums' own searches find."""
    from forumtui.tui.screens.search import SearchScreen

    desk.library.want(WantSearch(None, query))
    desk.wake()
    await desk.show_page(SearchScreen(desk.reader.keymap, query))
