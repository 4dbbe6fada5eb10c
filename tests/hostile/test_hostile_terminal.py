"""What strangers wrote, on every screen of the reader in a real terminal: it makes the terminal do nothing new."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from tests.hostile.attack import LINE, TEXT, WORD, build, deeds
from tests.terminal import Terminal

pytestmark = pytest.mark.e2e
PROGRAM = (sys.executable, "-m", "forumtui")
SCREENS = (
    *(("j",), ("j",), ("k",), ("enter",), ("space",), ("space",), ("J",), ("K",)),
    *(("T",), ("T",), ("z", "M"), ("z", "R"), ("z", "q"), ("z", "t"), ("enter",), ("P",), ("f",), ("esc",)),
    *(("V",), ("j",), ("esc",), (">",), ("@Z",), ("tab",), ("ctrl+r",), ("ctrl+r",), ("esc",)),
    *(("g", "d"), ("enter",), ("esc",), ("esc",), ("g", "o"), ("esc",)),
    *(("i",), ("j",), ("pagedown",), ("G",), ("esc",), ("q",), ("i",), ("G",), ("esc",)),
    *(("g", "/"), (WORD, "enter"), ("j",), ("enter",), ("/",), (WORD, "enter"), ("n",), ("esc",)),
    *(("ctrl+p",), ("Z",), ("esc",), ("esc",), ("?",), ("esc",), ("g", "a"), ("esc",), ("g", "h"), ("g", "b")),
    *(("=",), ("Z", "enter"), ("esc",), ("s",), ("esc",), ("r",), ("hello @",), ("tab",), ("ctrl+s",)),
    *(("g", "o"), ("esc",), ("c",), ("esc",), ("g", "p"), ("g", "p"), (":",), ("op", "tab"), ("esc",)),
    *(("d",), ("u",), ("x", "a"), ("U",), ("*",), ("+",), ("w",), ("w",), ("ctrl+l",)),
)


def look_at_everything(file: Path, home: Path) -> Terminal:
    """Walk through every screen; the program must be there until it is told to go."""
    environment = {"FORUMTUI_HOME": str(home), "LANG": "C.UTF-8", "EDITOR": "true", "DISPLAY": None}
    with Terminal((*PROGRAM, "open", str(file)), columns=120, rows=36, env=environment) as terminal:
        terminal.wait_for(r"space|Space")
        terminal.settle(0.5)
        for keys in SCREENS:
            terminal.press(*keys, settle=0.12)
            assert not terminal.ended, (keys, bytes(terminal.raw[-2000:]))
            assert "That did not work" not in terminal.text(), (keys, terminal.text())
        terminal.press("Q")
        assert terminal.wait_exit() == 0
        return terminal


async def _make(folder: Path) -> tuple[Path, Path]:
    good, evil = folder / "good.db", folder / "evil.db"
    await build(good, "Good words", f"A text\n\n> quote\n\n- list\n\n`code` **b** [l](http://e.example) {WORD}")
    await build(evil, LINE, TEXT)
    return good, evil


async def test_no_screen_lets_a_stranger_steer_the_terminal(tmp_path: Path) -> None:
    good, evil = await _make(tmp_path)
    innocent = look_at_everything(good, tmp_path / "home-good")
    attacked = look_at_everything(evil, tmp_path / "home-evil")
    usual = deeds(bytes(innocent.raw))
    assert "CSI m" in usual
    # Line erasing and scrolling come and go with the text; implicit direction marks belong to right-to-left texts.
    harmless = {"CSI K", "CSI L", "CSI M", "CSI r", "U+061C", "U+200E", "U+200F"}
    assert deeds(bytes(attacked.raw)) - usual <= harmless
    assert b"\x1b]52;" not in attacked.raw
    assert b"\x1b]8;" not in attacked.raw
    log = tmp_path / "home-evil" / "forumtui.log"
    assert not log.exists() or not re.search("Traceback", log.read_text(encoding="utf-8"))
