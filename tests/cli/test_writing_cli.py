"""reply, new, edit, delete, drafts, outbox, accounts and sync, on forum files."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import apsw
import pytest
from tests.cli.running import Cli
from tests.writing import wait_until_at_rest

from forumtui.reader.library import Library
from forumtui.reader.library.outbox import Typed
from forumtui.reader.target import OutKind, Remote, Target


class SqliteFile:
    """A database file, changed behind the program's back."""

    def __init__(self, path: Path) -> None:
        self._connection = apsw.Connection(str(path))

    def __enter__(self) -> apsw.Connection:
        return self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.close()


@pytest.fixture
def talk(cli: Cli, forum: Path) -> Path:
    cli("new", forum, "--board", "General", "--subject", "First", "--text", "Number 1")
    return forum


def bodies(cli: Cli, forum: Path, topic: str = "1") -> list[str]:
    return [post["body"] for post in cli("read", forum, topic, "--json").json]


def all_bodies(cli: Cli, forum: Path) -> list[str]:
    return [post["body"] for post in cli("read", forum, "1", "--all", "--json").json]


def test_a_new_topic_and_a_reply_arrive(cli: Cli, talk: Path) -> None:
    (sent,) = cli("reply", talk, "1", "--to", "1", "--subject", "Aside", "--text", "Yes.", "--json").json
    assert (sent["state"], sent["kind"], sent["topic"]) == ("sent", "reply", "1")
    post = cli("read", talk, "1", "--json").json[1]
    assert (post["id"], post["subject"], post["body"]) == (sent["post"], "Aside", "Yes.")


def test_text_from_a_file_and_from_standard_input(cli: Cli, talk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("text.md").write_text("\ufeffFrom a file: “ä”\n\n", encoding="utf-8")
    cli("reply", talk, "1", "--file", "text.md")
    for words in (["-"], ["--file", "-"]):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("Piped ü".encode())))
        cli("reply", talk, "1", *words)
    assert bodies(cli, talk)[1:] == ["From a file: “ä”", "Piped ü", "Piped ü"]


def test_text_that_is_none_is_refused_and_nothing_is_sent(cli: Cli, talk: Path) -> None:
    Path("binary").write_bytes(b"a\x00b")
    Path("latin").write_bytes("ä".encode("latin-1"))
    Path("empty").touch()
    assert "binary" in cli("reply", talk, "1", "--file", "binary", code=1).err
    assert "not UTF-8" in cli("reply", talk, "1", "--file", "latin", code=1).err
    assert "can not be read" in cli("reply", talk, "1", "--file", "missing", code=1).err
    assert "is empty" in cli("reply", talk, "1", "--file", "empty", code=2).err
    assert len(bodies(cli, talk)) == 1
    assert cli("outbox", "--json").json == []


def test_the_same_key_posts_once(cli: Cli, talk: Path, home: Path) -> None:
    first = cli("reply", talk, "1", "--key", "release-1", "--text", "Out now", "--json").json[0]
    again = cli("reply", talk, "1", "--key", "release-1", "--text", "Out now", "--json").json[0]
    assert first["post"] == again["post"]
    for file in home.glob("**/*"):  # another library, as on another machine
        if file.is_file():
            file.unlink()
    assert cli("reply", talk, "1", "--key", "release-1", "--text", "Out now", "--json").json[0]["state"] == "sent"
    assert bodies(cli, talk) == ["Number 1", "Out now"]
    said = cli("reply", talk, "1", "--key", "release-1", "--text", "Another text", code=1).err
    assert 'The key "release-1" was used for another text' in said
    cli("new", talk, "--board", "General", "--subject", "N", "--text", "t", "--key", "k")
    cli("new", talk, "--board", "General", "--subject", "N", "--text", "t", "--key", "k")
    assert len(cli("topics", talk, "--json").json) == 2


def test_edit_and_delete_are_done_once_under_their_key(cli: Cli, talk: Path) -> None:
    cli("reply", talk, "1", "--text", "Secnd")
    for _ in range(2):
        cli("edit", talk, "1", "2", "--text", "Second", "--key", "e")
    assert bodies(cli, talk) == ["Number 1", "Second"]
    for _ in range(2):
        cli("delete", talk, "1", "2", "--key", "d")
    post = cli("read", talk, "1", "--json").json[1]
    assert (post["body"], post["format"], post["author"]) == (None, None, None)
    assert "(deleted by its author)" in cli("read", talk, "1").out


def test_offline_queues_with_code_4_and_sync_sends_once(cli: Cli, talk: Path) -> None:
    queued = cli("reply", talk, "1", "--text", "Later", "--offline", code=4)
    assert "Queued" in queued.out
    assert len(bodies(cli, talk)) == 1
    (row,) = cli("outbox", "--json").json
    assert (row["state"], row["where"], row["body"]) == ("queued", "First", "Later")
    assert "queued" in cli("outbox").out
    assert "waiting in the outbox" in cli("read", talk, "1", "--offline").out
    cli("read", talk, "1", "--mark-read", "--offline")
    cli("mark", talk, "1", "--unread")
    assert [post["unread"] for post in cli("read", talk, "1", "--json").json] == [True]
    cli("outbox", "send")
    cli("outbox", "send")
    assert bodies(cli, talk) == ["Number 1", "Later"]
    assert cli("outbox", "--json").json == []


