"""Several processes, one forum file: nothing lost, nothing doubled, nobody waits for ever."""

from __future__ import annotations

import asyncio
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.forum.forum_files import act, check_file, forum, new_topic, reply, sql, texts, topic_id

from forumtui.errors import Busy, StorageFull
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.file.lock import WriteLock
from forumtui.model import Body, Reply, TopicId, Window

WRITER = """
import asyncio, sys
from pathlib import Path
from forumtui.forum.file import SqliteForumStore
from forumtui.model import Action, Body, Reply, TopicId

async def main(path, topic, who, count):
    store = await SqliteForumStore.open(Path(path))
    print("ready", flush=True)
    for number in range(int(count)):
        receipt = await store.perform(who, Action(f"{who}-{number}", Reply(TopicId(topic), Body(f"{who} {number}"))))
        print(receipt.post, flush=True)
    await store.close()

asyncio.run(main(*sys.argv[1:]))
"""
HOLDER = """
import fcntl, sys
lock = open(sys.argv[1] + ".lock")
fcntl.flock(lock, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""
IMPORTER = """
import asyncio, sys
from pathlib import Path
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.store import ImportedBoard, ImportedPost, ImportedTopic
from forumtui.model import Body, Millis

async def main(path):
    store = await SqliteForumStore.open(Path(path))
    await store.import_boards([ImportedBoard("b", "B")])
    print("ready", flush=True)
    for batch in range(10_000):
        posts = [ImportedPost(f"{batch}-{n}", "S", "ann", None, Body("some words " * 20), Millis(n)) for n in range(200)]
        await store.import_topics([ImportedTopic(f"t{batch % 5}", "b", "T", posts=posts)])
        print(batch, flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


async def test_eight_processes_write_at_once(tmp_path: Path) -> None:
    async def opened() -> TopicId:
        async with forum(tmp_path) as (store, board):
            return topic_id(await new_topic(store, board))

    topic, path = await opened(), tmp_path / "forum.db"
    writers = [start(WRITER, path, topic, f"w{number}", 50) for number in range(8)]
    posts = [found for writer in writers for found in writer.communicate(timeout=60)[0].split()[1:]]
    assert [writer.returncode for writer in writers] == [0] * 8
    assert len(set(posts)) == len(posts) == 400
    store = await SqliteForumStore.open(path)
    page = await store.posts(None, topic, Window(limit=1000))
    assert [post.number for post in page.items] == list(range(1, 402))
    assert {post.id for post in page.items[1:]} == set(posts)
    for number in range(8):
        mine = [post.body.source for post in page.items if post.body and post.body.source.startswith(f"w{number} ")]
        assert mine == [f"w{number} {count}" for count in range(50)]
    await store.close()
    check_file(path)


@pytest.mark.parametrize("code", [WRITER, IMPORTER], ids=["posting", "importing"])
async def test_kill_in_the_middle_of_writes_leaves_the_file_whole(tmp_path: Path, code: str) -> None:
    async def opened() -> TopicId:
        async with forum(tmp_path) as (store, board):
            return topic_id(await new_topic(store, board))

    topic, path = await opened(), tmp_path / "forum.db"
    acknowledged: list[str] = []
    for round_ in range(3):
        arguments = (topic, f"w{round_}", 1_000_000) if code is WRITER else ()
        process = start(code, path, *arguments)
        assert line(process) == "ready"
        acknowledged += [line(process) for _ in range(5 + 7 * round_ if code is WRITER else 2)]
        process.send_signal(signal.SIGKILL)
        acknowledged += process.communicate()[0].split()
        check_file(path)
    if code is WRITER:
        stored = {str(row[0]) for row in sql(path, "SELECT id FROM post")}
        assert set(acknowledged) <= stored
    store = await SqliteForumStore.open(path)
    await reply(store, topic, "after all that")
    assert (await texts(store, topic))[-1] == "after all that"
    await store.close()
    check_file(path)


async def test_who_holds_the_lock_too_long_makes_others_busy(tmp_path: Path) -> None:
    async with forum(tmp_path, patience=0.3) as (store, board):
        topic = topic_id(await new_topic(store, board))
        holder = await asyncio.to_thread(start, HOLDER, store.path)
        assert await asyncio.to_thread(line, holder) == "held"
        action = act(Reply(topic, Body("waiting")))
        with pytest.raises(Busy, match="busy"):
            await store.perform("bob", action)
        patient = await SqliteForumStore.open(store.path)
        try:
            writing = asyncio.ensure_future(patient.perform("bob", action))
            for _ in range(5):  # readers go on meanwhile, and so does the loop
                assert len(await texts(patient, topic)) == 1
            assert not writing.done()
            await asyncio.to_thread(holder.communicate)
            assert (await writing).outcome == "created"
        finally:
            await patient.close()


async def test_a_writer_that_ignores_the_lock_is_waited_for_as_well(tmp_path: Path) -> None:
    async with forum(tmp_path, patience=0.2) as (store, board):
        topic = topic_id(await new_topic(store, board))
        code = (
            "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
            "c.execute('BEGIN IMMEDIATE')\nprint('held', flush=True)\nsys.stdin.read()"
        )
        holder = await asyncio.to_thread(start, code, store.path)
        assert await asyncio.to_thread(line, holder) == "held"
        with pytest.raises(Busy):
            await reply(store, topic)
        await asyncio.to_thread(holder.communicate)
        await reply(store, topic)


def test_the_lock_waits_until_it_is_free(tmp_path: Path) -> None:
    forum_file = tmp_path / "f.db"
    forum_file.touch(mode=0o660)
    forum_file.chmod(0o660)
    with WriteLock(forum_file).held() as left:
        assert 9 < left <= 10
        with pytest.raises(Busy, match=r"f\.db is busy"), WriteLock(forum_file, patience=0.05).held():
            pass
    with WriteLock(forum_file, patience=0).held():
        pass
    assert stat.S_IMODE((tmp_path / "f.db.lock").stat().st_mode) == 0o660


async def test_two_names_of_one_file_share_its_lock(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        (tmp_path / "other.db").symlink_to(store.path)
        other = await SqliteForumStore.open(tmp_path / "other.db", patience=0.05)
        with WriteLock(store.path).held(), pytest.raises(Busy):
            await new_topic(other, board)
        await other.close()


def test_processes_that_create_one_forum_at_once_agree(tmp_path: Path) -> None:
    code = (
        "import asyncio, sys\nfrom pathlib import Path\nfrom forumtui.forum.file import SqliteForumStore as S\n"
        "async def main():\n"
        "    s = await S.open(Path(sys.argv[1]), create=True, title='T')\n"
        "    print((await s.info(None)).uuid)\n"
        "    await s.close()\n"
        "asyncio.run(main())"
    )
    makers = [start(code, tmp_path / "new.db") for _ in range(5)]
    assert len({maker.communicate(timeout=30)[0] for maker in makers}) == 1
    assert [maker.returncode for maker in makers] == [0] * 5


async def test_a_lock_that_can_not_be_made(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        lock = tmp_path / "forum.db.lock"
        lock.unlink()
        lock.mkdir()
        with pytest.raises(StorageFull, match="nothing was changed"):
            await new_topic(store, board)
        lock.rmdir()  # a lock that was cleaned away is made again
        await new_topic(store, board)
