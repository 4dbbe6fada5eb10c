"""``drafts`` and ``outbox``."""

from __future__ import annotations

from forumtui.cli import output
from forumtui.cli.call import DONE, NEEDS_YOU, Call, complain, say
from forumtui.cli.session import Session, now, run
from forumtui.cli.waiting import Queue
from forumtui.cli.writing import send
from forumtui.errors import ForumtuiError, NotFound, UsageError
from forumtui.reader.rows import OutRow, OutState
from forumtui.text.difference import difference_from
from forumtui.text.sanitise import guard


def drafts(call: Call) -> int:
    """List, send or discard drafts."""
    return run(call, _drafts)


async def _drafts(session: Session, call: Call) -> int:
    if call.args.what == "list":
        return await _print(session, call.args.form, drafts=True)
    row = await _find(session, call.args.uid)
    if row.state is not OutState.DRAFT:
        raise UsageError(f"{row.uid} is no draft but {row.state}; see: forumtui outbox")
    if call.args.what == "discard":
        return await _discard(session, row)
    account = await session.library.accounts.get(row.account)
    return await send(session, account, row, "plain")


def outbox(call: Call) -> int:
    """List, send, retry or discard what waits to be sent."""
    return run(call, _outbox)


async def _outbox(session: Session, call: Call) -> int:
    what = call.args.what
    if what == "list":
        return await _print(session, call.args.form, drafts=False)
    if what == "send":
        return await _send_all(session)
    row = await _find(session, call.args.uid)
    if what == "discard":
        return await _discard(session, row, anyway=call.args.anyway)
    if row.theirs is not None:
        return await _choose(session, call, row)
    if call.args.mine or call.args.theirs:
        raise UsageError(f"Nobody changed what {row.uid} is about.")
    if row.state is OutState.ATTENTION:
        row = await session.library.outbox.settle(row.uid, "arrived" if call.args.arrived else "resend")
    elif call.args.arrived:
        raise UsageError(f"Whether {row.uid} arrived is not in doubt: it is {row.state}.")
    account = await session.library.accounts.get(row.account)
    return await send(session, account, row, "plain")


async def _choose(session: Session, call: Call, row: OutRow) -> int:
    """An edit that was overtaken: mine, theirs, or show both."""
    if call.args.theirs:
        return await _discard(session, row)
    if call.args.mine:
        row = await session.library.outbox.settle(row.uid, "mine")
        return await send(session, await session.library.accounts.get(row.account), row, "plain")
    complain(f"{row.error}  (-: theirs, +: yours)")
    for mark, line in difference_from(row.theirs or "", row.subject, row.body.source):
        print(guard(f"{mark} {line}"))
    complain(f"forumtui outbox retry {row.uid} --mine, or --theirs")
    return NEEDS_YOU


async def _print(session: Session, form: str, *, drafts: bool) -> int:
    rows = await session.library.outbox.rows()
    time = now()
    with output.Printer(form) as printer:
        for row in rows:
            if (row.state is OutState.DRAFT) == drafts:
                printer.add(output.out_record(row), output.out_line(row, time))
    if not printer.printed and form == "plain":
        complain("There are no drafts." if drafts else "Nothing waits to be sent.")
    return DONE


async def _send_all(session: Session) -> int:
    waiting = await session.library.outbox.rows(drafts=False)
    owed = await session.library.accounts.to_be_told()
    for account in dict.fromkeys([*(row.account for row in waiting), *sorted(owed)]):
        try:
            await session.engines.run_once(account, wants=(), push=True, mirror=False, hurry=True)
        except ForumtuiError as error:
            complain(str(error))
    rows = [await session.library.outbox.get(row.uid) for row in waiting]
    for row in rows:
        if not row.state.is_asking:
            print(guard(output.out_line(row, now())))
    queue = Queue.among(rows)
    queue.complain()
    return queue.code


async def _discard(session: Session, row: OutRow, *, anyway: bool = False) -> int:
    perhaps = row.unknown_end or row.state is OutState.SENDING
    if perhaps and not anyway:
        raise UsageError(
            f"This text may have arrived, and to discard it here takes nothing back there; it is being settled.  "
            f"To be rid of it all the same: forumtui outbox discard {row.uid[:8]} --anyway"
        )
    await session.library.outbox.discard(row.uid, whatever=anyway)
    say(f"Discarded {row.uid}{'; the forum may have it all the same' if perhaps else ''}.")
    return DONE


async def _find(session: Session, uid: str) -> OutRow:
    """The row with this uid, or the only one that begins so."""
    rows = [row for row in await session.library.outbox.rows() if row.uid.startswith(uid)]
    if len(rows) == 1:
        return rows[0]
    if rows:
        raise UsageError(f"Several rows begin with {uid}; name one in full.")
    raise NotFound(f"There is no draft or outbox row {uid}; forumtui drafts and forumtui outbox list them.")
