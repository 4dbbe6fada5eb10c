"""A password to an address without encryption is warned about first, and none goes from https to http."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from tests.backends.http_servers import HOME, TOKEN, client
from tests.tui.reader_kit import reading
from tests.tui.test_membership_pages import FORMS, succeeded, visited_by_a_guest

from forumtui.errors import BackendError
from forumtui.overheard import is_overheard
from forumtui.tui.acts import secretly


@pytest.mark.parametrize(
    ("location", "overheard"),
    [
        ("http://example.org", True),
        ("HTTP://Example.org:8765/team", True),
        ("http://192.168.1.7:8765", True),
        ("http://localhost.example.org", True),
        ("http://127.0.0.1.example.org", True),
        ("http://[fe80::1%25eth0]:80", True),
        ("http://[::ffff:10.0.0.1]", True),
        ("http://", True),
        ("http://[", True),
        ("https://example.org", False),
        ("http://localhost:8765", False),
        ("http://forum.localhost", False),
        ("http://127.0.0.1:8765", False),
        ("http://127.9.9.9", False),
        ("http://[::1]:8765/x", False),
        ("unix:/run/forum.sock", False),
        ("/srv/team.db", False),
    ],
)
def test_what_is_overheard_is_http_to_another_host(location: str, overheard: bool) -> None:
    assert is_overheard(location) == overheard


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("act", [False, True])
async def test_no_redirect_carries_what_is_secret_into_the_open(status: int, act: bool) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(status, headers={"location": HOME.replace("https:", "http:") + "/login"})

    with pytest.raises(BackendError):
        async with client(answer) as web:
            await (web.post_json("/login", {"password": "sesame"}) if act else web.get_json("/forum"))
    assert [request.url.scheme for request in seen] == ["https"]
    assert TOKEN in str(seen[0].headers["authorization"])


@pytest.mark.parametrize("answer", ["n", "y"])
async def test_the_form_says_it_and_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.setattr(secretly, "is_overheard", lambda _: True)
    async with reading(tmp_path, size=(80, 24), prepare=visited_by_a_guest) as driver:
        driver.engine.form = FORMS
        await driver.press("g", "a", "L")
        assert "is not encrypted" in " ".join(driver.text.split())
        await driver.type("ben")
        await driver.press("enter")
        await driver.type("sesame q7")
        await driver.press("enter")
        await driver.until(lambda: "send your password all the same?" in " ".join(driver.text.split()))
        assert driver.engine.filled_in == []
        await driver.press(answer)
        if answer == "y":
            await succeeded(driver)
            assert driver.engine.filled_in == [{"name": "ben", "password": "sesame q7"}]
        else:
            await driver.until(lambda: "Nothing was sent." in driver.text)
            assert driver.engine.filled_in == []
