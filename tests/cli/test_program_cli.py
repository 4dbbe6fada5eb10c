"""The program itself: help, keys, configuration, doctor, errors, what is loaded."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.running import Cli

from forumtui.cli import main as main_module
from forumtui.cli import program
from forumtui.cli.arguments import parser_of
from forumtui.cli.commands import COMMANDS
from forumtui.errors import Busy, FileProblem, ForumtuiError, StorageFull
from forumtui.paths import find_paths
from forumtui.settings import Settings, load_settings
from forumtui.tui.keys.commands import COMMANDS as KEY_COMMANDS


def run_program(*words: str, home: Path, stdin: str | None = None, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "forumtui", *words],
        env={**os.environ, "FORUMTUI_HOME": str(home), **environ},
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_version_and_help(cli: Cli) -> None:
    assert cli("--version").out.startswith("forumtui 0.")
    text = cli("--help").out
    for command in COMMANDS:
        assert f"\n  {command} " in text
    assert "TOPIC_ID" in cli("reply", "--help").out
    assert "usage: forumtui host board" in cli("host", "board", "--help").out


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["topcs", "team.db"], 'There is no command "topcs"; did you mean "topics"?'),
        (["topics"], "required: FORUM"),
        (["topics", "team.db", "--limit", "0"], "1 or more"),
        (["topics", "team.db", "--lim", "3"], "Unrecognized arguments: --lim"),
        (["topics", "team.db", "--json", "--jsonl"], "not allowed with"),
        (["--nonsense"], "--nonsense"),
        (["reply", "team.db", "1"], "Give the text in one way"),
        (["reply", "team.db", "1", "--text", "a", "-"], "Give the text in one way"),
        (["reply", "team.db", "1", "--text", "  "], "is empty"),
        (["new", "team.db", "--board", "x", "--subject", " ", "--text", "y"], "needs a subject"),
        (["host", "board", "add", "team.db", "--title", "x", "--link", "nourl"], "TITLE=ADDRESS"),
        (["accounts", "add", "team.db", "--option", "name"], "NAME=VALUE"),
        (["outbox", "lst"], 'Argument WHAT: "lst" is none of list, send, retry, discard; did you mean "list"?; see'),
        (["topics", "team.db", "--unred"], '--unred; did you mean "--unread"?; see: forumtui topics --help'),
        (["topics", "team.db", "--lmit=3"], 'did you mean "--limit"?'),
        (["topics", "team.db", "--zzzzzz"], "arguments: --zzzzzz; see"),
        (["host", "bord", "list", "team.db"], 'did you mean "board"?'),
        (["host", "board", "ad", "team.db"], 'did you mean "add"?; see: forumtui host board --help'),
        (["host", "board", "add", "team.db", "--title", "x", "--parnt", "y"], 'did you mean "--parent"?'),
        (["accounts", "add", "team.db", "--nam", "x"], 'did you mean "--name"?; see: forumtui accounts add --help'),
        (["export", "team.db", "--format", "jsnl"], 'did you mean "jsonl"?'),
    ],
)
def test_wrong_usage_is_one_sentence_and_code_2(cli: Cli, home: Path, words: list[str], part: str) -> None:
    said = cli(*words, code=2)
    assert part in said.err
    assert len(said.err.splitlines()) == 1
    assert not (home / "library.db").exists()


def test_keys_are_listed_with_what_the_user_chose(cli: Cli, home: Path) -> None:
    assert "j, Down" in cli("keys").out
    assert {record["command"] for record in cli("keys", "--json").json} == set(KEY_COMMANDS)
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text('[keys]\ndown = "ctrl+n"\n', encoding="utf-8")
    down = next(record for record in cli("keys", "--json").json if record["command"] == "down")
    assert down["keys"] == ["ctrl+n"]


@pytest.mark.parametrize("command", ["keys", "sample", "host", "topics"])
def test_a_wrong_configuration_stops_every_command(cli: Cli, home: Path, command: str) -> None:
    home.mkdir()
    (home / "config.toml").write_text('thme = "x"\n', encoding="utf-8")
    words = {"host": ["host", "create", "x.db"], "topics": ["topics", "x.db"]}.get(command, [command])
    assert 'did you mean "theme"?' in cli(*words, code=1).err
    assert list(home.iterdir()) == [home / "config.toml"]


def test_a_wrong_key_name_or_command_names_the_nearest(cli: Cli, home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text('[keys]\ndown = "pagedwn"\n', encoding="utf-8")
    assert 'did you mean "pagedown"?' in cli("keys", code=1).err
    (home / "config.toml").write_text('[keys]\nnext-unred = "n"\n', encoding="utf-8")
    assert 'did you mean "next-unread"?' in cli("keys", code=1).err


def test_config_writes_comments_that_change_nothing(cli: Cli, home: Path) -> None:
    file = home / "config.toml"
    assert cli("config", "--path").out.strip() == str(file)
    assert not file.exists()
    cli("config")
    assert load_settings(file, KEY_COMMANDS) == Settings()
    file.write_text("# mine\n", encoding="utf-8")
    assert "--force" in cli("config", code=1).err
    assert file.read_text(encoding="utf-8") == "# mine\n"
    cli("config", "--force")
    assert file.read_text(encoding="utf-8") == program.default_config()


def test_config_without_its_comment_signs_is_the_default_too() -> None:
    lines = program.default_config().splitlines()
    bare = [line.removeprefix("# ") for line in lines if " = " in line]
    table = tomllib.loads(
        "\n".join(line for line in bare if not line.startswith("#")).replace("down =", "[keys]\ndown =", 1)
    )
    keys = table.pop("keys")
    assert Settings(**table) == Settings()
    assert {name: tuple(value) for name, value in keys.items()} == {n: c.keys for n, c in KEY_COMMANDS.items()}


def test_an_unforeseen_error_is_a_sentence_and_a_log(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> int:
        raise KeyError("secret text")

    monkeypatch.setattr(program, "keys", broken)
    said = cli("keys", code=1).err
    assert "KeyError" in said
    assert "secret text" not in said
    assert "Traceback" in (home / "forumtui.log").read_text(encoding="utf-8")


def test_debug_shows_the_traceback(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> int:
        raise ForumtuiError("No.")

    monkeypatch.setattr(program, "keys", broken)
    assert main_module.main(["keys", "--debug"]) == 1


def test_debug_after_two_dashes_is_a_word_like_others() -> None:
    words = ["search", "--", "--debug"]
    assert not main_module._take(words, "--debug")
    assert words == ["search", "--", "--debug"]


def test_a_closed_pipe_is_quiet(home: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "forumtui", "keys"],
        env={**os.environ, "FORUMTUI_HOME": str(home), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")


def test_a_terminal_without_utf_8_gets_question_marks(home: Path, tmp_path: Path) -> None:
    ran = run_program("host", "create", "ä.db", "--title", "Räume", home=home, PYTHONIOENCODING="ascii")
    assert ran.returncode == 0
    assert "the forum R?ume" in ran.stdout


def test_closed_streams_are_no_problem(home: Path, tmp_path: Path) -> None:
    command = f'"{sys.executable}" -m forumtui keys >&-; echo $?; "{sys.executable}" -m forumtui topics 2>&-; echo $?'
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert ran.stdout.split() == ["0", "2"]


def test_the_folders_are_the_platforms_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    paths = find_paths({})
    assert len({paths.config, paths.data, paths.state} | {Path.cwd()}) >= 3
    assert "forumtui" in str(paths.data)
    here = find_paths({"FORUMTUI_HOME": "~/here"})
    assert here.config == here.data == here.state == Path("~/here").expanduser()


def test_a_home_that_can_not_be_made_is_one_sentence(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("FORUMTUI_HOME", str(tmp_path / "file" / "home"))
    assert "can not be made" in cli("accounts", code=1).err
    assert "can not be written" in cli("config", code=1).err


def test_doctor_knows_accounts_and_texts_that_need_somebody(cli: Cli, page: Path, home: Path) -> None:
    cli("import", page, "--into", "seed.db")
    cli("accounts", "add", "seed.db", "--name", "seed")
    found = {record["subject"]: record for record in cli("doctor", "--json").json}
    assert found["account seed"]["right"]
    Path("seed.db").unlink()
    cli("sync", code=1)
    said = cli_lines("doctor")
    assert any(line.startswith("WRONG account seed") for line in said)


def cli_lines(*words: str) -> list[str]:
    """The lines of a command whose complaints are on standard output."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main_module.main(list(words)) == 1
    return out.getvalue().splitlines()


