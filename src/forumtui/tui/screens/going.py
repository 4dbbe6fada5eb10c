"""Going from a page to the post that a line of it is about."""

from __future__ import annotations

from forumtui.model import PostId, TopicId
from forumtui.rows import AccountKey
from forumtui.tui.desk import Desk

NOT_HERE = "That post is not here yet; it will be after the next look at the forum."


async def open_post(desk: Desk, account: AccountKey, topic: TopicId | None, post: PostId | None) -> None:
    """Open a topic at a post, or say that there is none, or that it is not here yet."""
    if topic is None:
        desk.say("This is about no post or topic.")
        return
    reading = desk.library.reading
    row = await reading.topic_by_id(account, topic)
    if row is None:
        desk.say(NOT_HERE, "warning")
        return
    found = await reading.post_by_id(account, post) if post is not None else None
    reader = desk.reader
    reader.remember()
    await desk.app.to_reader()
    await reader.open_topic(row.key, post=found.key if found is not None else None)
