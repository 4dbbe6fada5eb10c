"""Changing one's password, and seeing and ending where one is logged in, from the command line."""

from __future__ import annotations

import getpass
import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Protocol

import pytest
from tests.cli.running import Cli, Ran

pytest.importorskip("fastapi", reason="the server is an extra: pip install 'forumtui[server]'")

from tests.cli.test_json_promise import GOLDEN, broken, kind_of, merged
from tests.server.processes import served

OLD = "a horse of another colour"
NEW = "the last tram to the harbour"
Typed = Callable[..., None]


class Devices(Protocol):
    def __call__(self, device: str, *words: str, code: int = 0) -> Ran: ...


@pytest.fixture
def address(cli: Cli, tmp_path: Path) -> Iterator[str]:
    cli("host", "create", "team.db", "--title", "Team room")
    cli("host", "policy", "team.db", "--registration", "open")
    with served(tmp_path / "team.db", "--limit", "logins=0") as serving:
        yield serving.address


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Typed:
    """What comes on the standard input, a line each."""

    def typed(*lines: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))

    return typed


@pytest.fixture
def devices(cli: Cli, address: str, typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Devices:
    """Anna, logged in on two machines; the function runs a command line on one of them."""

    def on(device: str, *words: str, code: int = 0) -> Ran:
        with monkeypatch.context() as patch:
            patch.setenv("FORUMTUI_HOME", str(tmp_path / device))
            return cli(*words, code=code)

    for device in ("desk", "phone"):
        on(device, "accounts", "add", address, "--name", "web")
    typed(OLD)
    on("desk", "accounts", "register", "web", "--field", "name=anna", "--password", "-", "--field", "accepts_rules=yes")
    typed(OLD)
    on("phone", "accounts", "login", "web", "--field", "name=anna", "--password", "-")
    return on


def test_changing_the_password_logs_the_others_out(devices: Devices, typed: Typed) -> None:
    typed("wrong", NEW)
    assert "old password is wrong" in devices("desk", "accounts", "password", "web", "--password", "-", code=1).err
    typed(OLD, "iloveyou")
    assert "guessed too soon" in devices("desk", "accounts", "password", "web", "--password", "-", code=1).err
    assert devices("phone", "accounts", "sessions", "web").out
    typed(OLD, NEW)
    assert "is changed" in devices("desk", "accounts", "password", "web", "--password", "-").out
    assert len(devices("desk", "accounts", "sessions", "web", "--json").json) == 1
    assert "log in" in devices("phone", "accounts", "sessions", "web", code=1).err
    typed(NEW)
    devices("phone", "accounts", "login", "web", "--field", "name=anna", "--password", "-")
    assert len(devices("desk", "accounts", "sessions", "web", "--json").json) == 2


def test_a_person_is_asked_for_it_three_times_and_it_does_not_show(
    devices: Devices, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, asked = iter([OLD, NEW, "another one", OLD, NEW, NEW]), []

    def answer(question: str) -> str:
        asked.append(question)
        return next(answers)

    monkeypatch.setattr(getpass, "getpass", answer)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    assert "nothing was changed" in devices("desk", "accounts", "password", "web", code=2).err
    done = devices("desk", "accounts", "password", "web")
    assert "is changed" in done.out
    assert not any(secret in done.out + done.err for secret in (OLD, NEW))
    assert [question.rpartition("(")[2] for question in asked[3:]] == ["old): ", "new): ", "new again): "]


def test_without_a_terminal_nothing_is_waited_for(devices: Devices, typed: Typed) -> None:
    typed()
    assert "--password -" in devices("desk", "accounts", "password", "web", code=2).err
    assert (
        "nothing on the standard input" in devices("desk", "accounts", "password", "web", "--password", "-", code=2).err
    )
    assert "no account" in devices("desk", "accounts", "password", "nowhere", code=1).err


def test_listing_and_ending_log_ins(devices: Devices) -> None:
    records = devices("desk", "accounts", "sessions", "web", "--json").json
    (seen,) = merged([kind_of(record) for record in records])
    assert not list(broken(seen, json.loads((GOLDEN / "accounts-sessions.json").read_text()), "accounts-sessions"))
    assert [record["current"] for record in records] == [False, True]
    phone, desk = (record["id"] for record in records)
    lines = devices("desk", "accounts", "sessions", "web").out.splitlines()
    assert lines[0].startswith(f"{phone} forumtui: since ")
    assert lines[1].endswith("read, write; this one")
    assert "no log-in nonsense" in devices("desk", "accounts", "sessions", "web", "--end", "nonsense", code=1).err
    assert "is ended" in devices("desk", "accounts", "sessions", "web", "--end", phone).out
    assert "log in" in devices("phone", "sync", "web", code=1).err
    assert "out of Team room here" in devices("desk", "accounts", "sessions", "web", "--end", desk).out
    assert devices("desk", "accounts", "list", "--json").json[0]["me"] is None


def test_logging_out_everywhere(devices: Devices, typed: Typed, tmp_path: Path) -> None:
    assert "everywhere but here" in devices("desk", "accounts", "sessions", "web", "--end-others").out
    assert devices("desk", "accounts", "list", "--json").json[0]["me"] == "anna"
    assert "log in" in devices("phone", "sync", "web", code=1).err
    typed(OLD)
    devices("phone", "accounts", "login", "web", "--field", "name=anna", "--password", "-")
    assert "everywhere;" in devices("desk", "accounts", "sessions", "web", "--end-all").out
    for device, code in (("desk", 0), ("phone", 1)):
        devices(device, "sync", "web", code=code)  # a guest, and one whose log-in ended
    assert "ftui_" not in "".join(
        file.read_text(errors="replace") for file in (tmp_path / "desk").rglob("*") if file.is_file()
    )


def test_passwords_are_not_sent_in_the_open_unasked(
    devices: Devices, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forumtui.cli.answering.is_overheard", lambda _: True)
    typed(OLD, NEW)
    said = devices("desk", "accounts", "password", "web", "--password", "-", code=2).err
    assert "your passwords" in said
    assert "Nothing was sent" in said
    typed(OLD, NEW)
    devices("desk", "accounts", "password", "web", "--password", "-", "--insecure")


def test_a_forum_file_has_neither(cli: Cli, address: str, typed: Typed) -> None:
    cli("accounts", "add", "team.db", "--name", "file", "--option", "name=Anna")
    typed("", NEW)
    assert "no passwords or log-ins" in cli("accounts", "password", "file", "--password", "-", code=1).err
    for words in ([], ["--end", "x"], ["--end-others"], ["--end-all"]):
        assert "no passwords or log-ins" in cli("accounts", "sessions", "file", *words, code=1).err
