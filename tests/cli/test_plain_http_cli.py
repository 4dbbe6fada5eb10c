"""Secrets to an address without encryption, from the command line."""

from __future__ import annotations

import io
import sys

import pytest
from tests.cli.running import Cli

pytest.importorskip("fastapi", reason="the server is an extra: pip install 'forumtui[server]'")

from tests.cli.test_membership_cli import PASSWORD, address

from forumtui.backends.remote import RemoteDriver
from forumtui.cli import answering, doctor, output

__all__ = ["address"]


class Typed(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def in_the_open(cli: Cli, address: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A forum that one can register at; this machine counts as another."""
    cli("host", "policy", "team.db", "--registration", "open")
    cli("accounts", "add", address, "--name", "web")
    monkeypatch.setattr(answering, "is_overheard", lambda location: location.startswith("http://"))
    return address


GIVEN = ["web", "--field", "name=anna", "--field", "accepts_rules=yes", "--field", "invitation=", "--password", "-"]


@pytest.mark.parametrize("what", ["register", "login"])
def test_without_a_terminal_nothing_is_sent_and_the_way_out_is_said(
    cli: Cli, in_the_open: str, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    sent: list[str] = []
    for name in ("log_in", "register"):
        monkeypatch.setattr(RemoteDriver, name, lambda *_, name=name: sent.append(name))
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
    given = [word for word in GIVEN if what == "register" or "rules" not in word]
    given = [*given[:3], "--password", "-"] if what == "login" else given
    ran = cli("accounts", what, *given, code=2)
    assert in_the_open in ran.err
    assert "not encrypted" in ran.err
    assert "--insecure" in ran.err
    assert PASSWORD not in ran.err
    assert sent == []


def test_insecure_sends_it(cli: Cli, in_the_open: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
    assert "you are anna" in cli("accounts", "register", *GIVEN, "--insecure").out


@pytest.mark.parametrize(("answer", "code"), [("", 2), ("n", 2), ("yes", 0)])
def test_at_a_terminal_it_is_asked(
    cli: Cli, in_the_open: str, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    monkeypatch.setattr(sys, "stdin", Typed(f"{answer}\n{PASSWORD}\n"))
    ran = cli("accounts", "register", *GIVEN, code=code)
    assert "(y/N)" in ran.out
    assert ("Nothing was sent" in ran.err) == bool(code)
    assert (cli("accounts", "list", "--json").json[0]["me"] == "anna") == (not code)


@pytest.mark.parametrize("given", [["--token", "ftui_x"], ["--option", "token=ftui_x"]])
def test_a_token_for_another_host_is_refused_before_anybody_is_asked(cli: Cli, given: list[str]) -> None:
    ran = cli("accounts", "add", "http://192.0.2.1", *given, code=2)
    assert "--insecure" in ran.err
    assert "ftui_x" not in ran.err
    assert cli("accounts", "list", "--json").json == []


def test_doctor_and_the_list_tell_of_accounts_that_are_overheard(
    cli: Cli, in_the_open: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
    cli("accounts", "register", *GIVEN, "--insecure")
    assert "not encrypted" not in cli("accounts", "list").out
    for module in (output, doctor):
        monkeypatch.setattr(module, "is_known_in_the_open", lambda row: row.me is not None)
    assert "not encrypted" in cli("accounts", "list").out
    assert "is not encrypted: whoever is on the way" in " ".join(cli("doctor").out.split())
    assert "anna" in cli("topics", "web", "--json").out or cli("topics", "web").code == 0
