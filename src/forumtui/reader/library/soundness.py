"""Whether the library's file is sound, and what the folder is like that it lies in: full, unable to lock files, on another machine's disk.

The file is looked at whole where it is not as it was left, for the rest where it matters.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

import apsw

from forumtui.errors import Damaged
from forumtui.model import Millis
from forumtui.reader.sql import accounts, outbox, unread
from forumtui.reader.sql.columns import every, one

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""What the system answers where there is no room."""
_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP})
_NETWORK = ("nfs", "cifs", "smb", "fuse.sshfs", "9p", "afs", "ceph", "glusterfs", "fuse.gluster")


LOCK = "library.healing"
"""A file that is there to be locked."""


def private(path: Path) -> IO[bytes]:
    """A file written anew, for its owner only, whatever the umask."""
    return open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600))


def locks_work(folder: Path) -> bool:
    """Whether files can be locked there; SQLite would take a lock that fails for one that somebody else holds."""
    try:
        with private(folder / LOCK) as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in _NO_LOCKS
    return True


def network_disk(folder: Path, mounts: Path = Path("/proc/self/mountinfo")) -> str:
    """The kind of network file system that holds the folder; "" if it is none, or nobody can say."""
    kinds: dict[Path, str] = {}
    try:
        for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
            before, _, after = line.partition(" - ")
            kinds[Path(before.split(" ")[4].replace("\\040", " "))] = after.split(" ")[0]
    except (OSError, IndexError):
        return ""
    here = folder.resolve()
    kind = next((kinds[place] for place in (here, *here.parents) if place in kinds), "")
    return kind if kind.startswith(_NETWORK) else ""


PATIENCE_S = 1.0
"""So long a start waits for a look at the whole file; a longer one is for later."""
_MISCOUNTED = """
SELECT 1 FROM topic AS t WHERE cached <> (SELECT count(*) FROM post WHERE topic = t.key) OR cached_unread <> (
  SELECT count(*) FROM unread AS u JOIN post AS p ON p.key = u.post AND p.topic = u.topic AND p.sort = u.sort
  WHERE u.topic = t.key) LIMIT 1
"""


def remember(path: Path) -> None:
    """How the file is left."""
    with suppress(OSError), private(_note(path)) as file:
        file.write(_looks(path).encode("ascii"))


def as_left(path: Path) -> bool:
    """Whether nothing happened to the file since: no crash, no disk that forgets, no other program."""
    try:
        return _note(path).read_text(encoding="ascii") == _looks(path)
    except (OSError, UnicodeDecodeError):
        return False


def forget(path: Path) -> None:
    """Let the next start look at the whole file."""
    with suppress(OSError):
        _note(path).unlink(missing_ok=True)


def _note(path: Path) -> Path:
    return path.with_name("library.left")


def _looks(path: Path) -> str:
    about = path.stat()
    wal = path.with_name(f"{path.name}-wal")
    waiting = wal.stat().st_size if wal.exists() else 0
    return f"{about.st_size} {about.st_mtime_ns} {waiting}"


def check(connection: apsw.Connection, *, whole: bool) -> bool:
    """Whether the file is known to be sound now; False: the look at the whole of it would take too long.

    Raises `Damaged`, or SQLite's own errors.
    """
    try:
        accounts.all_accounts(connection, visited=True)
        accounts.resume(connection)
        outbox.rows(connection, drafts=True, sent=True, account=None, now=Millis(time.time_ns() // 1_000_000))
        unread.total(connection)
        for table in ("cursor", "wish", "undo"):
            every(connection, f"SELECT * FROM {table}")  # noqa: S608 - these three
    except (ValueError, LookupError, TypeError) as error:
        raise Damaged(f"The library holds what can not be read: {error}.") from error
    if not whole:
        return True
    until = time.monotonic() + PATIENCE_S
    connection.set_progress_handler(lambda: time.monotonic() > until, 1000)
    try:
        examine(connection)
    except apsw.InterruptError:
        return False
    finally:
        connection.set_progress_handler(None)
    return True


def examine(connection: apsw.Connection) -> None:
    """Look at the whole file.  Raises `Damaged`, or SQLite's own errors."""
    (verdict,) = one(connection, "PRAGMA quick_check(1)") or ("no answer",)
    if verdict != "ok":
        raise Damaged(f"The library is damaged: {verdict}.")
    if one(connection, _MISCOUNTED):
        raise Damaged("The library is damaged: it does not hold as many posts, read and unread, as it counts.")
