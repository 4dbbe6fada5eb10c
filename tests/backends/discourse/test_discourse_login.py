"""A key that a member grants in the browser: by a code, or by what an older site's page shows."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from forumtui.backends.discourse import login
from forumtui.backends.web import Answer, Request
from forumtui.errors import AuthRequired, Offline, RateLimited, Refused, Unreadable, Unsupported
from forumtui.model import Errand
from forumtui.reader.sync.errands import run_errand
from forumtui.reader.sync.session import Clock

pytest.importorskip("cryptography", reason="the extra discourse is not installed")

BASE = "https://talk.example/forum"
KEY = "an-issued-key-0123456789"


@dataclass
class KeySite:
    """Grants keys.  ``by_code``: as sites of 2026; ``answers``: what asking after the code says, one after another."""

    by_code: bool = True
    answers: list[Any] = field(default_factory=lambda: ["authorization_pending", "authorized"])
    asked: dict[str, Any] = field(default_factory=dict)
    revoked: list[str] = field(default_factory=list)
    padding: str = "oaep"
    nonce: str = ""

    async def __call__(self, request: Request) -> Answer:
        path = request.path.removeprefix("/forum/")
        body = json.loads(request.content) if request.content else {}
        match request.method, path:
            case "HEAD", "user-api-key/new":
                return Answer(
                    200, headers={"auth-api-version": "4", **({"auth-api-device-code": "true"} if self.by_code else {})}
                )
            case "POST", "user-api-key/device.json":
                self.asked = body
                return self._json(
                    {
                        "device_code": "a" * 64,
                        "user_code": "WXYZ-2345",
                        "verification_uri": f"{BASE}/user-api-key/activate",
                        "verification_uri_with_request": f"{BASE}/user-api-key/activate/abcdefgh",
                        "expires_in": 600,
                        "interval": 5,
                    }
                )
            case "POST", "user-api-key/device/poll.json":
                return self._poll(body)
            case "GET", "session/current.json":
                assert request.headers["user-api-key"] == KEY
                return self._json({"current_user": {"id": 7, "username": "anna"}})
            case "POST", "user-api-key/revoke.json":
                self.revoked.append(request.headers["user-api-key"])
                return self._json({"success": "OK"})
        return Answer(404, b'{"errors": ["nothing"], "error_type": "not_found"}', {"content-type": "application/json"})

    def _poll(self, body: Mapping[str, Any]) -> Answer:
        assert body == {"device_code": "a" * 64}
        said = self.answers.pop(0)
        if isinstance(said, Answer):
            return said
        return self._json({"status": said, **({"payload": self.payload()} if said == "authorized" else {})})

    def payload(self) -> str:
        """As a site seals it: lines of base 64."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding
        from cryptography.hazmat.primitives.serialization import load_pem_public_key

        key: Any = load_pem_public_key(self.asked["public_key"].encode())
        way: Any = padding.PKCS1v15()
        if self.padding == "oaep":
            way = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
        text = json.dumps({"key": KEY, "nonce": self.nonce or self.asked["nonce"], "push": False, "api": 4})
        return base64.encodebytes(key.encrypt(text.encode(), way)).decode()

    def _json(self, value: object) -> Answer:
        return Answer(200, json.dumps(value).encode(), {"content-type": "application/json; charset=utf-8"})


async def test_a_code_is_shown_and_asked_after_until_it_is_granted() -> None:
    site = KeySite()
    errand = await login.begin(BASE, {}, transport=site)
    assert (errand.address, errand.code) == (f"{BASE}/user-api-key/activate/abcdefgh", "WXYZ-2345")
    assert (errand.interval, errand.lasts, errand.pastes) == (5.0, 600.0, False)
    assert site.asked["scopes"] == "read,write,notifications,session_info"
    assert site.asked["padding"] == "oaep"
    assert await login.finish(BASE, errand, transport=site) is None
    options = await login.finish(BASE, errand, transport=site)
    assert options == {"key": KEY, "client": site.asked["client_id"], "name": "anna"}
    assert "private" not in repr(errand)


