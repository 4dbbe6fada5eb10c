"""Where served forums are, and becoming somebody there."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from pathlib import Path

import httpx
import pytest
from tests.backends.http_servers import Line, loopback
from tests.backends.mocked import mocked
from tests.backends.other_side import OtherSide
from tests.reference.forum import ReferenceForum

from forumtui.backends.remote import connection, driver
from forumtui.errors import AuthRequired, Offline, Refused, Unreadable, Unsupported, UsageError
from forumtui.model import Certainty, Recognised, What
from forumtui.reader.sync.places import canonical

PLACE = "https://forum.example"
ANN = {"name": "Ann", "password": "open sesame"}
TOKEN = "token-of-Ann-abcdef"


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch) -> OtherSide:
    """The server that the driver finds, whatever the address."""
    side = OtherSide(ReferenceForum(), {})
    transport = mocked(side)
    monkeypatch.setattr(connection, "connect", partial(connection.connect, transport=transport))
    return side


def test_which_locations_are_ours() -> None:
    for perhaps in ("http://127.0.0.1:8000", "https://forum.example/team", "HTTPS://X.ORG"):
        assert driver.recognises(perhaps) is Certainty.PERHAPS, perhaps
    assert driver.recognises("unix:/run/forum.sock") is Certainty.CERTAINLY
    for another in ("forum.db", "nntp://news", "file:///x.db", "", "unix", "http:", "/run/forum.sock"):
        assert driver.recognises(another) is Certainty.NO, another


def test_what_addresses_of_the_api_name() -> None:
    def named(location: str, base: str = "") -> Recognised | None:
        return driver.names(location, base)

    team = "https://forum.example/team"
    for base in ("", team):
        assert named(f"{team}/api/v1/topics/7", base) == Recognised("remote", team, What.TOPIC, "7")
        assert named(f"{team}/api/v1/topics/7/posts?place=end", base) == Recognised("remote", team, What.TOPIC, "7")
        assert named(f"{team}/api/v1/posts/a%2Fb", base) == Recognised("remote", team, What.POST, "a/b")
        assert named(f"{team}/api/v1/members/Ann%20Lee", base) == Recognised("remote", team, What.MEMBER, "Ann Lee")
        assert named(f"{team}/api/v1/forum", base) == Recognised("remote", team)
        assert named(f"{team}/api/v1/topics/7%00", base) is None
    assert named(f"{team}/", team) == named("http://FORUM.example:80/team", team) == Recognised("remote", team)
    assert named("https://forum.example/teams", team) is None
    assert named("https://forum.example/api/v1/topics/7", team) is None
    assert named("https://ann@forum.example/team/api/v1/topics/7", team) is None
    assert named("unix:/run/forum.sock") == Recognised("remote", "unix:/run/forum.sock")


def test_a_place_is_written_one_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/ann")
    assert canonical("UNIX:/run/forum.sock") == "unix:/run/forum.sock"
    assert canonical("unix:forum.sock") == f"unix:{tmp_path}/forum.sock"
    assert canonical("unix:~/forum.sock") == "unix:/home/ann/forum.sock"
    assert canonical("HTTP://Forum.Example/Team/") == "http://forum.example/Team"


def test_recognising_loads_no_network() -> None:
    code = (
        "import sys; from forumtui.backends.registry import driver_for; driver_for('https://x.org');"
        "assert not {'httpx', 'apsw'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


async def test_logging_in_gives_a_token_and_logging_out_ends_it(other: OtherSide) -> None:
    options = await driver.log_in(PLACE, {"name": "default"}, ANN)
    assert options == {"token": TOKEN}
    async with driver.open(PLACE, {**options, "name": "default"}) as session:
        me = (await session.info()).me
        assert me is not None
        assert me.name == "Ann"
    assert await driver.log_out(PLACE, {**options, "other": "kept"}) == {"other": "kept"}
    assert other.members == {}
    asked = len(other.asked)
    assert await driver.log_out(PLACE, options) == {}  # its token is good no longer
    assert await driver.log_out(PLACE, {}) == {}
    assert len(other.asked) == asked + 1
    async with driver.open(PLACE, options) as session:
        with pytest.raises(AuthRequired):
            await session.info()


async def test_registering_says_whether_the_rules_are_accepted(other: OtherSide) -> None:
    for given in ({}, {"accepts_rules": "no"}, {"accepts_rules": ""}):
        with pytest.raises(Refused, match="Accept the rules first"):
            await driver.register(PLACE, {}, {**ANN, **given})
    assert await driver.register(PLACE, {}, {**ANN, "accepts_rules": "Yes", "invitation": " code "}) == {"token": TOKEN}
    assert [json.loads(request.content) for request in other.asked[-2:]] == [
        {**ANN, "invitation": "", "accepts_rules": False, "label": "forumtui"},
        {**ANN, "invitation": "code", "accepts_rules": True, "label": "forumtui"},
    ]
    names = [option.name for option in driver.registration_form]
    assert names == ["name", "password", "invitation", "accepts_rules"]
    assert [option.name for option in (*driver.options, *driver.log_in_form) if option.secret] == ["token", "password"]


async def test_what_is_wrong_with_a_log_in_is_said(other: OtherSide) -> None:
    async def nothing_here(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404)

    with pytest.raises(AuthRequired, match="Name or password is wrong"):
        await driver.log_in(PLACE, {}, {**ANN, "password": "guessed"})
    for form in ({"name": "Ann"}, {"password": "x"}, {"name": " ", "password": "x"}):
        with pytest.raises(UsageError):
            await driver.log_in(PLACE, {}, form)
    with pytest.raises(Unsupported, match="Unix socket"):
        await driver.log_in("unix:/run/forum.sock", {}, ANN)
    assert await driver.log_out("unix:/run/forum.sock", {"token": TOKEN}) == {}  # where it had no effect
    other.before = nothing_here
    with pytest.raises(Unreadable, match=r"There is no forumtui forum at https://forum\.example\."):
        await driver.log_in(PLACE, {}, ANN)


async def test_where_nobody_answers(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="address"):
        async with driver.open("http://", {}):
            pass
    async with driver.open(f"unix:{tmp_path}/none.sock", {}) as session:
        with pytest.raises(Offline, match=r"none\.sock"):
            await session.info()
    with pytest.raises(AuthRequired):
        async with driver.open(PLACE, {"token": "two\nlines"}):
            pass


async def test_a_forum_behind_a_unix_socket(tmp_path: Path) -> None:
    heads: list[bytes] = []

    async def behave(line: Line) -> None:
        heads.append(await line.request())
        await line.answer(b'{"title": "Team"}')

    async with (
        loopback(behave, tmp_path / "forum.sock"),
        driver.open(f"unix:{tmp_path}/forum.sock", {}) as session,
    ):
        assert (await session.info()).title == "Team"
    assert heads[0].startswith(b"GET /api/v1/forum HTTP/1.1\r\n")
    assert b"authorization" not in heads[0].lower()
