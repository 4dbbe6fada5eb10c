"""`forumtui serve` on TCP: it says when it is ready, ends cleanly, survives the worst, and several may serve one file."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from tests.forum.forum_files import act, check_file, new_topic, sql
from tests.server.kit import bearer, check_problem
from tests.server.processes import SECONDS, Serving, served

from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import BoardDraft
from forumtui.model import Body, Reply, TopicId


@pytest.fixture
def forum(tmp_path: Path) -> Path:
    """A forum file with one topic."""

    async def made() -> None:
        store = await SqliteForumStore.open(tmp_path / "forum.db", create=True, title="Bees\x1b[31m & more")
        await new_topic(store, await store.house.add_board(BoardDraft(title="Hives")))
        await store.close()

    asyncio.run(made())
    return tmp_path / "forum.db"


def token(forum: Path, name: str = "anna", **fields: Any) -> dict[str, str]:
    async def issued() -> str:
        store = await SqliteForumStore.open(forum)
        made = await store.house.issue_token(name, **fields)
        await store.close()
        return made

    return bearer(asyncio.run(issued()))


def write(forum: Path, source: str) -> None:
    """What another program on this machine writes."""

    async def written() -> None:
        store = await SqliteForumStore.open(forum)
        await store.perform("bob", act(Reply(TopicId("1"), Body(source)), f"key of {source[:50]}"))
        await store.close()

    asyncio.run(written())


def reply(key: str) -> dict[str, object]:
    return {"key": key, "act": {"kind": "reply", "topic": "1", "body": {"source": key, "format": "plain"}}}


def events(
    client: httpx.Client, server: Serving, who: dict[str, str] | None = None
) -> Generator[dict[str, int], None, None]:
    """The events of a server, until it ends the stream."""
    with client.stream("GET", f"{server.address}/api/v1/events", headers=who, timeout=SECONDS) as stream:
        assert stream.status_code == 200
        assert stream.headers["content-type"].startswith("text/event-stream")
        for line in stream.iter_lines():
            if line.startswith("data: "):
                yield json.loads(line[6:])
            else:
                assert line in {"", "event: change", ": still here"}


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_says_that_it_is_ready_and_ends_with_open_streams(forum: Path, how: int) -> None:
    with httpx.Client() as client, served(forum) as server:
        assert server.line == f"Serving Bees\ufffd[31m & more at {server.address} (pid {server.process.pid})\n"
        assert urlsplit(server.address).hostname == "127.0.0.1"
        assert client.get(f"{server.address}/api/v1/topics").json()["items"][0]["id"] == "1"
        stream = events(client, server)
        next(stream)
        code, said = server.end(how)
        assert code == 0
        assert "Ended." in said
        assert list(stream) == []  # the stream ends as it should, it is not cut off


def test_it_does_not_wait_for_who_does_not_read(forum: Path) -> None:
    for number in range(5):
        write(forum, f"{number} " + "long words " * 20_000)
    with served(forum) as server, socket.socket() as silent:
        silent.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        silent.connect(("127.0.0.1", urlsplit(server.address).port))
        silent.sendall(b"GET /api/v1/topics/1/posts HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 20)
        assert silent.recv(12) == b"HTTP/1.1 200"
        code, said = server.end()  # while the silent one still has its connection
        assert code == 0
        assert said.count("\n") == 1, said


def test_events_tell_what_this_and_other_processes_write(forum: Path) -> None:
    anna = token(forum)
    with httpx.Client() as client, served(forum) as one, served(forum) as other:
        streams = [events(client, one), events(client, other)]
        versions = [next(stream)["version"] for stream in streams]
        write(forum, "by another program")
        after = [next(stream)["version"] for stream in streams]
        assert all(now != before for now, before in zip(after, versions, strict=True))
        assert client.post(f"{one.address}/api/v1/actions", headers=anna, json=reply("k")).status_code == 201
        assert all(next(stream)["version"] > before for stream, before in zip(streams, after, strict=True))
        for server in (one, other):
            posts = client.get(f"{server.address}/api/v1/topics/1/posts").json()["items"]
            assert [post["body"]["source"] for post in posts[1:]] == ["by another program", "k"]


def test_the_stream_of_who_may_no_longer_read_ends(forum: Path) -> None:
    anna = token(forum)
    with httpx.Client() as client, served(forum) as server:
        stream = events(client, server, anna)
        next(stream)

        async def suspend() -> None:
            store = await SqliteForumStore.open(forum)
            await store.house.set_suspended("anna", True)
            await store.close()

        asyncio.run(suspend())
        for number in range(1000):  # it asks who it is for not at every change
            write(forum, f"change {number}")
            if next(stream, None) is None:
                break
        assert list(stream) == []
        assert client.get(f"{server.address}/api/v1/me", headers=anna).status_code == 401


def test_streams_are_limited(forum: Path) -> None:
    with httpx.Client() as client, served(forum, "--limit", "streams=1") as server:
        first = events(client, server)
        next(first)
        check_problem(client.get(f"{server.address}/api/v1/events"), 503, "busy")
        first.close()
        statuses = {}
        while 200 not in statuses:  # once the server has noticed that the first one went
            with client.stream("GET", f"{server.address}/api/v1/events") as again:
                statuses[again.status_code] = True
        assert set(statuses) <= {200, 503}


def test_a_killed_server_has_lost_and_doubled_nothing(forum: Path) -> None:
    """Each act is sent until it is answered, over three lives of the server."""
    anna = token(forum)
    answers: dict[str, dict[str, str]] = {}
    with httpx.Client(timeout=SECONDS) as client:
        for life in range(3):
            with served(forum, "--limit", "writes=0") as server:
                for number in range(5 * life, 5 * life + 8):  # the last ones of a life again in the next
                    key = f"once-{number}"
                    answer = client.post(f"{server.address}/api/v1/actions", headers=anna, json=reply(key))
                    assert answer.status_code == 201
                    assert answers.setdefault(key, answer.json()) == answer.json()
                storm = subprocess.Popen(
                    [sys.executable, "-c", _STORM, server.address, anna["Authorization"], str(life)], stdout=subprocess.PIPE, text=True
                )  # fmt: skip
                assert storm.stdout is not None
                assert storm.stdout.readline() == "began\n"
                server.process.send_signal(signal.SIGKILL)
                server.process.wait()
                acknowledged = storm.communicate()[0].split()
                stored = {row[0] for row in sql(forum, "SELECT origin FROM act")}
                assert set(acknowledged) <= stored
                server.process.communicate()
    check_file(forum)
    sources = [row[0] for row in sql(forum, "SELECT source FROM post WHERE source LIKE 'once-%'")]
    assert sorted(sources) == sorted(answers)


_STORM = """
import sys, httpx
address, token, life = sys.argv[1:]
with httpx.Client(headers={"Authorization": token}) as client:
    for number in range(100_000):
        key = f"storm-{life}-{number}"
        try:
            client.post(f"{address}/api/v1/actions", json={"key": key, "act":
                {"kind": "reply", "topic": "1", "body": {"source": key, "format": "plain"}}}).raise_for_status()
        except httpx.TransportError:
            break
        print(key if number else "began", flush=True)
