"""What a client sends, what it takes for JSON, and what it never shows."""

from __future__ import annotations

import json
import logging
import traceback
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.backends.http_servers import HOME, KNOWN, TOKEN, answering, ask, client
from tests.backends.mocked import mocked

from forumtui.backends.web import Params, WebClient
from forumtui.errors import AuthRequired, BackendError, Offline, Refused, Unanswered, Unreadable

PROBLEM = {"content-type": "application/problem+json"}
JSON = {"content-type": "application/json; charset=utf-8"}


@pytest.mark.parametrize(
    ("body", "kind", "says"),
    [
        (b"<html>", {"content-type": "text/html"}, "web page"),
        (b"{}", {"content-type": "text/plain"}, "text/plain"),
        (b"", JSON, "not the JSON"),
        (b"{", JSON, "not the JSON"),
        (b"NaN", JSON, "not the JSON"),
        (b"[1e999]", JSON, "not the JSON"),
        (b"1" * 5000, JSON, "not the JSON"),
        (b'"\xff"', JSON, "UTF-8"),
        ('"\u00e9"'.encode("utf-16"), JSON, "UTF-8"),
        (b"[" * 501 + b"]" * 501, JSON, "nested"),
        (b'{"a":' * 501 + b"1" + b"}" * 501, JSON, "nested"),
        (b"[" * 200_000 + b"]" * 200_000, JSON, "nested"),
        (b'"' + b"x" * 10_000_000 + b'"', JSON, "larger than 10 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_is_no_json_is_unreadable(body: bytes, kind: dict[str, str], says: str) -> None:
    for act in (False, True):
        if act and not body:
            continue  # an act needs no answer but its status
        with pytest.raises(Unreadable, match=says) as caught:
            await ask(lambda _: httpx.Response(200, content=body, headers=kind), act=act)
        assert str(caught.value).count("\n") == 0


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"[" * 500 + b"]" * 500, None),
        (b'\xef\xbb\xbf{"a":[1,2.5,null]}', {"a": [1, 2.5, None]}),
        (b'"x"', "x"),
    ],
)
async def test_json_of_several_kinds(body: bytes, value: Any) -> None:
    kinds: list[dict[str, str]] = [{}, JSON, {"content-type": "application/vnd.api+json"}]
    for kind in kinds:
        got = await ask(answering(httpx.Response(200, content=body, headers=kind)))
        assert value is None or got == value


async def test_headers_of_other_times() -> None:
    latin = [(b"content-type", b"application/json; x=\xe9"), (b"etag", b"\xe9"), (b"x-name", "é".encode())]
    async with client(lambda _: httpx.Response(200, content=b"[1]", headers=latin)) as web:
        assert await web.get_json("/x") == [1]
        assert await web.get_json("/x", conditional=True) == [1]
        assert await web.get_json("/x", conditional=True) == [1]


async def test_what_is_sent() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(204)

    async with client(answer, HOME + "/forum") as web:
        params: Params = {"q": "a&b", "page": 2, "on": True, "none": None, "tag": ["x", "y"]}
        await web.request("GET", "/t/1", params=params, headers={"X-Thing": "1", "authorization": "mine"})
        assert await web.post_json("t", {"text": "été \ud800"}, headers={"Idempotency-Key": "k"}) is None
        assert await web.post_json("t", [], method="PUT") is None
    get, post, put = seen
    assert str(get.url) == HOME + "/forum/t/1?q=a%26b&page=2&on=true&tag=x&tag=y"
    assert get.headers["user-agent"] == f"forumtui/{version('forumtui')}"
    assert get.headers.get_list("authorization") == [f"Bearer {TOKEN}"]
    assert (get.headers["x-thing"], get.headers["accept-encoding"]) == ("1", "gzip")
    assert (post.method, put.method) == ("POST", "PUT")
    assert json.loads(post.content) == {"text": "été ?"}
    assert (post.headers["content-type"], post.headers["idempotency-key"]) == ("application/json", "k")


async def test_from_its_source_it_has_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("forumtui.backends.web.client.version", unknown)
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["user-agent"])
        return httpx.Response(200, json={})

    await ask(answer)
    assert seen == ["forumtui/0"]


async def test_a_question_may_be_posted() -> None:
    async with client(lambda _: httpx.Response(502)) as web:
        with pytest.raises(Offline):
            await web.post_json("/graphql", {}, safe=True)
        with pytest.raises(Unanswered):
            await web.post_json("/graphql", {})


async def test_a_closed_client_is_offline() -> None:
    web = client(lambda _: httpx.Response(200, json={}))
    async with web:
        assert await web.get_json("/x") == {}
    with pytest.raises(Offline):
        await web.get_json("/x")


async def test_no_secret_is_ever_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    shown = [repr(client(lambda _: httpx.Response(200)))]
    echo = f"Bearer {TOKEN} is wrong, as is {TOKEN}"
    broken = "x\ny"

    def fail(_: httpx.Request) -> httpx.Response:
        raise httpx.LocalProtocolError(f"Illegal header value b'{TOKEN}'")

    def odd(_: httpx.Request) -> httpx.Response:
        raise httpx.DecodingError(TOKEN)

    for answer in (
        lambda _: httpx.Response(401, json={"detail": echo}, headers=PROBLEM),
        lambda _: httpx.Response(500),
        fail,
        odd,
    ):
        for act in (False, True):
            with pytest.raises(BackendError) as caught:
                await ask(answer, act=act)
            shown.append("".join(traceback.format_exception(caught.value)))
    for value in (f"Bearer {TOKEN}\x00", f"Bearer {TOKEN}\nX: y", f"Bearer {TOKEN}é"):
        with pytest.raises(AuthRequired) as refused:
            WebClient(HOME, credentials={"Authorization": value})
        shown.append("".join(traceback.format_exception(refused.value)))
    async with client(lambda _: httpx.Response(200)) as web:
        with pytest.raises(Unreadable):
            await web.get_json("/x", headers={"x-thing": broken + TOKEN})
        with pytest.raises(Refused):
            await web.post_json("/x", {}, headers={"x-thing": broken + TOKEN})
    assert "… is wrong, as is …" in shown[1]
    assert not [text for text in [*shown, *caplog.messages] if TOKEN in text]


async def test_credentials_may_have_been_pasted_with_a_line_end() -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        return httpx.Response(200, json={})

    transport = mocked(answer)
    async with WebClient(
        HOME, transport=transport, credentials={"Authorization": KNOWN["Authorization"] + "\n"}
    ) as web:
        await web.get_json("/x")
    assert seen == [f"Bearer {TOKEN}"]


@pytest.mark.parametrize(
    "proxy",
    ["socks5://user:hunter2hunter2@127.0.0.1:1", "nonsense://hunter2hunter2", "http://127.0.0.1:hunter2hunter2"],
)
async def test_a_proxy_that_cannot_be_used(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(Offline, match="proxy") as caught:
        async with WebClient(HOME):
            pass
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


async def test_certificates_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forumtui.backends.web.client.trusted", Path("/nowhere/certificates.pem").read_bytes)
    with pytest.raises(Offline, match="certificates"):
        async with WebClient(HOME):
            pass
