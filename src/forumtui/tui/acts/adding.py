"""Opening and adding forums by path or address."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from forumtui.errors import ForumtuiError
from forumtui.reader.rows import AccountRow, TopicQuery
from forumtui.text.sanitise import clean_line
from forumtui.tui.acts.desk import Desk
from forumtui.tui.keys.commands import Where
from forumtui.tui.keys.runner import address_in
from forumtui.tui.render.board_row import who_in
from forumtui.tui.screens.base import keys_go_to


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
        row = await desk.services.engine.add(location, listed=listed)
    except ForumtuiError as error:
        return partial(_say, desk, str(error))
    return partial(_welcome, desk, row)


def _is_typing(desk: Desk) -> bool:
    """Whether something is being written or answered, so that nothing may come in between."""
    return keys_go_to(desk.screen)[0] in {Where.COMPOSE, Where.FORM, Where.PROMPT}


async def open_pasted(desk: Desk, text: str) -> None:
    """Open a pasted path or address, where no question stands open and nothing is being written."""
    label, address = desk.reader.keymap.label, address_in(text)
    if _is_typing(desk):
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


async def _welcome(desk: Desk, row: AccountRow) -> None:
    if _is_typing(desk):
        desk.say(f"{row.title or row.name} is here now; g b shows it among the boards.", "success")
        return
    await show_account(desk, row)
    me = f" You are {who_in(row)}." if row.me is not None else ""
    kept = "" if row.listed else f" x k in {desk.reader.keymap.label('accounts')} keeps it in the lists."
    sample = any(account.is_sample and account.listed for account in desk.reader.accounts.values())
    gone = f" The sample no longer counts; {desk.reader.keymap.label('accounts')} lets it go." if sample else ""
    desk.say(f"This is {row.title or row.name}.{me}{kept}{gone if row.listed and not row.is_sample else ''}", "success")


async def show_account(desk: Desk, row: AccountRow) -> None:
    """Show a forum's topics."""
    await desk.to_reader()
    await desk.reader.load_forest()
    await desk.reader.show_list(TopicQuery(account=row.key))
    await desk.reader.load_forest()
    await desk.reader.boards.go_to_account(row.key)
