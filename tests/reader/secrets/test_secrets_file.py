"""Secrets in the file: private, whole, kept by several programs at once, and never lost without a word."""

from __future__ import annotations

import errno
import json
import logging
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from forumtui.errors import Damaged, FileProblem, NewerSchema, StorageFull
from forumtui.reader.secrets import Secrets
from forumtui.reader.secrets.file import SecretsFile

A, B = "uuid-a", "https://b.example"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def plain(folder: Path) -> Secrets:
    return Secrets(folder, use_keyring=False)


def test_what_is_put_is_found_again(tmp_path: Path) -> None:
    secrets = plain(tmp_path / "data")
    assert secrets.get(A, "token") is None
    assert not (tmp_path / "data").exists()
    where = secrets.put(A, "token", "s3cret ünï \ud800 \n x")
    assert where == str(tmp_path / "data" / "secrets.json")
    secrets.put(A, "pin", "1234")
    secrets.put(B, "token", "other")
    secrets.put(B, "token", "newer")
    again = plain(tmp_path / "data")
    assert again.get(A, "token") == "s3cret ünï \ud800 \n x"
    assert (again.get(A, "pin"), again.get(B, "token"), again.get(B, "pin")) == ("1234", "newer", None)


def test_forgetting_takes_one_or_all_and_nothing_else(tmp_path: Path) -> None:
    secrets = plain(tmp_path)
    for name in ("token", "pin"):
        secrets.put(A, name, f"a-{name}")
    secrets.put(B, "token", "b-token")
    secrets.forget(A, "pin")
    secrets.forget(A, "pin")
    assert (secrets.get(A, "token"), secrets.get(A, "pin")) == ("a-token", None)
    secrets.forget(A)
    assert (secrets.get(A, "token"), secrets.get(B, "token")) == (None, "b-token")
    assert "uuid-a" not in (tmp_path / "secrets.json").read_text(encoding="utf-8")


def test_forgetting_where_nothing_is_kept_touches_nothing(tmp_path: Path) -> None:
    plain(tmp_path / "data").forget(A)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_only_the_user_can_read_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    folder = tmp_path / "data"
    before = os.umask(umask)
    try:
        plain(folder).put(A, "token", "x")
    finally:
        os.umask(before)
    assert mode(folder) & 0o077 == 0
    assert mode(folder / "secrets.json") == 0o600
    assert {mode(file) & 0o177 for file in folder.iterdir()} == {0}


def test_a_mode_that_is_too_open_is_set_right(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    secrets, file = plain(tmp_path), tmp_path / "secrets.json"
    secrets.put(A, "token", "open-sesame")
    for wrong in (0o644, 0o660, 0o604, 0o777):
        file.chmod(wrong)
        caplog.clear()
        with caplog.at_level(logging.WARNING, "forumtui"):
            assert secrets.get(A, "token") == "open-sesame"
        assert mode(file) == 0o600
        assert "could be read by others" in caplog.text
        assert "open-sesame" not in caplog.text


def test_an_open_folder_is_closed_before_a_secret_goes_there(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    plain(tmp_path).put(A, "token", "x")
    assert mode(tmp_path) == 0o700


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "safe").mkdir()
    data = tmp_path / "data"
    data.mkdir()
    (data / "secrets.json").symlink_to(tmp_path / "safe" / "mine.json")
    plain(data).put(A, "token", "x")
    assert (data / "secrets.json").is_symlink()
    assert plain(data).get(A, "token") == "x"
    assert mode(tmp_path / "safe" / "mine.json") == 0o600


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"version": 1}',
        b'{"version": 1, "accounts": []}',
        b'{"version": 1, "accounts": {"a": "b"}}',
        b'{"version": 1, "accounts": {"a": {"b": 7}}}',
        b"[" * 100_000,
    ],
    ids=str,
)
def test_a_broken_file_is_put_aside_and_said_once(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "secrets.json"
    file.write_bytes(content)
    file.chmod(0o644)
    secrets = plain(tmp_path)
    with pytest.raises(Damaged, match=r"secrets\.json\.broken-.*log in again"):
        secrets.get(A, "token")
    [aside] = tmp_path.glob("secrets.json.broken-*")
    assert aside.read_bytes() == content
    assert mode(aside) == 0o600
    assert secrets.get(A, "token") is None
    secrets.put(A, "token", "new")
    assert secrets.get(A, "token") == "new"
    assert aside.read_bytes() == content


def test_putting_and_forgetting_never_write_over_a_broken_file(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    acts: list[Callable[[], object]] = [lambda: plain(tmp_path).put(A, "token", "x"), lambda: plain(tmp_path).forget(A)]
    for act in acts:
        file.write_text("torn", encoding="utf-8")
        with pytest.raises(Damaged):
            act()
        assert not file.exists()
    assert [aside.read_text(encoding="utf-8") for aside in tmp_path.glob("*.broken-*")] == ["torn", "torn"]


def test_a_broken_file_that_can_not_be_put_aside_is_left_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "secrets.json"
    file.write_text("torn", encoding="utf-8")

    def refused(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "rename", refused)
    acts: list[Callable[[], object]] = [
        lambda: plain(tmp_path).get(A, "token"),
        lambda: plain(tmp_path).put(A, "token", "x"),
    ]
    for act in acts:
        with pytest.raises(FileProblem, match="can not be put aside"):
            act()
    assert file.read_text(encoding="utf-8") == "torn"


def test_a_newer_programs_file_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    file.write_text('{"version": 2, "vault": {}}', encoding="utf-8")
    acts: list[Callable[[], object]] = [
        lambda: plain(tmp_path).get(A, "token"),
        lambda: plain(tmp_path).put(A, "token", "x"),
    ]
    for act in acts:
        with pytest.raises(NewerSchema):
            act()
    assert file.read_text(encoding="utf-8") == '{"version": 2, "vault": {}}'


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "secrets.json").mkdir()
    (tmp_path / "b").mkdir()
    os.mkfifo(tmp_path / "b" / "secrets.json")
    (tmp_path / "c").write_text("a file where the folder should be", encoding="utf-8")
    acts: list[Callable[[Secrets], object]] = [
        lambda secrets: secrets.get(A, "token"),
        lambda secrets: secrets.put(A, "token", "hunter22"),
    ]
    for folder in ("a", "b", "c"):
        for act in acts:
            with pytest.raises(FileProblem) as found:
                act(plain(tmp_path / folder))
            assert "hunter22" not in str(found.value)


@pytest.mark.parametrize(("call", "ending"), [("fsync", ""), ("replace", ""), ("open", ".part"), ("open", ".lock")])
def test_a_full_disk_is_said_and_what_was_kept_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, ending: str
) -> None:
    secrets = plain(tmp_path)
    secrets.put(A, "token", "old")
    real = getattr(os, call)

    def full(path: object, *rest: object, **named: object) -> object:
        if not str(path).endswith(ending):
            return real(path, *rest, **named)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, call, full)
    acts: list[Callable[[], object]] = [lambda: secrets.put(A, "token", "brand-new"), lambda: secrets.forget(A)]
    for act in acts:
        with pytest.raises(StorageFull, match="No space") as found:
            act()
        assert "brand-new" not in str(found.value)
    monkeypatch.undo()
    assert secrets.get(A, "token") == "old"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["secrets.json", "secrets.json.lock"]


