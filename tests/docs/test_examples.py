"""The examples in the documentation do what they say: each page's, in order, in a folder and home of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "docs/forum-file.md", "docs/reading.md")
SAVED_PAGE = """\
How often to wind it

The workshop is closed on Monday.

Clock Repair > Forum Log in

How often to wind it
Ada Byron, Member
My clock loses four minutes a week. Is winding the cure?

How often to wind it
Émile Duval, Editor
It is the pendulum, not the spring.
"""
_BLOCK = re.compile(r"^```(console|sh)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def examples(page: str) -> list[str]:
    """The lines that run forumtui: all of an ``sh`` block, those after ``$`` in a ``console`` one."""
    found = []
    for kind, block in _BLOCK.findall((ROOT / page).read_text(encoding="utf-8")):
        lines = block.splitlines()
        if kind == "console":
            lines = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
        found += [line for line in lines if re.search(r"(^|[;|&=] ?)forumtui( |$)", line)]
    return found


@pytest.mark.parametrize("page", PAGES)
def test_examples_run(page: str, tmp_path: Path) -> None:
    program = tmp_path / "bin" / "forumtui"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m forumtui "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    folder, shared = tmp_path / "here", tmp_path / "shared"
    folder.mkdir()
    shared.mkdir()
    (folder / "saved-page.txt").write_text(SAVED_PAGE, encoding="utf-8")
    environ = os.environ | {
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "FORUMTUI_HOME": str(tmp_path / "home"),
        "USER": "anna",
    }
    lines = examples(page)
    assert lines
    for line in ["forumtui boards sample", *lines]:  # the pages take it that the reader was opened once
        done = subprocess.run(
            ["/bin/sh", "-c", line.replace("/srv/forum", str(shared))],
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, line


@pytest.mark.parametrize(
    "page", ["README.md", *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs").rglob("*.md")))]
)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)", text):
        assert ((ROOT / page).parent / target).exists(), target
