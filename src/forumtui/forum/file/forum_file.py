"""The forum file as a file: is it there, is it ours, can it be written; and connections to it."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from forumtui.errors import Damaged, FileProblem, NewerSchema, NotAForum
from forumtui.forum.file.lock import WriteLock
from forumtui.forum.file.structure import SCHEMA, STEPS, difference
from forumtui.sqlite.connection import connect, migrate, readable_errors, transaction
from forumtui.values import quick_dataclass

APPLICATION_ID = 0x6674666D
READ_ONLY = "the forum file or its folder is read-only"
STILL = "the folder is read-only, so this is the forum as it was when it was opened"


@quick_dataclass(frozen=True, slots=True)
class ForumFile:
    """A forum file that was looked at.  ``blocked`` says why it can only be read ("" if it can be written)."""

    path: Path
    blocked: str = ""

    def reader(self) -> apsw.Connection:
        """A connection that can not write."""
        connection = connect(self.path, read_only=True, immutable=self.blocked == STILL)
        connection.execute("PRAGMA query_only=ON")
        return connection

    def writer(self) -> apsw.Connection:
        """A connection for the one thread that writes."""
        return connect(self.path)


@contextmanager
def file_errors(path: Path) -> Iterator[None]:
    """`readable_errors`, and more: our statements fit our tables, so if they fail, another program changed those."""
    with readable_errors(path):
        try:
            yield
        except (apsw.ConstraintError, apsw.SQLError) as error:
            raise Damaged(f"{path} is damaged: {error}.") from error


def real_path(path: Path) -> Path:
    """The file itself, so that two names of one file share their lock.  Raises `FileProblem`."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise FileProblem(f"{path} can not be opened: it is no usable file name.") from error


def prepare(path: Path, *, create: bool, title: str, lock: WriteLock, identity: str = "") -> ForumFile:
    """Look at a file, make or upgrade it if need be.  May wait for other writers.

    Raises `NotAForum`, `NewerSchema`, `Damaged`, `Busy` or another `FileProblem`.
    """
    empty = _is_empty(path)
    if empty and not create:
        if path.exists():
            raise NotAForum(f"{path} is empty, not a forum.")
        raise FileProblem(f"There is no file {path}.")
    folder = path.parent
    if empty:
        if not folder.is_dir():
            raise FileProblem(f"There is no folder {folder}.")
        _set_up(path, title, lock, identity)
        return ForumFile(path)
    if not os.access(path, os.R_OK):
        raise FileProblem(f"You may not read {path}.")
    if not (os.access(path, os.W_OK) and os.access(folder, os.W_OK | os.X_OK)):
        return _look_only(path)
    if not _up_to_date(ForumFile(path), create=create):
        _set_up(path, title, lock, identity)
    return ForumFile(path)


def replace_forum(path: Path, source: Path) -> None:
    """Make ``path`` a copy of the forum in ``source``, in one step also for those who have it open.

    Blocks.  Raises `Busy` or a `FileProblem`; a file that is no forum gives way.
    """
    lock = WriteLock(path)
    with lock.held() as patience, readable_errors(path):
        try:
            usable = not _is_empty(path) and _up_to_date(ForumFile(path))
        except (NotAForum, Damaged):
            usable = False
        if not usable:
            for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
                path.with_name(name).unlink(missing_ok=True)
        target = connect(path, busy_timeout=max(100, int(patience * 1000)))
        origin = connect(source, read_only=True)
        try:
            with target.backup("main", origin, "main") as copying:
                copying.step(-1)
        finally:
            origin.close()
            target.close()


def _is_empty(path: Path) -> bool:
    """Whether there is no such file, or nothing in it.  Raises `FileProblem` for what is no file."""
    try:
        if not path.exists():
            return True
        if path.is_dir():
            raise FileProblem(f"{path} is a folder, not a forum file.")
        if not path.is_file():
            raise FileProblem(f"{path} is not a regular file.")
        return path.stat().st_size == 0
    except OSError as error:
        raise FileProblem(f"{path} can not be opened: {error.strerror}.") from error


def _look_only(path: Path) -> ForumFile:
    """A forum that can be read only: live if its write-ahead log can be shared, else as a still copy."""
    live = ForumFile(path, READ_ONLY)
    try:
        current = _up_to_date(live)
    except (NotAForum, NewerSchema, Damaged):
        raise
    except FileProblem:
        live = ForumFile(path, STILL)
        current = _up_to_date(live)
    if not current:
        raise FileProblem(f"{path} was written by an older forumtui and can not be upgraded: {READ_ONLY}.")
    return live


def _up_to_date(file: ForumFile, *, create: bool = False) -> bool:
    """Whether the file is a forum of this version.  Changes nothing, above all not other programs' files.

    ``create``: a database without tables, as an interrupted creation leaves it, is no error.
    """
    with file_errors(file.path):
        connection = file.reader()
        try:
            connection.execute("BEGIN")  # one state, also while another process upgrades it
            version = int(connection.pragma("user_version"))
            if connection.pragma("application_id") != APPLICATION_ID:
                if connection.execute("SELECT 1 FROM sqlite_master").fetchone() or version:
                    raise NotAForum(f"{file.path} is a database of another program.")
                if not create:
                    raise NotAForum(f"{file.path} is an empty database, not a forum.")
                return False
            if version > len(STEPS):
                raise NewerSchema(
                    f"{file.path} was written by a newer forumtui (format {version}, this one knows {len(STEPS)})."
                )
            check_structure(file.path, connection, version)
            return connection.execute("SELECT 1 FROM forum").fetchone() is not None and version == len(STEPS)
        finally:
            connection.close()


def check_structure(path: Path, connection: apsw.Connection, version: int) -> None:
    """Raises `NotAForum` where a file has what no forum file has, `Damaged` where it lacks what each has."""
    differs = difference(connection, version)
    if differs.foreign:
        raise NotAForum(
            f"{path} is not built as a forum file is, so it was not opened: it has {' and '.join(differs.foreign)}.  "
            "Ask who gave it to you for an export."
        )
    if differs.missing:
        raise Damaged(f"{path} is damaged: it lacks {' and '.join(differs.missing)}.")


def _set_up(path: Path, title: str, lock: WriteLock, identity: str) -> None:
    """Make the file, or bring it up to date; the first of several processes does it."""
    with lock.held(), readable_errors(path):
        _touch(path)
        connection = connect(path)
        try:
            migrate(connection, path, SCHEMA, APPLICATION_ID)
            with transaction(connection, durable=True):
                connection.execute(
                    "INSERT INTO forum (id, uuid, epoch, title, veil) VALUES (1, ?, ?, ?, randomblob(16)) "
                    "ON CONFLICT DO NOTHING",
                    (identity or str(uuid.uuid4()), uuid.uuid4().hex[:12], title or path.stem),
                )
        finally:
            connection.close()


def _touch(path: Path) -> None:
    """Make the file with the mode that the umask asks for; SQLite alone would deny the group to write."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666))
    except FileExistsError:
        return  # never open and close a file that SQLite may have open: that drops its locks
    except OSError as error:
        raise FileProblem(f"{path} can not be made: {error.strerror}.") from error
