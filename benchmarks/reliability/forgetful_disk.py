"""`ForgetfulDisk`: what lies below a library whose power is cut: it knows what was synced, and forgets some of the rest."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import apsw

from forumtui import paths
from forumtui.reader.library import mirror, opening
from forumtui.sqlite.connection import connect

SECTOR = 512
_NAME = "forgetful"


class Cut(apsw.IOError):
    """The power is gone: nothing more is written."""


class _Kept:
    """A file as it is on the platter, and what was done to it since it was synced last."""

    def __init__(self, content: bytes = b"") -> None:
        self.content = content
        self.since: list[tuple[int, bytes]] = []
        """Writes at an offset; a truncation is its length and nothing."""
        self.deleted = False

    def sync(self) -> None:
        """All of it is there for good."""
        for offset, data in self.since:
            self.content = _written(self.content, offset, data)
        self.since.clear()

    def after_cut(self, chance: random.Random) -> tuple[bytes | None, int]:
        """What is found when the power is back (None: no such file), and how many writes were dropped or torn."""
        content, harmed = self.content, 0
        for offset, data in self.since:
            fate = chance.choice(["kept", "dropped", "torn"])
            harmed += fate != "kept"
            if fate == "kept" or (fate == "torn" and not data):
                content = _written(content, offset, data)
            elif fate == "torn":
                for start in range(0, len(data), SECTOR):
                    if chance.random() < 0.5:
                        content = _written(content, offset + start, data[start : start + SECTOR])
        return (None if self.deleted and chance.random() < 0.5 else content), harmed


def _written(content: bytes, offset: int, data: bytes) -> bytes:
    if not data:
        return content[:offset]
    return content[:offset].ljust(offset, b"\0") + data + content[offset + len(data) :]


class ForgetfulDisk:
    """For as long as the context lasts, the library of ``folder`` lies on it.  ``fuse``: so many syncs until the cut."""

    def __init__(self, folder: Path, chance: random.Random, fuse: int) -> None:
        self.gone = False
        self.files: dict[str, _Kept] = {}
        self._folder = folder
        self._chance = chance
        self._fuse = fuse
        self._listed: dict[Path, dict[Path, bytes]] = {}
        """By folder of small files: what was in it when its names were synced last."""
        self._undo: list[Callable[[], None]] = []

    def __enter__(self) -> ForgetfulDisk:
        for path in (self._folder / "outgoing", self._folder / "accounts"):
            self._listed[path] = _listing(path)
        self._vfs = _Vfs(self)
        self._replace(opening, "connect", lambda path, **how: connect(path, **(how | {"vfs": _NAME})))
        for room in (mirror, paths):  # the bytes of a small file, and the names in its folder
            self._replace(room, "os", SimpleNamespace(**{**vars(os), "fsync": self._fsync}))
        return self

    def __exit__(self, *_: object) -> None:
        for undo in self._undo:
            undo()
        self._vfs.unregister()

    def _replace(self, room: Any, name: str, value: object) -> None:
        self._undo.append(partial(setattr, room, name, getattr(room, name)))
        setattr(room, name, value)

    def burn(self) -> None:
        """Before each sync; raises `Cut` when it is the last, and at everything after it."""
        self._fuse -= 1
        self.gone = self.gone or self._fuse <= 0
        self.alive()

    def alive(self) -> None:
        """Raises `Cut` when the power is gone."""
        if self.gone:
            raise Cut

    def _fsync(self, descriptor: int) -> None:
        self.burn()
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if path.is_dir():
            self._listed[path] = _listing(path)

    def names_are_synced(self) -> None:
        """What was deleted stays so."""
        self.files = {name: kept for name, kept in self.files.items() if not kept.deleted}

    def cut(self) -> int:
        """Leave on the real disk what a cut could; returns how many writes and names were dropped or torn."""
        harmed = 0
        for name, kept in self.files.items():
            content, count = kept.after_cut(self._chance)
            harmed += count
            if content is None:
                Path(name).unlink(missing_ok=True)
            else:
                Path(name).write_bytes(content)
        for path in self._folder.glob("library.db-shm"):
            path.unlink()
        for folder, before in self._listed.items():
            harmed += self._cut_names(before, _listing(folder))
        return harmed

    def _cut_names(self, before: dict[Path, bytes], now: dict[Path, bytes]) -> int:
        """Each name that was given or taken away since the folder was synced: one or the other."""
        harmed = 0
        for path in before.keys() | now.keys():
            old, new = before.get(path), now.get(path)
            if path.suffix == ".tmp" and new is not None:  # its content may not be synced either
                new = new[: self._chance.randrange(len(new) + 1)]
            content = new if old == new or self._chance.random() < 0.5 else old
            harmed += content != now.get(path)
            if content is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(content)
        return harmed


def _listing(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}


class _Vfs(apsw.VFS):
    def __init__(self, disk: ForgetfulDisk) -> None:
        self._disk = disk
        super().__init__(_NAME, "")

    def xOpen(self, name: Any, flags: list[int]) -> Any:  # noqa: N802 - SQLite's name
        return _File(self._disk, name, flags)

    def xDelete(self, name: str, syncdir: bool) -> None:  # noqa: N802 - SQLite's
        self._disk.alive()
        super().xDelete(name, syncdir)
        if name in self._disk.files:
            self._disk.files[name].deleted = True


class _File(apsw.VFSFile):
    def __init__(self, disk: ForgetfulDisk, name: Any, flags: list[int]) -> None:
        self._disk = disk
        path = name if isinstance(name, str) else name.filename()
        was_there = Path(path).exists()
        super().__init__("", name, flags)
        known = disk.files.get(path)
        if known is None or known.deleted:
            disk.files[path] = _Kept(Path(path).read_bytes() if was_there else b"")
        self._kept = disk.files[path]
        self._is_new = not was_there and path.endswith(("-wal", "-journal"))

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        self._disk.alive()
        super().xWrite(data, offset)
        self._kept.since.append((offset, bytes(data)))

    def xTruncate(self, size: int) -> None:  # noqa: N802 - SQLite's name
        self._disk.alive()
        super().xTruncate(size)
        self._kept.since.append((size, b""))

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        self._disk.burn()
        super().xSync(flags)
        self._kept.sync()
        if self._is_new:  # SQLite syncs the folder with the first sync of a journal
            self._disk.names_are_synced()
            self._is_new = False
