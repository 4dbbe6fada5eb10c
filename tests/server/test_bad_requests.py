"""Bad input over HTTP: each kind has its status and a problem document, and changes nothing."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import apsw
import pytest
from tests.forum.forum_files import sql
from tests.server.kit import ROOT, UNLIMITED, api, bearer, check_problem, text
from tests.waiting import never

from forumtui.errors import Busy, Damaged, StorageFull
from forumtui.forum.file import SqliteForumStore
from forumtui.model import Body, Close, Millis, NewTopic
from forumtui.server.app import create_app
from forumtui.server.limits import Limits

JSON = {"Content-Type": "application/json"}
GOOD: dict[str, Any] = {
    "key": "k",
    "act": {"kind": "reply", "topic": "1", "body": {"source": "words", "format": "markdown"}},
}


def changed(**fields: Any) -> dict[str, Any]:
    """A good action with an act that is not."""
    return GOOD | {"act": GOOD["act"] | fields}


ACTIONS: list[tuple[str, Any, int, str, str]] = [
    ("no object", [1], 422, "refused", "the body"),
    ("no key", {"act": GOOD["act"]}, 422, "refused", "key"),
    ("empty key", GOOD | {"key": ""}, 422, "refused", "key"),
    ("long key", GOOD | {"key": "k" * 201}, 422, "refused", "key"),
    ("key of another type", GOOD | {"key": 5}, 422, "refused", "key"),
    ("no act", {"key": "k"}, 422, "refused", "act"),
    ("unknown act", changed(kind="shout"), 422, "refused", "kind"),
    ("act without a kind", {"key": "k", "act": {}}, 422, "refused", "kind"),
    ("text of another type", changed(body="words"), 422, "refused", "body"),
    ("text without a source", changed(body={"format": "plain"}), 422, "refused", "body.source"),
    ("unknown format", changed(body={"source": "x", "format": "rtf"}), 422, "refused", "body.format"),
    ("number for an id", changed(topic=1), 422, "refused", "topic"),
    ("unknown field", changed(colour="red"), 422, "refused", "colour"),
    ("unknown field beside", GOOD | {"me": "admin"}, 422, "refused", "me"),
    ("empty text", changed(body={"source": " \n "}), 422, "refused", ""),
    ("unknown topic", changed(topic="99"), 404, "missing", "99"),
    ("no id at all", changed(topic="../1"), 404, "missing", ""),
    ("large id", changed(topic="9" * 90), 404, "missing", ""),
    ("huge id", changed(topic="9" * 400), 422, "refused", "topic"),
    ("unknown parent", changed(parent="99"), 404, "missing", "99"),
    ("unknown post", {"key": "k", "act": {"kind": "like", "topic": "1", "post": "99"}}, 404, "missing", "99"),
    ("post of another topic", {"key": "k", "act": {"kind": "like", "topic": "2", "post": "1"}}, 404, "missing", ""),
    ("unknown board", {"key": "k", "act": {"kind": "new-topic", "board": "9", "subject": "S", "body": text()}}, 404, "missing", "9"),
    ("no subject", {"key": "k", "act": {"kind": "new-topic", "board": "1", "subject": " ", "body": text()}}, 422, "refused", ""),
    ("unknown item", {"key": "k", "act": {"kind": "decide", "item": "99", "approve": True}}, 404, "missing", "99"),
    ("closed topic", changed(topic="2"), 403, "forbidden", "closed"),
    ("other's post", {"key": "k", "act": {"kind": "edit", "topic": "1", "post": "2", "body": text()}}, 403, "forbidden", "author"),
]  # fmt: skip


async def test_acts_that_will_not_do(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        anna, mo = await it.token("anna"), await it.token("mo", "Moderator")
        closed, _ = await it.behind("carl", NewTopic(it.board, "Closed", Body("Over.")))
        assert closed == "2"
        await it.behind("mo", Close(closed))
        before = it.feed()
        for case, body, status, name, names in ACTIONS:
            who = mo if "decide" in str(body) else anna
            answer = await it.http.post(f"{ROOT}/actions", content=json.dumps(body), headers=who | JSON)
            assert names in check_problem(answer, status, name), case
            assert it.feed() == before, case
        assert sql(it.store.path, "SELECT count(*) FROM act WHERE origin = 'k'") == [(0,)]


BODIES: list[tuple[str, bytes, dict[str, str], int, str]] = [
    ("no JSON", b"key=k", JSON, 400, "malformed"),
    ("half of it", b'{"key": "k", "act": {', JSON, 400, "malformed"),
    ("no UTF-8", b'{"key": "\xff\xfe"}', JSON, 400, "malformed"),
    ("deep", b"[" * 100_000, JSON, 400, "malformed"),
    ("deep and whole", b"[" * 5_000 + b"]" * 5_000, JSON, 400, "malformed"),
    ("a number without end", b'{"key": ' + b"9" * 10_000 + b"}", JSON, 400, "malformed"),
    ("nothing", b"", JSON, 422, "refused"),
    ("null", b"null", JSON, 422, "refused"),
    ("no number", b'{"key": NaN}', JSON, 422, "refused"),
    ("no type", json.dumps(GOOD).encode(), {}, 415, "media-type"),
    ("a form", json.dumps(GOOD).encode(), {"Content-Type": "application/x-www-form-urlencoded"}, 415, "media-type"),
    ("nonsense as a type", json.dumps(GOOD).encode(), {"Content-Type": ";;;"}, 415, "media-type"),
    ("too much", b" " * (1 << 20) + b"{}", JSON, 413, "too-large"),
]


@pytest.mark.parametrize("path", ["actions", "actions/find", "login", "register", "password", "boards"])
async def test_bodies_that_will_not_do(tmp_path: Path, path: str) -> None:
    async with api(tmp_path) as it:
        ada = await it.token("ada", "Admin")
        before = it.feed()
        for case, content, headers, status, name in BODIES:
            answer = await it.http.post(f"{ROOT}/{path}", content=content, headers=ada | headers)
            assert answer.status_code == status, (case, answer.text)
            check_problem(answer, status, name)
        assert it.feed() == before


async def test_half_characters_harm_nobody(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        anna, half = await it.token("anna"), "a\ud800b"
        body = json.dumps(changed(body={"source": half}))
        assert (await it.http.post(f"{ROOT}/actions", content=body, headers=anna | JSON)).status_code == 201
        posts = (await it.get(f"topics/{it.topic}/posts")).json()["items"]
        assert posts[-1]["body"]["source"] == "a\ufffdb"
        for path, fields in (
            ("login", {"name": half, "password": half}),
            ("register", {"name": half, "password": half * 5, "invitation": half}),
            ("password", {"old": half, "new": half * 5}),
        ):
            answer = await it.http.post(f"{ROOT}/{path}", content=json.dumps(fields), headers=anna | JSON)
            assert answer.status_code in {401, 403, 422}, path


async def test_a_body_is_counted_while_it_comes(tmp_path: Path) -> None:
    """Without a length, the end of a body is not waited for once it is too large."""
    async with api(tmp_path) as it:
        anna, given = await it.token("anna"), 0

        async def endless() -> AsyncIterator[bytes]:
            nonlocal given
            while True:
                given += 1 << 16
                yield b" " * (1 << 16)

        answer = await it.http.post(f"{ROOT}/actions", content=endless(), headers=anna | JSON)
        check_problem(answer, 413, "too-large")
        assert answer.headers["connection"] == "close"
        assert given < 1 << 21


async def test_a_body_that_does_not_come_is_not_waited_for(tmp_path: Path) -> None:
    async with api(tmp_path, Limits(body_seconds=0.1)) as it:
        anna = await it.token("anna")

        async def silent() -> AsyncIterator[bytes]:
            yield b'{"key": '
            await never()

        check_problem(await it.http.post(f"{ROOT}/actions", content=silent(), headers=anna | JSON), 408, "slow")


READS: list[tuple[str, int, str]] = [
    ("topics/99", 404, "missing"), ("topics/99/posts", 404, "missing"), ("posts/99", 404, "missing"),
    ("posts/x", 404, "missing"), ("posts/%00", 404, "missing"), ("posts/%FF", 404, "missing"), ("members/nobody", 404, "missing"),
    ("topics?board=99", 404, "missing"), ("topics?limit=0", 422, "refused"), ("topics?limit=1001", 422, "refused"),
    ("topics?limit=x", 422, "refused"), ("topics?after=nonsense", 422, "refused"), ("topics?listing=odd", 422, "unsupported"),
    ("topics/1/posts?place=nowhere", 422, "refused"), ("topics/1/posts?place=after&at=nonsense", 422, "refused"),
    ("topics/1/posts?place=post&at=99", 404, "missing"), ("topics/1/posts?place=number&at=x", 404, "missing"),
    ("search", 422, "refused"), (f"search?q={'x' * 501}", 422, "refused"), ("search?q=a&after=x", 422, "refused"),
    ("nothing", 404, "missing"), ("", 404, "missing"), ("topics/1/2/3", 404, "missing"),
]  # fmt: skip


async def test_questions_that_can_not_be_answered(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        for path, status, name in READS:
            answer = await it.get(path)
            assert answer.status_code == status, (path, answer.text)
            check_problem(answer, status, name)


async def test_wrong_methods_say_what_is_right(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        for method, path, allowed in (
            ("PUT", "boards", "GET, POST"), ("DELETE", "topics", "GET"), ("GET", "login", "DELETE, POST"),
            ("OPTIONS", "actions", "POST"), ("HEAD", "forum", "GET, PATCH"), ("POST", "members/anna", "GET, PATCH"),
            ("GET", "members/anna/tokens", "POST"), ("PATCH", "members/anna/tokens", "POST"),
        ):  # fmt: skip
            answer = await it.http.request(method, f"{ROOT}/{path}")
            assert answer.status_code == 405
            assert answer.headers["allow"] == allowed
            if method != "HEAD":
                check_problem(answer, 405, "method")


async def test_tokens_that_are_no_longer_good(tmp_path: Path) -> None:
    now = [1_700_000_000_000]
    store = await SqliteForumStore.open(tmp_path / "forum.db", create=True, title="T", now=lambda: Millis(now[0]))
    import httpx

    transport = httpx.ASGITransport(create_app(store, UNLIMITED))
    async with httpx.AsyncClient(transport=transport, base_url="http://forum") as http:
        await store.house.add_member("anna")
        token = await store.house.issue_token("anna", expires=Millis(now[0] + 1000))
        asked = [(f"Bearer {token}", 200)]
        asked += [(header, 401) for header in (
            "Bearer", "Bearer ", f"Bearer {token[:-1]}", f"Bearer {token}x", "Basic YW5uYTphbm5h", "nonsense", "",
            f"Bearer {'x' * 10_000}", "Bearer \xff", f"bearer  {token} x",
        )]  # fmt: skip
        for header, status in asked:
            answer = await http.get(f"{ROOT}/me", headers=[(b"authorization", header.encode("latin-1"))])
            assert answer.status_code == status, header
            if status == 401:
                check_problem(answer, 401, "auth-required")
        now[0] += 999
        assert (await http.get(f"{ROOT}/me", headers=bearer(token))).status_code == 200
        store.identities.forget()
        now[0] += 1
        check_problem(await http.get(f"{ROOT}/me", headers=bearer(token)), 401, "auth-required")
        now[0] -= 3600_000  # a clock that is set back brings it back, and does no other harm
        assert (await http.get(f"{ROOT}/me", headers=bearer(token))).status_code == 200
    await store.close()


@pytest.mark.parametrize(
    ("error", "status", "name"),
    [
        (Busy("/srv/secret.db is busy."), 503, "busy"),
        (StorageFull("The disk that holds /srv/secret.db is full."), 503, "busy"),
        (Damaged("/srv/secret.db is damaged."), 503, "busy"),
        (apsw.SQLError("no such column: secret"), 500, "internal"),
        (RecursionError("secret"), 500, "internal"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
async def test_what_goes_wrong_inside_is_told_without_its_insides(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
    name: str,
) -> None:
    with caplog.at_level(logging.WARNING, logger="forumtui.server"):
        async with api(tmp_path) as it:

            async def failing(*_: object, **__: object) -> None:
                raise error

            anna = await it.token("anna")
            monkeypatch.setattr(it.store, "topics", failing)
            monkeypatch.setattr(it.store, "perform", failing)
            for answer in (await it.get("topics", anna), await it.act(anna, "like", topic="1", post="1")):
                assert "secret" not in check_problem(answer, status, name)
            assert "secret" in caplog.text  # it is in the log
            assert ("Traceback" in caplog.text) is (status == 500)
