"""Texts that are written in the user's editor."""

from __future__ import annotations

import re
import stat
import sys
from pathlib import Path

import pytest
from tests.cli.running import Cli
from tests.terminal import Terminal
from tests.writing import environment, forumtui, new_forum


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files are made that are soon gone again."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def edit_with(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """The editor is a shell script; $0 is the file."""
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f"sh -c '{script}'")


def test_reply_and_new_without_a_text_open_the_editor(
    cli: Cli, terminal: None, forum: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit_with(monkeypatch, 'ls -l "$0" | cut -c 1-10 >> modes; printf "Written\\nby hand\\n" > "$0"')
    cli("new", forum, "--board", "General", "--subject", "First")
    cli("reply", forum, "1")
    assert [post["body"] for post in cli("read", forum, "1", "--json").json] == ["Written\nby hand"] * 2
    assert Path("modes").read_text().split() == [stat.filemode(0o100600)] * 2
    assert not list(temporary.iterdir())


@pytest.mark.parametrize(
    ("script", "part"),
    [("true", "Nothing was written"), ('echo " " > "$0"', "Nothing was written"), ("exit 3", "status 3")],
)
def test_no_text_sends_nothing(
    cli: Cli, terminal: None, forum: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch, script: str, part: str
) -> None:
    edit_with(monkeypatch, script)
    said = cli("new", forum, "--board", "General", "--subject", "First", code=2).err
    assert part in said
    assert "nothing was sent" in said
    assert not list(temporary.iterdir())
    assert cli("topics", forum, "--json").json == []


def test_an_editor_that_is_not_there_is_one_sentence(
    cli: Cli, terminal: None, forum: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "no-such-editor --wait")
    assert "'no-such-editor --wait' did not start" in cli("reply", forum, "1", code=2).err
    monkeypatch.setenv("VISUAL", "sh -c 'unclosed")
    assert "did not start" in cli("reply", forum, "1", code=2).err
    assert not list(temporary.iterdir())


def test_a_text_that_found_no_place_is_kept(
    cli: Cli, terminal: None, forum: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit_with(monkeypatch, 'echo Long work > "$0"')
    said = cli("reply", "nowhere", "1", code=1).err
    kept = re.search(r"Your text is kept in (\S+);", said)
    assert kept is not None
    assert Path(kept[1]).read_text() == "Long work\n"
    cli("new", forum, "--board", "General", "--subject", "First", "--file", kept[1])


def test_without_a_terminal_no_editor_opens(cli: Cli, forum: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit_with(monkeypatch, "touch opened")
    assert "Give the text in one way" in cli("reply", forum, "1", code=2).err
    assert not Path("opened").exists()


@pytest.mark.e2e
def test_the_editor_has_the_terminal(tmp_path: Path) -> None:
    home = tmp_path / "home"
    forum = new_forum(tmp_path / "team.db", home)
    editor = tmp_path / "editor.sh"
    editor.write_text('#!/bin/sh\necho "Type:"\nread line\necho "$line" > "$1"\n')
    editor.chmod(0o700)
    command = [sys.executable, "-m", "forumtui", "reply", str(forum), "1"]
    more = {"VISUAL": None, "EDITOR": str(editor)}
    with Terminal(command, env=environment(home) | more) as terminal:
        terminal.wait_for("Type:")
        terminal.press("By hand", "enter")
        terminal.wait_for("Done: post")
        assert terminal.wait_exit() == 0
    assert '"body": "By hand"' in forumtui(home, "read", str(forum), "1", "--json")
