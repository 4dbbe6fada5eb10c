"""What the README promises about keys is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

from forumtui.tui.keys.commands import COMMANDS

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
MEANT = {
    "j": "down", "k": "up", "space": "read-on", "b": "page-back", "n": "next-unread", "p": "previous-unread",
    "enter": "open", "q": "back", "/": "search", "g /": "search-everywhere", "g a": "accounts", "a": "add-forum",
    "r": "reply", "R": "reply-to-topic", ">": "quote-reply", "c": "new-topic", "ctrl+s": "send", "escape": "keep",
    "g o": "outbox", "g d": "drafts", "x a": "catch-up", "U": "undo", "?": "help", "ctrl+p": "palette",
}  # fmt: skip


def keys_of_table() -> list[str]:
    table = README.partition("## Keys")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    return [key for row in rows for key in re.findall(r"`([^`]+)`", row)]


def test_the_keys_of_the_table_do_what_it_says() -> None:
    assert sorted(keys_of_table()) == sorted(MEANT)
    for key, name in MEANT.items():
        assert key in COMMANDS[name].keys, f"{key} is not a key of {name}"


def test_commands_of_the_examples_exist() -> None:
    """`forumtui WORD` in the README names a command of the command line, or a forum."""
    from forumtui.cli.commands import COMMANDS as WORDS

    named = set(re.findall(r"\bforumtui ([a-z]+)\b(?!\.db)", README.partition("## Keys")[2]))
    assert named <= set(WORDS), named - set(WORDS)
