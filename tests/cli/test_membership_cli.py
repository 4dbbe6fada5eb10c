"""Becoming somebody from the command line: register, log out, log in, tokens; nothing secret is printed or kept in clear."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.cli.running import Cli

pytest.importorskip("fastapi", reason="the server is an extra: pip install 'forumtui[server]'")

from tests.server.processes import served

PASSWORD = "a horse of another colour"
Typed = Callable[[str], None]


@pytest.fixture
def address(cli: Cli, tmp_path: Path) -> Iterator[str]:
    cli("host", "create", "team.db", "--title", "Team room")
    cli("host", "board", "add", "team.db", "--title", "General")
    cli("new", "team.db", "--board", "General", "--subject", "Welcome", "--text", "Say hello.")
    cli("host", "rules", "team.db", "Be kind to one another.")
    with served(tmp_path / "team.db") as serving:
        yield serving.address


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Typed:
    def typed(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))

    return typed


def secrets_in(home: Path) -> list[str]:
    """The files in which the password or a token stands."""
    return [
        str(file.relative_to(home))
        for file in home.rglob("*")
        if file.is_file() and (PASSWORD.encode() in file.read_bytes() or b"ftui_" in file.read_bytes())
    ]


def test_register_log_out_and_log_in(cli: Cli, home: Path, address: str, typed: Typed) -> None:
    invitation = cli("host", "invite", "team.db").out.splitlines()[-1]
    cli("accounts", "add", address, "--name", "web")
    given = ["--field", "name=anna", "--field", "accepts_rules=yes", "--password", "-"]
    typed(f"{PASSWORD}\n")
    assert "invitation" in cli("accounts", "register", "web", *given, code=1).err
    typed(f"{PASSWORD}\n")
    told = cli("accounts", "register", "web", *given, "--field", f"invitation={invitation}")
    assert "Be kind to one another." in told.out
    assert told.out.endswith("Registered at Team room; you are anna (Member).\n")
    assert cli("accounts", "list", "--json").json[0]["me"] == "anna"
    cli("reply", "web", "1", "--text", "Hello, I am new.")
    assert "anna" in cli("read", "web", "1").out
    assert secrets_in(home) == ["secrets.json"]

    assert "Logged out" in cli("accounts", "logout", "web").out
    assert cli("accounts", "list", "--json").json[0]["me"] is None
    assert secrets_in(home) == []
    cli("reply", "web", "1", "--text", "As nobody.", code=1)
    typed("wrong\n")
    assert "ame" in cli("accounts", "login", "web", "--field", "name=anna", "--password", "-", code=1).err
    typed(f"{PASSWORD}\n")
    assert "as anna" in cli("accounts", "login", "web", "--field", "name=anna", "--password", "-").out
    assert secrets_in(home) == ["secrets.json"]
    assert (home / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_what_is_missing_is_asked_for_in_a_sentence(cli: Cli, address: str, typed: Typed) -> None:
    typed("")
    assert "--field name=" in cli("accounts", "login", address, code=2).err
    assert "--password -" in cli("accounts", "login", address, "--field", "name=anna", code=2).err
    cli("accounts", "login", address, "--field", "name=anna", "--password", "-", code=2)
    assert "no field" in cli("accounts", "login", address, "--field", "mail=x", code=2).err
    cli("accounts", "logout", "nowhere", code=1)
    assert "can not register" in cli("accounts", "register", "team.db", code=2).err


def test_a_token_from_the_standard_input(cli: Cli, home: Path, address: str, typed: Typed) -> None:
    cli("host", "member", "add", "team.db", "robot")
    token = cli("host", "token", "team.db", "robot").out.splitlines()[-1]
    typed(f"{token}\n")
    assert "you are robot" in cli("accounts", "add", address, "--name", "web", "--token", "-").out
    assert secrets_in(home) == ["secrets.json"]
    cli("accounts", "remove", "web")
    assert secrets_in(home) == []
    typed("")
    cli("accounts", "add", address, "--token", "-", code=2)
    cli("accounts", "add", address, "--token", "ftui_wrong", code=1)