async def test_the_reader_stays_the_same_to_the_site() -> None:
    site = KeySite()
    await login.begin(BASE, {"client": "this-reader"}, transport=site)
    assert site.asked["client_id"] == "this-reader"


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("access_denied", AuthRequired),
        ("expired_token", AuthRequired),
        ("a word of tomorrow", Unreadable),
        (Answer(429, b"{}", {"content-type": "application/json", "retry-after": "7"}), RateLimited),
        (Answer(502, b"<html>", {"content-type": "text/html"}), Offline),
    ],
)
async def test_no_grant_says_why(said: Any, error: type[Exception]) -> None:
    site = KeySite(answers=[said])
    errand = await login.begin(BASE, {}, transport=site)
    with pytest.raises(error):
        await login.finish(BASE, errand, transport=site)


@pytest.mark.parametrize("padding", ["oaep", "pkcs1"])
async def test_an_older_sites_text_survives_terminals(padding: str) -> None:
    site = KeySite(by_code=False, padding=padding)
    errand = await login.begin(BASE, {}, transport=site)
    assert errand.pastes
    parts = urlsplit(errand.address)
    assert parts.path == "/forum/user-api-key/new"
    asked = {name: values[0] for name, values in parse_qs(parts.query, strict_parsing=True).items()}
    assert "auth_redirect" not in asked
    assert "+" not in parts.query
    site.asked = asked
    shown = re.sub(r"\s", "", site.payload())
    for mangled in (shown, textwrap.fill(shown, 40), f"  {textwrap.fill(shown, 76)}\r\n\r\n", "\n\n".join(shown)):
        options = await login.finish(BASE, errand, mangled, transport=site)
        assert options is not None
        assert options["key"] == KEY
    assert await login.finish(BASE, errand, "", transport=site) is None


@pytest.mark.parametrize("pasted", ["nonsense", "QUJD", "é" * 9, "A" * 100_000, "=" * 30])
async def test_other_texts_are_refused(pasted: str) -> None:
    site = KeySite(by_code=False)
    errand = await login.begin(BASE, {}, transport=site)
    with pytest.raises(Refused, match="copy all of it"):
        await login.finish(BASE, errand, pasted, transport=site)


async def test_what_was_granted_to_another_request_is_refused() -> None:
    site = KeySite(by_code=False, nonce="another")
    errand = await login.begin(BASE, {}, transport=site)
    site.asked = {name: values[0] for name, values in parse_qs(urlsplit(errand.address).query).items()}
    with pytest.raises(Refused, match="another request"):
        await login.finish(BASE, errand, site.payload(), transport=site)


async def test_a_site_without_keys_says_so() -> None:
    async def nothing(_: Request) -> Answer:
        return Answer(404, b'{"errors": ["nothing"]}', {"content-type": "application/json"})

    with pytest.raises(Unsupported, match="gives no keys"):
        await login.begin(BASE, {}, transport=nothing)


async def test_a_key_is_revoked() -> None:
    site = KeySite()
    await login.revoke(BASE, {"key": KEY, "client": "c"}, transport=site)
    assert site.revoked == [KEY]


# -- the whole errand


class Elsewhere:
    """A driver that is granted after some answers."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)

    async def begin_log_in(self, _location: str, _options: Mapping[str, str]) -> Errand:
        return Errand("https://talk.example/activate", "ABCD", interval=5, lasts=60)

    async def finish_log_in(
        self, _location: str, _options: Mapping[str, str], _errand: Errand, _pasted: str = ""
    ) -> Mapping[str, str] | None:
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        return {"key": "k"} if answer else None


class Waits(Clock):
    """Lets the time pass at once."""

    def __init__(self) -> None:
        self.waited: list[float | None] = []

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        del event
        self.waited.append(seconds)


async def go(driver: Elsewhere) -> tuple[Mapping[str, str], list[float | None]]:
    clock = Waits()

    async def show(errand: Errand) -> str:
        assert errand.code == "ABCD"
        return ""

    return await run_errand(driver, "https://talk.example", {}, show, clock), clock.waited  # type: ignore[arg-type]  # half a driver


async def test_a_lost_line_and_a_wish_for_a_pause_are_waited_for() -> None:
    found, waits = await go(Elsewhere(None, Offline("gone"), RateLimited("slow", 20.0), True))
    assert found == {"key": "k"}
    assert waits == [5.0, 5.0, 20.0]


async def test_it_does_not_last_for_ever() -> None:
    with pytest.raises(AuthRequired, match="too long"):
        await go(Elsewhere())


async def test_a_no_ends_it() -> None:
    with pytest.raises(AuthRequired, match="not granted"):
        await go(Elsewhere(None, AuthRequired("The key was not granted.")))
