"""Secrets in the system's keyring, where there is a good one; whatever it does, no traceback and no lost secret."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from pathlib import Path

import pytest
from tests.reader.secrets.keyrings import Chain, Ring, SlowRing, install, kind, uninstall

from forumtui.errors import AuthRequired, ForumtuiError, StorageFull
from forumtui.reader.secrets import Secrets, system_keyring

A, B = "uuid-a", "https://b.example"


def in_file(folder: Path) -> object:
    file = folder / "secrets.json"
    return json.loads(file.read_text(encoding="utf-8"))["accounts"] if file.exists() else None


def test_the_keyring_keeps_the_secret_and_the_file_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = Ring()
    install(monkeypatch, ring)
    secrets = Secrets(tmp_path)
    assert secrets.put(A, "token", "canary-value") == "keyring"
    assert in_file(tmp_path) == {A: {"token": None}}
    assert list(ring.entries.values()) == ["canary-value"]
    assert Secrets(tmp_path).get(A, "token") == "canary-value"
    secrets.put(A, "token", "newer")
    assert list(ring.entries.values()) == ["newer"]
    secrets.forget(A)
    assert (ring.entries, in_file(tmp_path), secrets.get(A, "token")) == ({}, {}, None)


def test_each_folder_has_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, Ring())
    one, two = Secrets(tmp_path / "one"), Secrets(tmp_path / "two")
    one.put(A, "token", "first")
    two.put(A, "token", "second")
    two.forget(A)
    assert (one.get(A, "token"), two.get(A, "token")) == ("first", None)


def test_a_forum_without_secrets_never_wakes_the_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = Ring()
    install(monkeypatch, ring)
    secrets = Secrets(tmp_path)
    assert secrets.get(A, "token") is None
    secrets.forget(A)
    assert ring.calls == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "backend",
    [
        kind("keyring.backends.fail", "Keyring"),
        kind("keyring.backends.null", "Keyring"),
        kind("keyrings.alt.file", "PlaintextKeyring"),
        kind("keyrings.alt.file", "EncryptedKeyring"),
        kind("somebodys.package", "MyPlaintextKeyring"),
        Chain(kind("keyrings.alt.file", "PlaintextKeyring"), kind("keyring.backends.fail", "Keyring")),
    ],
    ids=["fail", "null", "plain text", "asks in the terminal", "another plain text", "chain of those"],
)
def test_an_unsafe_keyring_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: object) -> None:
    install(monkeypatch, backend)
    secrets = Secrets(tmp_path)
    assert secrets.put(A, "token", "x-value") == str(tmp_path / "secrets.json")
    assert secrets.get(A, "token") == "x-value"
    assert secrets.look().keyring == ""


def test_of_a_chain_the_first_safe_one_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = Ring()
    install(monkeypatch, Chain(kind("keyrings.alt.file", "PlaintextKeyring"), good))
    assert Secrets(tmp_path).put(A, "token", "x-value") == "keyring"
    assert len(good.entries) == 1


def test_without_the_package_and_without_wanting_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uninstall(monkeypatch)
    assert Secrets(tmp_path / "a").put(A, "token", "x") != "keyring"
    ring = Ring()
    install(monkeypatch, ring)
    unwanted = Secrets(tmp_path / "b", use_keyring=False)
    assert unwanted.put(A, "token", "x") != "keyring"
    unwanted.forget(A)
    assert ring.calls == 0


def test_a_broken_keyring_gives_way_to_the_file_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    install(monkeypatch, Ring(RuntimeError("locked: canary-value")))
    secrets = Secrets(tmp_path)
    with caplog.at_level(logging.DEBUG):
        assert secrets.put(A, "token", "canary-value") == str(tmp_path / "secrets.json")
        assert secrets.get(A, "token") == "canary-value"
        secrets.forget(A)
    assert secrets.get(A, "token") is None
    assert "RuntimeError" in caplog.text
    assert "canary-value" not in caplog.text
    assert capfd.readouterr() == ("", "")


class Liar(Ring):
    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password.strip()


class Sieve(Ring):
    def set_password(self, service: str, username: str, password: str) -> None:
        pass


@pytest.mark.parametrize("ring", [Liar(), Sieve()], ids=["keeps something else", "keeps nothing"])
def test_a_keyring_that_only_seems_to_keep_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ring: Ring
) -> None:
    install(monkeypatch, ring)
    secrets = Secrets(tmp_path)
    assert secrets.put(A, "token", " padded ") != "keyring"
    assert secrets.get(A, "token") == " padded "
    assert ring.entries == {}


def test_a_silent_keyring_is_waited_for_only_so_long_and_then_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = SlowRing()
    install(monkeypatch, ring)
    secrets = Secrets(tmp_path)
    secrets._keyring = system_keyring.SystemKeyring(patience=0.2)
    began = time.monotonic()
    assert secrets.put(A, "token", "x-value") != "keyring"
    assert secrets.put(B, "token", "y-value") != "keyring"
    assert secrets.get(A, "token") == "x-value"
    assert time.monotonic() - began < 2
    assert ring.calls == 1
    ring.answers.set()  # somebody saw the dialog at last: what was given up must not stay there
    for thread in [each for each in threading.enumerate() if each.name == "keyring"]:
        thread.join(10)
    assert ring.entries == {}


def test_a_locked_keyring_that_has_the_secret_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = Ring()
    install(monkeypatch, ring)
    Secrets(tmp_path).put(A, "token", "x-value")
    ring.trouble = RuntimeError("locked")
    with pytest.raises(AuthRequired, match="unlock it, or log in again"):
        Secrets(tmp_path).get(A, "token")
    with pytest.raises(AuthRequired):
        Secrets(tmp_path, use_keyring=False).get(A, "token")
    assert Secrets(tmp_path).put(A, "token", "logged in again") != "keyring"
    assert Secrets(tmp_path).get(A, "token") == "logged in again"
    ring.trouble = None
    Secrets(tmp_path).forget(A)
    assert ring.entries == {}  # the old one, too


def test_a_keyring_that_does_not_let_go_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = Ring()
    install(monkeypatch, ring)
    secrets = Secrets(tmp_path)
    secrets.put(A, "token", "x-value")
    ring.trouble = RuntimeError("locked")
    with pytest.raises(ForumtuiError, match=f"still has the token of {A}"):
        secrets.forget(A)
    assert secrets.get(A, "token") is None
    secrets.forget(A)


def test_an_entry_that_was_deleted_in_the_keyring_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = Ring()
    install(monkeypatch, ring)
    secrets = Secrets(tmp_path)
    secrets.put(A, "token", "x-value")
    ring.entries.clear()
    assert secrets.get(A, "token") is None
    secrets.forget(A)


def test_nothing_stays_in_the_keyring_that_the_file_could_not_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = Ring()
    install(monkeypatch, ring)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull):
        Secrets(tmp_path).put(A, "token", "x-value")
    assert ring.entries == {}


def test_a_look_counts_and_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = Ring()
    install(monkeypatch, ring)
    secrets = Secrets(tmp_path)
    assert secrets.look().mode is None
    secrets.put(A, "token", "x-value")
    ring.trouble = RuntimeError("locked")
    secrets.put(B, "token", "y-value")
    calls = ring.calls
    (tmp_path / "secrets.json").chmod(0o644)
    look = secrets.look()
    assert (look.keyring, look.in_keyring, look.in_file, look.mode) == ("Fake Ring", 1, 1, 0o644)
    assert ring.calls == calls
    assert "value" not in repr(look)
