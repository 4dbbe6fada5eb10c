"""The program as a whole: where it says that secrets are, and that it says no more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from forumtui.cli.main import main
from forumtui.reader.secrets import Secrets

CANARY = "canary-5d81-token"

PROGRAM = """
import sys
from contextlib import asynccontextmanager
from forumtui.backends import registry
from forumtui.errors import AuthRequired, Unreadable
from forumtui.model import Certainty, Delivery, ForumInfo, Option, Recognised

class Backend:
    delivery = Delivery("key", ttl=None)
    def __init__(self, token):
        self.token = token
    async def info(self):
        if self.token and "canary" not in self.token:
            raise AuthRequired(f"Nobody has the token {self.token}.")
        return ForumInfo("Vault", "uuid-vault")
    async def boards(self):
        return ()
    async def changes(self, after):
        if "unforeseen" in self.token:
            raise RuntimeError(f"Bearer {self.token}", self.token.encode())
        raise Unreadable(f"GET /?token={self.token} was torn.")

class Driver:
    name = "vault"
    options = (Option("token", "from your profile", secret=True),)
    log_in_form = registration_form = ()
    def recognises(self, location):
        return Certainty.CERTAINLY
    def names(self, location, base=""):
        return Recognised(self.name, location)
    @asynccontextmanager
    async def open(self, location, options):
        yield Backend(options.get("token", ""))

registry.driver_named = registry.driver_for = lambda name: Driver()
sys.modules["keyring"] = None
from forumtui.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def program(home: Path, *words: str) -> tuple[int, str]:
    """The exit code, and all that was printed."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        env={**os.environ, "FORUMTUI_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return ran.returncode, ran.stdout + ran.stderr


def test_no_file_and_no_line_holds_a_secret(tmp_path: Path) -> None:
    said = []
    for words, code in [
        (["accounts", "add", "vault://forum", "--option", f"token={CANARY}", "--debug"], 0),
        (["sync", "--debug"], 1),
        (["accounts", "add", "vault://forum", "--option", f"token={CANARY}-unforeseen", "--debug"], 1),
        (["sync", "--debug"], 1),
        (["accounts", "list", "--json"], 0),
        (["doctor", "--json"], 1),
    ]:
        found, printed = program(tmp_path, *words)
        assert found == code, printed
        assert "canary" not in printed, words
        said.append(printed)
    assert "was torn" in said[0] + said[1]
    assert "Traceback" in said[3]
    assert "/secrets.json (mode 0600)" in said[5]
    assert f"{CANARY}-unforeseen" in (tmp_path / "secrets.json").read_text(encoding="utf-8")
    assert (tmp_path / "forumtui.log").exists()
    wrong = "known-by-nobody-2a7c"
    found, printed = program(tmp_path, "accounts", "add", "vault://forum", "--option", f"token={wrong}", "--debug")
    assert found == 1
    assert "Nobody has the token [secret]" in printed
    assert wrong not in printed
    for file in [each for each in tmp_path.rglob("*") if each.is_file() and each.name != "secrets.json"]:
        content = file.read_bytes()
        assert b"canary" not in content, file
        assert wrong.encode() not in content, file
    assert wrong not in (tmp_path / "secrets.json").read_text(encoding="utf-8")
    assert program(tmp_path, "accounts", "remove", "vault")[0] == 0
    assert "canary" not in (tmp_path / "secrets.json").read_text(encoding="utf-8")


# -- doctor

Doctor = Callable[[], list[dict[str, object]]]
"""Runs it; what it says of secrets."""


@pytest.fixture
def doctor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Doctor:
    monkeypatch.setenv("FORUMTUI_HOME", str(tmp_path))
    monkeypatch.setitem(sys.modules, "keyring", None)

    def run() -> list[dict[str, object]]:
        main(["doctor", "--json"])
        records = json.loads(capsys.readouterr().out)
        return [record for record in records if record["subject"] == "secrets"]

    return run


def test_doctor_says_where_secrets_are_kept(doctor: Doctor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.reader.secrets.keyrings import Ring, install

    file = tmp_path / "secrets.json"
    [before] = doctor()
    assert before["right"]
    assert before["value"] == f"the file keeps new ones; 0 in the keyring, 0 in {file} (none yet)"
    assert list(tmp_path.iterdir()) == [tmp_path / "forumtui.log"] or list(tmp_path.iterdir()) == []
    Secrets(tmp_path).put("a", "token", CANARY)
    install(monkeypatch, Ring())
    Secrets(tmp_path).put("b", "token", CANARY)
    [after] = doctor()
    assert after["value"] == f"the keyring (Fake Ring) keeps new ones; 1 in the keyring, 1 in {file} (mode 0600)"
    assert after["right"]


def test_doctor_finds_what_is_wrong_and_repairs_nothing(doctor: Doctor, tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    Secrets(tmp_path, use_keyring=False).put("a", "token", CANARY)
    file.chmod(0o640)
    [found] = doctor()
    assert not found["right"]
    assert "0640" in str(found["value"])
    assert "chmod 600" in str(found["advice"])
    assert file.stat().st_mode & 0o777 == 0o640
    file.write_text(f"torn {CANARY}", encoding="utf-8")
    [found] = doctor()
    assert not found["right"]
    assert "damaged" in str(found["advice"])
    assert file.exists()
    aside = file.with_name("secrets.json.broken-1")
    file.rename(aside)
    fine, broken = doctor()
    assert (fine["right"], broken["right"], broken["value"]) == (True, False, str(aside))
    assert CANARY not in f"{found} {fine} {broken}"
