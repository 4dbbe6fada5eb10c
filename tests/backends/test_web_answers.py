"""What an answer's status, its reason, and the lack of an answer mean, as a table."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from tests.backends.http_servers import answering, ask

from forumtui.backends.web import Answer
from forumtui.errors import (
    AuthRequired,
    BackendError,
    Busy,
    Conflict,
    Forbidden,
    Missing,
    Offline,
    RateLimited,
    Refused,
    Unanswered,
    Unreadable,
    Unsupported,
)

PROBLEM = {"content-type": "application/problem+json"}


def problem(status: int, **fields: Any) -> httpx.Response:
    return httpx.Response(status, content=json.dumps(fields).encode(), headers=PROBLEM)


async def error_of(status: int, *, act: bool = False, **fields: Any) -> BackendError:
    with pytest.raises(BackendError) as caught:
        await ask(lambda _: problem(status, **fields), act=act)
    return caught.value


@pytest.mark.parametrize(
    ("status", "reading", "acting"),
    [
        (300, Unreadable, Unreadable),
        (304, Unreadable, Unreadable),
        (400, Refused, Refused),
        (401, AuthRequired, AuthRequired),
        (403, Forbidden, Forbidden),
        (404, Missing, Missing),
        (405, Unsupported, Unsupported),
        (407, Offline, Offline),
        (408, Offline, Offline),
        (409, Conflict, Conflict),
        (410, Missing, Missing),
        (413, Refused, Refused),
        (418, Refused, Refused),
        (422, Refused, Refused),
        (429, RateLimited, RateLimited),
        (500, Offline, Unanswered),
        (501, Unsupported, Unsupported),
        (502, Offline, Unanswered),
        (503, Offline, Unanswered),
        (504, Offline, Unanswered),
        (521, Offline, Unanswered),
    ],
)
async def test_what_a_status_means(status: int, reading: type[BackendError], acting: type[BackendError]) -> None:
    for act, kind in ((False, reading), (True, acting)):
        error = await error_of(status, act=act)
        assert type(error) is kind
        assert "example.org" in str(error)  # a sentence of our own, where the server gives no reason
        assert "Because" in str(await error_of(status, act=act, detail="Because.")) or status < 400


@pytest.mark.parametrize(
    ("error", "sent"),
    [
        (httpx.ConnectError("[Errno -2] Name or service not known"), False),
        (httpx.ConnectTimeout(""), False),
        (httpx.PoolTimeout(""), False),
        (httpx.ProxyError("407"), False),
        (httpx.ReadTimeout(""), True),
        (httpx.ReadError(""), True),
        (httpx.WriteError(""), True),
        (httpx.WriteTimeout(""), True),
        (httpx.RemoteProtocolError("Server disconnected"), True),
        (httpx.CloseError(""), True),
        (OSError("strange"), True),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_what_a_failing_line_means(error: Exception, sent: bool) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(Offline, match=r"example\.org"):
        await ask(fail)
    with pytest.raises(Unanswered if sent else Offline, match=r"example\.org"):
        await ask(fail, act=True)


async def test_a_failed_connection_says_why() -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("[Errno -2] Name or service not known")

    with pytest.raises(Offline, match=r"^example\.org cannot be reached: Name or service not known\.$"):
        await ask(fail)


async def test_only_a_problem_document_can_call_the_server_busy() -> None:
    assert type(await error_of(503, type="https://forum/problems/busy")) is Busy
    assert type(await error_of(503, act=True, type="busy", title="Locked")) is Busy
    assert type(await error_of(503, act=True, type="about:blank", title="busy")) is Unanswered
    with pytest.raises(Offline):
        await ask(lambda _: httpx.Response(503, json={"type": "busy"}))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"detail": "Too short.", "title": "Invalid"}, "Too short."),
        ({"title": "Invalid"}, "Invalid"),
        ({"detail": "", "title": "Invalid"}, "Invalid"),
        ({"detail": 3, "title": "Invalid"}, "Invalid"),
        ({"detail": "Two\n lines\x1b[31m \u202e"}, "Two lines[31m"),
        ({"detail": 'See <a href="x">the rules</a> <3'}, "See the rules <3"),
        ({"detail": "x" * 1000}, "x" * 299 + "…"),
    ],
)
async def test_the_reason_is_the_servers_own_as_one_clean_line(fields: dict[str, Any], reason: str) -> None:
    assert str(await error_of(400, **fields)) == reason


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(400, content=b"{", headers=PROBLEM),
        httpx.Response(400, content=b"[1]", headers=PROBLEM),
        httpx.Response(400, content=b'{"detail":"<!DOCTYPE html><p>no"}', headers=PROBLEM),
        httpx.Response(400, json={"detail": "of some other kind"}),
        httpx.Response(400, content=b'{"detail":"' + b"x" * 100_000 + b'"}', headers=PROBLEM),
    ],
)
async def test_what_is_no_problem_document_gives_no_reason(answer: httpx.Response) -> None:
    with pytest.raises(Refused, match=r"^example\.org does not accept that \(HTTP 400\)\.$"):
        await ask(lambda _: answer)


async def test_a_dialect_may_know_where_the_reason_stands() -> None:
    def reason_of(answer: Answer) -> str:
        return str(answer.json()["errors"][0])

    with pytest.raises(Forbidden, match=r"^Slow down\.$"):
        await ask(lambda _: httpx.Response(403, json={"errors": ["Slow\ndown."]}), reason_of=reason_of)
    for strange in (httpx.Response(403, json=["x"]), httpx.Response(403, json={"errors": []})):
        with pytest.raises(Forbidden, match=r"^example\.org does not allow that\.$"):
            await ask(answering(strange), reason_of=reason_of)
    with pytest.raises(Forbidden, match="does not allow"):
        await ask(lambda _: httpx.Response(403, json=1), reason_of=lambda _: " <html>no")


@pytest.mark.parametrize(
    "status", [300, 304, 400, 401, 403, 404, 405, 407, 408, 409, 410, 413, 418, 422, 429, 451, 501, 503]
)
@pytest.mark.parametrize("body", ["<html>Welcome to the hotel", "Denied.", ""])
async def test_what_a_stranger_answers_says_nothing_of_an_act(status: int, body: str) -> None:
    page: dict[str, Any] = {"text": body} if body.startswith("D") else {"html": body} if body else {}
    with pytest.raises(Unanswered, match="may have arrived") as caught:
        await ask(lambda _: httpx.Response(status, **page), act=True)
    assert "example.org" in str(caught.value)
    with pytest.raises((Unreadable, Offline, RateLimited)):
        await ask(lambda _: httpx.Response(status, **page))
