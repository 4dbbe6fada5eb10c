"""`host` over a forum file and over a server: the same words, the same answers."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.running import Cli

pytest.importorskip("fastapi", reason="the server is an extra: pip install 'forumtui[server]'")

from tests.server.processes import served


@pytest.fixture
def team(cli: Cli) -> str:
    cli("host", "create", "team.db", "--title", "Team room")
    cli("host", "board", "add", "team.db", "--title", "General")
    cli("new", "team.db", "--board", "General", "--subject", "Welcome", "--text", "Say hello.")
    return "team.db"


@pytest.fixture(params=["file", "socket", "tcp"])
def forum(request: pytest.FixtureRequest, cli: Cli, team: str, tmp_path: Path) -> Iterator[str]:
    """The forum as a file, through a Unix socket as its admin, or over TCP with an admin's token."""
    if request.param == "file":
        yield team
        return
    where = ["--socket", f"{tmp_path}/team.sock"] if request.param == "socket" else []
    with served(tmp_path / team, *where) as serving:
        if request.param == "tcp":
            me = json.loads(cli("host", "member", "list", team, "--json").out)[0]["name"]
            token = cli("host", "token", team, me).out.splitlines()[-1]
            cli("accounts", "add", serving.address, "--name", "web", "--token", token)
        yield "web" if request.param == "tcp" else serving.address


def test_a_house_is_kept(cli: Cli, forum: str, tmp_path: Path) -> None:
    cli("host", "board", "add", forum, "--title", "Staff", "--parent", "General", "--reading", "members")
    boards = cli("host", "board", "list", forum, "--json").json
    assert [(board["title"], board["members_only"]) for board in boards] == [("General", False), ("Staff", True)]
    cli("host", "board", "edit", forum, "Staff", "--title", "The staff", "--leader-wanted")
    assert "leader wanted" in cli("host", "board", "list", forum).out

    cli("host", "member", "add", forum, "Bo", "--role", "Editor")
    assert "clash" not in cli("host", "member", "add", forum, "bo", code=1).out
    cli("host", "member", "role", forum, "Bo", "Moderator")
    roles = {member["name"]: member["role"] for member in cli("host", "member", "list", forum, "--json").json}
    assert roles["Bo"] == "Moderator"
    cli("host", "member", "suspend", forum, "Bo")
    cli("host", "member", "restore", forum, "Bo")

    token = cli("host", "token", forum, "Bo", "--label", "a script", "--scope", "read", "--days", "2").out
    assert token.splitlines()[-1].startswith("ftui_")
    (shown,) = cli("host", "tokens", forum, "--member", "Bo", "--json").json
    assert (shown["label"], shown["scopes"], shown["used"]) == ("a script", ["read"], None)
    cli("host", "tokens", forum, "--revoke", shown["id"])
    assert cli("host", "tokens", forum, "--member", "Bo", "--json").json == []
    assert " " not in cli("host", "invite", forum, "--uses", "2").out.splitlines()[-1]

    said = cli("host", "policy", forum, "--registration", "closed", "--approval", "new").out
    assert said.startswith("registration: closed.")
    assert "reading: public." in said
    cli("host", "rules", forum, "Be kind.")
    cli("host", "notice", forum, "The office is closed on Monday.")
    cli("host", "mark", forum, "1", "best-practice")
    assert cli("host", "topic", "remove", forum, "1", "--reason", "spam").out.startswith("Topic 1 is removed")
    assert cli("topics", forum, "--json").json[0]["removed"] is True
    assert "Topic 1 is there" in cli("host", "topic", "restore", forum, "1").out
    assert "tagged one, two words." in cli("host", "topic", "tags", forum, "1", "one", "two words").out

    assert cli("host", "stats", forum, "--json").json[0]["boards"] == 2
    assert cli("host", "stats", forum).out.splitlines()[:2] == ["2 boards", "1 topic"]
    operations = {entry["operation"] for entry in cli("host", "log", forum, "--json").json}
    assert len(operations) > 6
    assert cli("host", "check", forum).out == "The forum is sound.\n"
    cli("host", "backup", forum, "copy.db")
    assert "Welcome" in cli("topics", "copy.db").out
    cli("host", "backup", forum, "copy.db", code=1)
    assert not (tmp_path / "copy.db.part").exists()


def test_what_waits_is_settled(cli: Cli, forum: str, team: str) -> None:
    cli("host", "policy", forum, "--approval", "everybody")
    os.environ["FORUMTUI_HOME"] += "-bo"
    cli("accounts", "add", team, "--name", "bo", "--option", "name=Bo")
    for number, text in enumerate(["First.", "Second."]):
        cli("reply", "bo", "1", "--text", text, "--key", f"key-{number}")
    os.environ["FORUMTUI_HOME"] = os.environ["FORUMTUI_HOME"].removesuffix("-bo")
    first, second = cli("host", "queue", forum, "--json").json
    assert (first["kind"], first["member"], first["text"]) == ("held", "Bo", "First.")
    cli("host", "queue", forum, "--approve", first["id"])
    cli("host", "queue", forum, "--reject", second["id"], "--reason", "Once is enough.")
    assert cli("host", "queue", forum, "--json").json == []
    bodies = [post["body"] for post in cli("read", team, "1", "--json").json]
    assert bodies == ["Say hello.", "First."]


def test_bad_input_is_said_in_a_sentence(cli: Cli, forum: str) -> None:
    assert "no board" in cli("host", "board", "edit", forum, "Nowhere", "--title", "X", code=1).err
    cli("host", "board", "add", forum, "--title", " ", code=1)
    cli("host", "member", "add", forum, "", code=1)
    cli("host", "token", forum, "Nobody", code=1)
    cli("host", "tokens", forum, "--revoke", "nothing", code=1)
    cli("host", "queue", forum, "--approve", "99", code=1)
    cli("host", "policy", forum, "--registration", "maybe", code=2)
    cli("host", "rules", forum, code=2)
    cli("host", "log", "nowhere", code=1)
    cli("host", "log", "http://127.0.0.1:1", code=1)
