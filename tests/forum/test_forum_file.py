"""Files that are no forum, not whole, not writable: one clear sentence, and nothing is changed."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.forum.forum_files import act, check_file, forum, new_topic, reply, sql, texts, topic_id

from forumtui.errors import Damaged, FileProblem, NewerSchema, NotAForum, Refused, StorageFull
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.file.forum_file import APPLICATION_ID, ForumFile
from forumtui.model import Ability, Body, NewTopic, TopicId


def make(path: Path) -> None:
    async def scenario() -> None:
        async with forum(path.parent) as (store, board):
            await new_topic(store, board)

    asyncio.run(scenario())
    (path.parent / "forum.db").rename(path)


def other_program(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE mail (x)")
    connection.commit()
    connection.close()


def newer(path: Path) -> None:
    make(path)
    sql(path, "PRAGMA user_version = 99")


def pretender(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute("PRAGMA user_version = 1")
    connection.close()


def corrupt(path: Path) -> None:
    make(path)
    content = bytearray(path.read_bytes())
    content[100:8192] = b"\xa5" * (8192 - 100)
    path.write_bytes(content)


def cut_off(path: Path) -> None:
    make(path)
    path.write_bytes(path.read_bytes()[:3000])


def nothing(path: Path) -> None:
    del path


BAD: list[tuple[Callable[[Path], object], type[FileProblem], str]] = [
    (nothing, FileProblem, "no file"),
    (Path.mkdir, FileProblem, "is a folder"),
    (Path.touch, NotAForum, "is empty"),
    (lambda path: path.write_bytes(bytes(range(256)) * 50), NotAForum, "not a database"),
    (lambda path: path.write_text("Dear forum"), NotAForum, "not a database"),
    (os.mkfifo, FileProblem, "not a regular file"),
    (other_program, NotAForum, "another program"),
    (newer, NewerSchema, "newer forumtui"),
    (pretender, Damaged, "damaged"),
    (corrupt, Damaged, "damaged"),
    (cut_off, Damaged, "damaged"),
]


def state(path: Path) -> object:
    return path.read_bytes() if path.is_file() else path.exists()


@pytest.mark.parametrize(("prepare", "error", "words"), BAD)
def test_a_bad_file_is_named_and_left_alone(
    tmp_path: Path, prepare: Callable[[Path], object], error: type[FileProblem], words: str
) -> None:
    path = tmp_path / "x.db"
    prepare(path)
    before = state(path)
    with pytest.raises(error, match=words) as raised:
        asyncio.run(SqliteForumStore.open(path))
    assert str(path) in str(raised.value)
    assert str(raised.value).endswith(".")
    assert state(path) == before


@pytest.mark.parametrize("prepare", [row[0] for row in BAD[1:2] + BAD[3:10]])
def test_creating_never_takes_what_is_something_else(tmp_path: Path, prepare: Callable[[Path], object]) -> None:
    path = tmp_path / "x.db"
    prepare(path)
    before = state(path)
    with pytest.raises(FileProblem):
        asyncio.run(SqliteForumStore.open(path, create=True))
    assert state(path) == before


@pytest.mark.parametrize("name", ["no such folder/x.db", "a\x00b.db", "loop/x.db", "file.txt/x.db", "x" * 300])
async def test_impossible_names(tmp_path: Path, name: str) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "file.txt").write_text("x")
    for create in (False, True):
        with pytest.raises(FileProblem):
            await SqliteForumStore.open(tmp_path / name, create=create)


def half_made(path: Path) -> None:
    """What is left where a creation was killed after SQLite's first write."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    assert path.stat().st_size


@pytest.mark.parametrize("prepare", [nothing, Path.touch, half_made])
async def test_creating(tmp_path: Path, prepare: Callable[[Path], object]) -> None:
    path = tmp_path / "x.db"
    prepare(path)
    store = await SqliteForumStore.open(path, create=True, title="First")
    again = await SqliteForumStore.open(path, create=True, title="Second")
    infos = [await store.info(None), await again.info(None)]
    assert infos[0] == infos[1]
    assert infos[0].title == "First"
    await store.close()
    await again.close()
    check_file(path)


def test_a_new_file_obeys_the_umask(tmp_path: Path) -> None:
    old = os.umask(0o007)
    try:
        make(tmp_path / "x.db")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "x.db").stat().st_mode) == 0o660


def test_a_killed_creation_is_finished_at_the_next_opening(tmp_path: Path) -> None:
    path = tmp_path / "team.db"
    make(path)
    sql(path, "DELETE FROM forum")

    async def scenario() -> None:
        store = await SqliteForumStore.open(path)
        assert (await store.info(None)).title == "team"
        await store.close()

    asyncio.run(scenario())


