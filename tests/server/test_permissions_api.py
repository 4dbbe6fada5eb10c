"""Every operation of the table in `forumtui.forum.permissions`, by every role, over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.forum.forum_files import sql
from tests.server.kit import Api, api, check_problem, text

from forumtui.forum.house import BoardDraft
from forumtui.forum.identities import Scope
from forumtui.forum.permissions import Operation, Role
from forumtui.model import BoardId, Body, Close, NewTopic, PostId, Reply, Report, TopicId

Header = dict[str, str] | None


@dataclass
class Scene:
    """Where a member tries something; all of it was made by others, but for the ``own`` post."""

    it: Api
    who: Header
    board: BoardId
    topic: TopicId
    others: PostId
    own: PostId
    closed: TopicId
    reported: str
    vacant: BoardId
    elsewhere: BoardId

    def act(self, kind: str, **fields: Any) -> Awaitable[httpx.Response]:
        return self.it.act(self.who, kind, **fields)


async def scene(it: Api, me: str, who: Header, board: BoardId) -> Scene:
    """Things to try on, untouched."""
    await it.store.house.set_role("mo", "Moderator")
    topic, first = await it.behind("anna", NewTopic(board, "Winter", Body("How?")))
    _, others = await it.behind("bob", Reply(topic, Body("Wrap it.")))
    own = (await it.behind(me, Reply(topic, Body("Mine."))))[1] if me else others
    closed, _ = await it.behind("anna", NewTopic(board, "Closed", Body("Over.")))
    await it.behind("mo", Close(closed))
    await it.behind("carl", Report(topic, first, "look at this"))
    reported = str(sql(it.store.path, "SELECT max(id) FROM queue")[0][0])
    vacant = await it.store.house.add_board(BoardDraft(title="Vacant", leader_wanted=True))
    elsewhere = await it.store.house.add_board(BoardDraft(title="Elsewhere", leader=me or None))
    return Scene(it, who, board, topic, others, own, closed, reported, vacant, elsewhere)


O = Operation  # noqa: E741 - the table below is read at a glance
TRIES: dict[Operation, Callable[[Scene], Awaitable[httpx.Response]]] = {
    O.REPLY: lambda s: s.act("reply", topic=s.topic, body=text()),
    O.REPLY_CLOSED: lambda s: s.act("reply", topic=s.closed, body=text()),
    O.NEW_TOPIC: lambda s: s.act("new-topic", board=s.board, subject="S", body=text()),
    O.LIKE: lambda s: s.act("like", topic=s.topic, post=s.others),
    O.EDIT_OWN: lambda s: s.act("edit", topic=s.topic, post=s.own, body=text("changed")),
    O.EDIT_ANY: lambda s: s.act("edit", topic=s.topic, post=s.others, body=text("changed")),
    O.DELETE_OWN: lambda s: s.act("delete", topic=s.topic, post=s.own),
    O.DELETE_ANY: lambda s: s.act("delete", topic=s.topic, post=s.others),
    O.REPORT: lambda s: s.act("report", topic=s.topic, post=s.others, reason="look"),
    O.VOLUNTEER: lambda s: s.act("volunteer", board=s.vacant),
    O.PROFILE: lambda s: s.act("set-profile", about="I keep bees."),
    O.MARK: lambda s: s.act("set-mark", topic=s.topic, post=s.others, mark="best-practice"),
    O.PIN: lambda s: s.act("pin", topic=s.topic),
    O.CLOSE: lambda s: s.act("close", topic=s.topic),
    O.MOVE: lambda s: s.act("move", topic=s.topic, board=s.elsewhere),
    O.HIDE: lambda s: s.act("hide", topic=s.topic, post=s.others, reason="why"),
    O.TAG: lambda s: s.act("set-tags", topic=s.topic, tags=["t"]),
    O.REMOVE: lambda s: s.act("remove", topic=s.topic, reason="why"),
    O.SETTLE: lambda s: s.act("decide", item=s.reported, approve=False),
    O.SEE_LOG: lambda s: s.it.get("log", s.who),
    O.KEEP: lambda s: s.it.send("boards", {"title": "New"}, s.who),
}
KEEPING: dict[str, Callable[[Api, Header], Awaitable[httpx.Response]]] = {
    "add board": lambda it, who: it.send("boards", {"title": "More"}, who),
    "edit board": lambda it, who: it.send(f"boards/{it.board}", {"notice": "n"}, who, method="PATCH"),
    "edit forum": lambda it, who: it.send("forum", {"notice": "n", "rules": "Be kind."}, who, method="PATCH"),
    "policy": lambda it, who: it.get("policy", who),
    "set policy": lambda it, who: it.send("policy", {"registration": "open"}, who, method="PATCH"),
    "add member": lambda it, who: it.send("members", {"name": "dora", "role": "Editor"}, who),
    "role": lambda it, who: it.send("members/bob", {"role": "Editor"}, who, method="PATCH"),
    "suspend": lambda it, who: it.send("members/bob", {"suspended": True}, who, method="PATCH"),
    "link": lambda it, who: it.send("members/bob", {"unix_user": "nobody"}, who, method="PATCH"),
    "tokens": lambda it, who: it.get("tokens", who),
    "issue token": lambda it, who: it.send("members/anna/tokens", {"scopes": ["read"]}, who),
    "invite": lambda it, who: it.send("invitations", {"uses": 2}, who),
    "stats": lambda it, who: it.get("stats", who),
    "check": lambda it, who: it.get("check", who),
    "backup": lambda it, who: it.get("backup", who),
}
ROLES = [(None, False), *((role, False) for role in Role), (Role.LEADER, True)]


def test_the_table_is_tried_as_a_whole() -> None:
    assert set(TRIES) == set(Operation)


@pytest.mark.parametrize(("role", "led"), ROLES, ids=lambda value: "guest" if value is None else str(value))
async def test_who_may_do_what(tmp_path: Path, role: Role | None, led: bool) -> None:
    async with api(tmp_path) as it:
        me, who, board = "", None, it.board
        if role is not None:
            me = "me"
            await it.store.house.set_role(me, "Member" if role is Role.LEADER else role)
            if led:
                await it.store.house.edit_board(board, BoardDraft(leader=me))
            who = await it.token(me, "", *Scope)
        allowed = (Role.MEMBER if role is Role.LEADER and not led else role).rights if role else frozenset()
        for operation, attempt in TRIES.items():
            tried = await scene(it, me, who, board)
            if role is not Role.LEADER:
                await it.store.house.edit_board(tried.elsewhere, BoardDraft(leader=""))
            before = it.feed()
            answer = await attempt(tried)
            if operation in allowed:
                assert answer.is_success, (operation, answer.text)
                continue
            assert it.feed() == before, operation
            if role is None:
                check_problem(answer, 401, "auth-required")
            else:
                check_problem(answer, 403, "forbidden")


@pytest.mark.parametrize("role", [None, Role.MEMBER, Role.MODERATOR, Role.ADMIN], ids=lambda role: role or "guest")
async def test_only_admins_keep_house(tmp_path: Path, role: Role | None) -> None:
    async with api(tmp_path) as it:
        who = None if role is None else await it.token("me", role)
        secrets = "SELECT (SELECT count(*) FROM token), (SELECT count(*) FROM member), (SELECT total(n) FROM topic)"
        for name, attempt in KEEPING.items():
            before = (it.feed(), sql(it.store.path, secrets))
            answer = await attempt(it, who)
            if role is Role.ADMIN:
                assert answer.is_success, (name, answer.text)
            else:
                assert (it.feed(), sql(it.store.path, secrets)) == before, name
                check_problem(answer, *((401, "auth-required") if role is None else (403, "forbidden")))


NEEDED = {
    Scope.READ: ["topics", "changes", "forum", "members/anna", "search?q=a", "events"],
    Scope.MODERATE: ["queue", "log"],
    Scope.ADMIN: ["stats", "policy", "tokens", "backup"],
}


@pytest.mark.parametrize("scope", list(Scope))
async def test_a_token_is_for_what_its_scopes_say(tmp_path: Path, scope: Scope) -> None:
    async with api(tmp_path) as it:
        who = await it.token("me", "Admin", scope)
        for needed, paths in NEEDED.items():
            for path in paths:
                if needed is not scope:
                    assert check_problem(await it.get(path, who), 403, "forbidden").startswith("This token may not")
                elif path != "events":  # which would not end
                    assert (await it.get(path, who)).status_code == 200, path
        for operation, attempt in TRIES.items():
            if operation is O.SEE_LOG:
                continue
            tried = await scene(it, "me", who, it.board)
            kind = Scope.ADMIN if operation is O.KEEP else Scope.MODERATE if operation in _MODERATING else Scope.WRITE
            before = it.feed()
            answer = await attempt(tried)
            assert answer.is_success is (kind is scope), (operation, answer.text)
            assert kind is scope or it.feed() == before
        me = (await it.get("me", who)).json()
        assert (me["member"]["name"], me["scopes"]) == ("me", [scope])
        changed = await it.send("password", {"old": "", "new": "a new one to remember"}, who)
        assert changed.is_success is (scope is Scope.WRITE)


_MODERATING = {O.MARK, O.PIN, O.CLOSE, O.MOVE, O.HIDE, O.TAG, O.REMOVE, O.SETTLE}


async def test_a_right_that_is_taken_away_is_gone_at_once(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        who = await it.token("me", "Admin")
        assert (await it.send("boards", {"title": "One"}, who)).status_code == 201
        await it.store.house.set_role("me", "Member")
        check_problem(await it.send("boards", {"title": "Two"}, who), 403, "forbidden")
        check_problem(await it.act(who, "pin", topic=it.topic), 403, "forbidden")
        await it.store.house.set_suspended("me", True)
        check_problem(await it.act(who, "like", topic=it.topic, post=it.first), 401, "auth-required")
