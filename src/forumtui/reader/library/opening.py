"""Opening the library file: made if missing, brought up to date, healed if damaged, completed from the small files."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from uuid import uuid4

import apsw

from forumtui.errors import Damaged, NotAForum, StorageFull
from forumtui.reader.library import soundness
from forumtui.reader.library.healing import Healing, in_use, one_at_a_time, stays_in_use
from forumtui.reader.library.mirror import Mirrors
from forumtui.reader.library.soundness import FULL, locks_work, private
from forumtui.reader.sql import mirrored
from forumtui.reader.sql.outbox_queue import is_alive
from forumtui.reader.sql.rebuild import texts
from forumtui.sqlite.connection import connect, migrate, readable_errors, transaction

_FULL = "Disk full: reading goes on; what you write is tried again until there is room."
_NO_LOCKS_HERE = "No locks in the library's folder (network disk?): run one forumtui at a time."
_OTHERS = "The library is damaged, and another forumtui has it open: end that one, start again."
_GONE = (
    "The library was not there.  Your forums, drafts and unsent texts are back from their own files.\n"
    "Lost: what was fetched, which is fetched again, and what you had read of it: it shows as unread."
)
APPLICATION_ID = 0x6674756C
"""'ftul' in the file's header."""


class Opening:
    """Opens one library.

    ``notice``: lines about damage that was healed, kept in a file until the user has seen them.  ``warning``: one line
    about where the library lies.  ``alone``: no second connection can be had.  ``unchecked``: the file may be damaged.
    """

    def __init__(self, folder: Path, mirrors: Mirrors) -> None:
        self.path = folder / "library.db"
        self.warning = ""
        self.alone = False
        self.unchecked = False
        self.healed = False
        self._mirrors = mirrors
        self._was_there = False

    def prepare(self) -> None:
        """Make the folder and an empty file, private to the user.  Raises `StorageFull`."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._mirrors.make()
            self._was_there = self.path.exists() and self.path.stat().st_size > 0
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            what = "Disk full" if error.errno in FULL else f"Not writable ({error.strerror or error})"
            raise StorageFull(
                f"{what}: {self.path.parent}.  Free some space there, or set FORUMTUI_HOME to another folder."
            ) from error

    def open(self) -> apsw.Connection:
        """The writer's connection to a sound, current, complete library."""
        shared = in_use(self.path)  # never rename the file that another process writes to
        if shared or not self.damage_mark.exists():
            with suppress(Damaged, NotAForum):
                return self._usable(shared=shared)
        with one_at_a_time(self.path):
            if not self.damage_mark.exists():  # another process may have healed it meanwhile
                with suppress(Damaged, NotAForum):
                    return self._usable()
            if stays_in_use(self.path):
                raise Damaged(_OTHERS)
            self._heal()
            return self._usable()

    @property
    def notice(self) -> str:
        """What was lost and what came back, as long as the user has not seen it."""
        with suppress(OSError, UnicodeDecodeError):
            return self._notice_file.read_text(encoding="utf-8").strip()
        return ""

    def seen(self) -> None:
        """The user has read the notice."""
        with suppress(OSError):
            self._notice_file.unlink(missing_ok=True)

    def mark_damaged(self) -> None:
        """Rebuild the library at the next start."""
        with suppress(OSError):
            self.damage_mark.touch(mode=0o600)

    def close(self) -> None:
        """Remember how the file was left: if it is found otherwise, it is checked before it is used."""
        if not self.unchecked and not self.damage_mark.exists():
            soundness.remember(self.path)

    @property
    def damage_mark(self) -> Path:
        """A file that says: rebuild the library at the next start."""
        return self.path.with_name("library.damaged")

    @property
    def _notice_file(self) -> Path:
        return self.path.with_name("library.notice")

    def _usable(self, *, shared: bool = False) -> apsw.Connection:
        left = shared or soundness.as_left(self.path)
        connection = self._connect()
        try:
            with readable_errors(self.path):
                self.unchecked = not soundness.check(connection, whole=not left)
                self._complete(connection)
        except StorageFull:  # what the small files know is taken over at a start with more room
            self.warning = _FULL
        except BaseException:
            connection.close()
            raise
        return connection

    def _connect(self) -> apsw.Connection:
        """Where there is no room for what connections share, or nothing can be locked: alone."""
        locks = locks_work(self.path.parent)
        try:
            if locks:
                return self._connected(self.path)
        except StorageFull:
            self.warning = _FULL
        else:
            self.warning = _NO_LOCKS_HERE
        self.alone = True
        return self._connected(self.path, alone=True, vfs=None if locks else "unix-none")

    def _connected(self, path: Path, *, alone: bool = False, vfs: str | None = None) -> apsw.Connection:
        connection = connect(path, alone=alone, vfs=vfs)
        try:
            migrate(connection, path, files("forumtui.reader.sql") / "schema", APPLICATION_ID)
        except BaseException:
            connection.close()
            raise
        return connection

    def _heal(self) -> None:
        text = Healing(self.path, self._mirrors, self._connected).run()
        self._tell(text)
        self.healed = True
        self.damage_mark.unlink(missing_ok=True)

    def _tell(self, text: str) -> None:
        earlier = self.notice
        with suppress(OSError), private(self._notice_file) as file:
            file.write((f"{earlier}\n\n{text}" if earlier else text).encode())

    def _complete(self, connection: apsw.Connection) -> None:
        """Take over from the small files what is newer there."""
        known = {identity for (identity,) in connection.execute("SELECT identity FROM account")}
        accounts = [account for account in self._mirrors.accounts() if account.get("identity") not in known]
        rows = list(self._mirrors.rows())
        if accounts or rows:
            with transaction(connection, durable=True):
                stale = texts(connection, accounts, rows)
            self._mirrors.write_rows(connection, [uid for uid in stale if _is_over(connection, uid)])
        self._mirrors.tidy()
        if (accounts or rows) and not self._was_there:
            self._was_there = True
            self._tell(_GONE)
            self.healed = True


def _is_over(connection: apsw.Connection, uid: str) -> bool:
    """Whether its file survived a crash between two steps."""
    row = mirrored.outgoing(connection, uid)
    return row is not None and mirrored.is_over(row)


class Running:
    """A file per process that has the library open."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "running"
        self._own = self._folder / f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}"

    def enter(self) -> None:
        """Leave our file, and clear those of the dead."""
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            for path in self._dead():
                path.unlink(missing_ok=True)
            self._own.touch(mode=0o600)
        except OSError as error:
            if error.errno not in FULL:  # one can read on a full disk
                raise StorageFull(f"{self._folder} can not be written: {error.strerror or error}.") from error

    def leave(self) -> None:
        """The library was closed in good order."""
        with suppress(OSError):
            self._own.unlink(missing_ok=True)

    def _dead(self) -> Iterator[Path]:
        for path in self._folder.iterdir():
            host, _, rest = path.name.rpartition("-")[0].rpartition("-")
            if host == socket.gethostname() and rest.isdigit() and not is_alive(int(rest)):
                yield path
