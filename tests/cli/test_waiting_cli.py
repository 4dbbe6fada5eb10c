"""Texts that wait in forums which are not followed: every way that says so sends them, and nothing is silent."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.running import Cli
from tests.cli.test_writing_cli import SqliteFile


@pytest.fixture
def talk(cli: Cli, forum: Path) -> Path:
    cli("new", forum, "--board", "General", "--subject", "First", "--text", "Number 1")
    return forum


def bodies(cli: Cli, forum: Path) -> list[str]:
    return [post["body"] for post in cli("read", forum, "1", "--json").json]


def test_sync_sends_for_a_visited_forum(cli: Cli, talk: Path) -> None:
    cli("reply", talk, "1", "--text", "Later", "--offline", code=4)
    assert "Team room" in cli("sync").out
    assert bodies(cli, talk) == ["Number 1", "Later"]
    assert "No forum is followed" in cli("sync", code=2).err


def test_sync_sends_for_a_visited_forum_beside_one_that_is_followed(cli: Cli, talk: Path, tmp_path: Path) -> None:
    cli("host", "create", tmp_path / "other.db", "--title", "Other")
    cli("accounts", "add", tmp_path / "other.db")
    cli("reply", talk, "1", "--text", "Later", "--offline", code=4)
    assert "1 text waits" in cli("check", "--offline", code=3).err
    said = cli("sync").out
    assert "Other" in said
    assert "Team room" in said
    assert bodies(cli, talk) == ["Number 1", "Later"]


def test_doctor_and_check_tell_of_it(cli: Cli, talk: Path) -> None:
    cli("reply", talk, "1", "--text", "Later", "--offline", code=4)
    (found,) = [line for line in cli("doctor", "--json").json if line["subject"] == "outbox"]
    assert "1 text waits" in found["value"]
    assert "sync" in found["advice"]
    assert "1 text waits" in cli("check", code=3).err
    assert "Team room" in cli("check", code=3).err


def test_a_refusal_is_said_with_its_reason_and_has_its_own_exit_code(cli: Cli, talk: Path) -> None:
    cli("accounts", "add", talk, "--name", "as-bo", "--option", "name=Bo")
    cli("reply", "as-bo", "1", "--text", "Too late", "--offline", code=4)
    with SqliteFile(talk) as connection:
        connection.execute("UPDATE topic SET closed = 1")
    said = cli("sync", code=5)
    assert "closed" in said.err
    assert "still to be sent" not in said.out
    assert "1 refused" in said.out
    said = cli("sync", code=5)
    assert "closed" in said.err
    assert "closed" in cli("outbox", "send", code=5).err
    uid = cli("outbox", "--json").json[0]["uid"]
    assert "Refused" in cli("outbox", "retry", uid, code=5).err
    cli("outbox", "discard", uid)
    assert "0 unread" in cli("sync", talk).out


def test_what_may_have_arrived_is_discarded_after_a_warning_only(cli: Cli, talk: Path, home: Path) -> None:
    cli("reply", talk, "1", "--text", "Perhaps", "--offline", code=4)
    uid = cli("outbox", "--json").json[0]["uid"]
    with SqliteFile(home / "library.db") as library:
        library.execute("UPDATE outgoing SET state = 'sending', unknown_end = 1 WHERE state = 'queued'")
    said = cli("outbox", "discard", uid, code=2).err
    assert "may have arrived" in said
    assert "--anyway" in said
    assert len(cli("outbox", "--json").json) == 1
    assert "may have it" in cli("outbox", "discard", uid, "--anyway").out
    assert cli("outbox", "--json").json == []


@pytest.mark.parametrize("kind", ["topic", "reply"])
def test_what_is_called_arrived_names_only_what_is_known_of_it(kind: str, cli: Cli, talk: Path, home: Path) -> None:
    if kind == "topic":
        cli("new", talk, "--board", "General", "--subject", "Second", "--text", "Perhaps", "--offline", code=4)
    else:
        cli("reply", talk, "1", "--text", "Perhaps", "--offline", code=4)
    uid = cli("outbox", "--json").json[0]["uid"]
    with SqliteFile(home / "library.db") as library:
        library.execute(
            "UPDATE outgoing SET state = 'attention', unknown_end = 1, choices = 'resend arrived' WHERE uid = ?", (uid,)
        )
    said = cli("outbox", "retry", uid, "--arrived").out
    assert said.strip() == {"topic": "Done: it was sent.", "reply": "Done: topic 1."}[kind]


def test_a_restore_that_drops_a_text_says_so_to_its_author(cli: Cli, talk: Path, tmp_path: Path) -> None:
    cli("accounts", "add", talk, "--name", "team")
    cli("reply", "team", "1", "--text", "Kept")
    cli("host", "backup", talk, tmp_path / "backup.db")
    cli("reply", "team", "1", "--text", "Dropped")
    cli("read", "team", "1")
    for leftover in tmp_path.glob("team.db*"):
        leftover.unlink()
    (tmp_path / "backup.db").rename(talk)
    said = cli("sync", "team", code=5)
    assert "no longer has this text" in said.err
    (row,) = cli("outbox", "--json").json
    assert (row["body"], row["state"], row["choices"]) == ("Dropped", "attention", ["resend", "discard"])
    cli("outbox", "retry", row["uid"])
    assert bodies(cli, talk) == ["Number 1", "Kept", "Dropped"]
    assert "0 unread" in cli("sync", "team").out


@pytest.mark.parametrize("taken", [False, True])
def test_a_restore_that_drops_a_topic_too_sends_no_reply_into_another(
    taken: bool, cli: Cli, talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else's topic may have the number of the one that is gone."""
    cli("accounts", "add", talk, "--name", "team")
    cli("host", "backup", talk, tmp_path / "backup.db")
    cli("new", "team", "--board", "General", "--subject", "Second", "--text", "A topic")
    cli("reply", "team", "2", "--text", "A reply")
    for leftover in tmp_path.glob("team.db*"):
        leftover.unlink()
    (tmp_path / "backup.db").rename(talk)
    if taken:
        with monkeypatch.context() as elsewhere:
            elsewhere.setenv("FORUMTUI_HOME", str(tmp_path / "elsewhere"))
            cli("new", talk, "--board", "General", "--subject", "Another", "--text", "Not Second")
    assert "no longer has this text" in cli("sync", "team", code=5).err
    rows = {row["body"]: row for row in cli("outbox", "--json").json}
    assert {body: (row["state"], row["choices"]) for body, row in rows.items()} == {
        "A topic": ("attention", ["resend", "discard"]),
        "A reply": ("attention", ["discard"]),
    }
    assert "Its topic is gone too" in rows["A reply"]["error"]
    cli("outbox", "retry", rows["A topic"]["uid"])
    assert [topic["title"] for topic in cli("topics", "team", "--json").json].count("Second") == 1
    if taken:
        assert bodies(cli, talk.parent / "team.db") == ["Number 1"]
        assert [post["body"] for post in cli("read", "team", "2", "--json").json] == ["Not Second"]
