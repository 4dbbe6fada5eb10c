"""The installed reader in a real terminal: killed, hung up, unplugged, shared, resized."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.terminal import KEYS, Terminal
from tests.waiting import pause_here, seen
from tests.writing import (
    READER,
    Stopwatch,
    environment,
    forumtui,
    kept,
    new_forum,
    open_composer,
    seconds_to_end,
    start,
    wait_until_kept,
)

pytestmark = pytest.mark.e2e


@pytest.fixture
def forum(tmp_path: Path) -> Path:
    """A forum file with one topic, followed under the name "team"."""
    return new_forum(tmp_path / "team.db", tmp_path / "home")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def bodies(home: Path, forum: Path) -> list[str]:
    """What the forum holds, read through a library of its own."""
    shown = forumtui(home.with_name("other"), "read", str(forum), "1", "--all", "--json")
    return [post["body"] for post in json.loads(shown)]


def test_a_reply_is_in_the_forum_once(home: Path, forum: Path) -> None:
    with start(home, forum) as terminal:
        open_composer(terminal)
        terminal.press("Hello from a terminal.")
        terminal.press("ctrl+s")
        terminal.wait_for("#2")
        terminal.press("Q")
        assert terminal.wait_exit() == 0
        assert b"\x1b[?1049l" in terminal.raw
    assert bodies(home, forum) == ["Say hello.", "Hello from a terminal."]


def test_what_was_typed_survives_kill_9(home: Path, forum: Path) -> None:
    with start(home, forum) as terminal:
        open_composer(terminal)
        terminal.press("A sentence that must not be lost.")
        wait_until_kept(home, "A sentence that must not be lost.")
        terminal.signal(signal.SIGKILL)
        terminal.wait_exit()
    with Terminal(READER, columns=100, rows=30, env=environment(home)) as terminal:
        terminal.wait_for("A sentence that must not be lost.")
        terminal.settle()
        terminal.press(" Nor this.")
        terminal.press("ctrl+s")
        terminal.wait_for("#2")
    assert bodies(home, forum)[1:] == ["A sentence that must not be lost. Nor this."]


@pytest.mark.parametrize("way", ["SIGHUP", "SIGTERM", "closed"])
def test_a_lost_line_keeps_every_key(home: Path, forum: Path, way: str) -> None:
    with start(home, forum) as terminal:
        open_composer(terminal)
        terminal.press("Typed until the very last moment", settle=0.05)
        terminal.wait_for("very last moment")
        if way == "closed":
            terminal.hang_up()
        else:
            terminal.signal(signal.Signals[way])
        assert seconds_to_end(terminal.pid) < 3
    drafts = json.loads(forumtui(home, "drafts", "--json"))
    assert "Typed until the very last moment" in json.dumps(drafts)


def test_unplugged_killed_and_plugged_in_arrives_once(home: Path, forum: Path) -> None:
    with start(home, forum) as terminal:
        terminal.press("g", "p")
        terminal.wait_for("offline")
        open_composer(terminal)
        terminal.press("Written on a train.")
        terminal.press("ctrl+s")
        terminal.wait_for("waiting")
        terminal.signal(signal.SIGKILL)
        terminal.wait_exit()
    assert bodies(home, forum) == ["Say hello."]
    with Terminal(READER, columns=100, rows=30, env=environment(home)) as terminal:
        terminal.wait_for("outbox 1")
        terminal.settle()
        terminal.press("g", "p")
        terminal.wait_until_gone("outbox 1|offline")
    assert bodies(home, forum) == ["Say hello.", "Written on a train."]


def test_kill_9_at_any_moment_of_sending(home: Path, forum: Path) -> None:
    """Twelve texts, each sent by a process that is killed a moment after it began: none lost, none doubled."""
    chance = random.Random(7)
    texts = [f"Text number {number}." for number in range(12)]
    for number, text in enumerate(texts):
        key = f"0f0f0f0f-0000-4000-8000-{number:012d}"
        words = ["reply", str(forum), "1", "--key", key, "--text", text]
        process = subprocess.Popen(
            [*READER, *words],
            env=os.environ | {"FORUMTUI_HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        pause_here(0.35 + chance.random() * 0.6)
        process.kill()
        process.wait()
        forumtui(home, *words)  # the same key again: whatever the kill left behind, it is there once now
    assert sorted(bodies(home, forum)[1:]) == sorted(texts)


def test_another_process_writes_into_an_open_thread(home: Path, forum: Path, tmp_path: Path) -> None:
    with start(home, forum) as terminal:
        terminal.press("enter")
        terminal.wait_for("Say hello")
        terminal.settle(0.5)
        forumtui(tmp_path / "other", "reply", str(forum), "1", "--text", "Posted from elsewhere.")
        watch = Stopwatch(terminal.pid)
        terminal.wait_for("Posted from elsewhere.")
        assert watch.look() < 2.0


def pieces(sequence: str) -> Iterator[tuple[bytes, bytes]]:
    data = sequence.encode()
    for cut in range(1, len(data)):
        yield data[:cut], data[cut:]


CURSOR_KEYS = ["up", "down", "right", "left", "home", "end", "pageup", "pagedown"]


@pytest.mark.parametrize("gap", [0.0, 0.05, 0.3, 0.9])
def test_split_cursor_keys_change_nothing(home: Path, forum: Path, gap: float) -> None:
    """A cursor key that arrives in pieces marks, writes and opens nothing."""
    with Terminal([*READER, str(forum), "--debug"], columns=100, rows=30, env=environment(home)) as terminal:
        terminal.wait_for("Welcome all")
        terminal.settle()
        for key in CURSOR_KEYS:
            for first, rest in pieces(KEYS[key]):
                terminal.send(first)
                deadline = time.perf_counter() + gap
                while time.perf_counter() < deadline:
                    terminal.read(0.01)
                terminal.send(rest)
                terminal.settle(0.05)
        assert terminal.poll() is None
        terminal.press("Q")
        terminal.wait_exit()
    (topic,) = json.loads(forumtui(home, "topics", str(forum), "--json", "--offline"))
    assert (topic["unread"], topic["replies"]) == (0, 0)
    assert json.loads(forumtui(home, "drafts", "--json")) == []
    assert json.loads(forumtui(home, "outbox", "--json")) == []
    ran = {line.rsplit(" ", 1)[-1] for line in log_lines(home) if "ran" in line}
    assert not ran & {
        "reply",
        "new-topic",
        "mark-read",
        "mark-unread",
        "catch-up",
        "delete",
        "edit",
        "bookmark",
        "discard",
    }


def log_lines(home: Path) -> list[str]:
    log = home / "forumtui.log"
    return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


def test_split_cursor_keys_type_nothing_into_a_text(home: Path, forum: Path) -> None:
    with start(home, forum) as terminal:
        open_composer(terminal)
        terminal.press("abc")
        for key in CURSOR_KEYS:
            first, rest = KEYS[key].encode()[:1], KEYS[key].encode()[1:]
            terminal.send(first)
            terminal.settle(0.02, timeout=0.02)
            terminal.send(rest)
            terminal.settle(0.1)
        terminal.press("d")  # wherever they left the cursor
        assert seen(lambda: "d" in kept(home), 20, every=0.1)
        terminal.signal(signal.SIGKILL)
        terminal.wait_exit()
    assert sorted(kept(home)) == list("abcd")


def test_any_size_is_survived(home: Path, forum: Path) -> None:
    with start(home, forum) as terminal:
        terminal.press("enter")
        for columns, rows in [(40, 12), (10, 3), (160, 50), (1, 1), (80, 24)] * 3:
            terminal.resize(columns, rows)
            terminal.settle(0.05)
        terminal.wait_for("Say hello")
        assert terminal.poll() is None


def test_starts_in_ten_by_three(home: Path, forum: Path) -> None:
    with Terminal([*READER, str(forum)], columns=10, rows=3, env=environment(home)) as terminal:
        terminal.settle(1.0)
        assert terminal.poll() is None
        terminal.resize(80, 24)
        terminal.wait_for("Welcome all")


def test_a_dumb_terminal_gets_plain_words(home: Path, forum: Path) -> None:
    with Terminal([*READER, str(forum)], term="dumb", env=environment(home)) as terminal:
        assert terminal.wait_exit() == 1
        assert b"\x1b" not in terminal.raw
        assert "dumb" in terminal.raw.decode()


@pytest.mark.parametrize("term", ["linux", "screen", "vt100", "xterm-16color"])
def test_other_terminals_show_the_list(home: Path, forum: Path, term: str) -> None:
    with Terminal([*READER, str(forum)], term=term, env=environment(home) | {"NO_COLOR": "1"}) as terminal:
        terminal.wait_for("Welcome all")
