"""Small files beside the library: what the user made must not hang on one large cache file.

Each draft, outbox row and account has a file of its own, private to the user, written whole or not at
all, with a revision.  They are read only when the library is opened; the higher revision wins.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import apsw

from forumtui.errors import StorageFull
from forumtui.paths import sync
from forumtui.reader.rows import AccountKey
from forumtui.reader.sql import mirrored
from forumtui.reader.sql.outbox_queue import is_alive

_UNFINISHED = ".tmp"
_LONGEST_WRITE_S = 600.0
_written = itertools.count()
_SAFE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")


class Mirrors:
    """The files of one library's folder."""

    def __init__(self, folder: Path) -> None:
        self._outgoing = folder / "outgoing"
        self._accounts = folder / "accounts"
        self._newest: dict[str, int] = {}
        self._lock = threading.Lock()

    def make(self) -> None:
        """Make the folders, private to the user."""
        for folder in (self._outgoing, self._accounts):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def write_rows(self, connection: apsw.Connection, uids: list[str]) -> None:
        """Bring the files of these drafts and outbox rows up to date; what is sent or discarded needs none."""
        gone: list[str] = []
        for uid in uids:
            row = mirrored.outgoing(connection, uid)
            if row is None or mirrored.is_over(row):
                gone.append(uid)
            else:
                self.write_row(row)
        for uid in gone:  # last: a row that waited for this one has its new reference on disk by now
            with self._lock:
                self._row_file(uid).unlink(missing_ok=True)
                self._newest.pop(uid, None)

    def write_row(self, row: dict[str, Any]) -> None:
        """Write one draft or outbox row, unless a newer revision was written already.  Raises `StorageFull`."""
        with self._lock:
            if row["revision"] >= self._newest.get(row["uid"], 0):
                _write(self._row_file(row["uid"]), row)
                self._newest[row["uid"]] = row["revision"]

    def read_row(self, uid: str) -> dict[str, Any] | None:
        """A draft or outbox row as its file has it."""
        return _read(self._row_file(uid))

    def rows(self) -> Iterator[dict[str, Any]]:
        """Every draft and outbox row that has a readable file."""
        return _read_all(self._outgoing)

    def write_accounts(self, connection: apsw.Connection, account: AccountKey | None) -> None:
        """Bring the file of an account (None: of each) up to date."""
        for row in mirrored.accounts(connection, account):
            _write(self._account_file(row["identity"]), row)

    def tidy(self) -> None:
        """Take away what was left half written; call it after everything was read and taken over."""
        for path in [*_left_over(self._outgoing), *_left_over(self._accounts)]:
            with suppress(OSError):
                path.unlink(missing_ok=True)

    @property
    def any(self) -> bool:
        """Whether there is any file."""
        return any(path for folder in (self._outgoing, self._accounts) for path in folder.glob("*.json"))

    def remove_account(self, identity: str) -> None:
        """The account is forgotten."""
        self._account_file(identity).unlink(missing_ok=True)

    def accounts(self) -> Iterator[dict[str, Any]]:
        """Every account that has a readable file."""
        return _read_all(self._accounts)

    def _row_file(self, uid: str) -> Path:
        name = uid if _SAFE.fullmatch(uid) else "key-" + hashlib.sha256(uid.encode()).hexdigest()[:32]
        return self._outgoing / f"{name}.json"

    def _account_file(self, identity: str) -> Path:
        return self._accounts / f"{hashlib.sha256(identity.encode()).hexdigest()[:24]}.json"


def _write(path: Path, value: dict[str, Any]) -> None:
    # two libraries on one folder may be open in one process, so its number alone is no name of one's own
    temporary = path.with_name(f".{path.name}.{next(_written)}.{os.getpid()}{_UNFINISHED}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(value, file, ensure_ascii=True)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync(path.parent)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise StorageFull(f"No second copy of your text ({error.strerror or error}); the library has it.") from error


def _read(path: Path) -> dict[str, Any] | None:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def _read_all(folder: Path) -> Iterator[dict[str, Any]]:
    """Also what a process that died had written whole and not named yet."""
    for path in sorted([*folder.glob("*.json"), *_left_over(folder)]):
        value = _read(path)
        if value is not None:
            yield value


def _left_over(folder: Path) -> list[Path]:
    """Files that nobody is writing any more."""
    found = []
    for path in folder.glob(f".*{_UNFINISHED}"):
        pid = path.name.removesuffix(_UNFINISHED).rpartition(".")[2]
        old = False
        with suppress(FileNotFoundError):  # another process may have the number by now
            old = time.time() - path.stat().st_mtime > _LONGEST_WRITE_S
        if old or not pid.isdigit() or not is_alive(int(pid)):
            found.append(path)
    return found
