"""Keeping house over HTTP does what it does over the file, in the admin's name."""

from __future__ import annotations

import asyncio
import gc
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.forum.forum_files import check_file, sql
from tests.server.kit import PASSWORD, api, bearer, check_problem

from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import Approval, Policy
from forumtui.model import Registration


async def test_boards_and_the_forum_itself(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        ada = await it.token("ada", "Admin")
        made = await it.send(
            "boards", {"title": "Honey", "parent": it.board, "links": [{"title": "t", "url": "u"}]}, ada
        )
        board = made.json()["id"]
        change = {"leader": "bob", "notice": "n", "position": 3, "members_only": True, "description": None}
        assert (await it.send(f"boards/{board}", change, ada, method="PATCH")).status_code == 204
        found = next(found for found in await it.store.boards("ada") if found.id == board)
        assert (found.title, found.parent, found.leader, found.notice, found.position, found.members_only) == (
            "Honey", it.board, "bob", "n", 3, True,
        )  # fmt: skip
        assert [(link.title, link.url) for link in found.links] == [("t", "u")]
        fields = {
            "title": "All bees",
            "tagline": "t",
            "notice": "",
            "version": "2",
            "updated": "May",
            "rules": "Be kind.",
        }
        assert (await it.send("forum", fields, ada, method="PATCH")).status_code == 204
        info = (await it.get("forum")).json()
        assert (info["title"], info["tagline"], info["version"], info["updated"]) == ("All bees", "t", "2", "May")
        log = (await it.get("log", ada)).json()["items"]
        assert [(line["member"], line["operation"]) for line in log[:3]] == [
            ("ada", "edit forum"), ("ada", "edit board"), ("ada", "add board"),
        ]  # fmt: skip


async def test_policy_members_and_their_ways_in(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        ada = await it.token("ada", "Admin")
        change = {"registration": "open", "approval": "new", "members_only": None}
        assert (await it.send("policy", change, ada, method="PATCH")).status_code == 204
        assert await it.store.house.policy() == Policy(Registration.OPEN, members_only=False, approval=Approval.NEW)
        assert (await it.get("policy", ada)).json() == {
            "registration": "open",
            "members_only": False,
            "approval": "new",
        }
        made = await it.send("members", {"name": " dora ", "role": "editor"}, ada)
        assert (made.json()["name"], made.json()["role"]) == ("dora", "Editor")
        check_problem(await it.send("members", {"name": "DORA"}, ada), 409, "conflict")
        body = {"label": "robot", "scopes": ["read", "write"], "expires": int(time.time() * 1000) + 60_000}
        token = (await it.send("members/dora/tokens", body, ada)).json()["token"]
        dora = bearer(token)
        assert (await it.get("me", dora)).json()["scopes"] == ["read", "write"]
        (listed,) = (await it.get("tokens?member=dora", ada)).json()["items"]
        assert (listed["label"], listed["member"], listed["expires"]) == ("robot", "dora", body["expires"])
        assert token not in str(listed)
        assert (await it.http.delete(f"/api/v1/tokens/{listed['id']}", headers=ada)).status_code == 204
        check_problem(await it.get("me", dora), 401, "auth-required")
        check_problem(await it.http.delete(f"/api/v1/tokens/{listed['id']}", headers=ada), 404, "missing")
        assert (await it.send("members/dora", {"role": "Moderator"}, ada, method="PATCH")).status_code == 204
        assert (await it.get("members/dora")).json()["role"] == "Moderator"
        again = bearer((await it.send("members/dora/tokens", {}, ada)).json()["token"])
        assert (await it.send("members/dora", {"suspended": True}, ada, method="PATCH")).status_code == 204
        check_problem(await it.get("me", again), 401, "auth-required")
        code = (await it.send("invitations", {"uses": 1, "role": "Editor"}, ada)).json()["code"]
        registered = await it.send(
            "register", {"name": "emil", "password": PASSWORD, "invitation": code, "accepts_rules": True}
        )
        assert registered.json()["member"]["role"] == "Editor"


@pytest.mark.parametrize(
    "name", ["AC/DC", "100%", "a?b#c", "日本 é", "..x", "tokens", "x/tokens/y", "%2F1", "a+b;c=d&e"]
)
async def test_names_may_hold_what_addresses_give_a_meaning(tmp_path: Path, name: str) -> None:
    async with api(tmp_path) as it:
        ada = await it.token("ada", "Admin")
        if "/" in name:  # no new member is called that, but an older forum may have one
            check_problem(await it.send("members", {"name": name}, ada), 422, "refused")
            sql(it.store.path, f"INSERT INTO member (name) VALUES ('{name}')")
        else:
            assert (await it.send("members", {"name": name}, ada)).status_code == 201
        path = f"members/{quote(name, safe='')}"
        assert (await it.get(path)).json()["name"] == name
        assert (await it.send(path, {"role": "Editor"}, ada, method="PATCH")).status_code == 204
        assert (await it.get(path)).json()["role"] == "Editor"
        token = (await it.send(f"{path}/tokens", {}, ada)).json()["token"]
        assert (await it.get("me", bearer(token))).json()["member"]["name"] == name
        (listed,) = (await it.get("tokens", ada, params={"member": name})).json()["items"]
        assert listed["member"] == name


IMPOSSIBLE: list[tuple[str, str, object, int, str]] = [
    ("POST", "boards", {"title": " "}, 422, "refused"),
    ("POST", "boards", {"title": "X", "parent": "99"}, 404, "missing"),
    ("PATCH", "boards/99", {"title": "X"}, 404, "missing"),
    ("PATCH", "forum", {"title": ""}, 422, "refused"),
    ("PATCH", "policy", {"registration": "sometimes"}, 422, "refused"),
    ("PATCH", "members/nobody", {"role": "Editor"}, 404, "missing"),
    ("PATCH", "members/bob", {"role": " "}, 422, "refused"),
    ("PATCH", "members/bob", {"unix_user": "no-such-user"}, 422, "refused"),
    ("PATCH", "members/bob", {"role": "Editor", "suspended": True}, 422, "refused"),
    ("PATCH", "members/bob", {}, 422, "refused"),
    ("POST", "members/nobody/tokens", {}, 404, "missing"),
    ("POST", "members/bob/tokens", {"scopes": ["everything"]}, 422, "refused"),
    ("POST", "members/bob/tokens", {"expires": 1}, 422, "refused"),
    ("POST", "invitations", {"uses": 0}, 422, "refused"),
    ("POST", "invitations", {"expires": 1}, 422, "refused"),
    ("GET", "tokens?member=nobody", None, 404, "missing"),
]  # fmt: skip


async def test_what_can_not_be_done_changes_nothing(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        ada = await it.token("ada", "Admin")
        before = (it.feed(), len((await it.store.house.log()).items))
        for method, path, body, status, name in IMPOSSIBLE:
            answer = await (it.get(path, ada) if method == "GET" else it.send(path, body, ada, method=method))
            assert answer.status_code == status, (path, body, answer.text)
            check_problem(answer, status, name)
            assert (it.feed(), len((await it.store.house.log()).items)) == before, (path, body)


def test_a_backup_is_a_sound_forum_and_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()

    async def scenario() -> None:
        async with api(tmp_path) as it:
            ada = await it.token("ada", "Admin")
            answer = await it.get("backup", ada)
            assert answer.headers["content-type"] == "application/vnd.sqlite3"
            assert int(answer.headers["content-length"]) == len(answer.content)
            copy = tmp_path / "copy.db"
            copy.write_bytes(answer.content)
            check_file(copy)
            store = await SqliteForumStore.open(copy)
            there, here = await store.info(None), await it.store.info(None)
            assert (there.uuid, there.title) == (here.uuid, here.title)
            assert there.epoch != here.epoch
            assert await store.topic(None, it.topic) == await it.store.topic(None, it.topic)
            await store.close()
            assert list((tmp_path / "temporary").iterdir()) == []
            assert (await it.get("check", ada)).json() == {"items": []}
            stats = (await it.get("stats", ada)).json()
            assert (stats["topics"], stats["posts"], stats["boards"]) == (1, 2, 1)

    asyncio.run(scenario())
    gc.collect()
