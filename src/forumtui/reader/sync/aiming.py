"""Settling what a queued text is about, where that is only called by a name yet, before a byte of it leaves."""

from __future__ import annotations

from dataclasses import replace

from forumtui.backends.api import Backend
from forumtui.errors import Missing
from forumtui.model import Place, Post, TopicId, Window
from forumtui.reader.library import Library
from forumtui.reader.library.named import Target, name_in
from forumtui.reader.rows import OutKind, OutRow
from forumtui.text.imprint import imprint, words_of


async def aim(library: Library, backend: Backend, row: OutRow) -> None:
    """Find the board or post that a text is about.  Raises `Refused` if there is none, else `BackendError`."""
    target = Target(row.kind, row.board_ref, row.topic_ref, row.parent_ref, row.post_ref)
    post: Post | None = None
    board, parent, number = (name_in(ref) for ref in (row.board_ref, row.parent_ref, row.post_ref))
    if board is not None:
        target = replace(target, board=await _board(library, backend, row, board))
    if parent is not None:
        target = replace(target, parent=(await _post(library, backend, row, parent)).id)
    if number is not None:
        post = await _post(library, backend, row, number)
        target = replace(target, post=post.id)
    subject, form, base = row.subject, row.body.format, row.base
    if post is not None and row.kind is OutKind.EDIT:
        subject = subject or post.subject or ""
        if post.body is not None:
            form = post.body.format
            base = base or imprint(words_of(post.subject, post.body.source))
    await library.named.aim(row.uid, target, subject=subject, form=form, base=base)


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
    topic = TopicId(row.topic_ref or "")
    await library.intake.topics(row.account, [await backend.topic(topic)])
    window = Window(Place.NUMBER, name) if name.isdigit() else Window(Place.POST, name)
    page = await backend.posts(topic, window)
    await library.intake.posts(row.account, topic, window, page)
    for post in page.items:
        if (str(post.number) if post.number is not None else post.id) == name:
            return post
    raise Missing(f"The topic has no post number {name}")
