"""Where members are logged in, over HTTP: their own tokens, what a changed password ends, and what a promotion does not give."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.server.kit import PASSWORD, Api, api, bearer, check_problem, serving, text
from tests.server.processes import SECONDS, in_this_process

from forumtui.forum.file.file_identities import Recent
from forumtui.forum.house import BoardDraft, Policy
from forumtui.model import Close, Registration
from forumtui.server import events
from forumtui.server.limits import Limits

ANOTHER = "a horse of another colour"
Header = dict[str, str]


async def log_in(it: Api, name: str = "dora", label: str = "") -> Header:
    """A log-in of a member, who registers first if need be."""
    await it.store.house.set_policy(Policy(Registration.OPEN))
    asked = {"name": name, "password": PASSWORD, "label": label}
    answer = await it.send("login", asked)
    if answer.status_code == 401:
        answer = await it.send("register", asked)
    return bearer(answer.json()["token"])


async def delete(it: Api, path: str, who: Header | None) -> httpx.Response:
    return await it.http.delete(f"/api/v1/{path}", headers=who)


async def good(it: Api, *tokens: Header) -> list[bool]:
    return [(await it.get("me", who)).status_code == 200 for who in tokens]


async def listed(it: Api, who: Header) -> list[dict[str, Any]]:
    answer = await it.get("me/tokens", who)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_members_list_and_revoke_their_own_tokens(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        phone, desk, eve = await log_in(it, label="phone"), await log_in(it, label="desk"), await log_in(it, "eve")
        mine = {each["label"]: each for each in await listed(it, desk)}
        assert set(mine) == {"phone", "desk"}
        assert mine["desk"].pop("current") is True
        assert mine["phone"].pop("current") is False
        assert set(mine["desk"]) == {"id", "label", "scopes", "created", "expires", "used"}
        assert not any(
            each["token"] in str(mine) for each in ({"token": who["Authorization"]} for who in (phone, desk))
        )
        (hers,) = await listed(it, eve)
        check_problem(await delete(it, f"me/tokens/{hers['id']}", desk), 404, "missing")
        assert (await delete(it, f"me/tokens/{mine['phone']['id']}", desk)).status_code == 204
        assert await good(it, phone, desk, eve) == [False, True, True]
        check_problem(await delete(it, f"me/tokens/{mine['phone']['id']}", desk), 404, "missing")
        phone = await log_in(it)
        assert (await delete(it, "me/tokens?others=true", desk)).status_code == 204
        assert await good(it, phone, desk, eve) == [False, True, True]
        phone = await log_in(it)
        assert (await delete(it, "me/tokens", desk)).status_code == 204
        assert await good(it, phone, desk, eve) == [False, False, True]
        for answer in (
            await it.get("me/tokens"),
            await delete(it, "me/tokens", None),
            await delete(it, "me/tokens/x", None),
        ):
            check_problem(answer, 401, "auth-required")


async def test_what_a_token_may_not_write_ends_no_other(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        desk, reads = await log_in(it), await it.token("dora", "", "read")
        writes = await it.token("dora", "", "write")
        (first, *_) = await listed(it, reads)
        for path in ("me/tokens", "me/tokens?others=true", f"me/tokens/{first['id']}"):
            check_problem(await delete(it, path, reads), 403, "forbidden")
        check_problem(await it.get("me/tokens", writes), 403, "forbidden")
        assert await good(it, desk, reads, writes) == [True] * 3


async def test_changing_the_password_logs_out_all_others(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        phone, desk, robot = await log_in(it), await log_in(it), await it.token("dora", "", "read")
        check_problem(await it.send("password", {"old": "wrong", "new": ANOTHER}, desk), 422, "refused")
        assert await good(it, phone, desk, robot) == [True] * 3
        assert (await it.send("password", {"old": PASSWORD, "new": ANOTHER}, desk)).status_code == 204
        assert await good(it, phone, desk, robot) == [False, True, False]


async def test_a_promotion_widens_no_token_that_was_there_before(tmp_path: Path) -> None:
    def _close(it: Api) -> Any:
        from forumtui.model import Action

        return Action(it.key(), Close(it.topic))

    async with api(tmp_path) as it:
        before, asked_for = await log_in(it), await it.token("dora")
        await it.store.house.set_role("dora", "Admin")
        await it.store.perform("dora", _close(it))
        for old in (before, asked_for):
            for answer in (
                await it.get("backup", old),
                await it.get("log", old),
                await it.send("invitations", {}, old),
                await it.act(old, "hide", topic=it.topic, post=it.second, reason="why"),
                await it.act(old, "edit", topic=it.topic, post=it.second, body=text("mine now")),
                await it.act(old, "delete", topic=it.topic, post=it.second),
                await it.act(old, "reply", topic=it.topic, body=text("in a closed topic")),
            ):
                check_problem(answer, 403, "forbidden")
            assert "log in again" in check_problem(await it.get("backup", old), 403, "forbidden")
        assert (await it.get("topics", before)).status_code == 200
        after = await log_in(it)
        assert (await it.get("backup", after)).status_code == 200
        assert (await it.act(after, "edit", topic=it.topic, post=it.second, body=text("better"))).is_success
        await it.store.house.set_role("dora", "Member")  # what was given then is not good for more than the role
        check_problem(await it.get("backup", after), 403, "forbidden")


async def test_who_comes_to_lead_a_board_moderates_it_with_the_next_log_in(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        before = await log_in(it)
        await it.store.house.edit_board(it.board, BoardDraft(leader="dora"))
        check_problem(await it.act(before, "pin", topic=it.topic), 403, "forbidden")
        assert (await it.act(await log_in(it), "pin", topic=it.topic)).is_success


@pytest.mark.parametrize(
    "how", ["revoked", "logged out everywhere", "password", "suspended", "by an admin", "by another process"]
)
async def test_an_open_event_stream_ends_with_its_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Soon, and not only at the next sign of life."""
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", 3600.0)
    monkeypatch.setattr(events, "CHECK_SECONDS", Recent.LIFE + 0.1)  # it is longer than that in earnest, too
    async with in_this_process(tmp_path / "forum.db", Limits()) as (store, port):
        await store.house.set_policy(Policy(Registration.OPEN))
        phone = (await store.identities.register("dora", PASSWORD)).token
        desk = (await store.identities.log_in("dora", PASSWORD)).token
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=SECONDS) as http:
            streams = [http.stream("GET", "/events", headers=bearer(token)) for token in (phone, desk)]
            async with streams[0] as of_phone, streams[1] as of_desk:
                lines = of_phone.aiter_lines()
                assert await anext(lines) == "event: change"
                id_ = (await store.identities.identify(phone)).token
                who = bearer(desk)
                if how == "revoked":
                    await http.delete(f"/me/tokens/{id_}", headers=who)
                elif how == "logged out everywhere":
                    await http.delete("/me/tokens", params={"others": True}, headers=who)
                elif how == "password":
                    await http.post("/password", json={"old": PASSWORD, "new": ANOTHER}, headers=who)
                elif how == "suspended":
                    await store.house.set_suspended("dora", True)
                elif how == "by an admin":
                    await store.house.revoke_token(id_)
                else:
                    async with serving(store.path) as (other, *_):
                        await other.house.revoke_token(id_)
                async with asyncio.timeout(SECONDS):
                    left = [line async for line in lines]
                assert set(left) <= {"", "event: change", *filter(_is_data, left), ": still here"}
                if how != "suspended":
                    assert not of_desk.is_closed


def _is_data(line: str) -> bool:
    return line.startswith("data: ") and isinstance(json.loads(line[6:])["version"], int)


def test_a_stream_looks_again_only_when_nobody_is_known_from_before() -> None:
    assert events.CHECK_SECONDS > Recent.LIFE
