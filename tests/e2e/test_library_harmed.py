"""What a person sees when the library was damaged, or the disk it lies on is full."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from tests.terminal import Terminal

pytestmark = pytest.mark.e2e
READER = [sys.executable, "-m", "forumtui"]


def forumtui(home: Path, *words: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*READER, *words],
        env=os.environ | {"FORUMTUI_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
        input=text,
        timeout=60,
    )


def follow(home: Path, file: Path) -> None:
    """A forum with one topic, followed, with a draft in it."""
    for words in (
        ("host", "create", str(file), "--title", "Team room"),
        ("host", "board", "add", str(file), "--title", "General"),
        ("new", str(file), "--board", "General", "--subject", "Welcome all", "--text", "Say hello."),
        ("accounts", "add", str(file), "--name", "team"),
    ):
        done = forumtui(home, *words)
        assert done.returncode == 0, done.stderr


def terminal_of(home: Path, columns: int, rows: int) -> Terminal:
    env = {"FORUMTUI_HOME": str(home), "LANG": "C.UTF-8", "SSH_CONNECTION": None, "SSH_TTY": None}
    return Terminal(READER, columns=columns, rows=rows, env=env)


def harm(home: Path) -> None:
    """Zero the first page of the table of unread posts."""
    file = home / "library.db"
    connection = apsw.Connection(str(file))
    found = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'unread'").fetchone()
    connection.close()
    assert found is not None
    with file.open("rb+") as library:
        library.seek((found[0] - 1) * 4096)
        library.write(bytes(4096))


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (160, 50), (40, 12)])
def test_the_reader_says_what_was_lost_until_one_has_seen_it(tmp_path: Path, columns: int, rows: int) -> None:
    home = tmp_path / "home"
    follow(home, tmp_path / "team.db")
    harm(home)
    for _ in range(2):  # also when the reader ended before anybody looked
        with terminal_of(home, columns, rows) as terminal:
            terminal.wait_for("The library was damaged")
            terminal.settle()
            assert "rebuilt" in terminal.text()
            assert "…" not in terminal.text()
            terminal.press("ctrl+q")
            terminal.wait_exit()
    with terminal_of(home, columns, rows) as terminal:
        terminal.wait_for("The library was damaged")
        terminal.press("end")
        terminal.wait_for("Esc closes this")
        terminal.press("esc")
        terminal.wait_for("Welcome all")
        terminal.press("Q")
        terminal.wait_exit()
    with terminal_of(home, columns, rows) as terminal:
        terminal.wait_for("Welcome all")
        terminal.settle()
        assert "damaged" not in terminal.text()
        terminal.press("Q")
        terminal.wait_exit()


def test_commands_say_it_on_standard_error_and_doctor_in_its_list(tmp_path: Path) -> None:
    home = tmp_path / "home"
    follow(home, tmp_path / "team.db")
    harm(home)
    listed = forumtui(home, "topics", "team", "--offline")
    assert "Welcome all" in listed.stdout
    assert "forumtui: The library was damaged and has been rebuilt." in listed.stderr
    assert "library.db.broken-" in listed.stderr
    assert "damaged" not in listed.stdout
    assert forumtui(home, "topics", "team", "--offline").stderr == ""
    assert "The library was damaged and has been rebuilt." in forumtui(home, "doctor").stdout


def test_doctor_heals_what_it_finds(tmp_path: Path) -> None:
    home = tmp_path / "home"
    follow(home, tmp_path / "team.db")
    forumtui(home, "topics", "team")
    left = (home / "library.db").stat()
    harm(home)
    os.utime(home / "library.db", ns=(left.st_atime_ns, left.st_mtime_ns))  # as a disk that rots would
    first = forumtui(home, "doctor")
    assert first.returncode == 1
    assert "WRONG library" in first.stdout
    assert "has been rebuilt" in first.stdout
    assert forumtui(home, "doctor").returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of two megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("nothing can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill(place: Path) -> Path:
    """Take all the room that is left."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65536, 512, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    return filler


def test_on_a_full_disk_one_reads_and_what_one_writes_is_saved_later(small_disk: Path, tmp_path: Path) -> None:
    home = small_disk / "home"
    follow(home, tmp_path / "team.db")
    filler = fill(small_disk)
    listed = forumtui(home, "topics", "team", "--offline")
    assert "Welcome all" in listed.stdout, listed.stderr
    assert "Disk full" in listed.stderr
    refused = forumtui(home, "reply", "team", "1", "--offline", "--text", "words")
    assert refused.returncode != 0
    with terminal_of(home, 80, 24) as terminal:
        terminal.wait_for("Welcome all")
        terminal.wait_for("Disk full: reading goes on")
        terminal.settle()
        assert "…" not in terminal.text().splitlines()[-1]
        terminal.press("enter")
        terminal.wait_for("Say hello")
        terminal.press("r")
        terminal.wait_for("words")
        terminal.press("Nothing of this is lost.")
        terminal.wait_for("Not saved: Disk full")
        assert "…" not in terminal.text().splitlines()[-1]
        filler.unlink()
        terminal.wait_for("saved")
        terminal.press("ctrl+q")
        terminal.wait_exit()
    drafts = json.loads(forumtui(home, "drafts", "list", "--json").stdout)
    assert "Nothing of this is lost." in json.dumps(drafts)
