"""What the forums tell us."""

from __future__ import annotations

from forumtui.tui.acts.desk import Desk
from forumtui.tui.screens.inbox import InboxScreen


async def inbox(desk: Desk, _count: int | None) -> None:
    """Inbox: who mentions you, answers you, writes to you."""
    await desk.show_page(InboxScreen(desk.reader.keymap))


async def see_all(desk: Desk, _count: int | None) -> None:
    """Mark all as read (asks)."""
    screen = desk.screen
    if not isinstance(screen, InboxScreen):
        return
    keys = screen.unread
    what = "this notification" if len(keys) == 1 else f"all {len(keys)} notifications"
    if keys and await desk.confirm(f"Mark {what} as read, here and in the forums?"):
        await desk.library.notices.see(keys)
        desk.wake()
        desk.say("Marked as read; the forums are told at the next look.")
