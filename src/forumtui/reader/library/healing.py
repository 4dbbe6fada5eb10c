"""A damaged library: rebuilt from the small files and from what can still be read of it, and kept beside the new one."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from errno import EACCES, EAGAIN
from pathlib import Path

import apsw

from forumtui.errors import FileProblem
from forumtui.reader.library.mirror import Mirrors
from forumtui.reader.library.soundness import LOCK, private
from forumtui.reader.sql import rebuild
from forumtui.reader.sql.rebuild import Rebuild, Regained
from forumtui.reader.sql.salvage import Remains
from forumtui.sqlite.connection import readable_errors, transaction

PAGE = 4096
PATIENCE_S = 3.0
_SHARED_BYTES = (0x40000002, 510)
"""Where SQLite locks a file that a connection has open (sqlite.org/fileformat2.html#the_lock_byte_page)."""

Connect = Callable[[Path], apsw.Connection]
"""Opens or makes a library of this version."""


def in_use(path: Path) -> bool:
    """Whether another process has the library open."""
    start, length = _SHARED_BYTES
    with suppress(FileNotFoundError), path.open("rb+") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, length, start)
        except OSError as error:
            return error.errno in {EACCES, EAGAIN}
    return False


def stays_in_use(path: Path) -> bool:
    """Whether another process goes on having it open; one that starts now lets go of it when it finds the damage."""
    until = time.monotonic() + PATIENCE_S
    while in_use(path):
        if time.monotonic() > until:
            return True
        time.sleep(0.02)
    return False


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Of several processes that find the same damage, one heals it."""
    with ExitStack() as stack:
        with suppress(OSError):  # where nothing can be locked, they are asked to run one at a time
            file = stack.enter_context(private(path.with_name(LOCK)))
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Healing:
    """One damaged file on its way to a new one."""

    def __init__(self, path: Path, mirrors: Mirrors, connect: Connect) -> None:
        self._path = path
        self._mirrors = mirrors
        self._connect = connect
        self._fresh = path.with_name(f"{path.name}.new")
        self._copy = path.with_name(f"{path.name}.copy")

    def run(self) -> str:
        """Rebuild the library, put the old file aside; returns what to tell the user.

        Until the new one is whole, the old one stays where it is.  Raises `FileProblem`, such as `StorageFull`.
        """
        self._sweep()
        try:
            with readable_errors(self._fresh):
                regained = self._rebuild()
            aside = _free_name(self._path)
            text = _told(regained, aside)
            self._swap(aside)
        except OSError as error:
            raise FileProblem(f"The library is damaged and can not be rebuilt: {error.strerror or error}.") from error
        finally:
            with suppress(OSError):
                self._sweep()
        return text

    def _sweep(self, *paths: Path) -> None:
        for path in paths or (self._fresh, self._copy):
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)

    def _rebuild(self) -> Regained | None:
        """What came back; None: nothing but what the small files hold could be read."""
        remains = self._readable()
        try:
            regained = self._fill(remains)
        except (apsw.FullError, apsw.IOError):
            raise
        except (apsw.Error, LookupError, TypeError, ValueError):  # whatever the damage looks like, the texts come back
            self._sweep(self._fresh)
            regained = self._fill(None)
        finally:
            if remains is not None:
                remains.close()
        return regained

    def _fill(self, remains: Remains | None) -> Regained | None:
        connection = self._connect(self._fresh)
        try:
            connection.execute("PRAGMA foreign_keys=OFF")
            with transaction(connection, durable=True):
                rebuild.texts(connection, self._mirrors.accounts(), self._mirrors.rows())
                return Rebuild(connection, remains).run() if remains is not None else None
        finally:
            connection.close()

    def _readable(self) -> Remains | None:
        """The damaged file as it is, else a copy of it with the first pages of a new one: they say where the rest is."""
        remains = Remains(self._path)
        if remains:
            return remains
        remains.close()
        with suppress(apsw.Error, OSError, FileProblem):
            self._transplant()
            remains = Remains(self._copy)
            if remains:
                return remains
            remains.close()
        return None

    def _transplant(self) -> None:
        """A new library always gets the same tables on the same pages, so its schema fits every other."""
        connection = self._connect(self._fresh)
        pages = [page for (page,) in connection.execute("SELECT pageno FROM dbstat WHERE name = 'sqlite_schema'")]
        connection.close()
        source = self._fresh.read_bytes()
        self._sweep(self._fresh)
        shutil.copyfile(self._path, self._copy)
        with self._copy.open("rb+") as file:
            count = self._copy.stat().st_size // PAGE
            for page in sorted(pages):
                content = bytearray(source[(page - 1) * PAGE : page * PAGE])
                if page == 1:
                    content[28:32] = count.to_bytes(4, "big")
                    content[32:40] = bytes(8)  # no free pages
                    content[92:96] = content[24:28]  # and the count is to be believed
                file.seek((page - 1) * PAGE)
                file.write(content)

    def _swap(self, aside: Path) -> None:
        """Give the old file another name and the new one its name; a power cut in between leaves one of them there."""
        try:
            os.link(self._path, aside)
        except OSError:  # a file system without links
            self._path.rename(aside)
        for suffix in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                self._path.with_name(self._path.name + suffix).rename(aside.with_name(aside.name + suffix))
        self._fresh.replace(self._path)
        self._path.chmod(0o600)


def _free_name(path: Path) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    names = (f"{path.name}.broken-{stamp}{'' if not n else f'-{n}'}" for n in range(1000))
    return next(aside for aside in map(path.with_name, names) if not aside.exists())


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def _told(regained: Regained | None, aside: Path) -> str:
    lines = ["The library was damaged and has been rebuilt."]
    if regained is None:
        lines += [
            "Your forums, drafts and unsent texts are back from their own files.",
            "Lost: what was fetched, which is fetched again, and what you had read of it: it shows as unread.",
        ]
    else:
        lines.append(
            f"Back: {counted(regained.accounts, 'forum')}, {counted(regained.texts, 'draft or unsent text', 'drafts and unsent texts')}, "
            f"{counted(regained.topics, 'topic')} with what you had read of {counted(regained.posts, 'post')}."
        )
        lines += _losses(regained)
    lines.append(f"The damaged file is kept: {aside}.  Delete it when you miss nothing.")
    return "\n".join(lines)


def _losses(regained: Regained) -> Iterator[str]:
    lost = [
        counted(number, *noun)
        for number, *noun in (
            (regained.lost_accounts, "forum"),
            (regained.lost_topics, "topic"),
            (regained.lost_posts, "post"),
            (regained.bare, "text of a post", "texts of posts"),
        )
        if number
    ]
    if lost:
        yield f"Lost: {', '.join(lost)}.  What the forum still has is fetched again."
    if "topic" in regained.unknown:
        yield "How many topics were lost can not be told: the file says nothing of them any more."
    if regained.lost_topics or "topic" in regained.unknown:
        yield "What you had read of the lost topics is not known: it shows as unread."
    if regained.unknown & {"account", "outgoing"}:
        yield "A forum or text that had no file of its own may be missing."
    if regained.unsure:
        yield (
            f"In {counted(len(regained.unsure), 'topic')} it is not sure which posts you had read: "
            "some may show as unread, or as read."
        )
    if regained.unknown & {"wish", "undo"}:
        yield "Lost: likes that the forum had not heard of yet, and what could be undone."
    if not lost and not regained.unsure and not regained.unknown & {"account", "outgoing", "topic", "wish", "undo"}:
        yield "Nothing is missing."
