"""Registering, logging in and out, passwords, and how often one may try."""

from __future__ import annotations

from pathlib import Path

from tests.server.kit import PASSWORD, api, bearer, check_problem

from forumtui.forum.house import Policy
from forumtui.model import Registration
from forumtui.server.limits import Limits


def registering(name: str, **others: object) -> dict[str, object]:
    return {"name": name, "password": PASSWORD, **others}


async def test_registering_logging_in_and_out(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        assert (await it.get("forum")).json()["registration"] == "invitation"
        check_problem(await it.send("register", registering("dora")), 403, "forbidden")
        code = await it.store.house.invite()
        made = await it.send("register", registering("dora", invitation=code, accepts_rules=True))
        assert made.status_code == 201
        assert (made.json()["member"]["name"], made.json()["member"]["role"]) == ("dora", "Member")
        dora = bearer(made.json()["token"])
        assert (await it.get("me", dora)).json()["member"]["name"] == "dora"
        check_problem(await it.send("register", registering("emil", invitation=code)), 403, "forbidden")
        other = bearer(
            (await it.send("login", {"name": "dora", "password": PASSWORD, "label": "desk"})).json()["token"]
        )
        assert (await it.http.delete("/api/v1/login", headers=dora)).status_code == 204
        check_problem(await it.get("me", dora), 401, "auth-required")
        assert (await it.get("me", other)).json()["scopes"] == ["read", "write"]
        check_problem(await it.http.delete("/api/v1/login"), 401, "auth-required")
        assert (await it.get("me")).json() == {"member": None, "scopes": []}


async def test_open_and_closed_registration_and_rules(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        await it.store.house.set_policy(Policy(registration=Registration.OPEN))
        await it.store.house.set_info({"rules": "Be kind."})
        (page,) = (await it.get("forum")).json()["pages"]
        assert (page["slug"], page["body"]["source"]) == ("rules", "Be kind.")
        assert "rules" in check_problem(await it.send("register", registering("dora")), 422, "refused")
        assert (await it.send("register", registering("dora", accepts_rules=True))).status_code == 201
        again = await it.send("register", registering("DORA", accepts_rules=True))
        check_problem(again, 409, "conflict")
        await it.store.house.set_policy(Policy(registration=Registration.CLOSED))
        check_problem(await it.send("register", registering("emil", accepts_rules=True)), 403, "forbidden")


async def test_wrong_names_and_wrong_passwords_are_told_the_same(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        anna = await it.token("anna")
        assert (await it.send("password", {"old": "", "new": PASSWORD}, anna)).status_code == 204
        wrong = [
            await it.send("login", {"name": name, "password": "not the password"}) for name in ("anna", "nobody there")
        ]
        assert len({check_problem(answer, 401, "auth-required") for answer in wrong}) == 1
        assert (await it.send("login", {"name": "anna", "password": PASSWORD}, bearer("nonsense"))).status_code == 200
        wrong_old = await it.send("password", {"old": "not it", "new": "another long one"}, anna)
        check_problem(wrong_old, 422, "refused")  # 401 would say that the token is wrong
        assert (await it.get("me", anna)).status_code == 200
        check_problem(await it.send("password", {"old": PASSWORD, "new": "short"}, anna), 422, "refused")
        changed = await it.send("password", {"old": PASSWORD, "new": "another long one"}, anna)
        assert changed.status_code == 204
        check_problem(await it.send("login", {"name": "anna", "password": PASSWORD}), 401, "auth-required")


async def test_guessing_is_slowed_down_for_each_address(tmp_path: Path) -> None:
    async with api(tmp_path, Limits(logins=2)) as it:
        anna = await it.token("anna")
        attempt = {"name": "anna", "password": "a guess"}
        for _ in range(2):
            check_problem(await it.send("login", attempt), 401, "auth-required")
        for path, body, who in (
            ("login", attempt, None),
            ("register", registering("dora"), None),
            ("password", {"old": "guess", "new": "another long one"}, anna),
        ):
            answer = await it.send(path, body, who)
            check_problem(answer, 429, "rate-limited")
            assert 1 <= int(answer.headers["retry-after"]) <= 30
        assert (await it.get("me", anna)).status_code == 200
        it.call_from("192.0.2.8")
        check_problem(await it.send("login", attempt), 401, "auth-required")
