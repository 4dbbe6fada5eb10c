"""Forum files from the command line: host, import, export."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.running import Cli

from forumtui.cli.host import transfer
from forumtui.cli.main import main
from forumtui.sqlite.thread import Stop


def test_a_forum_is_made_once(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    said = cli("host", "create", file, "--title", "New one", "--tagline", "Fresh")
    assert "(Admin)" in said.out
    before = file.read_bytes()
    assert "exists already" in cli("host", "create", file, code=1).err
    assert file.read_bytes() == before


def test_boards_are_added_changed_and_exported(cli: Cli, forum: Path) -> None:
    cli(
        *("host", "board", "add", forum, "--title", "Retro", "--parent", "general", "--leader-wanted"),
        *("--link", "Guide=https://example.org/g", "--description", "Looking back", "--position", "3"),
    )
    cli("host", "board", "edit", forum, "retro", "--title", "Retros", "--leader", "Anna")
    cli("host", "notice", forum, "Be kind.")
    cli("host", "member", "role", forum, "Anna", "editor")
    lines = [json.loads(line) for line in cli("export", forum).out.splitlines()]
    board = next(line for line in lines if line.get("title") == "Retros")
    assert board["leader"] == "Anna"
    assert not board.get("leader_wanted")
    assert board["links"] == [{"title": "Guide", "address": "https://example.org/g"}]
    assert any(line.get("notice") == "Be kind." for line in lines)


def test_several_boards_of_one_title_need_an_id(cli: Cli, forum: Path) -> None:
    cli("host", "board", "add", forum, "--title", "General")
    assert "several boards" in cli("host", "board", "edit", forum, "General", "--notice", "x", code=2).err
    cli("host", "board", "edit", forum, "2", "--notice", "x")


def test_a_role_of_the_forums_own_is_named_as_such(cli: Cli, forum: Path) -> None:
    assert "own word" in cli("host", "member", "role", forum, "Anna", "Author").out
    assert "own word" not in cli("host", "member", "role", forum, "Anna", "moderator").out


def test_a_mark_needs_a_role_and_says_how_to_get_it(cli: Cli, page: Path, tmp_path: Path) -> None:
    forum = tmp_path / "seed.db"
    cli("import", page, "--into", forum)
    refused = cli("host", "mark", forum, "1", "best-practice", code=1).err
    command = refused.split("To be one: forumtui ")[1].replace('"', "").split()
    cli(*command)
    cli("host", "mark", forum, "1", "best-practice")
    assert '"best-practice"' in cli("export", forum).out
    assert "no longer" in cli("host", "mark", forum, "1", "best-practice", "--off").out
    assert '"best-practice"' not in cli("export", forum).out


def test_import_makes_the_forum_and_can_be_repeated(cli: Cli, page: Path, tmp_path: Path) -> None:
    forum = tmp_path / "seed.db"
    assert "4 boards, topics and posts new" in cli("import", page, "--into", forum).out
    assert "0 boards, topics and posts new, 0 changed, 4 as before" in cli("import", page, "--into", forum).out


def test_an_export_comes_back_equal(cli: Cli, page: Path, tmp_path: Path) -> None:
    cli("import", page, "--into", "seed.db")
    cli("export", "seed.db", "--out", "one.jsonl")
    cli("import", "one.jsonl", "--into", "copy.db", "--format", "jsonl")
    cli("export", "copy.db", "--out", "two.jsonl")
    assert Path("one.jsonl").read_text(encoding="utf-8") == Path("two.jsonl").read_text(encoding="utf-8")
    assert not list(tmp_path.glob("*.part"))


def test_export_of_a_part_and_in_other_formats(cli: Cli, page: Path) -> None:
    cli("import", page, "--into", "seed.db")
    assert "Seven, they say." in cli("export", "seed.db", "--format", "text", "--topic", "1").out
    assert "# " in cli("export", "seed.db", "--format", "markdown", "--board", "leadership").out
    assert "no board" in cli("export", "seed.db", "--board", "nope", code=1).err
    cli("export", "seed.db", "--topic", "99", code=1)


def test_a_failed_export_leaves_no_file(cli: Cli, page: Path, tmp_path: Path) -> None:
    cli("import", page, "--into", "seed.db")
    cli("export", "seed.db", "--topic", "99", "--out", "out.txt", code=1)
    cli("export", "seed.db", "--out", "no-folder/out.txt", code=1)
    assert not list(tmp_path.glob("out.txt*"))


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "is empty"),
        (b"\x00\x01\x02\xff" * 100, "binary"),
        (b"Just a letter.\n\nNot a forum.\n", "neither"),
        (b"<!doctype html><html></html>", "no forum page"),
        (b'{"a": 1}\n', "not an export"),
    ],
)
def test_a_bad_file_is_one_sentence_and_makes_no_forum(cli: Cli, tmp_path: Path, content: bytes, part: str) -> None:
    bad = tmp_path / "bad"
    bad.write_bytes(content)
    said = cli("import", bad, "--into", "made.db", code=1)
    assert part in said.err
    assert len(said.err.splitlines()) == 1
    assert not list(tmp_path.glob("made.db*"))


def test_a_missing_file_and_a_broken_export_make_no_forum(cli: Cli, page: Path, tmp_path: Path) -> None:
    assert "no file" in cli("import", "missing.txt", "--into", "made.db", code=1).err
    cli("import", page, "--into", "seed.db")
    text = cli("export", "seed.db").out
    Path("cut.jsonl").write_text(text[: len(text) // 2], encoding="utf-8")
    cli("import", "cut.jsonl", "--into", "made.db", code=1)
    assert not list(tmp_path.glob("made.db*"))


@pytest.mark.parametrize("charset", ["cp1252", "utf-16", "utf-8-sig"])
def test_other_charsets_import_right(cli: Cli, page: Path, charset: str) -> None:
    text = page.read_text(encoding="utf-8").replace("Seven, they say.", "“Seven”, they say…")
    page.write_bytes(text.encode(charset))
    cli("import", page, "--into", "seed.db")
    assert "“Seven”, they say…" in cli("export", "seed.db", "--format", "markdown").out


def interrupt_at(monkeypatch: pytest.MonkeyPatch, posts: int) -> None:
    """Press ctrl+c when so many posts are done."""
    count = transfer.Progress.__call__

    def counted(self: transfer.Progress, done: int, total: int | None) -> None:
        count(self, done, total)
        if done >= posts:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(transfer.Progress, "__call__", counted)


def test_an_interrupted_import_keeps_whole_posts_and_says_how_to_go_on(
    cli: Cli, page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forumtui.forum.importing.BATCH", 2)
    Path("other").mkdir()
    cli("import", page, "--into", "other/seed.db")
    with monkeypatch.context() as patched:
        interrupt_at(patched, 1)
        said = cli("import", page, "--into", "seed.db", code=130).err
    assert "seed.db is whole" in said
    assert "goes on where this one ended" in said
    cli("import", page, "--into", "seed.db")
    assert cli("export", "seed.db").out == cli("export", "other/seed.db").out


def test_an_import_that_ends_before_a_post_leaves_no_file(
    cli: Cli, page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt_at(monkeypatch, 0)
    said = cli("import", page, "--into", "seed.db", code=130).err
    assert said == "forumtui: Stopped; nothing was kept, and there is no seed.db.\n"
    assert not list(tmp_path.glob("seed.db*"))
    assert "there is no" not in cli("import", page, "--into", "seed.db", "--dry-run").err
    monkeypatch.setattr("forumtui.forum.importing.check_file", interrupted)
    said = cli("import", page, "--into", "seed.db", code=130).err
    assert "there is no seed.db" in said
    assert not list(tmp_path.glob("seed.db*"))


def interrupted(*_: object) -> None:
    signal.raise_signal(signal.SIGINT)


def test_an_interrupted_import_leaves_a_forum_that_was_there(
    cli: Cli, page: Path, forum: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = cli("export", forum).out
    interrupt_at(monkeypatch, 0)
    assert cli("import", page, "--into", forum, code=130).err.startswith(f"forumtui: Stopped. {forum} is whole;")
    monkeypatch.undo()
    assert cli("export", forum).out == before


def test_an_interrupted_backup_leaves_nothing(
    cli: Cli, forum: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = Stop.look

    def interrupted(stop: Stop) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        assert stop._asked.wait(20)
        look(stop)

    monkeypatch.setattr(Stop, "look", interrupted)
    (tmp_path / "copies").mkdir()
    said = cli("host", "backup", forum, "copies/copy.db", code=130).err
    assert said == "forumtui: Stopped; copies/copy.db was not written, and nothing is left of it.\n"
    assert not list((tmp_path / "copies").iterdir())
    assert cli("host", "check", forum, code=130).out == ""


def test_an_interrupted_export_leaves_what_was_there(
    cli: Cli, page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("import", page, "--into", "seed.db")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    interrupt_at(monkeypatch, 1)
    said = cli("export", "seed.db", "--out", "out/mine.txt", "--force", code=130).err
    assert said == "forumtui: Stopped; out/mine.txt was not written.\n"
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["mine.txt"]
    assert (tmp_path / "out" / "mine.txt").read_text() == "mine"


def test_an_export_replaces_a_file_only_when_told(cli: Cli, page: Path, tmp_path: Path) -> None:
    cli("import", page, "--into", "seed.db")
    out = tmp_path / "mine.txt"
    out.write_text("mine")
    assert "--force" in cli("export", "seed.db", "--out", out, code=1).err
    assert out.read_text() == "mine"
    cli("export", "seed.db", "--out", out, "--force")
    assert "Seven, they say." in out.read_text(encoding="utf-8")


def test_an_account_and_the_sample_are_exported_by_name(cli: Cli, page: Path) -> None:
    cli("import", page, "--into", "seed.db")
    cli("accounts", "add", "seed.db", "--name", "team")
    assert cli("export", "team").out == cli("export", "seed.db").out
    assert cli("export", "sample", "--format", "text").out.count("\n") > 100
    assert "no forum file or account" in cli("export", "nowhere", code=1).err


def test_the_progress_bar_needs_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    transfer.Progress("Importing")(5, 10)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    bar = transfer.Progress("Importing")
    bar(5, 10)
    bar(6, 10)  # too soon to be drawn
    bar(10, 10)
    bar.finish()
    drawn = capsys.readouterr().err
    assert "5/10" in drawn
    assert "6/10" not in drawn
    assert "10/10" in drawn


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full device")
@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
def test_a_full_disk_is_one_sentence(cli: Cli, page: Path, home: Path, unbuffered: str) -> None:
    cli("import", page, "--into", "seed.db")
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "forumtui", "export", "seed.db"],
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert ran.returncode == 1
    assert ran.stderr.decode().splitlines() == ["forumtui: No space left on device."]


def test_main_is_what_the_script_calls() -> None:
    from forumtui import __main__

    assert __main__.main is main


def test_import_says_what_it_found_and_lists_what_it_did_not_place(cli: Cli, page: Path, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    odd = tmp_path / "odd.txt"
    odd.write_text(text.replace("Do you wish", "Things\nBerlin, Paris\nare far.\n\nDo you wish"), encoding="utf-8")
    tried = cli("import", odd, "--into", "odd.db", "--dry-run").out
    assert "in 1 topic by" in tried
    assert "1 line not placed" in tried
    assert "Berlin, Paris (it may begin a post; kept where it stands)" in tried
    assert not (tmp_path / "odd.db").exists()
    found = cli("import", odd, "--into", tmp_path / "odd.db", "--json").json
    assert [line["text"] for line in found["not_placed"]] == ["Berlin, Paris"]
    assert found["imported"]["new"] > found["posts"]
    more = cli("import", odd, "--into", tmp_path / "odd.db", "--role", "Paris").out
    assert "0 lines not placed" in more
    assert "import" in cli("host", "log", tmp_path / "odd.db").out
