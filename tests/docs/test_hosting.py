"""The guide to hosting does what it says: every command, in order, servers included."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the server is an extra: pip install 'forumtui[server]'")

from tests.docs.test_examples import ROOT, examples
from tests.soak.storm import free_port

PAGE = "docs/hosting.md"


class Host:
    """A folder in which the guide's commands are run; ports and paths of its own."""

    def __init__(self, folder: Path) -> None:
        program = folder / "bin" / "forumtui"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m forumtui "$@"\n', encoding="utf-8")
        program.chmod(0o755)
        self.here = folder / "here"
        self.here.mkdir()
        (folder / "srv").mkdir()
        self._replaced = {"/srv/forum": str(folder / "srv"), "8765": str(free_port()), "8443": str(free_port())}
        self._replaced["--host 0.0.0.0"] = "--host 127.0.0.1"  # a test listens nowhere else
        self._environ = os.environ | {
            "PATH": f"{program.parent}:{os.environ['PATH']}",
            "FORUMTUI_HOME": str(folder / "home"),
            "PYTHONUNBUFFERED": "1",
        }
        self.servers: list[subprocess.Popen[str]] = []

    def run(self, line: str) -> None:
        """One line of the guide."""
        for known, ours in self._replaced.items():
            line = line.replace(known, ours)
        if line.startswith("forumtui serve"):
            self._serve(line)
            return
        done = subprocess.run(
            ["/bin/sh", "-c", line], cwd=self.here, env=self._environ, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, line

    def _serve(self, line: str) -> None:
        server = subprocess.Popen(
            ["/bin/sh", "-c", f"exec {line}"], cwd=self.here, env=self._environ, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.servers.append(server)
        assert server.stdout is not None
        while not (said := server.stdout.readline()).startswith("Serving "):
            assert said, line
        threading.Thread(target=server.stdout.read, daemon=True).start()


@contextmanager
def host(folder: Path) -> Iterator[Host]:
    it = Host(folder)
    try:
        yield it
    finally:
        for server in it.servers:
            server.send_signal(signal.SIGTERM)
        for server in it.servers:
            assert server.wait(20) == 0
            assert server.stdout is not None
            server.stdout.close()


def certificate(folder: Path) -> None:
    """One of our own making, as the guide takes it to be there."""
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem",
        ],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes a certificate with openssl")
def test_every_command_of_the_guide_works(tmp_path: Path) -> None:
    with host(tmp_path) as it:
        certificate(it.here)
        lines = examples(PAGE)
        assert len([line for line in lines if line.startswith("forumtui serve")]) == 3
        for line in lines:
            it.run(line)
        it.run("SSL_CERT_FILE=cert.pem forumtui topics https://127.0.0.1:8443 --json | grep -q Welcome")


def test_the_units_name_options_that_exist() -> None:
    from forumtui.cli.arguments import parse

    text = (ROOT / PAGE).read_text(encoding="utf-8")
    (command,) = re.findall(r"^ExecStart=\S*/forumtui serve (.*)$", text, re.MULTILINE)
    args = parse("serve", command.split())
    assert args.behind_proxy is not None
    assert args.names == re.findall(r"server_name (.*);", text)
    assert f"http://127.0.0.1:{args.port}" in text


@pytest.mark.skipif(shutil.which("nginx") is None, reason="asks nginx about its configuration")
def test_the_proxy_is_configured_as_nginx_understands_it(tmp_path: Path) -> None:
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    (server,) = re.findall(r"^```nginx\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    certificate(tmp_path)
    server = re.sub(r"/etc/letsencrypt/\S+fullchain.pem", str(tmp_path / "cert.pem"), server)
    server = re.sub(r"/etc/letsencrypt/\S+privkey.pem", str(tmp_path / "key.pem"), server)
    server = server.replace("listen 443", f"listen 127.0.0.1:{free_port()}")
    config = tmp_path / "nginx.conf"
    config.write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}}\nhttp {{ access_log off;\n{server}}}\n", encoding="utf-8"
    )
    done = subprocess.run(["nginx", "-t", "-c", config, "-p", tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
