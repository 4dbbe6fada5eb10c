"""Copies of a forum file while it is in use: to keep, or only to look at."""

from __future__ import annotations

import os
import secrets
import tempfile
import uuid
from contextlib import closing
from pathlib import Path

from forumtui.errors import Damaged, FileProblem, NotAForum
from forumtui.forum.file import checking
from forumtui.forum.file.forum_file import APPLICATION_ID, ForumFile, check_structure, file_errors
from forumtui.paths import sync
from forumtui.sqlite.connection import connect, readable_errors, transaction
from forumtui.sqlite.thread import Stop

_PAGES = 1000
"""Pages that are copied between two looks whether anybody still waits."""


def backup(file: ForumFile, target: Path, stop: Stop) -> None:
    """Write a verified copy, with an epoch of its own.  Blocks; stopped, it leaves nothing.

    Raises `FileProblem` if the target exists or can not be written, `Damaged` if the copy is not sound.
    """
    unfinished = beginning(target)
    try:
        with readable_errors(target):
            _copy(file, unfinished, stop)
            with closing(connect(unfinished)) as connection, transaction(connection):
                connection.execute("UPDATE forum SET epoch = ?", (uuid.uuid4().hex[:12],))
        keep(unfinished, target, stop)
    except OSError as error:
        raise FileProblem(f"{target} can not be written: {error.strerror}.") from error
    finally:
        discard(unfinished)


def beginning(target: Path) -> Path:
    """Where to write a copy until it is whole.  Raises `FileProblem` if the target exists."""
    _check_new(target)
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")


def keep(unfinished: Path, target: Path, stop: Stop) -> None:
    """Give a copy its name, once it is verified, and on the disk for good.  Blocks; stopped, it gives it no name.

    Raises `FileProblem` if the target exists, `NotAForum` or `Damaged` if the copy is no sound forum.
    """
    with file_errors(target), closing(connect(unfinished)) as connection:
        stop.end_queries_of(connection)
        if connection.pragma("application_id") != APPLICATION_ID:
            raise NotAForum("That is no forum, so no copy was kept.")
        check_structure(target, connection, int(connection.pragma("user_version")))
        wrong = checking.damage(connection)
    if wrong:
        raise Damaged(f"The forum is damaged, so no copy was kept: {wrong[0]}")
    sync(unfinished)
    stop.look()
    try:
        os.link(unfinished, target)  # unlike a rename it takes no other file's place
    except FileExistsError:
        _check_new(target)
        raise
    except OSError:  # a file system without links
        _check_new(target)
        unfinished.rename(target)
    sync(target.parent)


def discard(unfinished: Path) -> None:
    """Remove what is left of a copy under its first name."""
    for name in (unfinished.name, f"{unfinished.name}-wal", f"{unfinished.name}-shm"):
        unfinished.with_name(name).unlink(missing_ok=True)


def check(file: ForumFile, stop: Stop) -> list[str]:
    """What is wrong with a forum, seen in a copy, which can be verified without stopping its writers.  Blocks."""
    try:
        with tempfile.TemporaryDirectory(prefix="forumtui-") as folder:
            copied = Path(folder) / file.path.name
            with readable_errors(copied):
                _copy(file, copied, stop)
                with closing(connect(copied)) as connection:
                    stop.end_queries_of(connection)
                    return checking.problems(connection)
    except OSError as error:
        raise FileProblem(f"There is no room for a copy to look at: {error.strerror}.") from error


def _check_new(target: Path) -> None:
    if os.path.lexists(target):
        raise FileProblem(f"{target} exists already; nothing was changed.")


def _copy(file: ForumFile, made: Path, stop: Stop) -> None:
    """One state of the forum as a file for its owner only.  Writers go on meanwhile."""
    os.close(os.open(made, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(connect(made)) as target, closing(file.reader()) as source:
        target.execute("PRAGMA journal_mode=OFF")
        source.execute("BEGIN")  # one state, however often writers come between two steps
        source.execute("SELECT 1 FROM sqlite_master").fetchall()
        with target.backup("main", source, "main") as copying:
            while not copying.done:
                stop.look()
                copying.step(_PAGES)