def test_doctor_is_content_with_a_fresh_home(cli: Cli, home: Path) -> None:
    found = {record["subject"]: record for record in cli("doctor", "--json").json}
    assert all(record["right"] for record in found.values())
    assert {"Python", "SQLite", "Textual", "library", "locale", "terminal"} <= found.keys()
    assert not home.exists()


def test_doctor_finds_a_damaged_library_and_a_wrong_configuration(cli: Cli, home: Path) -> None:
    home.mkdir()
    (home / "library.db").write_bytes(b"this is no database" * 100)
    (home / "config.toml").write_text('[keys]\ndown = "x"\nup = "x"\n', encoding="utf-8")
    said = "\n".join(cli_lines("doctor"))
    assert "WRONG library" in said
    assert 'can not be both "down" and "up"' in said
    (home / "config.toml").write_text("thme = 1", encoding="utf-8")
    assert 'did you mean "theme"?' in "\n".join(cli_lines("doctor"))


@pytest.mark.parametrize(
    "problem", [StorageFull("Disk full."), Busy("Busy."), FileProblem("Can not be opened.")], ids=str
)
def test_doctor_takes_only_damage_for_damage(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch, problem: ForumtuiError
) -> None:
    cli("host", "create", "team.db", "--title", "Team")
    cli("accounts", "add", "team.db", "--name", "team")

    def fail(*_: object, **__: object) -> None:
        raise problem

    forgotten: list[Path] = []
    monkeypatch.setattr("forumtui.sqlite.connection.connect", fail)
    monkeypatch.setattr("forumtui.reader.library.soundness.forget", forgotten.append)
    said = "\n".join(cli_lines("doctor"))
    assert str(problem) in said
    assert "rebuilt" not in said
    assert not forgotten