"""


def test_a_proxy_is_believed_only_where_one_is_said_to_be(forum: Path) -> None:
    elsewhere = [{"X-Forwarded-For": f"203.0.113.{number}"} for number in range(4)]
    for options, expected in (((), [200, 200, 429, 429]), (("--behind-proxy",), [200] * 4)):
        with httpx.Client() as client, served(forum, *options, "--limit", "reads=2") as server:
            statuses = [
                client.get(f"{server.address}/api/v1/forum", headers=header).status_code for header in elsewhere
            ]
            assert statuses == expected


def test_only_the_proxy_that_is_named_is_believed(forum: Path) -> None:
    elsewhere = [{"X-Forwarded-For": f"203.0.113.{number}"} for number in range(4)]
    with httpx.Client() as client, served(forum, "--behind-proxy", "127.0.0.9", "--limit", "reads=2") as server:
        ask = f"{server.address}/api/v1/forum"
        assert [client.get(ask, headers=header).status_code for header in elsewhere] == [200, 200, 429, 429]
        proxy = httpx.HTTPTransport(local_address="127.0.0.9")
        with httpx.Client(transport=proxy) as trusted:
            assert [trusted.get(ask, headers=header).status_code for header in elsewhere] == [200] * 4


@pytest.mark.parametrize(
    "options", [("--behind-proxy", "a proxy"), ("--socket", "s", "--behind-proxy", "no-such-user")]
)
def test_a_proxy_that_can_not_be_is_refused(forum: Path, options: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "forumtui", "serve", str(forum), *options], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "The proxy '" in done.stderr


def test_tls_and_the_warning_without_it(forum: Path, tmp_path: Path) -> None:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)]
    subprocess.run([*made, *names], check=True, capture_output=True)
    with served(forum, "--tls-cert", str(cert), "--tls-key", str(key)) as server:
        assert server.address.startswith("https://127.0.0.1:")
        with httpx.Client(verify=ssl.create_default_context(cafile=str(cert))) as client:
            assert client.get(f"{server.address}/api/v1/forum").status_code == 200
    for options, warned in (
        (("--host", "0.0.0.0"), True),
        (("--host", "0.0.0.0", "--behind-proxy"), False),
        ((), False),
    ):
        with served(forum, *options) as server:
            _, said = server.end()
            assert ("travel in the clear" in said) is warned
