"""``host`` and ``sample``: a forum of one's own, in a file or behind a server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from forumtui.cli import output
from forumtui.cli.call import DONE, Call
from forumtui.cli.session import is_address, is_path, known_account, open_session
from forumtui.errors import FileProblem, NotFound, UsageError
from forumtui.settings import nearest

if TYPE_CHECKING:
    from forumtui.backends.api import Backend
    from forumtui.host.house import House
    from forumtui.host.sqlite import SqliteForumStore
    from forumtui.model import Board

Work = Callable[[Call], Coroutine[None, None, int]]


def host(call: Call) -> int:
    """One of the ``host`` commands."""
    from forumtui.cli import housekeeping, membership, moderating

    works: dict[str, Work] = {"create": _create, **housekeeping.WORKS, **membership.WORKS, **moderating.WORKS}
    if call.args.what == "create" and call.args.file.exists():
        raise FileProblem(f"{call.args.file} exists already; nothing was changed.")
    how = getattr(call.args, "how", None)
    return asyncio.run(works[f"{call.args.what} {how}" if how else call.args.what](call))


@asynccontextmanager
async def forum_file(path: Path, *, create: bool = False, title: str = "") -> AsyncIterator[SqliteForumStore]:
    """The forum in a file, for as long as the context lasts."""
    from forumtui.host.sqlite import SqliteForumStore

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
        from forumtui.backends.remote_house import open_house

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


async def _create(call: Call) -> int:
    args = call.args
    path: Path = args.file
    title = args.title or path.stem
    async with forum_file(path, create=True, title=title) as store:
        if args.tagline:
            await store.house.set_info({"tagline": args.tagline})
        await store.house.set_role(my_name(call), "Admin")
    print(output.guarded(f"Made {path}, the forum {title}; you are {my_name(call)} (Admin)."))
    print(f"Next: forumtui host board add {args.file} --title General")
    return DONE


def sample(call: Call) -> int:
    """Say where the sample forum is, or restore it."""
    from forumtui.cli.session import now
    from forumtui.sample.build import ensure_sample, reset_sample

    call.paths.make()
    if call.args.reset:
        path = reset_sample(call.paths.data, now())
        print(f"Restored the sample forum: {path}")
    else:
        print(ensure_sample(call.paths.data, now()))
    return DONE
