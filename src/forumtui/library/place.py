"""What the folder is like that the library lies in: full, unable to lock files, on another machine's disk."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path
from typing import IO

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
