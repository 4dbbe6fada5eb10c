"""Settling what a queued text is about, where that is only called by a name yet, before a byte of it leaves."""

from __future__ import annotations

from dataclasses import replace

from forumtui.backends.api import Backend
from forumtui.errors import Missing
from forumtui.model import Place, Post, TopicId, Window
from forumtui.reader.library import Library
from forumtui.reader.rows import OutRow
from forumtui.reader.target import Called, OutKind, Remote, Target, id_of
from forumtui.text.imprint import imprint, words_of


async def aim(library: Library, backend: Backend, row: OutRow) -> None:
    """Find the board or post that a text is about.  Raises `Refused` if there is none, else `BackendError`."""
    target, subject = row.target, row.subject
    if isinstance(target.board, Called):
        target = replace(target, board=Remote(await _board(library, backend, row, target.board.name)))
    if isinstance(target.parent, Called):
        target = replace(target, parent=Remote((await _post(library, backend, row, target.parent.name)).id))
    if isinstance(target.post, Called):
        post = await _post(library, backend, row, target.post.name)
        target = replace(target, post=Remote(post.id))
        if target.kind is OutKind.EDIT:
            subject = subject or post.subject or ""
            target = _edited(target, post)
    await library.named.aim(row.uid, target, subject=subject)


def _edited(target: Target, post: Post) -> Target:
    """An edit is in the post's own format, and made from its words where nobody saw others."""
    words = post.words
    if words is None:
        return target
    base = target.base or imprint(words_of(post.subject, words.source))
    return replace(target, format=words.format, base=base)


async def _board(library: Library, backend: Backend, row: OutRow, name: str) -> str:
    boards = await backend.boards()
    await library.accounts.put_boards(row.account, boards)
    found = [board.id for board in boards if board.id == name] or [
        board.id for board in boards if board.title.casefold() == name.casefold()
    ]
    if len(found) != 1:
        raise Missing(f'The forum has {"several boards" if found else "no board"} "{name}"')
    return found[0]


async def _post(library: Library, backend: Backend, row: OutRow, name: str) -> Post:
    topic = TopicId(id_of(row.target.topic))
    await library.intake.topics(row.account, [await backend.topic(topic)])
    window = Window(Place.NUMBER, name) if name.isdigit() else Window(Place.POST, name)
    page = await backend.posts(topic, window)
    await library.intake.posts(row.account, topic, window, page)
    for post in page.items:
        if (str(post.number) if post.number is not None else post.id) == name:
            return post
    raise Missing(f"The topic has no post number {name}")
