"""Opening the library file: made if missing, brought up to date, healed if damaged, completed from the small files."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import uuid4

import apsw

from forumtui.errors import Damaged, FileProblem, NotAForum, StorageFull
from forumtui.library.mirror import Mirrors
from forumtui.sqlite.connection import connect, readable_errors, transaction
from forumtui.sqlite.migrate import migrate
from forumtui.store import mirrored, salvage
from forumtui.store.lease import is_alive

APPLICATION_ID = 0x6674756C
"""'ftul' in the file's header."""


class Opening:
    """Opens one library; ``notice`` says afterwards what the user should know."""

    def __init__(self, folder: Path, mirrors: Mirrors) -> None:
        self.path = folder / "library.db"
        self.notice = ""
        self._mirrors = mirrors

    def prepare(self) -> None:
        """Make the folder and an empty file, private to the user.  Raises `StorageFull`."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._mirrors.make()
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise StorageFull(
                f"The folder {self.path.parent} can not be written: {error.strerror or error}.  Set FORUMTUI_HOME to another."
            ) from error

    def open(self) -> apsw.Connection:
        """The writer's connection to a sound, current, complete library."""
        saved: list[dict[str, Any]] = []
        if self.damage_mark.exists():
            saved = self._put_aside()
        try:
            connection = self._connect()
        except (Damaged, NotAForum):
            saved = self._put_aside()
            connection = self._connect()
        with readable_errors(self.path):
            self._complete(connection, saved)
        return connection

    @property
    def damage_mark(self) -> Path:
        """A file that says: rebuild the library at the next start."""
        return self.path.with_name("library.damaged")

    def _connect(self) -> apsw.Connection:
        connection = connect(self.path)
        try:
            migrate(connection, self.path, files("forumtui.store") / "schema", APPLICATION_ID)
        except BaseException:
            connection.close()
            raise
        return connection

    def _put_aside(self) -> list[dict[str, Any]]:
        """Rename the damaged file, after reading from it what nobody else has."""
        saved = salvage.outgoing(self.path)
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        aside = self.path.with_name(f"{self.path.name}.broken-{stamp}")
        try:
            self.path.rename(aside)
            for suffix in ("-wal", "-shm"):
                with suppress(FileNotFoundError):
                    self.path.with_name(self.path.name + suffix).rename(f"{aside}{suffix}")
            self.damage_mark.unlink(missing_ok=True)
        except OSError as error:
            raise FileProblem(f"{self.path} is damaged and can not be put aside: {error.strerror or error}.") from error
        self.prepare()
        self.notice = (
            f"The library was damaged and is kept as {aside.name}.  Your drafts and unsent texts are here; "
            "posts are fetched again, and what you had read shows as unread."
        )
        return saved

    def _complete(self, connection: apsw.Connection, saved: list[dict[str, Any]]) -> None:
        """Take over from the small files, and from a damaged library, what is newer there."""
        known_accounts = {identity for (identity,) in connection.execute("SELECT identity FROM account")}
        accounts = [
            a
            for a in [*(s for s in saved if "driver" in s), *self._mirrors.accounts()]
            if a.get("identity") not in known_accounts
        ]
        rows = [*(s for s in saved if "uid" in s), *self._mirrors.rows()]
        if not accounts and not rows:
            return
        stale: list[str] = []
        with transaction(connection, durable=True):
            for account in accounts:
                mirrored.restore_account(connection, account)
            for row in rows:
                mirrored.restore_row(connection, row)
                stale.append(str(row.get("uid")))
        self._mirrors.write_rows(connection, [uid for uid in stale if _is_over(connection, uid)])


def _is_over(connection: apsw.Connection, uid: str) -> bool:
    """Whether the row needs no file any more: its file survived a crash between two steps."""
    row = mirrored.outgoing(connection, uid)
    return row is not None and row["state"] in {"sent", "discarded"}


class Running:
    """A file per process that has the library open; one that outlived its process tells of a crash."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "running"
        self._own = self._folder / f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}"
        self.crashed = False

    def enter(self) -> None:
        """Leave our file, and note and clear those of the dead."""
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            for path in self._dead():
                self.crashed = True
                path.unlink(missing_ok=True)
            self._own.touch(mode=0o600)
        except OSError as error:
            raise StorageFull(f"{self._folder} can not be written: {error.strerror or error}.") from error

    def leave(self) -> None:
        """The library was closed in good order."""
        self._own.unlink(missing_ok=True)

    def _dead(self) -> Iterator[Path]:
        for path in self._folder.iterdir():
            host, _, rest = path.name.rpartition("-")[0].rpartition("-")
            if host == socket.gethostname() and rest.isdigit() and not is_alive(int(rest)):
                yield path
