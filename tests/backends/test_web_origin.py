"""Requests and credentials stay where they belong, wherever a server sends us."""

from __future__ import annotations

import httpx
import pytest
from tests.backends.http_servers import HOME, KNOWN, ask, client

from forumtui.backends.web.origin import Elsewhere, Origin
from forumtui.errors import BackendError, Offline, Refused, Unanswered, Unreadable


@pytest.mark.parametrize(
    ("address", "base", "name"),
    [
        ("https://example.org", "https://example.org/", "example.org"),
        (" HTTPS://Example.ORG:443/Forum/?x=1#y ", "https://example.org/Forum/", "example.org"),
        ("http://[::1]:8080", "http://[::1]:8080/", "[::1]:8080"),
        ("https://exämple.org/a%2Fb", "https://xn--exmple-cua.org/a%2Fb/", "xn--exmple-cua.org"),
    ],
)
def test_what_an_address_is(address: str, base: str, name: str) -> None:
    origin = Origin(address)
    assert (str(origin.base), origin.name) == (base, name)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "example.org",
        "ftp://example.org",
        "https://",
        "https:///x",
        "http://[::1",
        "http://h:99999",
        "http://h:0",
        "\0",
    ],
)
def test_what_no_address_is(address: str) -> None:
    with pytest.raises(Refused, match="looks like"):
        Origin(address)


def test_an_address_with_a_password_is_refused_and_not_repeated() -> None:
    with pytest.raises(Refused, match="no name and no password") as caught:
        Origin("https://anna:hunter2@example.org")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/t/1", "https://example.org/forum/t/1"),
        ("t/1", "https://example.org/forum/t/1"),
        ("", "https://example.org/forum/"),
        ("//evil.net/x", "https://example.org/forum/evil.net/x"),
        ("/t/a%2Fb?x=../1", "https://example.org/forum/t/a%2Fb?x=../1"),
        ("https://example.org/other?page=2", "https://example.org/other?page=2"),
        ("https://anna:pw@EXAMPLE.org:443/other", "https://example.org/other"),
        ("@evil.net", "https://example.org/forum/@evil.net"),
    ],
)
def test_paths_stay_below_the_address(path: str, url: str) -> None:
    assert str(Origin(HOME + "/forum").url(path)) == url


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.net/x", "http://example.org/x", "https://example.org:8443/x", "https://example.org.evil.net/",
        "https://example.org@evil.net/", "/t/../../x", "..", "/t/./x", "/t/\x01", "http://[::1", "x" * 70_000,
    ],
)  # fmt: skip
def test_paths_that_lead_elsewhere(path: str) -> None:
    with pytest.raises(Unreadable):
        Origin(HOME).url(path)
    with pytest.raises(Refused):
        Origin(HOME).url(path, safe=False)


def test_a_search_for_half_a_character_is_no_crash() -> None:
    with pytest.raises(Unreadable):
        Origin(HOME).url("/search", {"q": "\ud800"})


# -- redirects


async def visit(status: int, location: str, *, act: bool = False) -> tuple[BackendError, list[httpx.Request]]:
    """What comes of a redirect that must not be followed, and all requests that were made."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(status, headers=[(b"location", location.encode())])

    with pytest.raises(BackendError) as caught:
        async with client(answer, HOME + "/forum") as web:
            await (web.post_json("/api/info", {}) if act else web.get_json("/api/info"))
    return caught.value, seen


@pytest.mark.parametrize(
    ("status", "location", "there"),
    [
        (301, "https://www.example.org/forum/api/info", "https://www.example.org/forum"),
        (308, "https://new.net/api/info", "https://new.net"),
        (301, "https://new.net/somewhere/else", "https://new.net"),
        (302, "https://example.org:8443/forum/api/info", "https://example.org:8443/forum"),
        (301, "//new.net/community/api/info?x=1", "https://new.net/community"),
        (301, "https://anna:pw@new.net/", "https://new.net"),
        (301, "https://exämple.org/", "https://xn--exmple-cua.org"),
    ],
)
async def test_a_forum_that_moved(status: int, location: str, there: str) -> None:
    says = f"example.org answers that it moved to {there}; add that address instead."
    for act, kind in ((False, Elsewhere), (True, Unanswered)):
        error, seen = await visit(status, location, act=act)
        assert (type(error), str(error), len(seen)) == (kind, says, 1)
        assert not isinstance(error, Elsewhere) or (error.is_move and error.target.startswith(there))


async def test_from_http_to_https_is_said_like_that() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"location": str(request.url.copy_with(scheme="https"))})

    async with client(answer, "http://example.org") as web:
        with pytest.raises(Unreadable, match=r"^example\.org .* moved to https://example\.org; add that"):
            await web.get_json("/x")


@pytest.mark.parametrize("location", ["https://login.evil.net/?next=1", "http://10.0.0.1/hotel"])
async def test_being_sent_to_strangers(location: str) -> None:
    for status in (302, 303, 307):
        for act in (False, True):
            error, seen = await visit(status, location, act=act)
            assert type(error) is (Unanswered if act else Elsewhere)
            assert not isinstance(error, Elsewhere) or not error.is_move
            assert "which is not the forum" in str(error)
            assert len(seen) == 1


@pytest.mark.parametrize(
    "location", ["javascript:alert(1)", "http:///x", "file:///etc/passwd", "gopher://x", "http://", "mailto:x@y"]
)
async def test_being_sent_nowhere(location: str) -> None:
    for act in (False, True):
        error, seen = await visit(301, location, act=act)
        assert (type(error), len(seen)) == (Unanswered if act else Unreadable, 1)


async def test_a_place_that_httpx_cannot_read_is_a_broken_answer() -> None:
    assert type((await visit(301, "http://[::1"))[0]) is Offline
    assert type((await visit(301, "http://[::1", act=True))[0]) is Unanswered
    with pytest.raises(Unreadable, match="nowhere"):
        Origin(HOME).redirected(httpx.URL(HOME), 301, "http://[::1", follow=True, safe=True)


async def test_an_act_is_never_done_again_elsewhere() -> None:
    for status in (301, 302, 303, 307, 308):
        error, seen = await visit(status, "/forum/other", act=True)
        assert (type(error), len(seen)) == (Unanswered, 1)


async def test_within_the_origin_a_redirect_is_followed_and_credentials_with_it() -> None:
    seen: list[tuple[str, str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append((request.url.path, request.headers["authorization"], request.headers["accept"]))
        if request.url.path == "/x":
            return httpx.Response(307, headers={"location": "https://u:p@example.org:443/y"}, content=b"moved")
        if request.url.path == "/y":
            return httpx.Response(302, headers={"location": "z"}, content=b"x" * 100_000)
        return httpx.Response(200, json="here")

    assert await ask(answer) == "here"
    assert [path for path, _, _ in seen] == ["/x", "/y", "/z"]
    assert {known for _, known, _ in seen} == {KNOWN["Authorization"]}
    assert len({accepted for _, _, accepted in seen}) == 1


async def test_circles_end() -> None:
    count = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal count
        count += 1
        return httpx.Response(302, headers={"location": f"/{count}"})

    with pytest.raises(Unreadable, match="circles"):
        await ask(answer)
    assert count == 6


async def test_a_redirect_without_a_place() -> None:
    with pytest.raises(Unreadable, match="302"):
        await ask(lambda _: httpx.Response(302))