async def test_full_disk(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        opened = await new_topic(store, board)
        assert store._threads._writer is not None
        pages = await store._threads._writer.run(lambda c: c.pragma("page_count"))
        await store._threads._writer.run(lambda c: c.pragma("max_page_count", pages + 2))
        huge = act(NewTopic(board, "Long", Body("long " * 20_000)))
        with pytest.raises(StorageFull, match=r"^Disk full: forum\.db was not changed; free some space\.$"):
            await store.perform("anna", huge)
        assert await texts(store, opened.topic) == ["Text"]
        await store._threads._writer.run(lambda c: c.pragma("max_page_count", 1 << 30))
        assert (await store.perform("anna", huge)).outcome == "created"
    check_file(tmp_path / "forum.db")


READ_ONLY = """
import asyncio, os, sys
import concurrent.futures.thread, urllib.parse
from pathlib import Path
from forumtui.errors import Refused, FileProblem
from forumtui.forum.file import SqliteForumStore
from forumtui.model import Ability, Action, Body, Listing, Reply, TopicId
from forumtui.forum.file import forum_file as file

async def main(path):
    if os.getuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    store = await SqliteForumStore.open(Path(path))
    print((await store.topics("anna", Listing(), None, 10)).items[0].title)
    print((await store.info("anna")).can.refusal(Ability.REPLY))
    try:
        await store.perform("anna", Action("k", Reply(TopicId("1"), Body("x"))))
    except Refused as error:
        print(error)
    print(await store.version() == await store.version())
    await store.close()

asyncio.run(main(sys.argv[1]))
"""


def as_stranger(path: Path) -> list[str]:
    """What somebody sees who may only read the file's folder."""
    done = subprocess.run([sys.executable, "-c", READ_ONLY, path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def with_doors_closed(path: Path) -> list[str]:
    """The same, with a folder that cannot be written."""
    for each in path.parent.iterdir():
        each.chmod(0o644)
    path.parent.chmod(0o555)
    seen = as_stranger(path)
    path.parent.chmod(0o755)
    return seen


@pytest.fixture
def readable_folder() -> object:
    """A folder that every user may look into."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_read_only_folder_can_be_read(readable_folder: Path) -> None:
    path = readable_folder / "forum.db"
    make(path)
    path.chmod(0o644)
    readable_folder.chmod(0o555)
    title, reason, refused, still = as_stranger(path)
    assert (title, still) == ("Hello", "True")
    assert "read-only" in reason
    assert refused == f"Nothing can be written: {reason}."
    assert [entry.name for entry in readable_folder.iterdir() if entry.suffix == ".db"] == ["forum.db"]


async def test_a_read_only_folder_shows_what_a_writer_wrote_meanwhile(readable_folder: Path) -> None:
    async with forum(readable_folder) as (store, board):
        await reply(store, topic_id(await new_topic(store, board, "Live")))
        title, reason, *_ = await asyncio.to_thread(with_doors_closed, store.path)
        assert title == "Live"
        assert "as it was" not in reason


def test_a_file_that_may_not_be_read(readable_folder: Path) -> None:
    path = readable_folder / "forum.db"
    make(path)
    path.chmod(0o600)
    done = subprocess.run([sys.executable, "-c", READ_ONLY, path], capture_output=True, text=True, check=False)
    if os.getuid() == 0:
        assert "You may not read" in done.stderr


def test_a_file_of_others_is_read_live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "team.db")
    monkeypatch.setattr(os, "access", lambda path, mode: mode == os.R_OK)

    async def scenario() -> None:
        store = await SqliteForumStore.open(tmp_path / "team.db")
        info = await store.info("anna")
        assert "read-only" in (info.can.refusal(Ability.REPLY) or "")
        assert info.can.refusal(Ability.SEARCH) is None
        assert (await store.topic("anna", TopicId("1"))).title == "Hello"
        with pytest.raises(Refused, match="read-only"):
            await store.house.set_info({"title": "Mine"})
        await store.close()

    asyncio.run(scenario())
    sql(tmp_path / "team.db", "DELETE FROM forum")
    with pytest.raises(FileProblem, match="older"):
        asyncio.run(SqliteForumStore.open(tmp_path / "team.db"))


async def test_a_file_that_is_swapped_while_it_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def looked_at(path: Path, **_: object) -> ForumFile:
        return ForumFile(path)

    monkeypatch.setattr("forumtui.forum.file.file_store.prepare", looked_at)
    with pytest.raises(FileProblem):
        await SqliteForumStore.open(tmp_path / "gone" / "x.db")
