"""``import`` and ``export``."""

from __future__ import annotations

import asyncio
import io
import os
import secrets
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from forumtui.cli.call import DONE, Call, Voice, complain, say
from forumtui.cli.host.reaching import board_named, exportable, forum_file
from forumtui.cli.output import Printer, counted
from forumtui.errors import FileProblem
from forumtui.text.sanitise import guard

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from forumtui.forum.importing import Findings
    from forumtui.forum.store import Imported

SHOWN = 60
"""Characters of a line that was not placed."""
BAR = 30
"""Columns of the progress bar."""


class Progress:
    """A bar on standard error where that is a terminal, at most ten times a second."""

    def __init__(self, verb: str, *, shown: bool = True) -> None:
        self._verb = verb
        self._shown = shown and Voice.loudness >= 0 and sys.stderr.isatty()
        self._last = 0.0
        self.done = 0

    def __call__(self, done: int, total: int | None) -> None:
        """Show how far it is."""
        self.done = done
        moment = time.monotonic()
        if not self._shown or (moment - self._last < 0.1 and done != total):
            return
        self._last = moment
        if total:
            filled = BAR * min(done, total) // total
            bar = f"[{'#' * filled}{'.' * (BAR - filled)}] {done}/{total} posts"
        else:
            bar = f"{done} posts"
        sys.stderr.write(f"\r{self._verb} {bar}")
        sys.stderr.flush()

    def finish(self) -> None:
        """Leave a clean line."""
        if self._shown and self._last:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def import_posts(call: Call) -> int:
    """Bring a saved page or an export into a forum file."""
    made = not call.args.into.exists()
    progress = Progress("Importing")
    try:
        return asyncio.run(_import(call, progress, made=made))
    except KeyboardInterrupt:
        complain(_stopped(call, progress.done, made=made))
        raise


def _stopped(call: Call, done: int, *, made: bool) -> str:
    """What an import that was interrupted leaves behind; a file that it made and is not known to hold a post, it removes.

    The posts that were being written then may be in as well.
    """
    into: Path = call.args.into
    if call.args.dry_run:
        return "Stopped; nothing was imported."
    if made and not done:
        for side in ("", "-wal", "-shm", ".lock"):
            into.with_name(into.name + side).unlink(missing_ok=True)
        return f"Stopped; nothing was kept, and there is no {into}."
    so_far = f" after {counted(done, 'post')} or more" if done else ""
    return f"Stopped{so_far}.  {into} is whole; the same command goes on where this one ended, and brings in nothing twice."


async def _import(call: Call, progress: Progress, *, made: bool) -> int:
    from forumtui.forum.importing import check_file, import_file

    args = call.args
    # before there is a forum file: a bad file must leave no empty one behind
    found = await asyncio.to_thread(check_file, args.source, args.format, args.words)
    if args.dry_run:
        _say(call, found, None)
        return DONE
    given: list[str] = []
    try:
        async with forum_file(args.into, create=made, title="") as store:
            done = await import_file(
                args.source,
                store,
                format=args.format,
                progress=progress,
                new=made,
                words=args.words,
                roles=args.roles,
                note=given.append,
            )
    finally:
        progress.finish()
    _say(call, found, done, given)
    return DONE


def _say(call: Call, found: Findings, done: Imported | None, given: Sequence[str] = ()) -> None:
    """What was found, and what became of it; None: nothing was to be done."""
    args = call.args
    if args.json:
        record: dict[str, object] = {
            "file": str(args.source),
            "posts": found.posts,
            "topics": found.topics,
            "members": found.members,
            "roles": [{"name": role, "new": role in found.new} for role in found.roles],
            "not_placed": [{"line": each.number, "text": each.text, "why": each.why} for each in found.unplaced],
            "imported": done and {"new": done.added, "changed": done.changed, "same": done.same, "cut": done.cut},
            "given": list(given),
        }
        with Printer("jsonl") as printer:
            printer.add(record)
        return
    show: Callable[[str], None] = _show if done is None else say
    show(f"{args.source}: {found}.")
    if found.unplaced and not args.dry_run:
        show("  (--dry-run lists them.)")
    for each in found.unplaced if args.dry_run else ():
        show(f"  line {each.number}: {each.text[:SHOWN].strip()} ({each.why})")
    if done is None:
        show("Nothing was imported.")
        return
    say(f"{args.into}: {done.added} boards, topics and posts new, {done.changed} changed, {done.same} as before.")
    if done.cut:
        complain(f"{done.cut} texts and tags were longer or more than a forum takes, and were cut or left out.")
    for line in given:
        say(f"Given: {line}")


def _show(line: str) -> None:
    """What was asked for, with --quiet too."""
    print(guard(line))


def export_posts(call: Call) -> int:
    """Write a forum, one of its boards, or a topic."""
    target: Path | None = call.args.out
    if target is None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        asyncio.run(_write(call, sys.stdout, shown=not sys.stdout.isatty()))
        return DONE
    if os.path.lexists(target) and not call.args.force:
        raise FileProblem(f"{target} exists already; --force writes over it.")
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("x", encoding="utf-8", newline="\n") as out:
            asyncio.run(_write(call, out, shown=True))
        part.replace(target)
    except OSError as error:
        raise FileProblem(f"{target} can not be written: {error.strerror or error}.") from error
    except KeyboardInterrupt:
        complain(f"Stopped; {target} was not written.")
        raise
    finally:
        part.unlink(missing_ok=True)
    say(f"Wrote {target} ({counted(target.stat().st_size, 'byte')}).")
    return DONE


async def _write(call: Call, out: TextIO, *, shown: bool) -> None:
    from forumtui.forum.exporting import export
    from forumtui.forum.store import KEEPER
    from forumtui.model import TopicId

    args = call.args
    progress = Progress("Exporting", shown=shown)
    try:
        async with exportable(call) as source:
            board = board_named(await source.boards(KEEPER), args.board).id if args.board is not None else None
            topic = TopicId(args.topic) if args.topic is not None else None
            await export(source, out, format=args.format, board=board, topic=topic, progress=progress)
    finally:
        progress.finish()
