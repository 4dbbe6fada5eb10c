"""Where the library lies: no room, no locks, half-written small files, another machine's disk."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest
from tests.reader.library.damaging import after, copy, model, opened

from forumtui.errors import StorageFull
from forumtui.model import Body, ForumInfo
from forumtui.reader.library import opening
from forumtui.reader.library.mirror import Mirrors
from forumtui.reader.library.soundness import locks_work, network_disk
from forumtui.reader.rows import OutState
from forumtui.reader.target import OutKind
from forumtui.sqlite.connection import connect


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    model(folder)
    return folder


class _NoLocksFile(apsw.VFSFile):
    def __init__(self, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)

    def xLock(self, level: int) -> None:  # noqa: N802 - SQLite's name
        raise apsw.BusyError  # what SQLite makes of a lock that can not be had


class _NoLocks(apsw.VFS):
    """A file system whose locks fail."""

    def __init__(self) -> None:
        super().__init__("no-locks", "")

    def xOpen(self, name: Any, flags: list[int]) -> Any:  # noqa: N802 - SQLite's name
        return _NoLocksFile(name, flags)


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Neither SQLite nor we can lock anything."""
    shim = _NoLocks()

    def refused(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "lockf", refused)
    monkeypatch.setattr(
        opening, "connect", lambda path, **how: connect(path, **(how | {"vfs": how.get("vfs") or "no-locks"}))
    )
    yield
    shim.unregister()


@pytest.mark.usefixtures("no_locks")
async def test_a_folder_without_locks_is_used_and_warned_of(sound: Path, tmp_path: Path) -> None:
    here = copy(sound, tmp_path / "here")
    assert not locks_work(here)
    async with opened(here) as library:
        assert "No locks" in library.warning
        assert len(library.warning) < 79
        await library.outbox.save("draft", subject="S", text="without locks", cursor=0)
        assert (await library.outbox.get("draft")).body == Body("without locks")
        assert (await library.reading.search("text")).hits
        assert library.notice == ""


async def test_where_locks_work_nothing_is_said(tmp_path: Path) -> None:
    assert locks_work(tmp_path)
    async with opened(tmp_path) as library:
        assert library.warning == ""


def test_without_room_for_what_connections_share_one_reads_and_writes_later(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = copy(sound, tmp_path / "here")

    def full(path: Path, *, alone: bool = False, **how: Any) -> apsw.Connection:
        if not alone:
            raise StorageFull("Disk full: library.db was not changed; free some space.")
        return connect(path, alone=alone, **how)

    monkeypatch.setattr(opening, "connect", full)

    async def scene() -> None:
        async with opened(here) as library:
            assert "Disk full: reading goes on" in library.warning
            assert len(library.warning) < 79
            assert len(await library.accounts.all()) == 2
            pages = await library._threads.with_writer(lambda connection: connection.pragma("max_page_count", 1))
            assert pages
            with pytest.raises(StorageFull, match="Disk full") as caught:
                await library.outbox.save("draft", subject="S", text="long " * 100_000, cursor=0)
            assert len(f"Not saved: {caught.value}") < 79
            await library._threads.with_writer(lambda connection: connection.pragma("max_page_count", 2**30))
            await library.outbox.save("draft", subject="S", text="long " * 100_000, cursor=0)

    asyncio.run(scene())
    monkeypatch.undo()
    now, notice = after(here)
    assert now.texts["draft"] == (OutState.DRAFT, "long " * 100_000)
    assert notice == ""


def test_a_full_disk_does_not_keep_the_running_file_from_being_left_out(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = copy(sound, tmp_path / "here")

    def full(self: Path, mode: int = 0o666, exist_ok: bool = True) -> None:
        raise OSError(errno.ENOSPC, f"No space left on device: {self} {mode} {exist_ok}")

    monkeypatch.setattr(Path, "touch", full)
    assert after(here)[0].texts


def test_half_written_small_files_go_and_whole_ones_are_taken_over(sound: Path, tmp_path: Path) -> None:
    here = copy(sound, tmp_path / "here")
    dead = subprocess.Popen(["true"])
    dead.wait()
    folder = here / "outgoing"
    newer = json.loads((folder / "draft.json").read_text())
    newer |= {"text": "typed last", "revision": newer["revision"] + 1000}
    (folder / f".draft.json.{dead.pid}.tmp").write_text(json.dumps(newer))
    (folder / f".queued.json.{dead.pid}.tmp").write_text('{"uid": "queu')
    (folder / ".other.json.1.tmp").write_text("{")  # of somebody who lives
    now, _ = after(here)
    assert now.texts["draft"] == (OutState.DRAFT, "typed last")
    assert [path.name for path in folder.glob(".*")] == [".other.json.1.tmp"]
    os.utime(folder / ".other.json.1.tmp", (0, 0))  # a process number that came round
    after(here)
    assert list(folder.glob(".*")) == []


def test_a_full_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mirrors = Mirrors(tmp_path)
    mirrors.make()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull, match="second copy") as caught:
        mirrors.write_row({"uid": "u", "revision": 1})
    assert len(str(caught.value)) < 79
    assert list((tmp_path / "outgoing").iterdir()) == []


async def test_a_first_start_on_a_full_disk_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "open", full)
    with pytest.raises(StorageFull, match=r"Disk full.*FORUMTUI_HOME"):
        async with opened(tmp_path) as library:
            raise AssertionError(library)


def test_network_disks_are_known_by_their_mount(tmp_path: Path) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:50 / /net/my\\040home rw shared:1 - nfs4 server:/x rw\nodd\n"
    )
    assert network_disk(Path("/net/my home/anna"), mounts) == ""  # a line that can not be read: nobody can say
    mounts.write_text(mounts.read_text().replace("odd\n", ""))
    assert network_disk(Path("/net/my home/anna"), mounts) == "nfs4"
    assert network_disk(Path("/home/anna"), mounts) == ""
    assert network_disk(tmp_path, tmp_path / "none") == ""


async def test_an_account_that_was_made_for_a_lost_text_becomes_the_forum_again(sound: Path, tmp_path: Path) -> None:
    here = copy(sound, tmp_path / "here")
    row = json.loads((here / "outgoing" / "draft.json").read_text())
    row |= {"uid": "stray", "identity": "id-three", "account": None}
    (here / "outgoing" / "stray.json").write_text(json.dumps(row))
    async with opened(here) as library:
        assert (await library.outbox.get("stray")).account_name.startswith("lost-")
        three = await library.accounts.put(
            name="three", driver="local", location="/3.db", identity="id-three", options={},
            info=ForumInfo("Three"), listed=True, joined=None,
        )  # fmt: skip
        found = await library.outbox.get("stray")
        assert (found.account, found.account_name, found.kind) == (three.key, "three", OutKind.TOPIC)
