"""Opening SQLite files, transactions, schema versions, and errors that a person understands.

Versions are numbered SQL files: one transaction for all steps, a newer file is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources.abc import Traversable
from json import JSONDecodeError
from pathlib import Path

import apsw

from forumtui.errors import Busy, Damaged, FileProblem, NewerSchema, NotAForum, StorageFull
from forumtui.text.fold import fold

BUSY_TIMEOUT_MS = 10_000
LONGEST = 64 << 20
"""Bytes of a value or row: no text of ours is so long, and no file of a stranger's may fill the memory."""
_FULL = "Disk full: {} was not changed; free some space."
_DAMAGED_SCHEMA = re.compile(r"no such (?:column|table|function|module|index)|malformed database schema")


def connect(
    path: Path,
    *,
    read_only: bool = False,
    immutable: bool = False,
    busy_timeout: int = BUSY_TIMEOUT_MS,
    alone: bool = False,
    vfs: str | None = None,
) -> apsw.Connection:
    """Open a database file (made if missing, unless ``read_only``) with the pragmas and functions we rely on.

    ``immutable`` (only with ``read_only``): nobody is writing, so do without locks and side files, which
    a read-only folder would not hold.  ``busy_timeout`` is in ms.  ``alone``: nobody else gets at the file, which
    then needs no shared memory beside it: there may be no room for it.  ``vfs``: SQLite's name for how files are
    locked.  Raises `FileProblem` or one of its kinds.
    """
    flags = apsw.SQLITE_OPEN_READONLY if read_only else apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    with readable_errors(path):
        name = f"{path.absolute().as_uri()}?immutable=1" if immutable else str(path)
        connection = apsw.Connection(name, flags=flags | apsw.SQLITE_OPEN_URI if immutable else flags, vfs=vfs)
        try:
            connection.set_busy_timeout(busy_timeout)
            connection.limit(apsw.SQLITE_LIMIT_LENGTH, LONGEST)
            register_functions(connection)
            if alone:
                connection.pragma("locking_mode", "EXCLUSIVE")
            if not read_only:
                connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY")
        except BaseException:
            connection.close()
            raise
    return connection


def register_functions(connection: apsw.Connection) -> None:
    """Add the functions that our schemas use."""
    connection.create_scalar_function("ft_fold", _fold_value, 1, deterministic=True)


def _fold_value(*values: apsw.SQLiteValue) -> str:
    return fold(values[0])


@contextmanager
def transaction(connection: apsw.Connection, *, durable: bool = False) -> Iterator[None]:
    """BEGIN IMMEDIATE to COMMIT.  ``durable``: the commit survives a power cut (synchronous=FULL)."""
    if durable:
        connection.execute("PRAGMA synchronous=FULL")
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    finally:
        if durable:
            connection.execute("PRAGMA synchronous=NORMAL")


@contextmanager
def readable_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors about the file itself into ours; programming errors pass through."""
    try:
        yield
    except apsw.NotADBError as error:
        raise NotAForum(f"{path} is not a database file.") from error
    except apsw.CorruptError as error:
        raise Damaged(f"{path} is damaged: {error}.") from error
    except (UnicodeDecodeError, JSONDecodeError) as error:  # SQLite looks into no text that it stores
        raise Damaged(f"{path} is damaged: it holds text that can not be read.") from error
    except apsw.TooBigError as error:
        raise Damaged(f"{path} is damaged: it holds a text of over {LONGEST >> 20} MiB.") from error
    except apsw.SQLError as error:
        if not _DAMAGED_SCHEMA.match(str(error)):
            raise
        raise Damaged(f"{path} is damaged: {error}.") from error
    except apsw.FullError as error:
        raise StorageFull(_FULL.format(path.name)) from error
    except apsw.ReadOnlyError as error:
        raise StorageFull(f"{path} or its folder is read-only; nothing was changed.") from error
    except apsw.BusyError as error:
        raise Busy(f"{path} is busy: another program has been writing for too long.  Nothing was changed.") from error
    except (apsw.CantOpenError, apsw.IOError, apsw.PermissionsError, apsw.NoMemError) as error:
        if getattr(error, "extendedresult", 0) == apsw.SQLITE_IOERR_SHMSIZE:  # no room for what connections share
            raise StorageFull(_FULL.format(path.name)) from error
        raise FileProblem(f"{path} can not be opened: {error}.") from error


def migrate(connection: apsw.Connection, path: Path, steps: Traversable, application_id: int) -> int:
    """Bring a file up to date and return its version; several processes may start at once.

    ``steps`` is a folder of ``NNNN_name.sql``.  An older file is copied to ``PATH.vN.bak`` first.
    Raises `NewerSchema`, `NotAForum` (some other program's database) or a kind of `FileProblem`.
    """
    files = sorted((f for f in steps.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    with readable_errors(path):
        have = _version(connection, path, application_id, len(files))
        if have == len(files):
            return have
        if have:
            backup = path.with_name(f"{path.name}.v{have}.bak")
            backup.unlink(missing_ok=True)
            connection.execute("VACUUM INTO ?", (str(backup),))
        connection.execute("PRAGMA foreign_keys=OFF")
        try:
            with transaction(connection, durable=True):
                have = _version(connection, path, application_id, len(files))  # another process may have been first
                for file in files[have:]:
                    connection.execute(file.read_text(encoding="utf-8"))
                connection.execute(f"PRAGMA user_version={len(files)}; PRAGMA application_id={application_id}")
        finally:
            connection.execute("PRAGMA foreign_keys=ON")
        return len(files)


def _version(connection: apsw.Connection, path: Path, application_id: int, newest: int) -> int:
    """The file's schema version; 0 for a new, empty file."""
    found = connection.pragma("application_id")
    version = int(connection.pragma("user_version"))
    if found != application_id and (version or connection.execute("SELECT 1 FROM sqlite_master").fetchone()):
        raise NotAForum(f"{path} is a database of another program.")
    if version > newest:
        raise NewerSchema(f"{path} was written by a newer forumtui (format {version}, this one knows {newest}).")
    return version
