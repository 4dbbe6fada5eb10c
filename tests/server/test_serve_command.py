"""`forumtui serve` that can not serve: one sentence, an exit code, and nothing left behind."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the server is an extra: pip install 'forumtui[server]'")

from tests.forum.forum_files import sql

from forumtui.cli.main import main
from forumtui.forum.file import SqliteForumStore
from forumtui.server.listening import is_loopback


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORUMTUI_HOME", str(tmp_path / "home"))


@pytest.fixture
def forum(tmp_path: Path) -> str:
    async def made() -> None:
        await (await SqliteForumStore.open(tmp_path / "forum.db", create=True, title="Bees")).close()

    asyncio.run(made())
    return str(tmp_path / "forum.db")


def fails(capsys: pytest.CaptureFixture[str], code: int, *words: str) -> str:
    """The one sentence that a command line fails with."""
    assert main(["serve", *words]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("forumtui: ")
    assert captured.err.count("\n") == 1
    assert "went wrong that should not" not in captured.err
    return captured.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--port", "70000"], "is not a port"),
        (["--port", "x"], "is not a port"),
        (["--port", "1", "--socket", "s"], "not allowed with"),
        (["--socket", "s", "--host", "127.0.0.1"], "neither an address nor a certificate"),
        (["--socket", "s", "--socket-mode", "0999"], "is not a mode"),
        (["--socket", "s", "--socket-mode", "7777"], "is not a mode"),
        (["--tls-cert", "c.pem"], "needs its key"),
        (["--tls-key", "k.pem"], "needs its key"),
        (["--limit", "writes=many"], "is not a limit"),
        (["--limit", "everything=1"], "is not a limit"),
        (["--limit", "writes"], "NAME=VALUE"),
    ],
)
def test_options_that_make_no_sense(
    capsys: pytest.CaptureFixture[str], forum: str, options: list[str], said: str
) -> None:
    assert said in fails(capsys, 2, forum, *options)


def test_files_that_are_no_forum(capsys: pytest.CaptureFixture[str], tmp_path: Path, forum: str) -> None:
    assert "no file" in fails(capsys, 1, str(tmp_path / "missing.db"))
    (tmp_path / "text").write_text("not a database, but long enough to be looked at " * 100)
    assert "not a" in fails(capsys, 1, str(tmp_path / "text"))
    sql(Path(forum), "PRAGMA user_version = 99")
    assert "newer forumtui" in fails(capsys, 1, forum)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("s")) == []


def test_places_where_nothing_can_listen(capsys: pytest.CaptureFixture[str], tmp_path: Path, forum: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"Port {port} of 127.0.0.1 is in use" in fails(capsys, 1, forum, "--port", port)
    for host in ("no.such.host.invalid", "192.0.2.1", "a" * 70 + ".example", "\udcff"):
        assert "address" in fails(capsys, 1, forum, "--port", "0", "--host", host)
    (tmp_path / "file").touch()
    assert "no socket" in fails(capsys, 1, forum, "--socket", str(tmp_path / "file"))
    assert "Nothing can listen" in fails(capsys, 1, forum, "--socket", str(tmp_path / "none" / "s"))


def test_certificates_that_will_not_do(capsys: pytest.CaptureFixture[str], tmp_path: Path, forum: str) -> None:
    (tmp_path / "c.pem").write_text("no certificate")
    pem = str(tmp_path / "c.pem")
    for cert, key, said in ((pem, pem, "damaged"), (str(tmp_path / "none"), pem, "read")):
        words = [sys.executable, "-m", "forumtui", "serve", forum, "--port", "0", "--tls-cert", cert, "--tls-key", key]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.count("\n") == 1
        assert said in done.stderr
        assert "certificate" in done.stderr


@pytest.mark.parametrize("missing", ["fastapi", "uvicorn", "httptools", "pydantic", "argon2", "zxcvbn"])
def test_without_the_extra_the_rest_works(tmp_path: Path, forum: str, missing: str) -> None:
    start = (
        f"import sys; sys.modules[{missing!r}] = None; from forumtui.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    served = subprocess.run(
        [sys.executable, "-c", start, "serve", forum, "--port", "0"], capture_output=True, text=True, check=False, timeout=60
    )  # fmt: skip
    assert (served.returncode, served.stdout) == (1, "")
    assert served.stderr == (
        "forumtui: Serving needs more than is installed; get it by: pip install 'forumtui[server]'\n"
    )
    if missing == "fastapi":
        for words in (["host", "stats", forum], ["serve", "--help"], ["topics", forum]):
            done = subprocess.run([sys.executable, "-c", start, *words], capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr


def test_other_commands_load_nothing_of_the_server(forum: str) -> None:
    look = (
        "import sys\nfrom forumtui.cli.main import main\ncode = main(sys.argv[1:])\n"
        "loaded = {name.split('.')[0] for name in sys.modules} | {m for m in sys.modules if m.startswith('forumtui.server')}\n"
        "print(sorted(loaded & {'fastapi', 'starlette', 'uvicorn', 'pydantic', 'argon2', 'zxcvbn', 'forumtui.server'}), code)"
    )
    for words in (["topics", forum], ["host", "board", "list", forum], ["serve", "--help"]):
        done = subprocess.run([sys.executable, "-c", look, *words], capture_output=True, text=True, check=True)
        assert done.stdout.endswith("[] 0\n"), done.stdout


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False), ("x", False)],
)  # fmt: skip
def test_what_is_reached_from_this_machine_only(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
