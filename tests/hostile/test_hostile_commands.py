"""What strangers wrote, printed by every command: nothing steers the terminal, and JSON stays JSON."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.hostile.attack import LINE, STEERING, TEXT, WORD, build

from forumtui.cli.main import main

LIVE = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\ud800-\udfff]")
LIVE_OR_BIDI = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FORUMTUI_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    def run(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([str(word) for word in words])
        said = capsys.readouterr()
        log = home / "forumtui.log"
        assert not log.exists() or "Traceback" not in log.read_text(encoding="utf-8"), log.read_text(encoding="utf-8")
        return code, said.out, said.err

    yield run
    for handler in list(logging.getLogger("forumtui").handlers):
        logging.getLogger("forumtui").removeHandler(handler)
        handler.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("hostile") / "evil.db"
    asyncio.run(build(file, LINE, TEXT))
    return file


@pytest.fixture
def evil(made: Path, tmp_path: Path) -> Path:
    file = tmp_path / "evil.db"
    file.write_bytes(made.read_bytes())
    return file


PLAIN = (
    ("boards", "{}"),
    ("topics", "{}"),
    ("topics", "{}", "--board", "2"),
    ("topics", "{}", "--board", STEERING),
    *(("read", "{}", str(topic)) for topic in (1, 2, 3, 4)),
    ("read", "{}", STEERING),
    ("search", "{}", WORD),
    ("search", "{}", STEERING + WORD),
    ("open", "{}", "--plain"),
    ("open", STEERING),
    (STEERING,),
    ("accounts", "list"),
    ("sync",),
    ("check",),
    ("doctor",),
    ("drafts",),
    ("outbox",),
    ("edit", "{}", "1", "1", "--text", STEERING),
    ("mark", STEERING, "1", "read"),
    ("catchup", STEERING),
    ("import", STEERING, "--into", "{}"),
    ("import", "{}", "--into", STEERING + ".db"),
    ("host", "notice", STEERING, "x"),
    ("host", "board", "add", "{}", "--title", STEERING),
    ("export", "{}", "--format", "markdown"),
    ("export", "{}", "--format", "text"),
    ("export", STEERING),
    ("accounts", "add", STEERING),
    ("accounts", "remove", STEERING),
)


@pytest.mark.parametrize("words", PLAIN, ids=lambda words: ascii(" ".join(words))[:40])
def test_no_command_lets_a_stranger_steer_the_terminal(evil: Path, run: Run, words: tuple[str, ...]) -> None:
    run("accounts", "add", evil)
    _, out, err = run(*(str(evil) if word == "{}" else word.strip("\0") for word in words))
    assert out + err or words[0] in {"drafts", "outbox", "sync", "check"}
    assert not LIVE.search(out), LIVE.search(out)
    assert not LIVE.search(err), LIVE.search(err)
    assert "Traceback" not in err


def test_what_waits_in_the_outbox_is_printed_as_harmlessly(evil: Path, run: Run) -> None:
    run("read", evil, 2)
    code, out, err = run("reply", evil, 2, "--to", 1, "--offline", "--subject", STEERING, "--text", STEERING)
    assert code == 4, err
    for words in (("outbox",), ("drafts",), ("read", evil, 2), ("sync",), ("outbox",)):
        _, more_out, more_err = run(*words)
        out, err = out + more_out, err + more_err
    assert not LIVE.search(out + err)


@pytest.mark.parametrize(
    "words",
    [
        ("boards", "{}", "--json"),
        ("topics", "{}", "--json"),
        ("read", "{}", "1", "--json"),
        ("read", "{}", "4", "--jsonl"),
        ("search", "{}", WORD, "--json"),
        ("accounts", "list", "--json"),
        ("doctor", "--json"),
        ("outbox", "--json"),
        ("export", "{}", "--format", "jsonl"),
    ],
    ids=" ".join,
)
def test_json_stays_json_and_harmless(evil: Path, run: Run, words: tuple[str, ...]) -> None:
    run("accounts", "add", evil)
    run("reply", evil, 2, "--offline", "--subject", STEERING, "--text", STEERING)
    _, out, _ = run(*(str(evil) if word == "{}" else word for word in words))
    assert not LIVE_OR_BIDI.search(out)
    found = json.loads(out) if "--json" in words else [json.loads(line) for line in out.splitlines()]
    assert found


def test_the_log_holds_no_strangers_control_characters(
    evil: Path, run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(STEERING)

    monkeypatch.setattr("forumtui.cli.output.topic_line", fail)
    code = main(["topics", str(evil)])
    assert code == 1
    log = (home / "forumtui.log").read_text(encoding="utf-8")
    assert "RuntimeError" in log
    assert not LIVE.search(log)
    del run


@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_everything_at_home_is_private_whatever_the_umask(
    evil: Path, run: Run, home: Path, monkeypatch: pytest.MonkeyPatch, mask: int
) -> None:
    before = os.umask(mask)
    try:
        run("accounts", "add", evil)
        run("reply", evil, 2, "--offline", "--text", "secret")
        run("config")
        monkeypatch.setattr("forumtui.cli.output.topic_line", None)
        main(["topics", str(evil)])
    finally:
        os.umask(before)
    assert {each.name for each in home.iterdir()} >= {"library.db", "forumtui.log", "config.toml", "outgoing"}
    for each in (home, *home.rglob("*")):
        assert not each.stat().st_mode & 0o077, f"{each}: {each.stat().st_mode:o}"
