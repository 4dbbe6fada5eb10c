"""Steps that several acts share."""

from __future__ import annotations

from forumtui.rows import NextUnread
from forumtui.tui.desk import Desk
from forumtui.tui.widgets.line_list import LineList
from forumtui.tui.widgets.thread_view import ThreadView


async def note_read(desk: Desk) -> None:
    """Mark what the reader has moved on from."""
    reader = desk.reader
    keys = [key for key in reader.thread.seen_keys() if key > 0]
    if keys and reader.topic is not None and not reader.previewing:
        await desk.library.marks.mark_read(keys)
        desk.tally.posts.update(keys)
        desk.tally.forums.add(reader.topic.account)


async def by_pages(desk: Desk, pages: float) -> None:
    """So many screens down, up if negative."""
    rows = desk.screen.rows
    if isinstance(rows, ThreadView):
        rows.page(pages)
        await note_read(desk)
    elif isinstance(rows, LineList):
        rows.page(pages)


async def find_unread(desk: Desk, *, backwards: bool = False, skip_topic: bool = False) -> NextUnread | None:
    """The next unread post from where one is."""
    reader = desk.reader
    current = reader.thread.current if reader.at is reader.topic else None
    topic = reader.at
    if topic is None:
        account = reader.account
        return await desk.library.reading.next_unread(
            account=account.key if account is not None else None, backwards=backwards
        )
    after = current.key if current is not None and current.key > 0 and reader.topic is topic else None
    return await desk.library.reading.next_unread(
        after=after, topic=topic.key, account=topic.account, backwards=backwards, skip_topic=skip_topic
    )


async def open_unread(desk: Desk, found: NextUnread) -> None:
    """Open the topic of an unread post, at the post."""
    reader = desk.reader
    desk.announced = None
    reader.remember()
    await desk.app.to_reader()
    await reader.open_topic(found.topic.key, post=found.post)


def all_read(desk: Desk) -> None:
    """Say that nothing is left, and how much that was."""
    posts, forums = len(desk.tally.posts), len(desk.tally.forums)
    if not posts:
        desk.say("All read.", "success")
        return
    desk.say(
        f"All read. {posts} post{'' if posts == 1 else 's'}, {forums} forum{'' if forums == 1 else 's'}", "success"
    )
