"""Starting to write: replies, topics, edits, deletions."""

from __future__ import annotations

import asyncio

from forumtui.model import Body, Format
from forumtui.reader.rows import PostRow
from forumtui.reader.target import OutKind, Ref, Remote, Target, Unsent
from forumtui.text.imprint import imprint, words_of
from forumtui.text.quoting import quote, quote_lines, reply_subject
from forumtui.tui.acts.composition import open_composer, open_row
from forumtui.tui.acts.desk import Desk
from forumtui.tui.compose.drafting import Shown, Text
from forumtui.tui.render.arrangement import Pane


def _ref(post: PostRow) -> Ref:
    """What a reply names: the forum's id, or the outbox row where the post is still unsent."""
    return Unsent(post.pending.uid) if post.pending is not None else Remote(post.id)


async def _reply(desk: Desk, *, to_post: bool, quoting: bool = False) -> None:
    reader = desk.reader
    topic = reader.here.topic
    if topic is None:
        return
    in_thread = reader.pane is Pane.THREAD
    post = reader.thread.current if in_thread and to_post else None
    if post is not None and post.event is not None and post.words is None:
        post = None  # what happened is nobody's text: the reply is one to the topic
    chosen = reader.thread.choosing.chosen_text() if in_thread else None
    text = ""
    if quoting and post is not None:
        author = post.author.name if post.author is not None else None
        if chosen is not None:
            post = await desk.library.reading.post(chosen[0])
            text = quote_lines(post.author.name if post.author else None, chosen[1].split("\n"))
        else:
            text = await asyncio.to_thread(quote, author, post.words or Body("", Format.PLAIN), post.url or "")
    reader.thread.choosing.choose_lines(False)
    if not in_thread:
        await reader.open_topic(topic.key)
    subject = reply_subject((post.subject if post is not None else None) or topic.title)
    parent = _ref(post) if post is not None else None
    target = Target(topic.account, OutKind.REPLY, topic=Remote(topic.id), parent=parent)
    to = post.author.name if post is not None and post.author is not None else None
    await open_composer(desk, target, Shown(topic.title, to, topic.key), Text(subject, text, len(text)))


async def reply(desk: Desk, _count: int | None) -> None:
    """Reply to this post."""
    await _reply(desk, to_post=True)


async def reply_to_topic(desk: Desk, _count: int | None) -> None:
    """Reply to the topic."""
    await _reply(desk, to_post=False)


async def quote_reply(desk: Desk, _count: int | None) -> None:
    """Reply and quote."""
    await _reply(desk, to_post=True, quoting=True)


async def draft_reply(desk: Desk, _count: int | None) -> None:
    """Write a reply that is sent in the browser."""
    await _reply(desk, to_post=True, quoting=desk.reader.thread.choosing.chosen_text() is not None)


async def new_topic(desk: Desk, _count: int | None) -> None:
    """New topic."""
    reader = desk.reader
    account, board = reader.here.account, reader.here.board
    if account is None or board is None:
        desk.say("Choose a board first, then open a topic on it.", "warning")
        return
    target = Target(account.key, OutKind.TOPIC, board=Remote(board.id))
    await open_composer(desk, target, Shown(f"{account.title} > {board.title}"), Text())


async def edit(desk: Desk, _count: int | None) -> None:
    """Edit my post."""
    topic, post = desk.reader.topic, desk.reader.thread.current
    if topic is None or post is None:
        return
    if post.pending is not None:
        await open_row(desk, await desk.library.outbox.get(post.pending.uid))
        return
    body = post.words or Body("")
    target = Target(
        topic.account,
        OutKind.EDIT,
        topic=Remote(topic.id),
        post=Remote(post.id),
        format=body.format,
        base=imprint(words_of(post.subject, body.source)) if post.words is not None else None,
    )
    await open_composer(desk, target, Shown(topic.title, topic=topic.key), Text(post.subject or "", body.source, 0))


async def delete(desk: Desk, _count: int | None) -> None:
    """Delete my post (asks)."""
    topic, post = desk.reader.topic, desk.reader.thread.current
    if topic is None or post is None:
        return
    if post.pending is not None:
        if await desk.confirm("Throw this unsent text away?"):
            await desk.library.outbox.withdraw(post.pending.uid)
            await desk.library.outbox.discard(post.pending.uid)
            desk.say("Thrown away; U brings it back.")
        return
    if not await desk.confirm("Delete this post of yours?"):
        return
    target = Target(topic.account, OutKind.DELETE, topic=Remote(topic.id), post=Remote(post.id))
    row = await desk.library.outbox.start(target)
    await desk.library.outbox.submit(row.uid)
    desk.wake(topic.account)
    desk.say("Will be deleted; g o shows the outbox.")
