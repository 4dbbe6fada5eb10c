"""``host`` and ``sample``: keeping house in a forum file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from forumtui.cli import output
from forumtui.cli.call import DONE, Call
from forumtui.errors import FileProblem, NotFound, Refused, UsageError
from forumtui.model import Action, Board, BoardId, Mark, PostId, SetMark
from forumtui.settings import nearest

if TYPE_CHECKING:
    from forumtui.host.sqlite import SqliteForumStore
    from forumtui.host.store import BoardDraft


def host(call: Call) -> int:
    """One of the ``host`` commands."""
    works: dict[str, Callable[[Call], Coroutine[None, None, int]]] = {
        "create": _create,
        "board add": _board_add,
        "board edit": _board_edit,
        "member role": _member_role,
        "notice": _notice,
        "mark": _mark,
    }
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
            await store.set_info({"tagline": args.tagline})
        await store.set_role(my_name(call), "Admin")
    print(output.guarded(f"Made {path}, the forum {title}; you are {my_name(call)} (Admin)."))
    print(f"Next: forumtui host board add {args.file} --title General")
    return DONE


async def _board_add(call: Call) -> int:
    async with forum_file(call.args.file) as store:
        board = await store.add_board(await _draft(store, call))
    print(output.guarded(f"Added the board {call.args.title} [{board}]."))
    return DONE


async def _board_edit(call: Call) -> int:
    async with forum_file(call.args.file) as store:
        board = await board_named(store, call.args.board)
        await store.edit_board(board.id, await _draft(store, call))
    print(output.guarded(f"Changed the board {call.args.title or board.title} [{board.id}]."))
    return DONE


async def _draft(store: SqliteForumStore, call: Call) -> BoardDraft:
    from forumtui.host.store import BoardDraft

    args = call.args
    parent: BoardId | None = None
    if args.parent is not None:
        parent = (await board_named(store, args.parent)).id
    wanted = False if args.leader else args.leader_wanted
    return BoardDraft(
        title=args.title,
        parent=parent,
        description=args.description,
        leader=args.leader,
        leader_wanted=wanted,
        links=args.links,
        further_study=args.further_study,
        notice=args.notice,
        position=args.position,
    )


async def board_named(store: SqliteForumStore, name: str) -> Board:
    """The board with this id or title.  Raises `NotFound`, or `UsageError` when a title stands for several."""
    boards = await store.boards(None)
    found = [board for board in boards if board.id == name] or [
        board for board in boards if board.title.casefold() == name.casefold()
    ]
    if len(found) > 1:
        ids = ", ".join(board.id for board in found)
        raise UsageError(f'There are several boards "{name}"; say which by its id: {ids}.')
    if not found:
        raise NotFound(f'There is no board "{name}"{nearest(name, {board.title for board in boards})}')
    return found[0]


async def _member_role(call: Call) -> int:
    from forumtui.host.permissions import Role

    async with forum_file(call.args.file) as store:
        await store.set_role(call.args.member, call.args.role)
    own = "" if call.args.role.title() in set(Role) else f"  (The forum's own word: it allows what {Role.MEMBER} does.)"
    print(output.guarded(f"{call.args.member} is {call.args.role} now.{own}"))
    return DONE


async def _notice(call: Call) -> int:
    async with forum_file(call.args.file) as store:
        await store.set_info({"notice": call.args.text})
    print("Set the notice." if call.args.text else "Took the notice away.")
    return DONE


async def _mark(call: Call) -> int:
    import uuid

    args = call.args
    async with forum_file(args.file) as store:
        post = await store.post(None, PostId(args.post))
        act = SetMark(post.topic, post.id, Mark(args.mark), on=not args.off)
        try:
            await store.perform(my_name(call), Action(uuid.uuid4().hex, act))
        except Refused as error:
            raise Refused(
                f'{error}  To be one: forumtui host member role {args.file} "{my_name(call)}" Editor'
            ) from error
    print(f"Post {args.post} is {'no longer ' if args.off else ''}marked: {args.mark.replace('-', ' ')}.")
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
