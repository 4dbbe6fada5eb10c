"""Reaching a forum of one's own: its file, or the server that it is behind."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from forumtui.cli.call import Call
from forumtui.cli.session import SAMPLE, is_address, is_path, known_account, open_session
from forumtui.errors import NotFound, UsageError
from forumtui.settings import nearest

if TYPE_CHECKING:
    from forumtui.backends.api import Backend
    from forumtui.forum.exporting import Source
    from forumtui.forum.file import SqliteForumStore
    from forumtui.forum.house import House
    from forumtui.model import Board

Work = Callable[[Call], Coroutine[None, None, int]]
"""What a ``host`` command does; the exit code."""


@asynccontextmanager
async def forum_file(path: Path, *, create: bool = False, title: str = "") -> AsyncIterator[SqliteForumStore]:
    """The forum in a file, for as long as the context lasts."""
    from forumtui.forum.file import SqliteForumStore

    store = await SqliteForumStore.open(path, create=create, title=title)
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def house_of(call: Call) -> AsyncIterator[House]:
    """The housekeeping of the forum that was named: a file's, or a server's in the name of one of its admins."""
    location, options = await _place(call)
    if is_address(location):
        from forumtui.backends.remote.remote_house import open_house

        async with open_house(location, options) as house:
            yield house
    else:
        async with forum_file(Path(location)) as store:
            yield store.house


@asynccontextmanager
async def backend_of(call: Call) -> AsyncIterator[Backend]:
    """The forum that was named, as a member uses it."""
    from forumtui.backends.registry import driver_for

    location, options = await _place(call)
    opened: AbstractAsyncContextManager[Backend] = driver_for(location).open(location, options)
    async with opened as backend:
        yield backend


@asynccontextmanager
async def exportable(call: Call) -> AsyncIterator[Source]:
    """The forum that was named, to be read as a whole: a file's with all that is in it, another as its member sees it."""
    from forumtui.backends.exportable import Seen
    from forumtui.backends.registry import driver_for

    location, options = await _place(call)
    if is_address(location):
        async with driver_for(location).open(location, options) as backend:
            yield Seen(backend, location)
    else:
        async with forum_file(Path(location)) as store:
            yield store


async def _place(call: Call) -> tuple[str, dict[str, str]]:
    """Where the forum is, and the options to open it with; secrets come from where they are kept."""
    forum: str = call.args.forum
    named = {"name": call.settings.name} if call.settings.name else {}
    if is_path(forum):
        return forum, named
    async with open_session(call) as session:
        row = await known_account(session.library, forum)
        if row is not None:
            return row.location, {**named, **await session.engines.options_of(row)}
        if forum == SAMPLE:
            return (await session.sample()).location, named
    if not is_address(forum):
        raise NotFound(f'There is no forum file or account "{forum}".')
    return forum, named


def board_named(boards: Sequence[Board], name: str) -> Board:
    """The board with this id or title.  Raises `NotFound`, or `UsageError` when a title stands for several."""
    found = [board for board in boards if board.id == name] or [
        board for board in boards if board.title.casefold() == name.casefold()
    ]
    if len(found) > 1:
        ids = ", ".join(board.id for board in found)
        raise UsageError(f'There are several boards "{name}"; say which by its id: {ids}.')
    if not found:
        raise NotFound(f'There is no board "{name}"{nearest(name, {board.title for board in boards})}')
    return found[0]


def my_name(call: Call) -> str:
    """Who we are in forum files: the configured name, or the Unix user."""
    from forumtui.backends.local import unix_user

    return call.settings.name or unix_user()
