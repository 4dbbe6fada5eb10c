"""Pastes and keys in a real terminal, whole, torn and cut short: text stays text, keys stay keys, nobody goes deaf."""

from __future__ import annotations

import random
import re
import sys
import time
from pathlib import Path

import pytest
from tests.terminal import Terminal

PATIENT = """
import sys
from forumtui.tui.keys import keystream
keystream.BROKEN_FOR *= 5
from forumtui.cli.main import main
sys.exit(main())
"""
"""The reader, which waits longer for the rest of a key: on a busy machine neither it nor who sends it may be quick."""
PROGRAM = [sys.executable, "-c", PATIENT]
BEGIN, END = b"\x1b[200~", b"\x1b[201~"


def environment(home: Path, *, ssh: bool = False) -> dict[str, str | None]:
    line = "10.0.0.1 50000 10.0.0.2 22" if ssh else None
    return {"FORUMTUI_HOME": str(home), "SSH_CONNECTION": line, "SSH_TTY": None, "ESCDELAY": None, "COLORTERM": None}


def opened(home: Path, *keys: str, ssh: bool = False, columns: int = 110) -> Terminal:
    """The reader in the sample forum."""
    terminal = Terminal(PROGRAM, columns=columns, rows=30, env=environment(home, ssh=ssh))
    terminal.wait_for("Start here")
    terminal.settle(0.3)
    for key in keys:
        terminal.press(key)
    return terminal


