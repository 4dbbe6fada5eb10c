"""``secrets.json``: which secrets there are, and those that no keyring keeps.

Only its user can read it.  It is written whole or not at all, by one program at a time, and what can not be read
is put aside, never written over.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from forumtui.errors import Damaged, FileProblem, NewerSchema, StorageFull
from forumtui.paths import sync

log = logging.getLogger(__name__)

Kept = dict[str, dict[str, str | None]]
"""By an account's identity and an option's name: the secret, or None where the keyring has it."""

VERSION = 1
PATIENCE = 10.0
"""Seconds to wait for another program that writes."""
_PAUSE = 0.01
_OTHERS = 0o077


class _Unreadable(Exception):
    """The file's content is not what we write."""


class SecretsFile:
    """The file of one folder.  Every call blocks.  ``patience`` is in seconds."""

    def __init__(self, folder: Path, *, patience: float = PATIENCE) -> None:
        self._folder = folder
        self.path = Path(os.path.realpath(folder / "secrets.json"))  # a link stays a link
        self._patience = patience

    def read(self) -> Kept:
        """What is kept; a mode that lets others read is set right.

        Raises `Damaged` after a broken file was put aside: the next call finds none.  Raises `FileProblem`.
        """
        with suppress(_Unreadable):
            return self._load()
        with self._turn():
            return self._load_or_put_aside()

    @contextmanager
    def change(self) -> Iterator[Kept]:
        """What is kept, to be changed in place; written when the context is left.

        Raises as `read`, and `StorageFull`, after which the file is as it was.
        """
        self._make_folder()
        with self._turn():
            kept = self._load_or_put_aside()
            before = json.dumps(kept)
            yield kept
            if json.dumps(kept) != before:
                self._write({identity: secrets for identity, secrets in kept.items() if secrets})

    def look(self) -> tuple[Kept, int | None]:
        """What is kept and the file's mode (None: no file); repairs nothing.  Raises `FileProblem`."""
        try:
            mode = stat.S_IMODE(self.path.stat().st_mode)
        except FileNotFoundError:
            return {}, None
        except OSError as error:
            raise FileProblem(f"{self.path} can not be read: {error.strerror or error}.") from error
        try:
            return self._load(repair=False), mode
        except _Unreadable as error:
            raise Damaged(f"{self.path} is damaged.") from error

    def put_aside(self) -> list[Path]:
        """Broken files that were put aside and still lie there."""
        return sorted(self.path.parent.glob(f"{self.path.name}.broken-*"))

    # -- reading

    def _load(self, *, repair: bool = True) -> Kept:
        try:
            # not to wait for a writer, should it be a pipe
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(descriptor, "rb") as file:
                mode = os.fstat(descriptor).st_mode
                if not stat.S_ISREG(mode):
                    raise FileProblem(f"{self.path} is not a file; move it away.")
                if repair and mode & _OTHERS:
                    os.fchmod(descriptor, 0o600)
                    log.warning("%s could be read by others; its mode is 0600 now", self.path)
                content = file.read()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise FileProblem(f"{self.path} can not be read safely: {error.strerror or error}.") from error
        return self._parsed(content)

    def _parsed(self, content: bytes) -> Kept:
        try:
            value = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise _Unreadable from error
        if isinstance(value, dict) and isinstance(value.get("version"), int) and value["version"] > VERSION:
            raise NewerSchema(f"{self.path} was written by a newer forumtui; update this one.")
        kept = value.get("accounts") if isinstance(value, dict) else None
        if not isinstance(kept, dict) or not all(isinstance(secrets, dict) for secrets in kept.values()):
            raise _Unreadable
        if not all(isinstance(each, str | None) for secrets in kept.values() for each in secrets.values()):
            raise _Unreadable
        return kept

    def _load_or_put_aside(self) -> Kept:
        try:
            return self._load()
        except _Unreadable:
            pass
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
        aside = self.path.with_name(f"{self.path.name}.broken-{stamp}")
        try:
            self.path.rename(aside)
        except OSError as error:
            raise FileProblem(f"{self.path} is damaged and can not be put aside: {error.strerror or error}.") from error
        problem = f"{self.path} was damaged and is kept as {aside.name}; log in again where a forum asks for it."
        log.warning("%s", problem)
        raise Damaged(problem)

    # -- writing

    def _make_folder(self) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StorageFull(f"The folder {self._folder} can not be made: {error.strerror or error}.") from error
        with suppress(OSError):  # somebody else's folder; the file itself is private all the same
            if self._folder.stat().st_mode & _OTHERS:
                self._folder.chmod(0o700)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Hold the lock that every writer takes."""
        try:
            lock = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StorageFull(f"{self.path} can not be written: {error.strerror or error}.") from error
        try:
            deadline = time.monotonic() + self._patience
            while not _locked(lock):
                if time.monotonic() >= deadline:
                    raise FileProblem(f"{self.path} is busy: another program has been writing; try again.")
                time.sleep(_PAUSE)
            yield
        finally:
            os.close(lock)

    def _write(self, kept: Kept) -> None:
        part = self.path.with_name(f".{self.path.name}.part")  # one name: what a kill left is cleared by the next
        try:
            part.unlink(missing_ok=True)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                os.fchmod(descriptor, 0o600)  # whatever the umask
                json.dump({"version": VERSION, "accounts": kept}, file, indent=1)
                file.flush()
                os.fsync(descriptor)
            part.replace(self.path)
            sync(self.path.parent)
        except OSError as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise StorageFull(
                f"{self.path} can not be written: {error.strerror or error}.  Free some space."
            ) from error


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
