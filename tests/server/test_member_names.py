"""Members' names in addresses: each stands in one part, whatever is in it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from tests.forum.forum_files import sql
from tests.server.kit import api as opened_api
from tests.server.kit import check_problem

NAMES = ["x/tokens", "x", "tokens", "a/b/c", "50%", "%2F", "x%2Ftokens", "ü", "李", "a b", "x?y", "#1", "..x", "a+b"]


def path(name: str) -> str:
    return f"members/{quote(name, safe='')}"


@pytest.mark.parametrize("name", NAMES)
async def test_each_name_is_itself(tmp_path: Path, name: str) -> None:
    async with opened_api(tmp_path) as api:
        for each in NAMES:
            sql(api.store.path, f"INSERT INTO member (name, joined) VALUES ('{each}', 1)")
        admin = await api.token("ada", "Admin")
        assert (await api.get(path(name))).json()["name"] == name
        token = (await api.send(f"{path(name)}/tokens", {"label": "its own"}, admin)).json()["token"]
        mine = {"Authorization": f"Bearer {token}"}
        assert (await api.get("me", mine)).json()["member"]["name"] == name
        answer = await api.send(path(name), {"suspended": True}, admin, method="PATCH")
        assert answer.status_code == 204
        assert sql(api.store.path, "SELECT name FROM member WHERE suspended") == [(name,)]
        assert (await api.get("me", mine)).status_code == 401


async def test_a_slash_that_is_no_part_of_a_name_ends_it(tmp_path: Path) -> None:
    async with opened_api(tmp_path) as api:
        sql(api.store.path, "INSERT INTO member (name, joined) VALUES ('x/y', 1)")
        admin = await api.token("ada", "Admin")
        assert (await api.get("members/x/y")).status_code == 404
        assert (await api.get("members/x/tokens")).status_code in {404, 405}
        assert (await api.send("members/anna/tokens", {"label": "l"}, admin)).status_code == 201
        check_problem(
            await api.send("members/anna%2Ftokens", {"suspended": True}, admin, method="PATCH"), 404, "missing"
        )
        for broken in ("members/%ff", "members/%", "members/%00", "members/%zz"):
            assert (await api.get(broken)).status_code == 404