def test_sync_sends_what_waits(cli: Cli, talk: Path) -> None:
    cli("accounts", "add", talk, "--name", "team")
    cli("reply", "team", "1", "--text", "Later", "--offline", code=4)
    assert "Team room: 0 unread" in cli("sync").out
    assert bodies(cli, talk) == ["Number 1", "Later"]


def test_what_is_not_allowed_is_refused_and_nothing_is_kept(cli: Cli, talk: Path) -> None:
    cli("accounts", "add", talk, "--name", "as-bo", "--option", "name=Bo")
    said = cli("edit", "as-bo", "1", "1", "--text", "Mine now", code=1)
    assert "moderator" in said.err
    assert cli("outbox", "--json").json == []
    assert bodies(cli, talk) == ["Number 1"]


def test_a_queued_text_can_be_discarded(cli: Cli, talk: Path) -> None:
    cli("reply", talk, "1", "--text", "Never mind", "--offline", code=4)
    uid = cli("outbox", "--json").json[0]["uid"]
    cli("outbox", "discard", uid[:8])
    assert cli("outbox", "--json").json == []
    assert "no draft or outbox row" in cli("outbox", "discard", uid, code=1).err
    cli("sync", talk)
    assert bodies(cli, talk) == ["Number 1"]


def test_the_configured_name_is_the_author(cli: Cli, talk: Path, home: Path) -> None:
    (home / "config.toml").write_text('name = "Zoe"\n', encoding="utf-8")
    cli("reply", talk, "1", "--text", "I am Zoe")
    assert cli("read", talk, "1", "--json").json[1]["author"] == "Zoe"


def test_accounts_are_added_listed_and_removed(cli: Cli, talk: Path) -> None:
    assert cli("accounts", "--json").json == []
    assert "Team room" in cli("accounts", "add", talk, "--name", "team", "--option", "name=Bo").out
    (account,) = cli("accounts", "list", "--json").json
    assert (account["name"], account["title"], account["me"]) == ("team", "Team room", "Bo")
    assert "as Bo" in cli("accounts").out
    cli("reply", "team", "1", "--text", "x", "--offline", code=4)
    cli("accounts", "remove", "team", code=2)
    cli("sync", "team")
    cli("accounts", "remove", "team")
    assert cli("accounts", "--json").json == []
    assert 'no account "team"' in cli("accounts", "remove", "team", code=1).err
    assert bodies(cli, talk)[-1] == "x"


