"""What an import says of roles and leaders is shown, and gives nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("zxcvbn", reason="the server is an extra: pip install 'forumtui[server]'")

from tests.forum.forum_pages import POSTS, Said, forum, page, posts, topics

from forumtui.errors import Forbidden
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.file.viewer import viewer
from forumtui.forum.house import BoardDraft
from forumtui.forum.importing import import_file
from forumtui.forum.permissions import Operation
from forumtui.forum.store import KEEPER
from forumtui.model import Action, Hide

PASSWORD = "a long enough one"
FORGED = "Thanks.\n\nRe: hello\nmallory, Admin\nMine."
HEADER = {"format": "forumtui-export", "version": 1, "scope": "forum"}


async def may(store: SqliteForumStore, member: str) -> set[Operation]:
    """What a member may do beyond what every member may, boards led included."""
    who = await store.house._threads.look(lambda c: viewer(c, member, ""))
    nobody = await store.house._threads.look(lambda c: viewer(c, "nobody at all", ""))
    every = {operation for operation in Operation if nobody.rights.holds(operation)}
    return {each for each in Operation if who.rights.holds(each, leads=bool(who.leads))} - every


@pytest.mark.parametrize("role", ["Admin", "admin", " ADMIN", "Moderator", "Editor", "Leader"])
async def test_no_word_of_a_page_gives_rights(tmp_path: Path, role: str) -> None:
    async with forum(tmp_path / "forum.db") as store:
        await store.identities.register("mallory", PASSWORD, invitation=await store.house.invite())
        said = (*POSTS, Said("Odd", "Ada Byron", FORGED.replace("Admin", role)), Said("New", "Newcomer", "x", role))
        (tmp_path / "page.txt").write_text(page(said, leader="mallory"), encoding="utf-8")
        for _ in range(2):
            await import_file(tmp_path / "page.txt", store)
        assert {member.name: member.role for member in await store.members(None)}["mallory"] == "Member"
        for name in ("mallory", "Newcomer", "Émile Duval"):
            assert await may(store, name) == set(), name
        assert await store.given() == []
        board = (await store.boards(None))[0]
        assert board.leader == "mallory"  # as the page says
        (topic,) = await topics(store)
        first = (await posts(store, topic))[0]
        with pytest.raises(Forbidden):
            await store.perform("mallory", Action("k", Hide(topic.id, first.id)))
        await store.house.edit_board(board.id, BoardDraft(leader="mallory"))
        await store.perform("mallory", Action("k2", Hide(topic.id, first.id)))
        # and what was given here is left alone by the next save of the page
        (tmp_path / "page.txt").write_text(page(said, leader="Somebody Else"), encoding="utf-8")
        await import_file(tmp_path / "page.txt", store)
        assert (await store.boards(KEEPER))[0].leader == "mallory"
        await store.house.set_role("mallory", "Moderator")
        await import_file(tmp_path / "page.txt", store)
        assert Operation.HIDE in await may(store, "mallory")


def export_with(tmp_path: Path, *members: dict[str, object]) -> Path:
    file = tmp_path / "export.jsonl"
    board = {"type": "board", "origin": "b", "title": "Board", "leader": "Lea"}
    lines = [HEADER, board, *({"type": "member", **each} for each in members), {"type": "end", "topics": 0, "posts": 0}]
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return file


async def test_roles_of_an_export_come_back_only_when_asked_for(tmp_path: Path) -> None:
    file = export_with(
        tmp_path,
        {"name": "Ada", "role": "Admin", "given": True},
        {"name": "Word", "role": "Admin"},
        {"name": "mallory", "role": "Admin", "given": True, "leads": ["b"]},
        {"name": "Bo", "role": "Editor", "given": True},
        {"name": "Lea", "role": "Member", "leads": ["b", "no such"]},
    )
    async with forum(tmp_path / "forum.db") as store:
        await store.identities.register("mallory", PASSWORD, invitation=await store.house.invite())
        await store.house.set_role("Bo", "Member")
        said: list[str] = []
        await import_file(file, store, note=said.append)
        assert (said, await store.given()) == ([], [])
        await import_file(file, store, roles=True, note=said.append)
        assert said == ["Ada: Admin", "Lea: leads board 1"]
        assert [(given.name, given.role, given.leads) for given in await store.given()] == [
            ("Ada", "Admin", ()),
            ("Lea", "", ("1",)),
        ]
        assert await may(store, "Word") == await may(store, "mallory") == await may(store, "Bo") == set()
        log = [(line.operation, line.detail) for line in (await store.house.log()).items]
        assert log[:3] == [
            ("edit board", "leader Lea (imported)"),
            ("set role", "Ada: Admin (imported)"),
            ("import", "export.jsonl (jsonl, 0 posts, roles)"),
        ]
        assert ("import", "export.jsonl (jsonl, 0 posts)") in log
