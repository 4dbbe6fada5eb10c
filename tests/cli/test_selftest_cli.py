"""`forumtui selftest`: a hostile forum is read, and what would steer the terminal is named."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.cli.test_json_promise import GOLDEN, broken, kind_of, merged

from forumtui.cli import selftest
from forumtui.cli.main import main

PAGE = Path(__file__).parents[2] / "docs" / "security.md"


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORUMTUI_HOME", str(tmp_path / "home"))


@pytest.mark.e2e
def test_the_reader_holds_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selftest", "--json"]) == 0
    records = json.loads(capsys.readouterr().out)
    (seen,) = merged([kind_of(record) for record in records])
    assert not list(broken(seen, json.loads((GOLDEN / "selftest.json").read_text(encoding="utf-8")), "selftest"))
    assert all(record["right"] for record in records)
    counts = {record["sequence"]: record["count"] for record in records}
    assert counts["CSI H"] > 500  # it has gone through many screens
    assert "OSC 52" not in counts  # nothing was copied


@pytest.mark.parametrize(
    ("wrote", "named"),
    [
        (b"\x1b]8;;http://evil.example\x1b\\x", "OSC 8"),
        (b"\x1b]0;title\x07", "OSC 0"),
        (b"\x1b[5n", "CSI n"),
        (b"\x1bPq\x1b\\", "string P"),
        (b"\x1bc", "ESC c"),
        (b"\xc2\x9b2J", "U+009B"),
        (b"\x9b2J", "U+DC9B"),
        ("\u202e".encode(), "U+202E"),
        (b"\x07", "U+0007"),
    ],
)
def test_what_may_not_leave_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], wrote: bytes, named: str
) -> None:
    monkeypatch.setattr(selftest, "walk_through", lambda forum, home: selftest.Walk(b"\x1b[1;1Hwords" + wrote, 0))
    assert main(["selftest"]) == 1
    said = capsys.readouterr().out
    assert f"WRONG {named}" in said
    assert f"would have steered your terminal: {named}" in said


@pytest.mark.parametrize("status", [None, 1, -9])
def test_a_reader_that_does_not_hold_out_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], status: int | None
) -> None:
    monkeypatch.setattr(selftest, "walk_through", lambda forum, home: selftest.Walk(b"\x1b[H", status))
    assert main(["selftest"]) == 1
    assert "did not hold out" in capsys.readouterr().out


def test_a_traceback_in_the_log_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def walk(_forum: Path, home: Path) -> selftest.Walk:
        home.mkdir()
        (home / "forumtui.log").write_text("Traceback (most recent call last)", encoding="utf-8")
        return selftest.Walk(b"\x1b[H", 0)

    monkeypatch.setattr(selftest, "walk_through", walk)
    assert main(["selftest"]) == 1


def test_the_page_about_security_has_the_same_list() -> None:
    rows = re.findall(r"^\| `([^`]+)` \| (.*) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    listed = {kind: text for kind, text in rows if kind.startswith(("CSI", "OSC", "ESC"))}
    assert listed == selftest.MAY_LEAVE


def test_every_test_that_the_page_names_is_there() -> None:
    named = re.findall(r"`(tests/[\w/.]+)`", PAGE.read_text(encoding="utf-8"))
    assert len(named) > 10
    assert [name for name in named if not (PAGE.parents[1] / name).exists()] == []
