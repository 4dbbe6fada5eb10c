"""Taking turns: one writer of a forum file at a time, in a fair enough order.

SQLite's own waiting is unfair when many processes write: some starve for seconds.  So a writer first
takes a lock on a side file, and only then begins its transaction.  The forum file itself is never
opened here: closing it would drop the locks that SQLite holds on it for this process.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from forumtui.errors import Busy, StorageFull

PATIENCE = 10.0
_FIRST_PAUSE = 0.0005
_LONGEST_PAUSE = 0.02
_OPENING_PAUSES = (0.01, 0.05, 0.2)


class WriteLock:
    """A lock on ``FILE.lock``, shared by every process that writes to ``FILE``.  ``patience`` is in seconds."""

    def __init__(self, forum: Path, *, patience: float = PATIENCE) -> None:
        self._forum = forum
        self._path = forum.with_name(forum.name + ".lock")
        self._patience = patience

    @contextmanager
    def held(self) -> Iterator[float]:
        """Hold the lock; yields the seconds of patience that are left.  Blocks: call it off the event loop.

        Raises `Busy` when others held it too long, `StorageFull` where the side file can not be made.
        """
        deadline = time.monotonic() + self._patience
        descriptor = self._open()
        try:
            self._take(descriptor, deadline)
            yield max(0.0, deadline - time.monotonic())
        finally:
            os.close(descriptor)

    def _take(self, descriptor: int, deadline: float) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise Busy(
                        f"{self._forum.name} is busy: others have been writing for {self._patience:g} s.  "
                        "Nothing was changed; try again."
                    ) from None
            time.sleep(min(pause, max(0.0, deadline - time.monotonic())))
            pause = min(pause * 1.5, _LONGEST_PAUSE)

    def _open(self) -> int:
        for pause in _OPENING_PAUSES:
            with suppress(OSError):  # perhaps another user made it this moment and its mode is not set yet
                return self._open_or_make()
            time.sleep(pause)
        try:
            return self._open_or_make()
        except OSError as error:
            raise StorageFull(f"{self._path} can not be written ({error.strerror}); nothing was changed.") from error

    def _open_or_make(self) -> int:
        try:
            return os.open(self._path, os.O_RDWR)
        except FileNotFoundError:
            pass
        mode = _mode_of(self._forum)
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)
        except FileExistsError:
            return os.open(self._path, os.O_RDWR)
        with suppress(OSError):
            os.fchown(descriptor, -1, self._forum.stat().st_gid)
        if self._forum.exists():
            os.fchmod(descriptor, mode)  # the umask may have taken away what the group needs
        return descriptor


def _mode_of(path: Path) -> int:
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        return 0o666
