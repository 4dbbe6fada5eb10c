"""``accounts``, ``sync`` and ``check``."""

from __future__ import annotations

from forumtui.cli import output
from forumtui.cli.call import DONE, FAILED, NOTHING_NEW, QUEUED, Call, complain
from forumtui.cli.session import Session, absolute, known_account, now, run
from forumtui.errors import ForumtuiError, NotFound, UsageError
from forumtui.rows import AccountRow
from forumtui.settings import nearest
from forumtui.text.ages import iso


def accounts(call: Call) -> int:
    """Add, list or remove the forums that the user follows."""
    return run(call, {"add": _add, "remove": _remove, "list": _list}[call.args.what])


async def _add(session: Session, call: Call) -> int:
    args = call.args
    settings = dict(args.settings)
    row = await session.engines.add(absolute(args.location), name=args.name, listed=True, options=settings or None)
    try:
        await session.engines.run_once(row.key, wants=(), push=False)
    except ForumtuiError as error:
        complain(f"{row.title} was added, but not yet read: {error}")
    row = await session.library.accounts.get(row.key)
    me = f"; you are {row.me.name}" + (f" ({row.me.role})" if row.me.role else "") if row.me else ""
    print(output.guarded(f"Following {row.title} as {row.name}{me}."))
    return DONE


async def _list(session: Session, call: Call) -> int:
    rows = await session.library.accounts.all()
    with output.Printer(call.args.form) as printer:
        for row in rows:
            printer.add(output.account_record(row), output.account_line(row, now()))
    if not rows and call.args.form == "plain":
        complain("No forum is followed yet; forumtui accounts add FILE does that.")
    return DONE


async def _remove(session: Session, call: Call) -> int:
    row = await _named(session, call.args.name)
    await session.engines.remove(row.key)
    print(output.guarded(f"No longer following {row.title}; {row.location} stays as it is."))
    return DONE


async def _named(session: Session, name: str) -> AccountRow:
    row = await known_account(session.library, name)
    if row is None:
        names = [each.name for each in await session.library.accounts.all()]
        raise NotFound(f'There is no account "{name}"{nearest(name, names)}')
    return row


def sync(call: Call) -> int:
    """Fetch what is new and send what waits."""
    return run(call, _sync)


async def _sync(session: Session, call: Call) -> int:
    rows = await session.accounts(call.args.forum)
    if not rows:
        raise UsageError("No forum is followed yet; forumtui accounts add FILE does that.")
    code = DONE
    for row in rows:
        after, problem = await synced(session, row, push=True)
        if problem:
            complain(f"{row.title}: {problem}")
            code = FAILED
            continue
        waiting = f", {after.waiting} still to be sent" if after.waiting else ""
        print(output.guarded(f"{after.title}: {after.unread} unread{waiting}"))
        if after.waiting and code == DONE:
            code = QUEUED
    return code


async def synced(session: Session, row: AccountRow, *, push: bool) -> tuple[AccountRow, str]:
    """The account after a visit to its forum, and what went wrong, if anything did."""
    try:
        await session.engines.run_once(row.key, wants=(), push=push)
    except ForumtuiError as error:
        return row, str(error)
    return await session.library.accounts.get(row.key), ""


def check(call: Call) -> int:
    """Say which forums have something new."""
    return run(call, _check)


async def _check(session: Session, call: Call) -> int:
    failed = False
    with output.Printer(call.args.form) as printer:
        for row in await session.accounts(call.args.forum):
            after, problem = (row, "") if session.offline else await synced(session, row, push=False)
            if problem:
                failed = True
                complain(f"{row.title}: {problem}  This is the copy of {iso(row.synced_at) or 'no time yet'}.")
            if after.unread:
                topics = output.counted(after.unread_topics, "topic")
                line = f"{after.name}: {output.counted(after.unread, 'unread post')} in {topics}"
                printer.add(output.account_record(after), line)
    if printer.printed:
        return DONE
    return FAILED if failed else NOTHING_NEW
