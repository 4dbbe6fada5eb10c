"""Forum files of older versions are brought up to date with everything in them."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
from tests.forum.forum_files import Clock, act, check_file, sql

from forumtui.errors import FileProblem
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.file.forum_file import APPLICATION_ID
from forumtui.forum.file.performing import _digest
from forumtui.forum.house import DEFAULT_POLICY
from forumtui.model import Action, Body, Edit, Hide, Listing, Mark, PostId, Reply, TopicId, Window
from forumtui.sqlite.connection import connect

SCHEMA = files("forumtui.forum.file") / "schema"
NEWEST = sum(1 for step in SCHEMA.iterdir() if step.name.endswith(".sql"))
SENT = Action("old key", Reply(TopicId("1"), Body("Two, @anna.")))


def version_1(path: Path) -> None:
    """A forum as the first version left it, with a little of everything."""
    connection = connect(path)
    connection.execute((SCHEMA / "0001_forum.sql").read_text(encoding="utf-8"))
    connection.execute(f"PRAGMA user_version=1; PRAGMA application_id={APPLICATION_ID}")
    connection.execute(
        "INSERT INTO forum (id, uuid, epoch, title, feed, boards_n) VALUES (1, 'u-1', 'e-1', 'Old', 4, 2);"
        "INSERT INTO page VALUES ('about', 0, 'About', 'Words.', 'plain');"
        "INSERT INTO member (id, name, role, role_given, about) VALUES (1, 'anna', 'Admin', 1, ''),"
        " (2, 'bob', 'Member', 0, '');"
        "INSERT INTO board (id, position, title, leader_id, topics) VALUES (1, 1, 'General', 2, 1);"
        "INSERT INTO topic (id, board_id, title, author_id, created, last_post, posts, last_number, pinned, n)"
        " VALUES (1, 1, 'Hello', 1, 100, 200, 3, 3, 1, 4);"
        "INSERT INTO post (id, topic_id, number, subject, author_id, created, marks, likes_elsewhere, likes_here, source,"
        " mentions, n) VALUES (1, 1, 1, 'Hello', 1, 100, 2, 0, 1, 'One words.', '[]', 3),"
        " (2, 1, 2, NULL, 2, 200, 0, 0, 0, 'Two, @anna.', '[\"anna\"]', 4);"
        "INSERT INTO post (id, topic_id, number, deleted, n) VALUES (3, 1, 3, 1, 4);"
        "INSERT INTO liked VALUES (1, 2);"
        "INSERT INTO post_fts (rowid, subject, source) SELECT id, subject, source FROM post_fold"
    )
    connection.execute("INSERT INTO act VALUES (2, ?, ?, 'created', 1, 2, 200)", (SENT.key, _digest(SENT.act)))
    connection.close()


async def test_a_file_of_version_1_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    version_1(path)
    store = await SqliteForumStore.open(path, now=Clock())
    info = await store.info("bob")
    assert (info.title, info.uuid, info.epoch) == ("Old", "u-1", "e-1")
    assert [page.title for page in info.pages] == ["About"]
    assert await store.house.policy() == DEFAULT_POLICY
    (board,) = await store.boards(None)
    assert (board.title, board.leader, board.topics, board.members_only) == ("General", "bob", 1, False)
    assert [item.post for section in board.sections for item in section.items] == ["1"]
    (topic,) = (await store.topics(None, Listing(), None, 10)).items
    assert (topic.title, topic.pinned, topic.posts) == ("Hello", True, 3)
    one, two, three = (await store.posts("bob", topic.id, Window())).items
    assert (one.body, one.marks, one.liked, one.hidden) == (
        Body("One words."),
        frozenset({Mark.EXPERT_TIP}),
        True,
        False,
    )
    assert (two.mentions, two.author and two.author.name, three.deleted) == (("anna",), "bob", True)
    assert [hit.post.id for hit in (await store.search(None, "words", None, 10)).items] == ["1"]
    assert not (await store.changes(None, (await store.changes(None, None, 10)).after, 10)).items
    receipt = await store.perform("bob", SENT)
    assert (receipt.outcome, receipt.post) == ("created", "2")
    assert (await store.queue("bob", None, 10)).items == ()
    # and what is new works in it
    await store.perform("bob", act(Hide(topic.id, one.id)))
    assert (await store.search("bob", "words", None, 10)).items == ()
    await store.perform("anna", act(Edit(topic.id, one.id, Body("Other words."))))
    assert (await store.search("bob", "words", None, 10)).items == ()
    await store.perform("bob", act(Hide(topic.id, one.id, on=False)))
    assert [hit.post.id for hit in (await store.search(None, "other words", None, 10)).items] == ["1"]
    assert [line.operation for line in (await store.log("anna", None, 10)).items] == ["restore", "hide"]
    await store.close()
    check_file(path)
    assert sql(path, "PRAGMA user_version") == [(NEWEST,)]
    kept = path.with_name("old.db.v1.bak")
    assert sql(kept, "PRAGMA user_version") == [(1,)]
    assert sql(kept, "SELECT source FROM post WHERE id = 1") == [("One words.",)]


async def test_an_interrupted_upgrade_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "old.db"
    version_1(path)
    broken = tmp_path / "schema"
    broken.mkdir()
    for step in SCHEMA.iterdir():
        if step.name.endswith(".sql"):
            (broken / step.name).write_text(step.read_text(encoding="utf-8"), encoding="utf-8")
    last = max(broken.iterdir())
    last.write_text(f"{last.read_text()};\nUPDATE no_such_table SET x = 1;", encoding="utf-8")
    monkeypatch.setattr("forumtui.forum.file.forum_file.SCHEMA", broken)
    with pytest.raises(FileProblem):
        await SqliteForumStore.open(path)
    assert sql(path, "PRAGMA user_version") == [(1,)]
    assert "hidden" not in str(sql(path, "SELECT sql FROM sqlite_master"))
    monkeypatch.undo()
    store = await SqliteForumStore.open(path)
    assert (await store.post(None, PostId("2"))).body == Body("Two, @anna.")
    await store.close()
    check_file(path)
