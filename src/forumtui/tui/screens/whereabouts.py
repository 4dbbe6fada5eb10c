"""Going where one was, in this run and in the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forumtui.rows import Resume
from forumtui.tui.screens.history import Spot
from forumtui.tui.screens.layout import Pane

if TYPE_CHECKING:
    from forumtui.tui.screens.reader import ReaderScreen


async def go_to_spot(reader: ReaderScreen, spot: Spot) -> None:
    """Go where one was."""
    if spot.query != reader.topics.shown:
        await reader.topics.show(spot.query, spot.topic)
    here = reader.topic is not None and reader.topic.key == spot.topic and not reader.previewing
    if spot.pane is Pane.THREAD and here and spot.post is not None:
        reader.focus_pane(Pane.THREAD)
        await reader.thread.go_to_key(spot.post, spot.line)
    elif spot.pane is Pane.THREAD and spot.topic is not None:
        await reader.open_topic(spot.topic, post=spot.post, line=spot.line)
    else:
        if spot.topic is not None:
            await reader.topics.load(spot.topic)
        reader.focus_pane(spot.pane)


async def keep_place(reader: ReaderScreen) -> None:
    """Remember where this is, for the next start."""
    place = reader.thread.place if reader.topic is not None and not reader.previewing else None
    keeper = getattr(reader.composer, "keeper", None)
    query = reader.topics.shown
    in_thread = reader.pane is Pane.THREAD and reader.topic is not None
    account = reader.topic.account if in_thread and reader.topic is not None else query.account
    await reader.library.accounts.set_resume(
        Resume(
            account,
            query.board,
            reader.topic.key if in_thread and reader.topic is not None else None,
            place[0] if in_thread and place is not None else None,
            place[1] if in_thread and place is not None else 0,
            getattr(keeper, "uid", None),
        )
    )


async def show_sent(reader: ReaderScreen, uid: str) -> None:
    """Go to a text of mine in the open thread: while it waits it is a row of the outbox, then a post."""
    thread, outbox = reader.thread, reader.library.outbox
    outline = thread.outline
    pending = [key for key in outline.keys if key < 0] if outline is not None else []
    rows = await reader.library.reading.posts(outline.topic.key, pending) if outline is not None and pending else {}
    key = next((key for key, row in rows.items() if row.pending is not None and row.pending.uid == uid), None)
    if key is None and outline is not None:
        sent = await outbox.get(uid)
        post = sent.remote_post and await reader.library.reading.post_by_id(sent.account, sent.remote_post)
        key = post.key if post else None
    if key is not None:
        await thread.go_to_key(key)
