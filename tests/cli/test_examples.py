"""The example of every command's --help does what it says."""

from __future__ import annotations

import argparse
import json
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from forumtui.cli.arguments import parse, parser_of
from forumtui.cli.call import DONE, NOTHING_NEW
from forumtui.cli.commands import COMMANDS
from forumtui.cli.examples import EXAMPLES
from forumtui.cli.main import main

PARSED_ONLY = {
    "open": "needs a terminal",
    "serve": "does not end",
    "selftest": "needs a terminal",
    "accounts register": "needs a server of others",
    "accounts password": "needs a server, and somebody who types",
    "accounts sessions": "needs a server",
    "host": "is the example of host create, with a file that the other examples have already",
}


def parsers() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    def below(name: str, parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
        yield name, parser
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for part, child in action.choices.items():
                    yield from below(f"{name} {part}", child)

    for command in COMMANDS:
        yield from below(command, parser_of(command))


def test_every_help_has_an_example_and_every_example_a_command() -> None:
    found = dict(parsers())
    assert EXAMPLES.keys() ^ found.keys() == set()
    for name, parser in found.items():
        assert f"example:\n  {EXAMPLES[name]}\n" in parser.format_help()


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_of_its_command(name: str) -> None:
    program, *words = shlex.split(EXAMPLES[name])
    assert program == "forumtui"
    if name == "open":
        words = ["open", *words]
    assert words[: len(name.split())] == name.split()
    parse(words[0], words[1:])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A forum that is followed; and a copy of all that, to begin from again."""
    here = tmp_path_factory.mktemp("examples") / "here"
    here.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(here)
        patch.setenv("FORUMTUI_HOME", str(here / "home"))
        Path("notes.md").write_text("What is new.\n", encoding="utf-8")
        for words in [
            "host create team.db --title Team",
            "host board add team.db --title General",
            "host member add team.db Anna",
            "accounts add team.db --name team",
            "new team --board General --subject First --text 'The span of control.'",
            "reply team 1 --text Two",
            "reply team 1 --text Three",
        ]:
            main(shlex.split(words))
    return here, Path(shutil.copytree(here, here.with_name("kept")))


@pytest.fixture
def afresh(world: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, page: Path) -> Path:
    here, kept = world
    shutil.rmtree(here)
    shutil.copytree(kept, here)
    shutil.copy(page, here / "page.txt")
    monkeypatch.chdir(here)
    monkeypatch.setenv("FORUMTUI_HOME", str(here / "home"))
    return here


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name not in PARSED_ONLY])
def test_the_example_works(name: str, afresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = shlex.split(EXAMPLES[name])[1:]
    if words[-1] in {"4f2a", "9e3b"}:
        words[-1] = row_of(afresh, words[0], capsys)
    capsys.readouterr()
    code = main(words)
    said = capsys.readouterr()
    assert code == (NOTHING_NEW if name == "check" else DONE), said
    assert said.err == ("forumtui: here: 1 forum; asked: Team\n" if name == "search" else "")


def row_of(here: Path, kind: str, capsys: pytest.CaptureFixture[str]) -> str:
    """The uid of what waits; made a draft where one is wanted."""
    main(["reply", "team", "1", "--text", "Waits", "--offline"])
    capsys.readouterr()
    main(["outbox", "--json"])
    uid = str(json.loads(capsys.readouterr().out)[0]["uid"])
    if kind == "drafts":
        import asyncio

        from forumtui.reader.library import Library

        async def withdraw() -> None:
            library = await Library.open(here / "home")
            await library.outbox.withdraw(uid)
            await library.close()

        asyncio.run(withdraw())
    return uid
