"""What the reader is given; the screen itself is replaced by one that only notes it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.cli.running import Cli

import forumtui.tui.app
from forumtui.reader.library import Library
from forumtui.settings import Settings
from forumtui.tui.app import EngineFactory


class NotedApp:
    """Stands for the reader: enters the engines, as after the first paint, and leaves."""

    seen: dict[str, Any]
    return_code = 0

    def __init__(self, library: Library, engines: EngineFactory, settings: Settings, *, location: str = "") -> None:
        type(self).seen = {"location": location, "settings": settings}
        self._library = library
        self._engines = engines

    async def run_async(self, *, mouse: bool) -> None:
        self.seen["mouse"] = mouse
        self.seen["before"] = [row.name for row in await self._library.accounts.all()]
        async with self._engines(self._library) as engine:
            self.seen["accounts"] = [row.name for row in await self._library.accounts.all()]
            for part in ("wake", "add", "log_in", "remove", "set_plugged"):
                assert callable(getattr(engine, part))


@pytest.fixture
def app(terminal: None, monkeypatch: pytest.MonkeyPatch) -> type[NotedApp]:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(forumtui.tui.app, "ForumApp", NotedApp)
    monkeypatch.setattr(NotedApp, "return_code", 0)
    return NotedApp


def test_the_first_start_opens_the_sample(cli: Cli, app: type[NotedApp], home: Path) -> None:
    cli()
    assert app.seen["location"] == str(home / "sample.db")
    assert app.seen["before"] == []
    assert app.seen["accounts"] == ["sample"]


def test_later_starts_resume_and_build_nothing(cli: Cli, app: type[NotedApp], home: Path, forum: Path) -> None:
    cli("accounts", "add", forum, "--name", "team")
    cli()
    assert app.seen["location"] == ""
    assert app.seen["accounts"] == ["team"]
    assert not (home / "sample.db").exists()


def test_a_forum_is_opened_by_path_and_by_name(cli: Cli, app: type[NotedApp], forum: Path) -> None:
    cli(forum.name)
    assert app.seen["location"] == str(forum)
    cli("accounts", "add", forum, "--name", "topics")
    cli("open", "topics")
    assert app.seen["location"] == "topics"
    assert app.seen["accounts"] == ["topics"]


def test_an_address_is_looked_at_by_the_reader_itself(cli: Cli, app: type[NotedApp]) -> None:
    cli("https://forum.example.org/")
    assert app.seen["location"] == "https://forum.example.org/"


def test_another_forum_at_a_known_path_is_said_before_the_screen_opens(
    cli: Cli, app: type[NotedApp], forum: Path, page: Path
) -> None:
    cli("topics", forum)
    cli("import", page, "--into", "seed.db")
    for side in forum.parent.glob("team.db*"):
        side.unlink()
    shutil.copy("seed.db", forum)
    said = cli(forum, code=1).err
    assert "another forum now" in said
    assert not hasattr(app, "seen") or app.seen.get("location") != str(forum)
    cli("accounts", "add", forum)
    cli(forum)


def test_settings_and_the_exit_code_are_handed_on(
    cli: Cli, app: type[NotedApp], home: Path, forum: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "config.toml").parent.mkdir(exist_ok=True)
    (home / "config.toml").write_text("mouse = false\n", encoding="utf-8")
    monkeypatch.setattr(app, "return_code", 129)
    cli(forum, code=129)
    assert app.seen["mouse"] is False
    assert app.seen["settings"].mouse is False


@pytest.mark.parametrize("words", [["sample"], ["open", "sample"]])
def test_the_sample_opens_in_a_terminal_whatever_else_is_followed(
    cli: Cli, app: type[NotedApp], home: Path, forum: Path, words: list[str]
) -> None:
    cli("accounts", "add", forum, "--name", "team")
    for _ in range(2):
        cli(*words)
        assert app.seen["location"] in {str(home / "sample.db"), "sample"}
        assert sorted(app.seen["accounts"]) == ["sample", "team"]
    cli("sample", "--path")
    assert cli("sample", "--path").out.strip() == str(home / "sample.db")


def test_a_driver_for_another_display_needs_no_terminal(
    cli: Cli, app: type[NotedApp], forum: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forumtui.cli.opening.has_terminal", lambda: False)
    monkeypatch.delenv("TERM")
    monkeypatch.setenv("TEXTUAL_DRIVER", "textual.drivers.web_driver:WebDriver")
    cli(forum)
    assert app.seen["location"] == str(forum)
