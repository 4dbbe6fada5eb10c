"""``pack``: fetch all that is unread, to read it without a network."""

from __future__ import annotations

import sys

from forumtui.cli import output
from forumtui.cli.call import DONE, FAILED, Call, complain
from forumtui.cli.session import Session, run
from forumtui.errors import UsageError
from forumtui.reader.rows import Ready


def pack(call: Call) -> int:
    """Fetch what is unread and say what is ready; exit with 1 where something is not."""
    return run(call, _pack)


async def _pack(session: Session, call: Call) -> int:
    rows = [row for row in await session.accounts(call.args.forum) if row.plugged or call.args.forum]
    if not rows:
        raise UsageError("No forum is followed yet; forumtui accounts add FILE does that.")
    shows = sys.stderr.isatty() and call.args.form == "plain"
    found: list[Ready] = []
    with output.Printer(call.args.form) as printer:
        for row in rows:
            ready = await session.engines.packer.pack(row.key, _progress if shows else _nothing)
            if shows:
                print("\r\x1b[K", end="", file=sys.stderr, flush=True)
            found.append(ready)
            printer.add(_record(ready), _line(ready))
            if ready.note:
                complain(f"{ready.account.title or ready.account.name}: {ready.note}")
        if len(found) > 1 and call.args.form == "plain":
            whole = f"{sum(each.posts for each in found)} posts, {_size(sum(each.size for each in found))}"
            print(f"{len(found)} forums: {whole} ready to be read offline.")
    return FAILED if any(each.note for each in found) else DONE


def _progress(ready: Ready) -> None:
    print(f"\r\x1b[K{output.guarded(_line(ready))}", end="", file=sys.stderr, flush=True)


def _nothing(ready: Ready) -> None:
    del ready


def _record(ready: Ready) -> output.Record:
    return {
        "name": ready.account.name,
        "title": ready.account.title,
        "topics": ready.topics,
        "posts": ready.posts,
        "characters": ready.size,
        "left": ready.left,
        "note": ready.note or None,
    }


def _line(ready: Ready) -> str:
    posts, topics = output.counted(ready.posts, "unread post"), output.counted(ready.topics, "topic")
    rest = f"; {ready.left} not here" if ready.left else ""
    return f"{ready.account.title or ready.account.name}: {posts} in {topics} ready ({_size(ready.size)}){rest}"


def _size(characters: int) -> str:
    return f"{characters / 1_000_000:.1f} MB" if characters >= 100_000 else f"{(characters + 999) // 1000} kB"
