"""``open``: the reader, or where there is no terminal for it, an overview."""

from __future__ import annotations

import os
import sys

from forumtui.cli import output
from forumtui.cli.browsing import print_from
from forumtui.cli.call import DONE, FAILED, Call, complain
from forumtui.cli.commands import COMMANDS
from forumtui.cli.session import Session, is_address, known_account, now, run
from forumtui.model import LATEST, TopicId
from forumtui.reader.library.door import Reached
from forumtui.reader.rows import AccountRow, TopicQuery, TopicRow
from forumtui.text.sanitise import guard
from forumtui.tui.keys.keymap import is_drawn_elsewhere

NEWEST = 5
"""Topics of each kind in an overview."""
FROM_THERE = 20
"""Posts of a topic that an address names."""


def open_reader(call: Call) -> int:
    """Run the reader if there is a terminal that can show it, or another program that draws it."""
    if call.args.plain or not shows_reader():
        return run(call, _print)
    if os.environ.get("TERM", "") in {"", "dumb"} and not is_drawn_elsewhere(os.environ):
        complain("This terminal can not show the reader (TERM is dumb or not set); here is an overview instead.")
        run(call, _print)
        return FAILED
    from forumtui.cli.wiring import run_app

    return run_app(call)


def shows_reader() -> bool:
    """Whether the reader is what somebody gets here who asks for nothing else."""
    return has_terminal() or is_drawn_elsewhere(os.environ)


def has_terminal() -> bool:
    """Whether somebody sits in front of this."""
    return sys.stdin.isatty() and sys.stdout.isatty()


async def _print(session: Session, call: Call) -> int:
    """The topic that an address names, else an overview."""
    forum: str | None = call.args.forum
    if forum is not None and is_address(forum) and await known_account(session.library, forum) is None:
        reached = await session.engines.ways.reach(forum)
        if reached.topic is not None:
            return await _of_topic(session, reached.account, reached.topic, reached)
    return await _overview(session, call)


async def _of_topic(session: Session, account: AccountRow, topic: TopicId, reached: Reached) -> int:
    """Some posts, from the one that is meant."""
    reading = session.library.reading
    post = None if reached.post is None else await reading.post_by_id(account.key, reached.post)
    row = await session.topic(account, topic) if post is None else await reading.topic(post.topic_key)
    await print_from(session, row, None if post is None else post.key, FROM_THERE)
    if reached.lacks:
        complain(reached.lacks)
    forum = account.name if account.listed else account.location
    print(guard(f"All of it: forumtui read {_quoted(forum)} {_quoted(row.id)} --all"))
    return DONE


async def _overview(session: Session, call: Call) -> int:
    accounts = await session.accounts(call.args.forum, first_word=True)
    if not accounts:
        accounts = [await session.sample()]
    lines: list[str] = []
    for account in accounts:
        fresh = await session.fetch(account)
        lines += [*await _of_account(session, fresh), ""]
    lines += await _topics(session, accounts, "Unread", unread=True)
    lines += await _topics(session, accounts, "Newest", unread=False)
    forum = accounts[0].name if accounts[0].listed else accounts[0].location
    lines += [
        f"Read a topic: forumtui read {_quoted(forum)} TOPIC_ID    Answer: forumtui reply {_quoted(forum)} TOPIC_ID --text ...",
        f"Commands: {', '.join(COMMANDS)}; forumtui --help tells more.  In a terminal, forumtui opens the reader.",
    ]
    print("\n".join(map(guard, lines)))
    return DONE


async def _of_account(session: Session, account: AccountRow) -> list[str]:
    notice = [account.notice] if account.notice else []
    boards = await session.library.reading.boards(account.key)
    return [output.account_line(account, now()), *notice, *(f"  {output.board_line(board)}" for board in boards)]


async def _topics(session: Session, accounts: list[AccountRow], title: str, *, unread: bool) -> list[str]:
    rows: list[TopicRow] = []
    for account in accounts:
        query = TopicQuery(account.key, unread=unread, order=LATEST)
        rows += (await session.library.reading.topics(query, after=NEWEST)).rows
    if not rows:
        return [f"{title}: none", ""]
    rows.sort(key=lambda row: row.last_post or 0, reverse=True)
    names = {account.key: account.name for account in accounts}
    several = len(accounts) > 1
    prefix = {row.key: f"{names[row.account]} " if several else "" for row in rows}
    return [f"{title}:", *(f"  {prefix[row.key]}{output.topic_line(row, now())}" for row in rows[:NEWEST]), ""]


def _quoted(word: str) -> str:
    import shlex

    return shlex.quote(word)
