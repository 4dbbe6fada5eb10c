"""The backend that docs/write-a-backend.md builds is a backend: its tests pass, and forumtui reads a forum with it."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from forumtui.backends.api import Backend, Driver
from forumtui.backends.local import ForumBackend
from forumtui.backends.web import Request
from forumtui.forum.file import SqliteForumStore
from forumtui.testing import BackendContract, Stage, ready_store
from forumtui.testing.contract.stage import ContractTests

PAGE = (Path(__file__).parents[2] / "docs" / "write-a-backend.md").read_text(encoding="utf-8")
_FILE = re.compile(r"^```(?:python|toml)\n# (\S+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
TOKEN = "an-invented-token"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The files of the guide, in a folder; a block that names a file again goes on with it."""
    for name, text in _FILE.findall(PAGE):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text(encoding="utf-8") + "\n" if path.exists() else ""
        path.write_text(before + text, encoding="utf-8")
    return tmp_path


def run(package: Path, *words: str, **environ: str) -> str:
    """What a Python program prints that finds the package of the guide; it must succeed."""
    path = os.pathsep.join([str(package / "src"), *sys.path])
    done = subprocess.run(
        [sys.executable, *words],
        cwd=package,
        env=os.environ | {"PYTHONPATH": path, **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_tests_of_the_guide_pass(package: Path) -> None:
    printed = run(package, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "tests")
    passed = int(re.findall(r"(\d+) passed", printed)[0])
    assert passed >= len(promises())
    assert "skipped" not in printed


def test_session_that_only_reads_is_complete(package: Path) -> None:
    """The guide's session without its acts, and the promises to a reader."""

    def rewrite(name: str, *pairs: tuple[str, str]) -> str:
        text = (package / name).read_text(encoding="utf-8")
        for old, new in pairs:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        (package / name).write_text(text, encoding="utf-8")
        return text

    backend = (package / "src/forumtui_slate/backend.py").read_text(encoding="utf-8")
    acts = backend[backend.index("    async def perform(") : backend.index("    async def _get(")]
    sent = backend[backend.index("    async def _do(") : backend.index("    def _made(")]
    delivery = re.findall(r"    delivery = .*\n\n", backend)
    left = rewrite("src/forumtui_slate/backend.py", *((gone, "") for gone in (acts, sent, *delivery)))
    assert not re.search(r"Unsupported\(.* has no|def (perform|find|search|changes|watch|member|queue|log)\b", left)
    reading = (package / "src/forumtui_slate/reading.py").read_text(encoding="utf-8")
    offers = re.findall(r"^(?: +can=.*|[A-Z_]+ = .*Can\(.*)\n", reading, re.MULTILINE)
    assert len(offers) == 5
    given = ('Can(dict.fromkeys(WRITING, "" if me else "log in first"))', "Can()")
    rewrite("src/forumtui_slate/reading.py", given, *((offer, "") for offer in offers))
    rewrite("tests/test_slate.py", ("    can_search = has_feed", "    can_write = can_search = has_feed"))
    printed = run(package, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "tests", "-k", "TestSlate")
    assert int(re.findall(r"(\d+) passed", printed)[0]) >= len(promises())
    assert "skipped" not in printed
    lines = sum(path.read_text(encoding="utf-8").count("\n") for path in (package / "src").rglob("*.py"))
    assert lines <= 250


def test_guide_has_no_idle_block(package: Path) -> None:
    """Each block of code is part of the package that is tested."""
    blocks = re.findall(r"^```(?:python|toml)$", PAGE, re.MULTILINE)
    assert len(blocks) == len(_FILE.findall(PAGE))
    assert {str(path.relative_to(package)) for path in package.rglob("*.*") if path.is_file()} == {
        "pyproject.toml",
        "src/forumtui_slate/__init__.py",
        "src/forumtui_slate/backend.py",
        "src/forumtui_slate/reading.py",
        "tests/slate_server.py",
        "tests/test_slate.py",
    }


def test_example_has_all_parts(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the protocols ask for, also where no test of the contract calls it."""
    monkeypatch.syspath_prepend(package / "src")
    driver = importlib.import_module("forumtui_slate").driver
    backend = importlib.import_module("forumtui_slate.backend").SlateBackend
    for protocol, example in ((Driver, driver), (Backend, backend)):
        asked = {*vars(protocol), *protocol.__annotations__}
        assert not [name for name in asked if not name.startswith("_") and not hasattr(example, name)]


def test_guide_lists_every_promise_and_attribute() -> None:
    section = PAGE.partition("## What the contract promises")[2].partition("\n## ")[0]
    assert sorted(re.findall(r"`(test_\w+)`", section)) == sorted(promises())
    attributes = {
        name for name, value in vars(ContractTests).items() if isinstance(value, bool | str | tuple) and name[0] != "_"
    }
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", PAGE.partition("## The tests")[2].partition("\n## ")[0], re.MULTILINE)
    assert {name for name, _ in rows} == attributes


def promises() -> list[str]:
    return [name for name in dir(BackendContract) if name.startswith("test_")]


# -- forumtui itself, with the package installed


def test_forumtui_reads_and_writes_with_it(package: Path) -> None:
    project = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    installed = package / "src" / f"forumtui_slate-{project['version']}.dist-info"  # what pip makes of the project
    installed.mkdir()
    (installed / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    entries = [
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in found.items())
        for group, found in project["entry-points"].items()
    ]
    (installed / "entry_points.txt").write_text("\n".join(entries))

    def forumtui(*words: str) -> str:
        return run(package, "-m", "forumtui", *words, FORUMTUI_HOME=str(package / "home"))

    with asyncio.Runner() as runner, ready(runner) as store, served(package, store) as address:
        runner.run(Stage(ForumBackend(store, "Ann"), store).thread(3))
        assert "a guest" in forumtui("accounts", "add", f"slate+{address}", "--name", "slate")
        assert "Ann" in forumtui("accounts", "login", "slate", "--field", f"token={TOKEN}")
        assert "A topic" in forumtui("topics", "slate")
        assert "post 3" in forumtui("read", "slate", "1")
        forumtui("reply", "slate", "1", "--text", "Chalk.")
        assert "Chalk." in forumtui("read", "slate", "1")
        assert TOKEN not in forumtui("accounts", "list", "--json")
        assert "Logged out" in forumtui("accounts", "logout", "slate")


@contextlib.contextmanager
def ready(runner: asyncio.Runner) -> Iterator[SqliteForumStore]:
    stack = contextlib.AsyncExitStack()
    try:
        yield runner.run(stack.enter_async_context(ready_store("The Slate")))
    finally:
        runner.run(stack.aclose())


@contextlib.contextmanager
def served(package: Path, store: SqliteForumStore) -> Iterator[str]:
    """The guide's server of that forum on a port of this machine; its address."""
    namespace: dict[str, Any] = {}
    exec((package / "tests" / "slate_server.py").read_text(encoding="utf-8"), namespace)
    answer = namespace["SlateServer"](store, {TOKEN: "Ann"})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            size = int(self.headers.get("content-length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, f"http://forum{self.path}", headers, self.rfile.read(size))
            said = asyncio.run(answer(request))
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said.content)

        do_POST = do_PATCH = do_DELETE = do_GET  # noqa: N815 - the names that the standard library calls

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