def test_doctor_names_every_driver_and_what_is_wrong_with_a_broken_one(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, code in [("carrier", "raise SystemExit('no pigeons')"), ("drum", "from no.where import driver")]:
        (tmp_path / f"plugin_{name}.py").write_text(code)
        metadata = tmp_path / f"forumtui_{name}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: forumtui-{name}\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text(f"[forumtui.backends]\n{name} = plugin_{name}:driver\n")
    monkeypatch.syspath_prepend(tmp_path)
    said = {line.split()[2].rstrip(":"): line for line in cli_lines("doctor") if " driver " in line}
    assert said["carrier"].startswith("WRONG driver carrier: of the package forumtui-carrier 1.0  <- ")
    assert "no pigeons" in said["carrier"]
    assert "No module named 'no'" in said["drum"]
    ours = said.keys() - {"carrier", "drum"}
    assert ours >= {"local", "remote"}
    assert all(said[name] == f"ok    driver {name}: of forumtui itself" for name in ours)


# -- what is loaded, and the documentation


def loaded(code: str, home: Path) -> set[str]:
    ran = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint('MODULES', *sys.modules)"],
        env={**os.environ, "FORUMTUI_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(ran.stdout.rpartition("MODULES")[2].split())


@pytest.mark.parametrize(
    "words", [["--version"], ["--help"], ["keys"], ["doctor"], ["host", "create", "x.db"], ["topics", "--help"]]
)
def test_commands_load_no_screen(home: Path, tmp_path: Path, words: list[str]) -> None:
    modules = loaded(f"from forumtui.cli.main import main; main({words!r})", home)
    assert not modules & {"textual", "rich", "httpx", "pygments", "markdown_it"}


@pytest.mark.parametrize(
    "words", [["topics", "seed.db", "--json"], ["read", "seed.db", "1"], ["reply", "seed.db", "1", "--text", "x"], []]
)
def test_commands_on_a_forum_load_no_screen_and_no_network(cli: Cli, page: Path, home: Path, words: list[str]) -> None:
    cli("import", page, "--into", "seed.db")
    modules = loaded(f"from forumtui.cli.main import main; main({words!r})", home)
    assert not modules & {"textual", "rich", "httpx", "pygments"}
    assert "markdown_it" not in modules or words[:1] == ["read"]


def test_the_library_loads_no_screen(home: Path) -> None:
    assert not loaded("import forumtui.reader.library", home) & {"textual", "rich", "httpx", "argparse"}


def test_help_and_version_load_no_argparse(home: Path) -> None:
    assert "argparse" not in loaded("from forumtui.cli.main import main; main(['--help'])", home)


DOCS = Path(__file__).parents[2] / "docs"


def _leaves(parser: argparse.ArgumentParser, name: str) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    parts = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not parts:
        yield name, parser
    for action in parts:
        for part, child in action.choices.items():
            yield from _leaves(child, f"{name} {part}")


def _documented() -> dict[str, tuple[str, set[str]]]:
    sections = (DOCS / "commands.md").read_text(encoding="utf-8").split("\n### `forumtui ")[1:]
    found = {}
    for section in sections:
        title, _, body = section.partition("`\n")
        options = {line.split("`")[1].split(" ")[0] for line in body.splitlines() if line.startswith("| `")}
        found[title] = (body, options)
    return found


def test_every_command_and_option_is_documented_and_no_other() -> None:
    documented = _documented()
    real = {}
    for command in COMMANDS:
        for name, parser in _leaves(parser_of(command), command):
            words = {
                (action.option_strings[0] if action.option_strings else action.metavar): action.help
                for action in parser._actions
                if not {"-h", "-q", "-v", "--debug"} & set(action.option_strings)
            }
            real[name] = words
    by_name = {}
    for title, (body, options) in documented.items():
        name = max((known for known in real if title == known or title.startswith(f"{known} ")), key=len, default=title)
        by_name[name] = (body, options)
    assert by_name.keys() ^ real.keys() == set()
    for name, words in real.items():
        assert by_name[name][1] ^ set(words) == set(), name
        for word, text in words.items():
            assert str(text).replace("|", "/") in by_name[name][0], (name, word)
