"""The outbox and its drafts."""

from __future__ import annotations

from forumtui.errors import UsageError
from forumtui.reader.rows import OutRow, OutState
from forumtui.tui.acts.composition import leave_comparison, open_row, shows_both
from forumtui.tui.acts.desk import Desk
from forumtui.tui.render.board_row import what_becomes


def _chosen(desk: Desk) -> OutRow:
    row = getattr(desk.screen, "chosen", None)
    if not isinstance(row, OutRow):
        raise UsageError("There is nothing here to do that with.")
    return row


async def outbox(desk: Desk, _count: int | None) -> None:
    """Outbox: what waits to be sent."""
    from forumtui.tui.screens.outbox import OutboxScreen

    await desk.show_page(OutboxScreen(desk.reader.keymap, drafts=False))


async def drafts(desk: Desk, _count: int | None) -> None:
    """Drafts."""
    from forumtui.tui.screens.outbox import OutboxScreen

    await desk.show_page(OutboxScreen(desk.reader.keymap, drafts=True))


async def send_now(desk: Desk, _count: int | None) -> None:
    """Send what waits now."""
    rows = await desk.library.outbox.rows(drafts=False)
    if not rows:
        desk.say("Nothing waits to be sent.")
        return
    # asked anew: the rows shown may be those from before one went online
    unplugged = {row.key for row in await desk.library.accounts.all(visited=True) if not row.plugged}
    if all(row.account in unplugged for row in rows):
        desk.say("You are offline; g p goes online and sends.", "warning")
        return
    desk.services.engine.wake()
    desk.say("Sending what waits …")


async def edit_waiting(desk: Desk, _count: int | None) -> None:
    """Take back and edit."""
    await open_row(desk, _chosen(desk))


async def retry(desk: Desk, _count: int | None) -> None:
    """Send this now."""
    row = _chosen(desk)
    if await shows_both(desk, row):
        return
    if row.theirs is not None:
        await desk.library.outbox.settle(row.uid, "mine")
        await leave_comparison(desk)
    elif row.state is OutState.ATTENTION:
        meanings = {"resend": "send again", "arrived": "it arrived", "discard": "throw away"}
        keys = {choice[0]: meanings.get(choice, choice) for choice in row.choices}
        choice = await desk.choose("It may have arrived." if row.unknown_end else row.error, keys)
        if choice is not None:
            await desk.library.outbox.settle(row.uid, next(c for c in row.choices if c.startswith(choice)))
    else:
        if row.state is not OutState.DRAFT:
            row = await desk.library.outbox.withdraw(row.uid)
        await desk.library.outbox.submit(row.uid)
    desk.wake(row.account)
    desk.say(f"It {what_becomes(await desk.library.accounts.get(row.account))}.")


async def take_back(desk: Desk, _count: int | None) -> None:
    """Take back into a draft."""
    row = _chosen(desk)
    if row.state is OutState.DRAFT:
        desk.say("This is a draft already; e edits it.")
        return
    await desk.library.outbox.withdraw(row.uid)
    await leave_comparison(desk)
    desk.say("Taken back: it is a draft now.")


async def discard_waiting(desk: Desk, _count: int | None) -> None:
    """Throw away (asks)."""
    row = _chosen(desk)
    if row.unknown_end or row.state is OutState.SENDING:
        if await desk.confirm("It may have arrived, and stays there if so.  Throw it away here?"):
            await desk.library.outbox.discard(row.uid, whatever=True)
            desk.say("Thrown away here; U brings it back.")
    elif await desk.confirm("Throw this text away?"):
        if row.state in {OutState.QUEUED, OutState.REFUSED}:
            await desk.library.outbox.withdraw(row.uid)
        await desk.library.outbox.discard(row.uid)
        await leave_comparison(desk)
        desk.say("Thrown away; U brings it back.")
