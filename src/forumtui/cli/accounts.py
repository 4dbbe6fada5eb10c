"""``accounts``, ``sync`` and ``check``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from forumtui.cli import access, output
from forumtui.cli.answering import STDIN, asked, first_line, sure
from forumtui.cli.call import DONE, FAILED, NOTHING_NEW, Call, complain, say
from forumtui.cli.session import Session, absolute, now, run
from forumtui.cli.waiting import Queue, worse
from forumtui.errors import ForumtuiError, UsageError
from forumtui.model import Author, Errand, Option
from forumtui.reader.rows import AccountRow
from forumtui.text.ages import iso


def accounts(call: Call) -> int:
    """Add, list or remove the forums that the user follows."""
    works = {
        "add": _add,
        "list": _list,
        "remove": _remove,
        "login": _log_in,
        "register": _register,
        "logout": _log_out,
        "password": access.change_password,
        "sessions": access.sessions,
    }
    return run(call, works[call.args.what])


async def _add(session: Session, call: Call) -> int:
    args = call.args
    settings = dict(args.settings)
    if args.token is not None:
        settings["token"] = first_line("the token") if args.token == STDIN else args.token
    if settings.keys() & {"token", "password_command"}:
        sure(call, args.location, "the token")
    row = await session.engines.add(absolute(args.location), name=args.name, listed=True, options=settings or None)
    try:
        await session.engines.run_once(row.key, wants=(), push=False, count=True)
    except ForumtuiError as error:
        complain(f"{row.title} was added, but not yet read: {error}")
    row = await session.library.accounts.get(row.key)
    say(f"Following {row.title} as {row.name}; you are {_who(row)}.")
    return DONE


def _who(row: AccountRow) -> str:
    return output.signature(Author(row.me.id, row.me.name, row.me.role)) if row.me else "a guest"


async def _log_in(session: Session, call: Call) -> int:
    row = await session.account(call.args.name)
    forms = await session.engines.forms(row.key)
    if forms.elsewhere:
        row = await session.engines.access.log_in_elsewhere(row.key, _show)
        say(f"Logged in to {row.title} as {_who(row)}.")
        return DONE
    if not forms.log_in:
        raise UsageError(f"{row.title} has no log-in.")
    sure(call, row.location, "your password")
    row = await session.engines.log_in(row.key, _filled_in(forms.log_in, call))
    say(f"Logged in to {row.title} as {_who(row)}.")
    return DONE


async def _show(errand: Errand) -> str:
    """Say what to do in a browser; what its page shows is read from standard input, which ends it with an empty line."""
    say(f"Open this page in a browser, on any machine, and allow forumtui:\n\n  {errand.address}\n")
    if errand.code:
        say(f"The page asks for this code: {errand.code}\n\nWaiting until you allowed it; Ctrl+C leaves off.")
    if not errand.pastes:
        return ""
    say("Then paste here what the page shows, and end it with an empty line:")
    return await asyncio.to_thread(_pasted)


def _pasted() -> str:
    lines: list[str] = []
    for line in sys.stdin:
        if not line.strip() and lines:
            break
        lines.append(line)
    return "".join(lines)


async def _register(session: Session, call: Call) -> int:
    row = await session.account(call.args.name)
    forms = await session.engines.forms(row.key)
    if not forms.register:
        raise UsageError(f"One can not register at {row.title} from here.")
    sure(call, row.location, "your password")
    rules = next((page for page in row.pages if page.slug == "rules"), None)
    if rules is not None:
        print(output.guarded(f"{rules.title}\n\n{rules.body.source}\n"))
    row = await session.engines.register(row.key, _filled_in(forms.register, call))
    say(f"Registered at {row.title}; you are {_who(row)}.")
    return DONE


async def _log_out(session: Session, call: Call) -> int:
    row = await session.engines.log_out((await session.followed(call.args.name)).key)
    say(f"Logged out of {row.title}; drafts and what waits to be sent are kept.")
    return DONE


def _filled_in(form: Sequence[Option], call: Call) -> dict[str, str]:
    """The answers given on the command line, and those that a person types now."""
    given = dict(call.args.fields)
    unknown = given.keys() - {option.name for option in form}
    if unknown:
        names = ", ".join(option.name for option in form)
        raise UsageError(f'The form has no field "{min(unknown)}"; it asks for {names}.')
    for option in form:
        if option.name in given:
            continue
        if option.secret and call.args.password == STDIN:
            given[option.name] = first_line(f"the {option.name}")
        elif sys.stdin.isatty():
            given[option.name] = asked(option)
        elif option.required:
            how = "--password - reads it" if option.secret else f"--field {option.name}=..."
            raise UsageError(f"The forum asks for {option.name} ({option.help}): {how}.")
    return {name: value for name, value in given.items() if value}


async def _list(session: Session, call: Call) -> int:
    rows = await session.library.accounts.all()
    with output.Printer(call.args.form) as printer:
        for row in rows:
            printer.add(output.account_record(row), output.account_line(row, now()))
    if not rows and call.args.form == "plain":
        complain("No forum is followed yet; forumtui accounts add FILE does that.")
    return DONE


async def _remove(session: Session, call: Call) -> int:
    row = await session.followed(call.args.name)
    await session.engines.remove(row.key)
    say(f"No longer following {row.title}; {row.location} stays as it is.")
    return DONE


def sync(call: Call) -> int:
    """Fetch what is new and send what waits."""
    return run(call, _sync)


async def _sync(session: Session, call: Call) -> int:
    rows = await _concerned(session, call.args.forum)
    if not rows:
        raise UsageError("No forum is followed yet; forumtui accounts add FILE does that.")
    code = DONE
    for row in rows:
        after, problem = await synced(session, row, push=True)
        if problem:
            complain(f"{row.title or row.name}: {problem}")
            code = FAILED
            continue
        queue = await Queue.of(session, after)
        say(f"{after.title or after.name}: {', '.join([f'{after.unread} unread', *queue.facts])}")
        await _complain_of_rest(session, after)
        queue.complain()
        code = worse(code, queue.code)
    return code


async def _concerned(session: Session, forum: str | None) -> Sequence[AccountRow]:
    """The forum named; else those that are followed, and those where a text waits."""
    return await session.accounts(forum) if forum is not None else await session.library.accounts.concerned()


async def synced(session: Session, row: AccountRow, *, push: bool) -> tuple[AccountRow, str]:
    """The account after a visit to its forum, and what went wrong, if anything did."""
    try:
        await session.engines.run_once(row.key, wants=(), push=push, count=True)
    except ForumtuiError as error:
        return row, str(error)
    return await session.library.accounts.get(row.key), ""


async def _complain_of_rest(session: Session, row: AccountRow) -> None:
    """Own posts are known as such once they are here, and one visit fetches no more than is polite."""
    if row.me is not None and await session.library.intake.unread_topics(row.key, 1):
        complain(
            f"{row.title or row.name}: not all that is new is here yet, so posts of yours may be among the unread; "
            "forumtui sync fetches more."
        )


def check(call: Call) -> int:
    """Say which forums have something new."""
    return run(call, _check)


async def _check(session: Session, call: Call) -> int:
    failed = False
    with output.Printer(call.args.form) as printer:
        for row in await _concerned(session, call.args.forum):
            here = session.offline or not row.listed
            after, problem = (row, "") if here and call.args.forum is None else await synced(session, row, push=False)
            if problem:
                failed = True
                complain(
                    f"{row.title or row.name}: {problem}  This is the copy of {iso(row.synced_at) or 'no time yet'}."
                )
            queue = await Queue.of(session, after)
            if queue.waiting:
                complain(f"{after.title or after.name}: {queue.said}; forumtui sync sends what waits.")
            if after.unread and (after.listed or call.args.forum is not None):
                topics = output.counted(after.unread_topics, "topic")
                line = f"{after.name}: {output.counted(after.unread, 'unread post')} in {topics}"
                printer.add(output.account_record(after), line)
                await _complain_of_rest(session, after)
    if printer.printed:
        return DONE
    return FAILED if failed else NOTHING_NEW
