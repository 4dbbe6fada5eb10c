"""``host`` and ``sample``: a forum of one's own, in a file or behind a server."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from forumtui.cli.call import DONE, Call, say
from forumtui.cli.host import housekeeping, members, moderating
from forumtui.cli.host.reaching import Work, forum_file, my_name
from forumtui.errors import FileProblem, Refused
from forumtui.forum.permissions import Role


def host(call: Call) -> int:
    """One of the ``host`` commands."""
    works: dict[str, Work] = {"create": _create, **housekeeping.WORKS, **members.WORKS, **moderating.WORKS}
    if call.args.what == "create" and call.args.file.exists():
        raise FileProblem(f"{call.args.file} exists already; nothing was changed.")
    how = getattr(call.args, "how", None)
    return asyncio.run(works[f"{call.args.what} {how}" if how else call.args.what](call))


async def _create(call: Call) -> int:
    from forumtui.backends.local import unix_user

    args = call.args
    path: Path = args.file
    title = args.title or path.stem
    async with forum_file(path, create=True, title=title) as store:
        if args.tagline:
            await store.house.set_info({"tagline": args.tagline})
        await store.house.set_role(my_name(call), Role.ADMIN)
        if my_name(call) == unix_user():
            with suppress(Refused):  # a user whom the machine does not list
                await store.house.set_unix_user(my_name(call), my_name(call))
    say(f"Made {path}, the forum {title}; you are {my_name(call)} (Admin).")
    say(f"Next: forumtui host board add {args.file} --title General")
    return DONE


def sample(call: Call) -> int:
    """Open the sample forum, or without a terminal say where it is; or restore it."""
    from forumtui.cli.opening import open_reader, shows_reader
    from forumtui.cli.session import SAMPLE, now
    from forumtui.sample.build import ensure_sample, reset_sample

    call.paths.make()
    if call.args.reset:
        path = reset_sample(call.paths.data, now())
        say(f"Restored the sample forum: {path}")
    elif call.args.path or not shows_reader():
        print(ensure_sample(call.paths.data, now()))
    else:
        return open_reader(replace(call, args=SimpleNamespace(forum=SAMPLE, plain=False)))
    return DONE
