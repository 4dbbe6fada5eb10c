"""Opening and adding forums by path or address."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from forumtui.errors import ForumtuiError, NotFound, UsageError
from forumtui.text.links import host
from forumtui.text.sanitise import clean_line
from forumtui.tui.acts.arriving import arrive, is_typing, show_account
from forumtui.tui.acts.desk import Desk, go_to_link
from forumtui.tui.keys.runner import address_in


async def open_location(desk: Desk, location: str, *, listed: bool = False) -> None:
    """Open what is at a path or address, beside the keys, because that may take a while."""
    known = await desk.library.accounts.by_name(clean_line(location, 2000))
    if known is not None:
        await show_account(desk, known)
    else:
        desk.background(partial(_add, desk, location, listed=listed), "adding")


async def opened(desk: Desk, location: str, *, listed: bool = False) -> Callable[[], Awaitable[None]]:
    """Reach what is at a path or address; what is returned shows it, or says why not."""
    location = clean_line(location, 2000)
    known = await desk.library.accounts.by_name(location)
    if known is not None:
        return partial(show_account, desk, known)
    desk.screen.say(f"Opening {location} …", seconds=None)
    try:
        reached = await desk.services.engine.ways.reach(location, listed=listed)
    except ForumtuiError as error:
        return partial(_say, desk, str(error))
    return partial(arrive, desk, reached)


async def open_link(desk: Desk, url: str) -> None:
    """Go where a link leads: in here, where that is a forum that is known or may well be one; else out of the reader."""
    try:
        ways = desk.services.engine.ways
        leads_in = await ways.known(url) is not None or await ways.looks_like(url)
    except UsageError:  # still starting
        leads_in = False
    if leads_in:
        desk.background(partial(_follow, desk, url), "adding")
    else:
        go_to_link(desk, url)


async def _follow(desk: Desk, url: str) -> None:
    desk.screen.say(f"Opening {host(url)} …", seconds=None)
    try:
        reached = await desk.services.engine.ways.reach(url)
    except (NotFound, UsageError):  # it only looked like a forum, or like one that is read
        desk.in_turn(partial(_leave, desk, url))
    except ForumtuiError as error:
        desk.in_turn(partial(_say, desk, str(error)))
    else:
        desk.in_turn(partial(arrive, desk, reached))


async def _leave(desk: Desk, url: str) -> None:
    go_to_link(desk, url)


async def open_pasted(desk: Desk, text: str) -> None:
    """Open a pasted path or address, where no question stands open and nothing is being written."""
    label, address = desk.reader.keymap.label, address_in(text)
    if is_typing(desk):
        desk.say("Pasted text is no answer here; nothing was done with it.", "warning")
    elif address is None:
        teach = f"{label('add-forum')} adds a forum, {label('reply')} answers a post"
        desk.say(f"Pasted text that is no address does nothing here; {teach}.", "warning")
    else:
        await open_location(desk, address, listed=True)


async def _add(desk: Desk, location: str, *, listed: bool) -> None:
    desk.in_turn(await opened(desk, location, listed=listed))


async def _say(desk: Desk, problem: str) -> None:
    desk.say(problem, "error")
