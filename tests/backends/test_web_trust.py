"""Certificates: whose are trusted, and what is said of those that are not."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import certifi
import pytest

from forumtui.backends.web import WebClient
from forumtui.backends.web.trust import trusted
from forumtui.errors import Offline

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("certificates")
    own, key = folder / "own.pem", folder / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    made += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(own)]
    subprocess.run(made, check=True, capture_output=True)
    return own, key


@asynccontextmanager
async def served(certificate: tuple[Path, Path] | None) -> AsyncIterator[str]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}")
        await writer.drain()
        writer.close()

    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def ask(address: str) -> object:
    async with WebClient(address) as web:
        return await web.get_json("x")


@needs_openssl
async def test_a_certificate_that_nobody_knows_is_said_to_be_the_trouble(certificate: tuple[Path, Path]) -> None:
    async with served(certificate) as address:
        with pytest.raises(Offline, match="safely, because its certificate is not to be trusted: self-signed"):
            await ask(address)


@needs_openssl
async def test_the_environment_says_whom_to_trust(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    async with served(certificate) as address:
        assert await ask(address) == {}


async def test_a_list_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/no/such/list.pem")
    with pytest.raises(Offline, match="certificates of this computer cannot be read"):
        await ask("https://127.0.0.1:1")


async def test_who_does_not_speak_https_is_told_apart() -> None:
    async with served(None) as address:
        with pytest.raises(Offline, match="does not speak https"):
            await ask(address)


def test_this_computers_own_come_before_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    asked: list[str | None] = []

    def made(cafile: str | None = None, capath: str | None = None) -> ssl.SSLContext:
        del capath
        asked.append(cafile)
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    monkeypatch.setattr(ssl, "create_default_context", made)
    for cafile in ("/etc/ssl/cert.pem", None):
        there = SimpleNamespace(cafile=cafile, capath=None)
        monkeypatch.setattr(ssl, "get_default_verify_paths", lambda there=there: there)
        trusted()
    assert asked == [None, certifi.where()]
