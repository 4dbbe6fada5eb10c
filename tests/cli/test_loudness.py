"""--quiet and --verbose, of every command."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.cli.running import Cli

from forumtui.cli.host import transfer


@pytest.fixture
def talk(cli: Cli, forum: Path) -> Path:
    cli("new", forum, "--board", "General", "--subject", "First", "--text", "Number 1")
    cli("host", "member", "add", forum, "Anna")
    return forum


DEEDS = [
    "accounts add team.db --name team",
    "sync team.db",
    "reply team.db 1 --text Two",
    "new team.db --board General --subject S --text T",
    "mark team.db 1 --read",
    "catchup team.db",
    "host create other.db",
    "host board add team.db --title Other",
    "host member role team.db Anna Editor",
    "host notice team.db Hello",
    "host backup team.db copy.db",
    "host check team.db",
    "import page.txt --into seed.db",
    "export team.db --out out.jsonl",
    "sample --reset",
    "config",
]


@pytest.mark.parametrize("deed", DEEDS)
def test_a_deed_that_went_well_is_done_in_silence(cli: Cli, talk: Path, page: Path, deed: str) -> None:
    words = deed.split()
    said = cli(*words, "-q")
    assert (said.out, said.err) == ("", "")


@pytest.mark.parametrize("deed", DEEDS)
def test_without_it_every_deed_is_told(cli: Cli, talk: Path, page: Path, deed: str) -> None:
    assert cli(*deed.split()).out


def test_what_was_asked_for_and_what_went_wrong_is_never_silent(cli: Cli, talk: Path, page: Path) -> None:
    for words in ("topics team.db", "boards team.db --json", "read team.db 1", "host member list team.db", "sample"):
        first, *rest = words.split()
        assert cli("-q", *words.split()).out == cli(first, *rest).out != ""
    assert "did you mean" in cli("topcs", "team.db", "-q", code=2).err
    assert "no topic" in cli("read", "team.db", "99", "--quiet", code=1).err
    assert "Nothing was imported" in cli("import", page, "--into", "x.db", "--dry-run", "-q").out
    assert len(cli("host", "token", talk, "Anna", "-q").out.splitlines()) == 1


def test_no_progress_is_drawn_in_silence(
    cli: Cli, talk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    cli("topics", talk, "-q")
    transfer.Progress("Exporting")(5, 10)
    assert capsys.readouterr().err == ""


def test_verbose_tells_on_standard_error_what_is_done(cli: Cli, talk: Path, home: Path) -> None:
    plain = cli("topics", talk)
    told = cli("topics", talk, "-v")
    assert told.out == plain.out
    assert str(home / "library.db") in told.err
    assert f"Asking Team room ({talk})" in told.err
    assert "seconds" in told.err.splitlines()[-1]
    assert all(line.startswith("forumtui: ") for line in told.err.splitlines())
    assert f"to Team room ({talk})" in cli("reply", talk, "1", "--text", "Two", "--verbose").err
    assert cli("topics", talk).err == ""


def test_after_two_dashes_they_are_words(cli: Cli, talk: Path) -> None:
    cli("reply", talk, "1", "--text", "say -v here")
    assert "-v" in cli("search", talk, "--", "-v").out
