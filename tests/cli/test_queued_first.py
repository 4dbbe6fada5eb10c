"""A text is in the outbox before anybody asks the forum: a server that stalls for ever, and a command that is killed."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.cli.running import Cli
from tests.server.processes import served

SECONDS = 60


@pytest.fixture
def talk(cli: Cli, forum: Path) -> Path:
    cli("new", forum, "--board", "General", "--subject", "First", "--text", "Number 1")
    return forum


@contextmanager
def stalling(path: Path) -> Iterator[socket.socket]:
    """A server that takes connections and never says a word."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(8)
        listener.settimeout(SECONDS)
        yield listener
    path.unlink()


def killed(listener: socket.socket, *words: str) -> None:
    """Run a command until it has asked the server for something, then kill it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "forumtui", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with listener.accept()[0] as asked:
        asked.settimeout(SECONDS)
        assert asked.recv(1)
        process.kill()
        process.communicate(timeout=SECONDS)


def bodies(cli: Cli, forum: Path, topic: str = "1") -> list[str]:
    return [post["body"] for post in cli("read", forum, topic, "--json").json]


@pytest.mark.parametrize("key", [[], ["--key", "k"]])
@pytest.mark.parametrize("visited", [True, False])
@pytest.mark.parametrize("to", [[], ["--to", "1"]])
def test_a_reply_that_was_killed_while_the_server_stalled_is_sent_once(
    cli: Cli, talk: Path, tmp_path: Path, key: list[str], visited: bool, to: list[str]
) -> None:
    path = tmp_path / "s"
    place = f"unix:{path}"
    if visited:
        with served(talk, "--socket", str(path)):
            cli("topics", place)
    with stalling(path) as listener:
        killed(listener, "reply", place, "1", *to, "--text", "Not lost", *key)
    (row,) = cli("outbox", "--json").json
    assert (row["body"], row["state"]) == ("Not lost", "queued")
    with served(talk, "--socket", str(path)):
        if key:
            cli("reply", place, "1", *to, "--text", "Not lost", *key)  # takes up the one that was killed
        else:
            cli("sync")
        cli("sync", code=2)
        assert bodies(cli, talk) == ["Number 1", "Not lost"]
        assert cli("read", talk, "1", "--json").json[1]["parent"] == ("1" if to else None)
        assert cli("outbox", "--json").json == []
        if key:
            cli("reply", place, "1", *to, "--text", "Not lost", *key)
            assert bodies(cli, talk) == ["Number 1", "Not lost"]


def test_a_topic_and_an_edit_that_were_killed_are_sent_once(cli: Cli, talk: Path, tmp_path: Path) -> None:
    path = tmp_path / "s"
    place = f"unix:{path}"
    with stalling(path) as listener:
        killed(listener, "new", place, "--board", "general", "--subject", "Second", "--text", "A topic")
        killed(listener, "reply", place, "1", "--text", "Beside it")
    assert [row["body"] for row in cli("outbox", "--json").json] == ["A topic", "Beside it"]
    with served(talk, "--socket", str(path)):
        cli("sync")
        assert bodies(cli, talk, "2") == ["A topic"]
        assert bodies(cli, talk) == ["Number 1", "Beside it"]
    with stalling(path) as listener:
        killed(listener, "edit", place, "2", "1", "--text", "Changed")
    with served(talk, "--socket", str(path)):
        cli("sync")
        assert bodies(cli, talk, "2") == ["Changed"]


@pytest.mark.parametrize(
    "words",
    [
        ["reply", "1", "--to", "77", "--text", "Nobody"],
        ["new", "--board", "Nowhere", "--subject", "S", "--text", "Nobody"],
    ],
)
def test_a_name_that_means_nothing_there_is_refused_with_the_reason_and_the_text_kept(
    cli: Cli, talk: Path, tmp_path: Path, words: list[str]
) -> None:
    path = tmp_path / "s"
    place = f"unix:{path}"
    with stalling(path) as listener:
        killed(listener, words[0], place, *words[1:])
    with served(talk, "--socket", str(path)):
        assert "has no" in cli("sync", code=5).err
        (row,) = cli("outbox", "--json").json
        assert (row["state"], row["body"]) == ("refused", "Nobody")
        assert "has no" in cli(words[0], place, *words[1:], code=1).err
        assert len(cli("outbox", "--json").json) == 1


def test_offline_a_text_waits_for_a_forum_that_was_never_visited(cli: Cli, talk: Path, tmp_path: Path) -> None:
    path = tmp_path / "s"
    with stalling(path) as listener:
        assert "Queued" in cli("reply", f"unix:{path}", "1", "--text", "Later", "--offline", code=4).out
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()  # nobody asked it
    assert "refused" not in cli("sync", code=1).err.lower()
    with served(talk, "--socket", str(path)):
        cli("sync")
    assert bodies(cli, talk) == ["Number 1", "Later"]


def test_a_forum_that_is_known_elsewhere_gets_what_was_queued_for_its_new_place(
    cli: Cli, talk: Path, tmp_path: Path
) -> None:
    with served(talk, "--socket", str(tmp_path / "old")):
        cli("accounts", "add", f"unix:{tmp_path / 'old'}", "--name", "team")
    place = f"unix:{tmp_path / 'new'}"
    cli("reply", place, "1", "--text", "Later", "--offline", "--key", "k", code=4)
    with served(talk, "--socket", str(tmp_path / "new")):
        cli("accounts", "add", place)
        cli("sync", "team")
        (account,) = cli("accounts", "list", "--json").json
    assert (account["name"], account["location"]) == ("team", place)
    assert bodies(cli, talk) == ["Number 1", "Later"]
