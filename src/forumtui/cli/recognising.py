"""``recognise``: what an address names, and which software answers there."""

from __future__ import annotations

from forumtui.cli import output
from forumtui.cli.call import DONE, FAILED, Call, complain
from forumtui.cli.session import Session, run
from forumtui.errors import ForumtuiError
from forumtui.model import Recognised, What

NOTHING = Recognised("", "")
_CALLED = {What.MEMBER: "the member", What.TAG: "the tag", What.SEARCH: "a search for", What.BOARD: "the board"}


def recognise(call: Call) -> int:
    """Say what an address names; exit with 1 where there is no forum, or nobody can be asked."""
    return run(call, _recognise)


async def _recognise(session: Session, call: Call) -> int:
    from forumtui.backends.recognition import is_read, not_read

    found, code = NOTHING, DONE
    try:
        found = await session.engines.ways.find(call.args.address, ask=not session.offline)
        if not session.offline and is_read(found.software):
            found = await session.engines.ways.titled(found)
        if not is_read(found.software):
            complain(not_read(found))
    except ForumtuiError as error:
        complain(str(error))
        code = FAILED
    with output.Printer("jsonl" if call.args.json else "plain") as printer:
        if call.args.json or code == DONE:
            printer.add(_record(found), _line(found))
    return code


def _record(found: Recognised) -> output.Record:
    return {
        "software": found.software or None,
        "base": found.base or None,
        "what": str(found.what) if found.software else None,
        "id": found.id or None,
        "post": found.post or None,
        "title": found.title or None,
    }


def _line(found: Recognised) -> str:
    what = "the forum" if found.what is What.FORUM else f"{_CALLED.get(found.what, f'the {found.what}')} {found.id}"
    post = f", at post {found.post}," if found.post else ""
    of = "" if found.what is What.FORUM else " of the forum"
    title = f': "{found.title}"' if found.title else ""
    return f"{what}{post}{of} at {found.base} ({found.software}){title}"
