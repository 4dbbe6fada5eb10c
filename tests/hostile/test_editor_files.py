"""$EDITOR in a real terminal: started without a shell, on a private file that is gone afterwards."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from tests.hostile.attack import build
from tests.terminal import Terminal

pytestmark = pytest.mark.e2e

EDITOR = """\
#!/bin/sh
for last; do :; done
{ echo "$#"; echo "$1"; ls -ld "$(dirname "$last")" "$last" | cut -c1-10; } > "$SAID"
echo backup > "$last~"
echo "from the editor" >> "$last"
"""


async def test_an_editor_with_arguments_gets_a_private_file(tmp_path: Path) -> None:
    forum = tmp_path / "forum.db"
    await build(forum, "Good words", "Text")
    folder, temporary = tmp_path / "my programs", tmp_path / "tmp"
    folder.mkdir()
    temporary.mkdir()
    program = folder / "edit or"
    program.write_text(EDITOR)
    program.chmod(0o755)
    environment = {
        "FORUMTUI_HOME": str(tmp_path / "home"),
        "LANG": "C.UTF-8",
        "VISUAL": None,
        "EDITOR": f"'{program}' '--with; touch owned'",
        "SAID": str(tmp_path / "said"),
        "TMPDIR": str(temporary),
    }
    before = os.umask(0)
    try:
        with Terminal(
            (sys.executable, "-m", "forumtui", str(forum)), columns=100, rows=30, env=environment, cwd=tmp_path
        ) as terminal:
            terminal.wait_for("4Good words")
            terminal.press("enter", settle=0.5)
            terminal.press("r", settle=0.5)
            terminal.press("mine ", "ctrl+o", settle=0.5)
            terminal.wait_for("Edited")
            terminal.press("e")
            terminal.wait_for("from the editor")
            terminal.press("esc", "Q")
    finally:
        os.umask(before)
    assert (tmp_path / "said").read_text().splitlines() == ["2", "--with; touch owned", "drwx------", "-rw-------"]
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "owned").exists()
