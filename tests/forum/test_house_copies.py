"""Backups while others write, and checks that find each planted damage."""

from __future__ import annotations

import asyncio
import resource
import stat
from pathlib import Path

import apsw
import pytest

pytest.importorskip("argon2", reason="the server is an extra: pip install 'forumtui[server]'")

from tests.forum.forum_files import act, check_file, new_topic, reply, sql, topic_id
from tests.forum.house_files import PASSWORD, SetClock, house, opened, start

from forumtui.errors import Damaged, FileProblem
from forumtui.forum.file import SqliteForumStore, checking, copying
from forumtui.forum.file.forum_file import STILL, ForumFile
from forumtui.forum.file.lock import WriteLock
from forumtui.forum.house import BoardDraft
from forumtui.model import Body, Like, PostId, Reply, TopicId, Window
from forumtui.sqlite.thread import Stop, Stopped

WRITER = """
import asyncio, sys
from itertools import count
from pathlib import Path
from forumtui.forum.file.lock import WriteLock
from forumtui.forum.file import SqliteForumStore, copying
from forumtui.forum.file.forum_file import STILL, ForumFile
from forumtui.model import Action, Body, Reply, TopicId

async def main(path, topic, who):
    store = await SqliteForumStore.open(Path(path))
    for number in count():
        await store.perform(who, Action(f"{who}-{number}", Reply(TopicId(topic), Body(f"{who} {number} " * 50))))
        print(number, flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


async def some_forum(store: SqliteForumStore) -> TopicId:
    """A board, a topic by anna with three answers, one of them liked; a member with a password."""
    board = await store.house.add_board(BoardDraft("General"))
    created = await new_topic(store, board)
    topic = topic_id(created)
    for _ in range(3):
        answer = await reply(store, topic)
    await store.perform("anna", act(Like(topic, PostId(str(answer.post)))))
    await store.identities.register("Dora", PASSWORD)
    return topic


def leftovers(folder: Path, *known: str) -> set[str]:
    names = {path.name.removesuffix("-wal").removesuffix("-shm").removesuffix(".lock") for path in folder.iterdir()}
    return names - {"forum.db", *known}


async def test_backups_while_two_processes_write(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        topic = await some_forum(store)
        cursor = (await store.changes(None, None, 100)).after
        writers = [start(WRITER, store.path, topic, f"w{number}") for number in range(2)]
        try:
            for writer in writers:
                assert writer.stdout is not None
                assert await asyncio.to_thread(writer.stdout.readline)
            sizes, epochs = [], [(await store.info(None)).epoch]
            for number in range(4):
                target = tmp_path / f"copy{number}.db"
                await store.house.backup(target)
                assert stat.S_IMODE(target.stat().st_mode) == 0o600
                async with opened(target, SetClock()) as copy:
                    info = await copy.info(None)
                    assert info.uuid == (await store.info(None)).uuid
                    epochs.append(info.epoch)
                    posts = (await copy.posts(None, topic, Window(limit=1000))).items
                    assert [post.number for post in posts] == list(range(1, len(posts) + 1))
                    sizes.append(len(posts))
                    assert (await copy.changes(None, cursor, 100)).reset
                    assert await copy.house.check() == []
                    assert (await copy.identities.log_in("Dora", PASSWORD)).member.name == "Dora"
                    assert (await copy.perform("w0", act(Reply(topic, Body("more"))))).outcome == "created"
                check_file(target)
        finally:
            for writer in writers:
                writer.kill()
                writer.communicate()
        assert sizes == sorted(sizes)
        assert sizes[-1] > sizes[0] > 4  # they did write meanwhile
        assert len(set(epochs)) == 5
        assert leftovers(tmp_path, *(f"copy{number}.db" for number in range(4))) == set()


async def test_a_backup_is_one_file(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        await some_forum(store)
        (tmp_path / "safe").mkdir()
        await store.house.backup(tmp_path / "safe" / "copy.db")
        assert [path.name for path in (tmp_path / "safe").iterdir()] == ["copy.db"]


@pytest.mark.parametrize("kind", ["file", "folder", "dangling link", "itself"])
async def test_a_backup_takes_no_other_files_place(tmp_path: Path, kind: str) -> None:
    async with house(tmp_path) as store:
        target = tmp_path / "copy.db"
        if kind == "file":
            target.write_text("mine")
        elif kind == "folder":
            target.mkdir()
        elif kind == "dangling link":
            target.symlink_to(tmp_path / "nowhere")
        else:
            target = store.path
        with pytest.raises(FileProblem, match="exists already"):
            await store.house.backup(target)
        assert kind != "file" or target.read_text() == "mine"
        assert not (tmp_path / "nowhere").exists()
        assert leftovers(tmp_path, "copy.db") == set()


async def test_a_file_that_appears_while_a_backup_is_made_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(tmp_path) as store:
        target = tmp_path / "copy.db"
        checked = checking.damage

        def late(connection: apsw.Connection) -> list[str]:
            target.write_text("mine")
            return checked(connection)

        monkeypatch.setattr(checking, "damage", late)
        with pytest.raises(FileProblem, match="exists already"):
            await store.house.backup(target)
        assert target.read_text() == "mine"
        assert leftovers(tmp_path, "copy.db") == set()


async def test_a_backup_where_files_have_no_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(made: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    async with house(tmp_path) as store:
        await some_forum(store)
        monkeypatch.setattr("os.link", no_links)
        await store.house.backup(tmp_path / "copy.db")
        check_file(tmp_path / "copy.db")
        assert leftovers(tmp_path, "copy.db") == set()


async def test_a_backup_into_no_folder(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        with pytest.raises(FileProblem, match="can not be written: No such file or directory"):
            await store.house.backup(tmp_path / "nowhere" / "copy.db")


async def test_no_room_for_a_backup(tmp_path: Path) -> None:
    """A limit to the size of files stands for a full disk."""
    async with house(tmp_path) as store:
        topic = await some_forum(store)
        await store.perform("bob", act(Reply(topic, Body("long " * 50_000))))
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, limits[1]))
        try:
            with pytest.raises(FileProblem):
                await store.house.backup(tmp_path / "copy.db")
            assert not (tmp_path / "copy.db").exists()
            with pytest.raises(FileProblem):
                await store.house.check()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert leftovers(tmp_path) == set()
        await store.house.backup(tmp_path / "copy.db")
        assert await store.house.check() == []


DAMAGES = [
    ("UPDATE topic SET posts = 7", "Topic 1 says that it has 7 posts; it has 4."),
    ("UPDATE topic SET last_number = 2", "Topic 1 says that its last post is number 2; it is 4."),
    ("UPDATE topic SET last_post = 1", "Topic 1 is wrong about when its last post was written."),
    ("UPDATE board SET topics = 0", "Board 1 says that it has 0 topics; it has 1."),
    ("UPDATE post SET likes_here = 3 WHERE id = 2", "Post 2 says that 3 members like it; 0 do."),
    ("DELETE FROM liked", "Post 4 says that 1 members like it; 0 do."),
    ("UPDATE forum SET feed = feed - 1", "The change of topic 1 has the number "),
    ("UPDATE post SET n = 1000 WHERE id = 2", "The change of post 2 has the number 1000; "),
    ("UPDATE forum SET boards_n = 1000", "The change of forum 1 has the number 1000; "),
    ("UPDATE topic SET n = 1", "newer than that of its topic 1 (number 1)."),
    ("PRAGMA foreign_keys=OFF; DELETE FROM board", "Row 1 of topic refers to a row of board that is not there."),
    ("PRAGMA foreign_keys=OFF; DELETE FROM member WHERE name = 'bob'", "of post refers to a row of member that is not"),
    ("UPDATE board SET parent_id = id", "Board 1 is below no board at the top."),
    ("INSERT INTO post_fts (post_fts) VALUES ('delete-all')", "The search does not know exactly the posts"),
    ("DROP TRIGGER post_changed; UPDATE post SET source = 'Other'", "The search does not know exactly the posts"),
    ("DELETE FROM post_fts_data WHERE id > 10", "The file is damaged: "),
]


@pytest.mark.parametrize(("statement", "sentence"), DAMAGES, ids=[statement for statement, _ in DAMAGES])
async def test_check_finds_planted_damage(tmp_path: Path, statement: str, sentence: str) -> None:
    async with house(tmp_path) as store:
        await some_forum(store)
        assert await store.house.check() == []
        sql(store.path, statement)
        found = await store.house.check()
        assert any(sentence in said for said in found), found
        assert all(said.endswith(".") for said in found)


def spoil(path: Path, table: str) -> None:
    """Overwrite the page where a table or an index begins."""
    ((page,),) = sql(path, "SELECT rootpage FROM sqlite_master WHERE name = ?", table)
    ((size,),) = sql(path, "PRAGMA page_size")
    assert isinstance(page, int)
    assert isinstance(size, int)
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)


@pytest.mark.parametrize("table", ["post", "post_feed", "log"])
async def test_spoilt_pages_are_found_and_not_copied(tmp_path: Path, table: str) -> None:
    async with house(tmp_path) as store:
        await some_forum(store)
    spoil(tmp_path / "forum.db", table)
    async with opened(tmp_path / "forum.db", SetClock()) as store:
        found = await store.house.check()
        assert found
        assert all(said.startswith("The file is damaged: ") for said in found)
        with pytest.raises(Damaged, match="so no copy was kept"):
            await store.house.backup(tmp_path / "copy.db")
        assert leftovers(tmp_path) == set()


async def test_a_long_list_of_damages_is_cut(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        board = await store.house.add_board(BoardDraft("General"))
        for number in range(25):
            await new_topic(store, board, f"Topic {number}")
        sql(store.path, "UPDATE topic SET posts = 9")
        found = await store.house.check()
        assert len(found) == 21
        assert found[-1] == "And 5 more of this kind."


async def test_a_forum_that_can_only_be_read_is_checked_and_copied(tmp_path: Path) -> None:
    folder = tmp_path / "closed"  # root may write everywhere, so the store is told that it may not
    folder.mkdir()
    async with house(folder) as store:
        await some_forum(store)
    store = SqliteForumStore(ForumFile(folder / "forum.db", STILL), WriteLock(folder / "forum.db"), SetClock())
    try:
        assert await store.house.check() == []
        await store.house.backup(tmp_path / "copy.db")
        assert (await store.house.stats()).posts == 4
    finally:
        await store.close()
    async with opened(tmp_path / "copy.db", SetClock()) as copy:
        assert await copy.house.check() == []


class StopAt(Stop):
    """Nobody waits any more from one look on."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.left = number

    def look(self) -> None:
        self.left -= 1
        if self.left < 0:
            self.ask()
        super().look()


async def test_a_backup_that_is_stopped_at_any_moment_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "_PAGES", 5)
    async with opened(tmp_path / "forum.db", SetClock()) as store:
        await new_topic(store, await store.house.add_board(BoardDraft("General")))
    file, copies = ForumFile(tmp_path / "forum.db"), tmp_path / "copies"
    copies.mkdir()
    for number in range(1000):
        try:
            copying.backup(file, copies / "copy.db", StopAt(number))
        except Stopped:
            assert not list(copies.iterdir())
        else:
            break
    assert number > 5
    check_file(copies / "copy.db")
    assert [each.name for each in copies.iterdir()] == ["copy.db"]