def pause(terminal: Terminal, seconds: float) -> None:
    """The line is silent for so long; that is what is tried here."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        terminal.read(min(left, 0.05))


def quits(terminal: Terminal) -> None:
    terminal.send(b"\x11")
    assert terminal.wait_exit(10) == 0


def writing(home: Path, *, ssh: bool = False) -> Terminal:
    terminal = opened(home, "enter", ssh=ssh)
    terminal.send(b"r")
    terminal.wait_for("Reply to")
    terminal.settle(0.3)
    return terminal


def test_an_escape_in_a_paste_runs_nothing_in_a_list(tmp_path: Path) -> None:
    with opened(tmp_path) as terminal:
        terminal.send(BEGIN + b"see this: \x1b dQ" + END)
        terminal.wait_for("Pasted text")
        terminal.send(b"?")
        terminal.wait_for("read-on|continue|Keys")
        quits(terminal)


@pytest.mark.parametrize(
    "pieces", [(b"see this: \x1b dQ" + END,), (b"see this: \x1b dQ\x1b[2", 0.8, b"01~"), (b"see this: \x1b dQ",)]
)
def test_a_paste_while_writing_is_text_and_ends(pieces: tuple[bytes | float, ...], tmp_path: Path) -> None:
    with writing(tmp_path) as terminal:
        terminal.send(b"before ")
        terminal.wait_for("before")
        terminal.send(BEGIN)
        for piece in pieces:
            if isinstance(piece, bytes):
                terminal.send(piece)
            else:
                pause(terminal, piece)
        terminal.wait_for(r"before see this: \S dQ")
        terminal.send(b" after")
        terminal.wait_for(r"before see this: \S dQ after")
        assert "Reply to" in terminal.text()
        quits(terminal)


def test_five_thousand_characters_without_marks_are_cheap(tmp_path: Path) -> None:
    text = "".join(f"Line {number} of a text that somebody pasted.\r" for number in range(120)) + "The very end."
    with writing(tmp_path) as terminal:
        before = terminal.written
        for start in range(0, len(text), 1000):  # a pty takes some four thousand at most
            terminal.send(text[start : start + 1000].encode())
        terminal.wait_for("The very end.")
        terminal.settle(1.0)
        assert terminal.written - before < 12_000
        quits(terminal)


def test_a_long_text_without_marks_runs_nothing_in_a_list(tmp_path: Path) -> None:
    with opened(tmp_path) as terminal:
        terminal.send(b"dQ: this is what I wanted to say.\rQuite a lot, dQ.")
        terminal.wait_for("Pasted text")
        quits(terminal)


def test_a_letter_in_another_encoding_does_not_end_the_input(tmp_path: Path) -> None:
    with writing(tmp_path) as terminal:
        terminal.send(b"caf\xe9 ")
        terminal.send(BEGIN + b"na\xefve" + END + b" end")
        terminal.wait_for("caf. na.ve end")
        quits(terminal)


@pytest.mark.parametrize("rest", [b"[B", b"[1;5B", b"OA"])
def test_a_torn_cursor_key_leaves_nothing_over_ssh(rest: bytes, tmp_path: Path) -> None:
    with opened(tmp_path, "enter", ssh=True) as terminal:
        terminal.wait_for("› Start here")
        place = terminal.lines[0]
        terminal.send(b"\x1b")
        pause(terminal, 0.6)
        terminal.send(rest)
        terminal.settle(0.5)
        assert terminal.lines[0] == place
        terminal.send(b"r")
        terminal.wait_for("Reply to")
        terminal.send(b"words")
        terminal.wait_for("words")
        terminal.send(b"\x1b")
        pause(terminal, 0.6)
        terminal.send(rest + b"more")
        terminal.wait_for("more")
        assert "Reply to" in terminal.text()
        assert rest.decode() not in terminal.text()
        terminal.send(b"\x1b")
        terminal.wait_for("Draft kept")
        quits(terminal)


@pytest.mark.parametrize("rest", [b"[B", b"[1;5B", b"OA"])
def test_a_torn_cursor_key_is_taken_back_elsewhere(rest: bytes, tmp_path: Path) -> None:
    with writing(tmp_path) as terminal:
        terminal.send(b"some words")
        terminal.wait_for("some words")
        terminal.send(b"\x1b")
        terminal.wait_for("Draft kept")
        terminal.send(rest + b" and more")
        terminal.wait_for("some words and more")
        assert "Reply to" in terminal.text()
        quits(terminal)


@pytest.mark.parametrize(
    ("keys", "text", "shows"),
    [
        (b"\x10", b"boar", "boar\n(?:.*\n)*.*about this board"),
        (b"=", b"som words", "som words"),
        (b"g/", b"som words", "som words"),
        (b"\x1bOP", b"", "Keys"),
    ],
)
def test_whatever_a_torn_cursor_key_closed_comes_back_with_its_text(
    keys: bytes, text: bytes, shows: str, tmp_path: Path
) -> None:
    with opened(tmp_path) as terminal:
        before = terminal.text()
        terminal.send(keys)
        terminal.wait_until_gone(re.escape(before))
        terminal.settle()
        terminal.send(text)
        terminal.wait_for(shows)
        terminal.settle()
        terminal.send(b"\x1b")
        terminal.wait_until_gone(shows)
        terminal.send(b"[")
        pause(terminal, 0.6)
        terminal.send(b"B")
        terminal.wait_for(shows)
        if text:
            terminal.send(b"XX")
            terminal.wait_for(f"{text.decode()}XX")
        assert "[B" not in terminal.text()
        quits(terminal)


def test_random_keys_in_random_pieces_close_nothing_and_type_nothing(tmp_path: Path) -> None:
    chance = random.Random(7)
    keys = [
        b"\x1b[A",
        b"\x1b[B",
        b"\x1bOC",
        b"\x1bOD",
        b"\x1b[1;5C",
        b"\x1b[5~",
        b"\x1b[<35;10;5M",
        b"\x1b[I",
        b"\x1b[O",
    ]
    with writing(tmp_path, ssh=True) as terminal:
        terminal.send(b"xyzzy")
        terminal.wait_for("xyzzy")
        for _ in range(15):
            key = chance.choice(keys)
            at = chance.randrange(1, len(key))
            terminal.send(key[:at])
            pause(terminal, chance.choice([0.0, 0.05, 0.3, 0.7]))
            terminal.send(key[at:])
        pause(terminal, 0.2)
        assert "Reply to" in terminal.text()
        assert terminal.text().count("xyzzy") == 1
        assert "1 word " in terminal.text()
        quits(terminal)
