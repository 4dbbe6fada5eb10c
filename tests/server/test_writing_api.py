"""Acts over HTTP: once, whatever happens on the way, and with the status that tells what became of them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.forum.forum_files import sql
from tests.server.kit import ROOT, api, check_problem, text

from forumtui import wire
from forumtui.forum.house import Approval, Policy
from forumtui.model import Action, Body, Receipt, Reply


async def test_statuses_tell_what_became_of_an_act(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        anna = await it.token("anna")
        made = await it.act(anna, "new-topic", board=it.board, subject="S", body=text(), tags=["a"])
        assert made.status_code == 201
        receipt = wire.decode(Receipt, made.json())
        assert (await it.store.topic(None, receipt.topic or it.topic)).title == "S"
        liked = await it.act(anna, "like", topic=it.topic, post=it.second)
        assert (liked.status_code, liked.json()["outcome"]) == (200, "done")
        await it.store.house.set_policy(Policy(approval=Approval.EVERYBODY))
        held = await it.act(anna, "reply", topic=it.topic, body=text())
        assert (held.status_code, held.json()["outcome"]) == (202, "held")
        mo = await it.token("mo", "Moderator")
        (item,) = (await it.get("queue", mo)).json()["items"]
        assert (item["kind"], item["member"], item["text"]) == ("held", "anna", "words")
        assert (await it.act(mo, "decide", item=item["id"], approve=True)).status_code == 200
        posts = (await it.get(f"topics/{it.topic}/posts")).json()["items"]
        assert posts[-1]["author"]["name"] == "anna"
        log = (await it.get("log", mo)).json()["items"]
        assert log[0]["member"] == "mo"


async def test_an_act_is_done_once_under_its_key(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        anna, bob = await it.token("anna"), await it.token("bob")
        body = {"key": "k" * 200, "act": {"kind": "reply", "topic": it.topic, "body": text("once")}}
        assert (await it.send("actions/find", body, anna)).json() == {"receipt": None}
        answers = await asyncio.gather(*(it.send("actions", body, anna) for _ in range(5)))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
        assert (await it.send("actions/find", body, anna)).json() == {"receipt": answers[0].json()}
        other = {"key": body["key"], "act": {"kind": "reply", "topic": it.topic, "body": text("twice")}}
        before = it.feed()
        for path in ("actions", "actions/find"):
            check_problem(await it.send(path, other, anna), 409, "conflict")
        assert it.feed() == before
        assert (await it.send("actions", other, bob)).status_code == 201  # keys are each member's own
        sources = [post["body"]["source"] for post in (await it.get(f"topics/{it.topic}/posts")).json()["items"]]
        assert sources[2:] == ["once", "twice"]
        direct = await it.store.perform("anna", Action(str(body["key"]), Reply(it.topic, Body("once"))))
        assert wire.encode(direct) == answers[0].json()  # and the same ones however the forum is reached


@pytest.mark.parametrize("given", [0, 20, 10_000])
async def test_a_client_that_goes_away_leaves_nothing_half_done(tmp_path: Path, given: int) -> None:
    """The connection breaks after so many bytes of the body: the act is not carried out at all."""
    async with api(tmp_path) as it:
        anna = await it.token("anna")
        body = b'{"key": "k", "act": {"kind": "reply", "topic": "1", "body": {"source": "%s"}}}' % (b"x" * 20_000)
        sent: list[object] = []
        messages = iter(
            [{"type": "http.request", "body": body[:given], "more_body": True}, {"type": "http.disconnect"}]
        )
        headers = [(b"authorization", anna["Authorization"].encode()), (b"content-type", b"application/json")]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
            "path": f"{ROOT}/actions", "raw_path": b"", "query_string": b"", "root_path": "", "headers": headers,
            "client": ("192.0.2.7", 1), "server": ("forum", 80), "state": {},
        }  # fmt: skip

        async def receive() -> object:
            return next(messages)

        async def send(message: object) -> None:
            sent.append(message)

        before = it.feed()
        await it.app(scope, receive, send)
        assert it.feed() == before
        assert sql(it.store.path, "SELECT count(*) FROM act WHERE origin = 'k'") == [(0,)]
        assert "201" not in str(sent)


async def test_what_is_written_is_seen_at_once(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        anna = await it.token("anna")
        for number in range(20):
            receipt = (await it.act(anna, "reply", topic=it.topic, body=text(str(number)))).json()
            posts = (await it.get(f"topics/{it.topic}/posts?place=end")).json()["items"]
            assert posts[-1]["id"] == receipt["post"]
            assert (await it.get(f"topics/{it.topic}")).json()["posts"] == number + 3