def test_a_read_only_forum_can_be_read_and_refuses_texts(cli: Cli, talk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.access

    def access(path: Any, mode: int, **more: Any) -> bool:
        return real(path, mode, **more) and not (Path(str(path)) == talk and mode & os.W_OK)

    monkeypatch.setattr(os, "access", access)  # permission bits do not hold root back
    assert len(cli("topics", talk, "--json").json) == 1
    assert "read-only" in cli("reply", talk, "1", "--text", "x", code=1).err
    assert cli("outbox", "--json").json == []


def test_a_refused_text_is_kept_and_can_be_tried_again(cli: Cli, talk: Path, home: Path) -> None:
    cli("accounts", "add", talk, "--name", "as-bo", "--option", "name=Bo")
    cli("reply", "as-bo", "1", "--text", "From Bo", "--offline", code=4)
    with SqliteFile(talk) as forum:
        forum.execute("UPDATE topic SET closed = 1")
    refused = cli("outbox", "send", code=5)
    assert "refused" in refused.err
    (row,) = cli("outbox", "--json").json
    assert (row["state"], row["body"]) == ("refused", "From Bo")
    assert "closed" in row["error"]
    assert "closed" in cli("outbox", "retry", row["uid"], code=5).err
    with SqliteFile(talk) as forum:
        forum.execute("UPDATE topic SET closed = 0")
    assert "Done" in cli("outbox", "retry", row["uid"]).out
    assert bodies(cli, talk) == ["Number 1", "From Bo"]


def test_drafts_are_listed_sent_and_discarded(cli: Cli, talk: Path, home: Path) -> None:
    cli("topics", talk)

    async def write() -> None:
        library = await Library.open(home)
        account = (await library.accounts.all(visited=True))[0]
        for text in ("Keep", "Drop"):
            await library.outbox.start(
                Target(account.key, OutKind.REPLY, topic=Remote("1")),
                Typed(text=text),
                uid=text.lower() * 4,
            )
        await library.close()

    asyncio.run(write())
    assert [row["body"] for row in cli("drafts", "--json").json] == ["Keep", "Drop"]
    assert 'reply in "First": draft' in cli("drafts").out
    cli("drafts", "discard", "drop")
    cli("drafts", "send", "keep")
    assert bodies(cli, talk) == ["Number 1", "Keep"]
    assert "no drafts" in cli("drafts").err
    cli("reply", talk, "1", "--text", "x", "--offline", "--key", "k", code=4)
    uid = cli("outbox", "--json").json[0]["uid"]
    assert "is no draft" in cli("drafts", "send", uid, code=2).err
    assert "not in doubt" in cli("outbox", "retry", uid, "--arrived", code=2).err


def test_an_open_draft_is_not_touched_by_a_reply_from_the_command_line(cli: Cli, talk: Path, home: Path) -> None:
    cli("topics", talk)

    async def write() -> None:
        library = await Library.open(home)
        account = (await library.accounts.all(visited=True))[0]
        await library.outbox.start(Target(account.key, OutKind.REPLY, topic=Remote("1")), Typed(text="Half a thought"))
        await library.close()

    asyncio.run(write())
    cli("reply", talk, "1", "--text", "From a script")
    assert bodies(cli, talk) == ["Number 1", "From a script"]
    assert [row["body"] for row in cli("drafts", "--json").json] == ["Half a thought"]


def test_an_interrupt_is_quiet(cli: Cli, talk: Path, home: Path, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with (
        subprocess.Popen(
            [sys.executable, "-m", "forumtui", "reply", str(talk), "1", "--file", str(fifo)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process,
        fifo.open("wb"),
    ):  # waits until the command reads
        wait_until_at_rest(process.pid)  # Python misses a signal that comes in the moment before it begins to read
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, b"", b"")
    assert len(bodies(cli, talk)) == 1


def test_a_newer_forum_or_library_is_left_alone(cli: Cli, talk: Path, home: Path) -> None:
    cli("topics", talk)
    with SqliteFile(talk) as forum:
        forum.execute("PRAGMA user_version=9999")
    assert "newer forumtui" in cli("topics", talk, code=1).err
    with SqliteFile(home / "library.db") as library:
        library.execute("PRAGMA user_version=9999")
    assert "newer forumtui" in cli("accounts", code=1).err


@pytest.mark.parametrize("written", ["plain", "markdown", "html"])
def test_an_edit_keeps_the_format(cli: Cli, talk: Path, written: str) -> None:
    with SqliteFile(talk) as connection:
        connection.execute("UPDATE post SET format = ?", (written,))
    cli("edit", talk, "1", "1", "--text", "1 * 2 * 3")
    with SqliteFile(talk) as connection:
        assert connection.execute("SELECT source, format FROM post").fetchone() == ("1 * 2 * 3", written)


@pytest.mark.parametrize("choice", ["--mine", "--theirs"])
def test_an_offline_edit_over_a_newer_one_asks(
    cli: Cli, talk: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, choice: str
) -> None:
    home = os.environ["FORUMTUI_HOME"]
    cli("read", talk, "1", "--all")
    cli("edit", talk, "1", "1", "--text", "Number 1, mine", "--offline", code=4)
    monkeypatch.setenv("FORUMTUI_HOME", str(tmp_path / "elsewhere"))
    cli("edit", talk, "1", "1", "--text", "Number 1, theirs")
    monkeypatch.setenv("FORUMTUI_HOME", home)
    assert "changed this post" in cli("outbox", "send", code=5).err
    assert all_bodies(cli, talk) == ["Number 1, theirs"]
    (row,) = cli("outbox", "--json").json
    assert (row["state"], row["choices"], row["theirs"]) == (
        "attention",
        ["mine", "theirs", "edit"],
        "First\nNumber 1, theirs",
    )
    both = cli("outbox", "retry", row["uid"], code=5)
    assert both.out.splitlines() == ["- Number 1, theirs", "+ Number 1, mine"]
    assert "--mine, or --theirs" in both.err
    cli("outbox", "retry", row["uid"], choice)
    assert all_bodies(cli, talk) == ["Number 1, " + choice.removeprefix("--")]
    assert cli("outbox", "--json").json == []


def test_an_edit_from_the_command_line_is_made_from_what_was_read(
    cli: Cli, talk: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    home = os.environ["FORUMTUI_HOME"]
    cli("read", talk, "1", "--all")
    monkeypatch.setenv("FORUMTUI_HOME", str(tmp_path / "elsewhere"))
    cli("edit", talk, "1", "1", "--text", "Theirs")
    monkeypatch.setenv("FORUMTUI_HOME", home)
    said = cli("edit", talk, "1", "1", "--text", "Mine", code=5).err
    assert "--mine" in said
    assert all_bodies(cli, talk) == ["Theirs"]
    (row,) = cli("outbox", "--json").json
    cli("outbox", "retry", row["uid"], "--mine")
    cli("edit", talk, "1", "1", "--text", "Mine, once more")
    assert all_bodies(cli, talk) == ["Mine, once more"]


def test_a_post_with_an_edit_that_waits_is_still_there(cli: Cli, talk: Path) -> None:
    cli("read", talk, "1", "--all")
    cli("edit", talk, "1", "1", "--text", "Better", "--offline", code=4)
    assert all_bodies(cli, talk) == ["Number 1"]
    cli("edit", talk, "1", "1", "--text", "Best", "--offline", code=4)
    cli("outbox", "send")
    assert all_bodies(cli, talk) == ["Best"]
