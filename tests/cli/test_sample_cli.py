"""The sample forum by name."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import apsw


def forumtui(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "forumtui", *words],
        env={"FORUMTUI_HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_its_name_makes_it_before_the_reader_ever_ran(tmp_path: Path) -> None:
    done = forumtui(tmp_path, "topics", "sample", "--limit", "1", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["title"].startswith("Start here")


def test_the_library_knows_it_for_the_sample(tmp_path: Path) -> None:
    forumtui(tmp_path, "boards", "sample")
    library = apsw.Connection(str(tmp_path / "library.db"), flags=apsw.SQLITE_OPEN_READONLY)
    assert library.execute("SELECT name, is_sample FROM account").fetchall() == [("sample", 1)]
