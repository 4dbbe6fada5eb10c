from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.running import Cli, Ran

from forumtui.cli import opening
from forumtui.cli.main import main


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("FORUMTUI_HOME", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def cli(home: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Cli]:
    """Run a command line in this process."""

    def run(*words: object, code: int = 0) -> Ran:
        capsys.readouterr()
        found = main([str(word) for word in words])
        said = capsys.readouterr()
        assert found == code, f"{words}: exit code {found}\n{said.out}\n{said.err}"
        if code in {1, 2}:
            assert said.err.startswith("forumtui: "), said.err
            assert "Traceback" not in said.err
        return Ran(found, said.out, said.err)

    yield run
    for handler in list(logging.getLogger("forumtui").handlers):
        logging.getLogger("forumtui").removeHandler(handler)
        handler.close()


SEED = """\
Span of control

Team is looking for contributors...

Leadership > Forum Log in

Span of control
Anna Berg, Editor
How many people can one person lead?

Span of control
Bo Lind, Member
Seven, they say.
@Anna Berg: what do you think?

Do you wish to study further? Register.

Special Interest Group Leader

You here

More on Leadership
Best Practices

Expert Tips

About Team | Privacy
© 2018 Team - A team. V1.2 - Last updated: 1-2-2018.
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A forum page saved as text."""
    file = tmp_path / "page.txt"
    file.write_text(SEED, encoding="utf-8")
    return file


@pytest.fixture
def forum(cli: Cli, tmp_path: Path) -> Path:
    """A forum file with a board."""
    file = tmp_path / "team.db"
    cli("host", "create", file, "--title", "Team room")
    cli("host", "board", "add", file, "--title", "General")
    return file


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard input and output claim to be a terminal."""
    monkeypatch.setattr(opening, "has_terminal", lambda: True)
