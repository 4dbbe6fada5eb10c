"""The forum in memory and the forum file make the same of what is imported."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.reference.forum import ReferenceForum

from forumtui.errors import Refused
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import BoardDraft
from forumtui.forum.store import ForumStore, Imported, ImportedBoard, ImportedForum, ImportedPost, ImportedTopic
from forumtui.model import BoardId, Body, Listing, Mark, Millis, Window

DAY = Millis(86_400_000)
FORUM = ImportedForum(title="Imported", notice="Be kind.", pages=[("about", "About", Body("Text."))])
BOARDS = [
    ImportedBoard("b1", "Top", draft=BoardDraft(leader="Ann", links=[("A", "https://a.example/")])),
    ImportedBoard("b2", "Below", parent_origin="b1", draft=BoardDraft(leader_wanted=True, description="About.")),
]
POSTS = [
    ImportedPost("p1", "Topic", "Ann", "Editor", Body("One."), created=DAY, likes=3),
    ImportedPost("p2", None, "Bob", "Member", Body("Two, @Ann."), parent_origin="p3", mentions=("Ann",)),
    ImportedPost("p3", "Another", "Bob", None, Body("Three."), marks=frozenset({Mark.BEST_PRACTICE})),
    ImportedPost("p4", None, None, None, None, deleted=True),
]
TOPIC = ImportedTopic("t1", "b2", "Topic", "Ann", DAY, pinned=True, tags=("x",), posts=POSTS)


async def look(store: ForumStore) -> object:
    """Everything that a reader sees."""
    info = await store.info("Ann")
    topics = (await store.topics("Ann", Listing(), None, 100)).items
    posts = [(await store.posts("Ann", topic.id, Window())).items for topic in topics]
    boards = [
        (b.id, b.title, b.parent, b.leader, b.leader_wanted, b.links, b.sections, b.topics, b.can)
        for b in await store.boards("Ann")
    ]
    return (info.title, info.notice, info.pages, info.me and info.me.role), boards, topics, posts


async def fill(store: ForumStore) -> list[object]:
    """Import, again, and then something changed and something more; all that is seen on the way."""
    seen: list[object] = []
    steps: list[tuple[list[ImportedBoard], list[ImportedTopic]]] = [
        (BOARDS, [TOPIC]),
        (BOARDS, [TOPIC]),
        (
            [ImportedBoard("b1", "Top, renamed"), BOARDS[1]],
            [
                ImportedTopic(
                    "t1",
                    "b2",
                    "Topic, closed",
                    "Ann",
                    DAY,
                    closed=True,
                    posts=[*POSTS, ImportedPost("p5", None, "Zoe", None, Body("Five."))],
                )
            ],
        ),
    ]
    for boards, topics in steps:
        await store.import_forum(FORUM)
        seen += [await store.import_boards(boards), await store.import_topics(topics), await look(store)]
    assert seen[1] == Imported(added=5)
    assert seen[4] == Imported(same=5)
    return seen


async def test_imports_agree(tmp_path: Path) -> None:
    file = await SqliteForumStore.open(tmp_path / "forum.db", create=True)
    try:
        expected, found = await fill(ReferenceForum()), await fill(file)
        assert found == expected
        assert await file.origins("post", ["1", "99"]) == {"1": "p1"}
    finally:
        await file.close()


async def test_reference_forum_refuses_what_has_no_place() -> None:
    store = ReferenceForum()
    with pytest.raises(Refused):
        await store.import_topics([TOPIC])
    with pytest.raises(Refused):
        await store.import_boards([BOARDS[1]])
    with pytest.raises(Refused):
        await store.house.add_board(BoardDraft(title=" "))
    with pytest.raises(Refused):
        await store.house.add_board(BoardDraft(title="Lost", parent=BoardId("7")))
    board = await store.house.add_board(BoardDraft(title="Board"))
    with pytest.raises(Refused):
        await store.house.edit_board(board, BoardDraft(parent=board))
    await store.house.edit_board(board, BoardDraft(notice="New."))
    assert [(b.title, b.notice) for b in await store.boards(None)] == [("Board", "New.")]
    assert await store.origins("board", [board, "x"]) == {board: f"{store.records.uuid}/board/{board}"}