def test_a_folder_that_can_not_be_made_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refused)
    with pytest.raises(StorageFull, match="Read-only"):
        plain(tmp_path / "data").put(A, "token", "x")


def test_a_mode_that_can_not_be_set_right_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = plain(tmp_path)
    secrets.put(A, "token", "x")
    (tmp_path / "secrets.json").chmod(0o644)

    def refused(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "fchmod", refused)
    with pytest.raises(FileProblem, match="can not be read safely"):
        secrets.get(A, "token")


def test_another_writer_is_waited_for_only_so_long(tmp_path: Path) -> None:
    with SecretsFile(tmp_path).change() as kept:
        kept["held"] = {}
        with pytest.raises(FileProblem, match="busy"), SecretsFile(tmp_path, patience=0.05).change():
            pass
    with SecretsFile(tmp_path, patience=0.05).change() as kept:
        kept["free"] = {"token": "x"}


# -- several programs

WRITER = """
import sys
from pathlib import Path
from forumtui.reader.secrets import Secrets
secrets = Secrets(Path(sys.argv[1]), use_keyring=False)
for number in range(40):
    secrets.put(f"{sys.argv[2]}-{number}", "token", "x" * 50)
    secrets.put("shared", f"{sys.argv[2]}-{number}", "y")
    if number % 4 == 3:
        secrets.forget(f"{sys.argv[2]}-{number}")
"""

KILLED = """
import os, pathlib, sys
from pathlib import Path
from forumtui.reader.secrets import Secrets
pathlib.Path.replace = lambda *_: os.kill(os.getpid(), 9)
Secrets(Path(sys.argv[1]), use_keyring=False).put("uuid-a", "token", "half-written")
"""


def start(script: str, *words: object) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", script, *map(str, words)], stderr=subprocess.PIPE, text=True)


def test_two_programs_at_once_lose_nothing(tmp_path: Path) -> None:
    writers = [start(WRITER, tmp_path, name) for name in ("one", "two")]
    for writer in writers:
        _, said = writer.communicate(timeout=60)
        assert (writer.returncode, said) == (0, "")
    kept = json.loads((tmp_path / "secrets.json").read_text(encoding="utf-8"))["accounts"]
    stay = [number for number in range(40) if number % 4 != 3]
    assert kept.keys() == {"shared", *(f"{name}-{number}" for name in ("one", "two") for number in stay)}
    assert len(kept["shared"]) == 80


def test_a_kill_before_the_rename_leaves_what_was_there(tmp_path: Path) -> None:
    secrets = plain(tmp_path)
    secrets.put(A, "token", "old")
    killed = start(KILLED, tmp_path)
    killed.communicate(timeout=60)
    assert killed.returncode == -9
    assert secrets.get(A, "token") == "old"
    left = tmp_path / ".secrets.json.part"
    assert "half-written" in left.read_text(encoding="utf-8")
    assert mode(left) == 0o600
    secrets.put(B, "token", "next")
    assert not left.exists()
    assert (secrets.get(A, "token"), secrets.get(B, "token")) == ("old", "next")
