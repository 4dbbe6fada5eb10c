"""What shells offer, what ``man`` shows, and that a wheel brings both along."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
from tests.cli.running import Cli

pytest.importorskip("hatchling", reason="a tool of development: pip install 'forumtui[dev]'")
pytest.importorskip("shtab", reason="a tool of development: pip install 'forumtui[dev]'")
pytest.importorskip("argparse_manpage", reason="a tool of development: pip install 'forumtui[dev]'")

from hatchling.builders.wheel import WheelBuilder
from tests.terminal import Terminal

from forumtui.cli import whole
from forumtui.cli.commands import COMMANDS
from forumtui.cli.installed import FILES, MANUAL

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return dict(whole.files())


@pytest.fixture
def talk(cli: Cli, forum: Path) -> Path:
    """Two topics in a forum that is followed as "team"."""
    cli("accounts", "add", forum, "--name", "team")
    cli("new", "team", "--board", "General", "--subject", "First: of two", "--text", "One")
    cli("new", "team", "--board", "General", "--subject", "Second of two", "--text", "Two")
    return forum


def environment(home: Path) -> dict[str, str]:
    program = Path(sys.executable).parent
    return {**os.environ, "FORUMTUI_HOME": str(home), "PATH": f"{program}:{os.environ['PATH']}"}


def in_bash(script: str, words: list[str], home: Path) -> list[str]:
    """What bash offers for the last of these words."""
    line = " ".join(f"'{word}'" for word in words)
    asked = f"COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _shtab_forumtui; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    ran = subprocess.run(
        ["bash", "-c", f"compopt() {{ :; }}\n{script}\n{asked}"],
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return ran.stdout.split()


def in_fish(script: str, line: str, home: Path) -> list[str]:
    if shutil.which("fish") is None:
        pytest.skip("fish is not installed here")
    more = {"HOME": str(home), "XDG_CONFIG_HOME": str(home / "fish")}
    ran = subprocess.run(
        ["fish", "--no-config", "-c", f"{script}\ncomplete -C '{line}'"],
        env=environment(home) | more,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert not ran.stderr, ran.stderr
    return [each.split("\t")[0] for each in ran.stdout.splitlines()]


LINES = [
    ("forumtui top", {"topics"}),
    ("forumtui host board ed", {"edit"}),
    ("forumtui topics te", {"team", "team.db"}),
    ("forumtui read team ", {"1", "2"}),
    ("forumtui reply team ", {"1", "2"}),
    ("forumtui accounts logout te", {"team"}),
    ("forumtui new team --board ", {"1"}),
    ("forumtui topics team --order un", {"unanswered"}),
    ("forumtui topics team --unr", {"--unread"}),
    ("forumtui host queue team.db --app", {"--approve"}),
    ("forumtui export team --format mark", {"markdown"}),
]


@pytest.mark.parametrize(("line", "wanted"), LINES)
def test_bash_offers_commands_forums_topics_boards_and_options(
    made: dict[str, str], talk: Path, home: Path, line: str, wanted: set[str]
) -> None:
    offered = set(in_bash(made[FILES["bash"]], line.split(" "), home))
    assert wanted <= offered
    last = line.rpartition(" ")[2]
    assert all(word.startswith(last) for word in offered)


@pytest.mark.parametrize(("line", "wanted"), LINES)
def test_fish_offers_them(made: dict[str, str], talk: Path, home: Path, line: str, wanted: set[str]) -> None:
    offered = set(in_fish(made[FILES["fish"]], line, home))
    assert wanted <= offered


def test_zsh_offers_them(made: dict[str, str], talk: Path, home: Path, tmp_path: Path) -> None:
    if shutil.which("zsh") is None:
        pytest.skip("zsh is not installed here")
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions" / "_forumtui").write_text(made[FILES["zsh"]], encoding="utf-8")
    with Terminal(["zsh", "-f", "-i"], env=environment(home) | {"LANG": "C.UTF-8"}, cwd=tmp_path) as shell:
        shell.send(b"PS1='> '; unsetopt zle_bracketed_paste; fpath=($PWD/functions $fpath)\r")
        shell.send(f"autoload -U compinit; compinit -u -d {tmp_path}/dump; print rea''dy\r".encode())
        shell.wait_for("ready")
        for typed, wanted in [
            ("forumtui top\t", r"> forumtui topics"),
            ("forumtui boards tea\t\t", r"team\.db"),
            ("forumtui read team \t\t", r"2 +-- Second of two"),
            ("forumtui topics team --unr\t", r"> forumtui topics team --unread"),
            ("forumtui new team --board \t", r"--board 1"),
        ]:
            shell.send(typed.encode())
            shell.wait_for(wanted)
            shell.send(b"\x15clear\r")  # ctrl+u: the whole line
            shell.wait_until_gone(wanted)


def test_what_was_typed_before_names_the_forum(cli: Cli, talk: Path) -> None:
    assert cli("--complete", "forums").out == "team\tTeam room\n"
    assert cli("--complete", "topics", "topics", "--unread", "team").out.splitlines() == [
        "2\tSecond of two",
        "1\tFirst: of two",
    ]
    assert cli("--complete", "topics", "read", talk).out.startswith("2\t")
    assert cli("--complete", "boards", "topics", "team.db", "--board").out == "1\tGeneral\n"


@pytest.mark.parametrize("words", [["topics"], ["topics", "nowhere"], ["nonsense", "team"], [], ["boards", "-"]])
def test_where_nothing_is_known_nothing_is_offered(cli: Cli, home: Path, words: list[str]) -> None:
    said = cli("--complete", *words)
    assert (said.out, said.err) == ("", "")
    assert not home.exists()


def test_a_damaged_library_offers_nothing(cli: Cli, talk: Path, home: Path) -> None:
    (home / "library.db").write_bytes(b"no database" * 100)
    said = cli("--complete", "forums")
    assert (said.out, said.err) == ("", "")


def test_what_is_offered_can_not_steer_a_terminal(cli: Cli, talk: Path) -> None:
    cli("new", "team", "--board", "General", "--subject", "a\x1b[31m\x07b", "--text", "x")
    assert "\x1b" not in cli("--complete", "topics", "team").out


def test_to_offer_words_loads_no_parser_and_no_screen(home: Path, cli: Cli, talk: Path) -> None:
    code = "import sys; from forumtui.cli.main import main; main(['--complete', 'topics', 'team']); print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment(home), capture_output=True, text=True, check=True, timeout=60
    )
    assert not set(ran.stdout.split()) & {"argparse", "textual", "rich", "httpx", "shtab"}


def test_every_command_is_in_every_file(made: dict[str, str]) -> None:
    for name in COMMANDS:
        for where in (*FILES.values(), MANUAL):
            assert name in made[where], (name, where)
    assert made.keys() == {*FILES.values(), MANUAL}


def test_man_shows_the_page(made: dict[str, str], tmp_path: Path) -> None:
    if shutil.which("man") is None:
        pytest.skip("man is not installed here")
    page = tmp_path / "forumtui.1"
    page.write_text(made[MANUAL], encoding="utf-8")
    shown = subprocess.run(
        ["man", "--warnings", "-l", str(page)],
        env=os.environ | {"MANPAGER": "cat", "MANWIDTH": "100", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "forumtui host board add" in shown.stdout
    assert "--mark-read" in shown.stdout
    assert "forumtui read team 1 --unread --mark-read" in shown.stdout


def test_a_wheel_brings_them_along_as_they_are_now(tmp_path: Path, made: dict[str, str]) -> None:
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        inside = {name.partition(".data/data/")[2]: name for name in archive.namelist() if ".data/data/" in name}
        assert inside.keys() == made.keys()
        for where in FILES.values():
            assert archive.read(inside[where]).decode() == made[where]
        assert b"forumtui host board add" in archive.read(inside[MANUAL])


@pytest.mark.parametrize("shell", FILES)
def test_the_installed_file_is_printed(cli: Cli, shell: str) -> None:
    said = cli("completion", shell).out
    assert said == Path(sysconfig.get_path("data"), FILES[shell]).read_text(encoding="utf-8")
    assert "forumtui" in said
