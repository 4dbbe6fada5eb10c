"""What moderators hid, and what is for members, stays so through an export."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from tests.forum.forum_pages import forum

from forumtui.forum.export_format import ExportFormat
from forumtui.forum.exporting import export
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import BoardDraft
from forumtui.forum.importing import import_file
from forumtui.forum.store import KEEPER
from forumtui.model import Action, BoardId, Body, Hide, Listing, NewTopic, Remove, Reply, Window


async def written(store: SqliteForumStore, format_: ExportFormat, board: BoardId | None = None) -> str:
    out = io.StringIO()
    await export(store, out, format=format_, board=board)
    return out.getvalue()


async def moderated(store: SqliteForumStore) -> BoardId:
    """A board for members below an open one, and on it a hidden post between two that are shown."""
    await store.house.set_role("Grace", "Moderator")
    outer = await store.house.add_board(BoardDraft("Outer"))
    board = await store.house.add_board(BoardDraft("Inner", parent=outer, members_only=True))
    opened = await store.perform("Ada", Action("1", NewTopic(board, "Bees", Body("First."))))
    assert opened.topic is not None
    rude = await store.perform("Ada", Action("2", Reply(opened.topic, Body("Rude words."), subject="Rude subject")))
    assert rude.post is not None
    await store.perform("Ada", Action("3", Reply(opened.topic, Body("Last."), rude.post)))
    await store.perform("Grace", Action("4", Hide(opened.topic, rude.post)))
    return board


async def test_hidden_and_private_come_back_as_they_were(tmp_path: Path) -> None:
    async with forum(tmp_path / "one.db") as store:
        board = await moderated(store)
        first = await written(store, ExportFormat.JSONL)
        assert '"hidden":true' in await written(store, ExportFormat.JSONL, board)
    (tmp_path / "one.jsonl").write_text(first, encoding="utf-8", newline="\n")
    async with forum(tmp_path / "two.db") as store:
        await import_file(tmp_path / "one.jsonl", store, new=True, roles=True)
        assert await written(store, ExportFormat.JSONL) == first
        assert [each.title for each in await store.boards(None)] == ["Outer"]
        (topic,) = (await store.topics("Ada", Listing(), None, 10)).items
        posts = (await store.posts("Ada", topic.id, Window())).items
        assert [post.hidden for post in posts] == [False, True, False]
        assert (posts[1].body, posts[1].subject) == (None, None)
        assert (await store.post("Grace", posts[1].id)).body == Body("Rude words.")
        assert (await store.search("Grace", "rude", None, 10)).items == ()
        # what is done here afterwards is not undone by the same file again
        await store.perform("Grace", Action("5", Hide(topic.id, posts[1].id, on=False)))
        await store.house.edit_board(topic.board, BoardDraft(members_only=False))
        again = await import_file(tmp_path / "one.jsonl", store)
        assert (again.added, again.changed) == (0, 0)
        assert len((await store.search(None, "rude", None, 10)).items) == 1


async def test_a_newer_export_closes_boards_and_opens_none(tmp_path: Path) -> None:
    async with forum(tmp_path / "one.db") as store:
        await moderated(store)
        lines = [json.loads(line) for line in (await written(store, ExportFormat.JSONL)).splitlines()]
    opened = [
        {**line, "members_only": False, "description": "New"} if line.get("type") == "board" else line for line in lines
    ]
    for name, content in (("shut", lines), ("open", opened)):
        text = "".join(json.dumps(line) + "\n" for line in content)
        (tmp_path / f"{name}.jsonl").write_text(text, encoding="utf-8")
    async with forum(tmp_path / "two.db") as store:
        for name in ("shut", "open"):
            await import_file(tmp_path / f"{name}.jsonl", store)
        boards = {board.title: (board.members_only, board.description) for board in await store.boards(KEEPER)}
        assert boards == {"Outer": (False, "New"), "Inner": (True, "New")}


async def test_removed_topics_come_back_removed_and_are_in_no_text_for_people(tmp_path: Path) -> None:
    async with forum(tmp_path / "one.db") as store, forum(tmp_path / "two.db") as other:
        await moderated(store)
        board = (await store.boards(KEEPER))[0].id
        gone = await store.perform("Ada", Action("9", NewTopic(board, "Zebra", Body("Stripes."))))
        assert gone.topic is not None
        await store.perform("Grace", Action("8", Remove(gone.topic)))
        for format_ in (ExportFormat.MARKDOWN, ExportFormat.TEXT):
            assert "Zebra" not in await written(store, format_)
        file = tmp_path / "export.jsonl"
        file.write_text(await written(store, ExportFormat.JSONL), encoding="utf-8")
        await import_file(file, other)
        headers = (await other.topics(KEEPER, Listing(), None, 9)).items
        assert {header.title: header.removed for header in headers} == {"Bees": False, "Zebra": True}
        assert [header.title for header in (await other.topics("Ada", Listing(), None, 9)).items] == ["Bees"]
        assert await other.house.check() == []


@pytest.mark.parametrize("format_", [ExportFormat.MARKDOWN, ExportFormat.TEXT])
async def test_texts_for_people_leave_out_what_is_hidden(tmp_path: Path, format_: ExportFormat) -> None:
    async with forum(tmp_path / "one.db") as store:
        await moderated(store)
        text = await written(store, format_)
    assert "Rude" not in text
    assert "(hidden by a moderator)" in text.replace("\\", "")
    assert text.index("First.") < text.index("Last.")
