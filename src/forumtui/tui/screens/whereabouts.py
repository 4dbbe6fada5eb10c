"""Going where one was, in this run and in the next."""

from __future__ import annotations

from forumtui.reader.rows import Resume
from forumtui.tui.render.arrangement import Pane
from forumtui.tui.screens.panes import ReaderPanes


async def keep_place(reader: ReaderPanes) -> None:
    """Remember where this is, for the next start."""
    reading = reader.topic is not None and not reader.previewing
    place = reader.thread.place if reading else None
    current = reader.thread.current if reading else None
    composer = reader.composer
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
            composer.keeper.uid if composer is not None else None,
            current.key if in_thread and current is not None else None,
        )
    )


async def leave_place(reader: ReaderPanes) -> None:
    """Remember where this is, and that its topic was visited."""
    await keep_place(reader)
    if reader.topic is not None and not reader.previewing:
        await reader.library.marks.visit(reader.topic.key)


async def stay_on_sent(reader: ReaderPanes, uid: str) -> None:
    """A text of mine that one stood on is a post now: stand on that; the view moves only to show it."""
    outbox = reader.library.outbox
    sent = await outbox.get(uid)
    post = sent.remote_post and await reader.library.reading.post_by_id(sent.account, sent.remote_post)
    if post and not reader.thread.walking.make_current(post.key):
        await reader.thread.walking.go_to_key(post.key)
