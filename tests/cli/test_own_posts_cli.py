"""One's own posts are nothing new to who wrote them, also where a forum was only just added."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the server is an extra: pip install 'forumtui[server]'")

from tests.cli.running import Cli
from tests.server.processes import served

from forumtui.reader.sync import engine
from forumtui.reader.sync.pull import Policy

Write = Callable[..., None]


@pytest.fixture
def write(cli: Cli, forum: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Somebody writes at another computer."""

    def write(who: str, *words: str) -> None:
        with monkeypatch.context() as elsewhere:
            elsewhere.setenv("FORUMTUI_HOME", str(forum.parent / who))
            if not (forum.parent / who).exists():
                cli("host", "member", "add", forum, who)
                cli("accounts", "add", forum, "--name", "there", "--option", f"name={who}")
            cli(words[0], "there", *words[1:], "--text", f"{who}'s")

    return write


@pytest.fixture
def written(write: Write, forum: Path) -> Path:
    """Anna wrote the newest posts of a topic, and one that nobody answered; two topics are Bo's."""
    for who, subject in (("Bo", "Answered"), ("Anna", "Alone"), ("Bo", "Unanswered")):
        write(who, "new", "--board", "General", "--subject", subject)
    for _ in range(3):
        write("Anna", "reply", "1")
    return forum


def shows_two(cli: Cli) -> None:
    """What Bo wrote, and nothing else, is unread."""
    assert cli("accounts", "list", "--json").json[0]["unread"] == 2
    assert cli("check").out == "team: 2 unread posts in 2 topics\n"
    assert "2 unread" in cli("sync").out


def test_own_posts_are_not_new_in_a_file(cli: Cli, written: Path) -> None:
    cli("accounts", "add", written, "--name", "team", "--option", "name=Anna")
    shows_two(cli)


def test_own_posts_are_not_new_at_a_server(cli: Cli, written: Path) -> None:
    token = cli("host", "token", written, "Anna").out.splitlines()[-1]
    with served(written) as serving:
        cli("accounts", "add", serving.address, "--name", "team", "--token", token)
        shows_two(cli)


def test_what_one_wrote_elsewhere_meanwhile_is_not_new(cli: Cli, written: Path, write: Write) -> None:
    cli("accounts", "add", written, "--name", "team", "--option", "name=Anna")
    cli("catchup", "team")
    write("Anna", "reply", "3")
    cli("check", code=3)


def test_what_one_visit_does_not_fetch_is_said_and_comes_with_the_next(
    cli: Cli, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "Policy", lambda: Policy(budget=2, page=2))
    cli("accounts", "add", written, "--name", "team", "--option", "name=Anna")
    assert "posts of yours may be among the unread" in cli("check", "--offline").err
    for _ in range(3):
        said = cli("check")
    assert said.out == "team: 2 unread posts in 2 topics\n"
    assert said.err == ""
