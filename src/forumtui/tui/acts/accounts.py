"""Forums: adding, keeping, on and off the network."""

from __future__ import annotations

from forumtui.reader.rows import Ready
from forumtui.tui.acts.adding import open_location
from forumtui.tui.acts.desk import Desk


async def accounts(desk: Desk, _count: int | None) -> None:
    """Your forums."""
    from forumtui.tui.screens.accounts import AccountsScreen

    await desk.show_page(AccountsScreen(desk.reader.keymap))


async def add_forum(desk: Desk, _count: int | None) -> None:
    """Add a forum: a file or address."""
    typed = await desk.prompt("Path or address of a forum")
    if typed and typed.strip():
        await open_location(desk, typed.strip(), listed=True)


async def keep_forum(desk: Desk, _count: int | None) -> None:
    """Keep a visited forum in the lists, or let it go."""
    account = desk.account
    if account is not None:
        await desk.library.accounts.set_listed(account.key, not account.listed)
        desk.say(f"{account.title} is {'only visited now' if account.listed else 'kept in the lists'}.")


async def remove_forum(desk: Desk, _count: int | None) -> None:
    """Remove this forum (asks)."""
    account = desk.account
    if account is not None and await desk.confirm(f"Forget {account.title}, and what was read there?"):
        await desk.services.engine.remove(account.key)
        desk.say(f"{account.title} is gone from here; the forum itself is untouched.")


async def sync(desk: Desk, _count: int | None) -> None:
    """Look for new posts and send what waits."""
    desk.services.engine.wake()
    desk.reader.ordering.want(anew=True)
    desk.say("Looking for new posts …")


async def pack(desk: Desk, _count: int | None) -> None:
    """Fetch all that is unread, to read it offline."""
    screen = desk.screen
    screen.say("Fetching what is unread …", seconds=None)

    def tell(ready: Ready) -> None:
        screen.say(f"Fetching what is unread: {_said(ready)} …", seconds=None)

    async def job() -> None:
        accounts = [row for row in await desk.library.accounts.all() if row.plugged]
        found = [await desk.services.engine.packer.pack(row.key, tell) for row in accounts]
        notes = " ".join(f"{each.account.title}: {each.note}" for each in found if each.note)
        said = "; ".join(map(_said, found)) or "You are offline everywhere"
        desk.say(f"{said}. {notes}".strip(), "warning" if notes else "success")

    desk.background(job, "pack")


def _said(ready: Ready) -> str:
    left = f", {ready.left} not" if ready.left else ""
    return f"{ready.account.title} {ready.posts} ready{left}"


async def plug(desk: Desk, _count: int | None) -> None:
    """Go offline, or online again."""
    account = desk.account
    if account is None:
        return
    everywhere = desk.screen is desk.reader
    plugged = not (await desk.library.accounts.get(account.key)).plugged
    await desk.services.engine.set_plugged(None if everywhere else account.key, plugged)
    what = "Online again; what waits goes out now." if plugged else "Offline: what you write waits in the outbox."
    desk.say(what)
