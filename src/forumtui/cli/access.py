"""``accounts password`` and ``accounts sessions``: by what a forum knows one."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from forumtui.cli import output
from forumtui.cli.answering import STDIN, asked, first_line, sure
from forumtui.cli.call import DONE, Call, say
from forumtui.cli.session import Session, now
from forumtui.errors import NotFound, UsageError
from forumtui.model import Millis, Option, OwnToken
from forumtui.reader.library.door import PASSWORD_FORM
from forumtui.reader.rows import AccountRow
from forumtui.text.ages import iso
from forumtui.text.sanitise import clean_line

_AGAIN = Option("new again", "the new password once more", required=True, secret=True)


async def change_password(session: Session, call: Call) -> int:
    """Set another password, asked for without showing it."""
    row = await session.followed(call.args.name)
    sure(call, row.location, "your passwords")
    old, new = _both(call)
    await session.engines.access.set_password(row.key, old, new)
    say(f"The password at {row.title} is changed; whoever else was logged in as you is logged out.")
    return DONE


def _both(call: Call) -> tuple[str, str]:
    old, new = PASSWORD_FORM
    if call.args.password == STDIN:
        return first_line("the old password", needed=False), first_line("the new password")
    if not sys.stdin.isatty():
        raise UsageError("The old and the new password are asked for at a terminal; --password - reads a line each.")
    given = asked(old), asked(new)
    if asked(_AGAIN) != given[1]:
        raise UsageError("The new password was not the same both times; nothing was changed.")
    return given


async def sessions(session: Session, call: Call) -> int:
    """List where one is logged in, or end some of it."""
    args, access = call.args, session.engines.access
    row = await session.followed(args.name)
    if args.end_all:
        await access.end_all(row.key)
        say(f"Logged out of {row.title} everywhere; drafts and what waits to be sent are kept.")
    elif args.end_others:
        await access.end_others(row.key)
        say(f"Logged out of {row.title} everywhere but here.")
    elif args.end is not None:
        await _end(session, row, args.end)
    else:
        _print(await access.tokens(row.key), args.form)
    return DONE


async def _end(session: Session, row: AccountRow, id_: str) -> None:
    tokens = await session.engines.access.tokens(row.key)
    token = next((each for each in tokens if each.id == id_), None)
    if token is None:
        raise NotFound(f"You have no log-in {id_} at {row.title}; forumtui accounts sessions {row.name} lists them.")
    ended_here = await session.engines.access.end(row.key, token)
    say(f"Logged out of {row.title} here." if ended_here else f"The log-in {id_} at {row.title} is ended.")


def _print(tokens: Sequence[OwnToken], form: str) -> None:
    with output.Printer(form) as printer:
        for token in tokens:
            record = {
                "id": token.id,
                "label": token.label,
                "scopes": list(token.scopes),
                "created": iso(token.created),
                "expires": iso(token.expires),
                "used": iso(token.used),
                "current": token.current,
            }
            printer.add(record, _line(token, now()))


def _line(token: OwnToken, at: Millis) -> str:
    facts = [
        f"since {iso(token.created)}",
        output.used(token.used, at),
        output.good_until(token.expires),
        ", ".join(token.scopes),
        *(["this one"] if token.current else []),
    ]
    return f"{clean_line(token.id)} {clean_line(token.label) or '(no label)'}: {'; '.join(facts)}"
