"""Read, unread, bookmarked, caught up, and undone."""

from __future__ import annotations

import time

from forumtui.text.ages import exact
from forumtui.tui.acts.desk import Desk
from forumtui.tui.render.arrangement import Pane

_WEEK = 7 * 24 * 3600 * 1000


def _posts(count: int) -> str:
    return f"{count} post{'' if count == 1 else 's'}"


async def mark_read(desk: Desk, count: int | None) -> None:
    """Mark as read."""
    reader = desk.reader
    if reader.pane is Pane.THREAD and reader.thread.current is not None:
        key = reader.thread.current.key
        if key > 0:
            await desk.library.marks.mark_read([key])
            desk.services.tally.posts.add(key)
        reader.thread.walking.next_post(1)
    elif reader.here.topic is not None:
        marked = await desk.library.marks.mark_topic_read(reader.here.topic.key)
        desk.say(f"{_posts(marked)} marked as read; U undoes it.")
        reader.topics.move(1)
    else:
        await catch_up(desk, count)


async def mark_unread(desk: Desk, _count: int | None) -> None:
    """Mark as unread."""
    reader = desk.reader
    if reader.pane is Pane.THREAD:
        keys = [reader.thread.current.key] if reader.thread.current is not None else []
    elif reader.here.topic is not None:
        keys = list((await desk.library.reading.outline(reader.here.topic.key)).keys)
    else:
        keys = []
    keys = [key for key in keys if key > 0]
    if keys:
        await desk.library.marks.mark_unread(keys)
        desk.services.tally.posts.difference_update(keys)
        desk.say(f"{_posts(len(keys))} marked as unread.")


async def bookmark(desk: Desk, _count: int | None) -> None:
    """Bookmark, or no longer."""
    reader = desk.reader
    post = reader.thread.current if reader.pane is Pane.THREAD else None
    if post is not None and post.key > 0:
        await desk.library.marks.bookmark(post=post.key, on=not post.bookmarked)
        desk.say("Bookmark removed." if post.bookmarked else "Post bookmarked; g m lists bookmarks.")
    elif reader.here.topic is not None:
        await desk.library.marks.bookmark(topic=reader.here.topic.key, on=not reader.here.topic.bookmarked)
        desk.say("Bookmark removed." if reader.here.topic.bookmarked else "Topic bookmarked; g m lists bookmarks.")


async def like(desk: Desk, _count: int | None) -> None:
    """Like, or no longer."""
    post = desk.reader.thread.current
    if post is not None and post.key > 0:
        await desk.library.marks.like(post.key, not post.liked)
        desk.wake(desk.reader.topic.account if desk.reader.topic else None)


async def catch_up(desk: Desk, _count: int | None) -> None:
    """Catch up: mark all here as read."""
    reader = desk.reader
    marks = desk.library.marks
    if reader.pane is Pane.THREAD and reader.topic is not None:
        marked, what = await marks.catch_up(topic=reader.topic.key), "this topic"
    elif reader.here.board is not None and (reader.pane is Pane.BOARDS or reader.topics.shown.board is not None):
        marked, what = await marks.catch_up(board=reader.here.board.key), reader.here.board.title
    elif reader.pane is Pane.TOPICS and reader.topics.shown.account is None:
        marked, what = await marks.catch_up(), "all forums"
    elif reader.here.account is not None:
        marked, what = await marks.catch_up(account=reader.here.account.key), reader.here.account.title
    else:
        return
    desk.say(f"Caught up with {what}: {_posts(marked)}. U undoes it.")


async def catch_up_to_here(desk: Desk, _count: int | None) -> None:
    """Catch up to here."""
    reader = desk.reader
    post = reader.thread.current
    if reader.pane is Pane.THREAD and reader.topic is not None and post is not None and post.key > 0:
        marked = await desk.library.marks.catch_up(topic=reader.topic.key, up_to=post.key)
    elif reader.here.topic is not None:
        marked = await desk.library.marks.mark_topic_read(reader.here.topic.key)
    else:
        return
    desk.say(f"{_posts(marked)} up to here marked as read. U undoes it.")


async def catch_up_older(desk: Desk, _count: int | None) -> None:
    """Catch up with all older than a week."""
    reader = desk.reader
    older = int(time.time() * 1000) - _WEEK
    everywhere = reader.pane is Pane.TOPICS and reader.topics.shown.account is None
    account = None if everywhere or reader.here.account is None else reader.here.account.key
    marked = await desk.library.marks.catch_up(account=account, older_than=older)
    desk.say(f"{_posts(marked)} older than a week marked as read. U undoes it.")


async def undo(desk: Desk, _count: int | None) -> None:
    """Undo the last mark or discarded draft."""
    marks = desk.library.marks
    step = await marks.last_step()
    if step is None:
        desk.say("There is nothing to undo.")
    elif step.at >= desk.services.since or await desk.confirm(
        f"From an earlier session ({exact(step.at)}): {step.what}. Undo that?"
    ):
        done = await marks.undo()
        desk.say(f"Undone: {done}. {desk.reader.keymap.label('redo')} does it again.", "success")
    else:
        desk.say("Left as it is.")


async def redo(desk: Desk, _count: int | None) -> None:
    """Do again what was undone."""
    done = await desk.library.marks.redo()
    if done is None:
        desk.say("There is nothing to do again.")
    else:
        desk.say(f"Done again: {done}. {desk.reader.keymap.label('undo')} undoes it.", "success")
