"""Connections that would be held for ever, and what is no HTTP, against a real server with tight limits."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the server is an extra: pip install 'forumtui[server]'")

from tests.server.processes import exchange, in_this_process
from tests.waiting import pause_here

from forumtui.forum.house import BoardDraft
from forumtui.model import Action, Body, NewTopic, Reply, TopicId
from forumtui.server import events, lingering, protocol
from forumtui.server.limits import Limits

GET = b"GET /api/v1/forum HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
TIGHT = Limits(
    head=2000, body=5000, head_seconds=0.3, body_seconds=0.3, send_seconds=0.3, idle_seconds=1, connections=5
)


async def against(folder: Path, work: Callable[[tuple[str, int]], None], limits: Limits = TIGHT) -> None:
    """Blocking work against a server in this process."""
    async with in_this_process(folder / "forum.db", limits) as (store, port):
        board = await store.house.add_board(BoardDraft(title="Hives"))
        long = Body("long words " * 20_000)
        await store.perform("anna", Action("k", NewTopic(board, "Long", long)))
        for more in range(4):
            await store.perform("anna", Action(f"k{more}", Reply(TopicId("1"), long)))
        await asyncio.to_thread(work, ("127.0.0.1", port))


def problem_in(received: bytes) -> tuple[int, dict[str, object]]:
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head
    assert b"connection: close" in head
    return int(head.split()[1]), json.loads(body)


@pytest.mark.parametrize(
    ("pieces", "status", "name"),
    [
        ([b"nonsense\r\n\r\n"], 400, "malformed"),
        ([b"\x16\x03\x01\x02\x00\x01\x00"], 400, "malformed"),
        ([b"GET /api/v1/forum HTTP/9.9\r\n\r\n"], 400, "malformed"),
        ([GET + b"X: " + b"x" * 3000], 431, "headers-too-large"),
        ([b"GET /" + b"x" * 3000], 431, "headers-too-large"),
        ([GET, *[b"X-%d: y\r\n" % number for number in range(500)]], 431, "headers-too-large"),
        ([POST + b"Content-Length: 5001\r\n\r\n"], 413, "too-large"),
        ([POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"1388\r\n" + b" " * 5000 + b"\r\n1\r\n{\r\n"], 413, "too-large"),
        ([POST + b"Content-Length: 100\r\n\r\n{"], 408, "slow"),
        ([POST + b"Content-Length: x\r\n\r\n{"], 400, "malformed"),
    ],
    ids=["words", "tls", "version", "header", "line", "headers", "length", "chunks", "slow-body", "no-length"],
)  # fmt: skip
async def test_what_is_no_request_for_us_is_told_so_and_ends(
    tmp_path: Path, pieces: list[bytes], status: int, name: str
) -> None:
    def work(address: tuple[str, int]) -> None:
        found, document = problem_in(exchange(address, *pieces))
        assert (found, document["status"]) == (status, status)
        assert document["type"] == f"urn:forumtui:problem:{name}"

    await against(tmp_path, work)


@pytest.mark.parametrize(
    "begin", [GET + b"X: " + b"x" * 3000, POST + b"Content-Length: 5001\r\n\r\n"], ids=["head", "body"]
)
async def test_who_sends_on_after_a_refusal_still_reads_it(tmp_path: Path, begin: bytes) -> None:
    def work(address: tuple[str, int]) -> None:
        with socket.create_connection(address, timeout=30) as connection:
            connection.sendall(begin)
            received = connection.recv(1)
            for _ in range(50):
                connection.sendall(b"x" * 10_000)
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(1 << 16):
                received += part
        assert problem_in(received)[0] in {413, 431}

    await against(tmp_path, work)


async def test_who_sends_on_for_ever_after_a_refusal_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lingering, "SECONDS", 0.1)

    def work(address: tuple[str, int]) -> None:
        begun = time.monotonic()
        with socket.create_connection(address, timeout=30) as connection:
            connection.sendall(GET + b"X: " + b"x" * 3000)
            with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                while True:
                    connection.sendall(b"x" * 1000)
                    assert time.monotonic() < begun + 20

    await against(tmp_path, work)


async def test_nobody_is_waited_for_for_ever(tmp_path: Path) -> None:
    def work(address: tuple[str, int]) -> None:
        assert exchange(address) == b""  # says nothing
        assert exchange(address, GET) == b""  # stops within the headers
        answered = exchange(address, GET + b"\r\n")  # asks for nothing more
        assert answered.startswith(b"HTTP/1.1 200")
        begun = time.monotonic()
        with socket.create_connection(address) as connection:  # a drop now and then
            while not _has_ended(connection):
                assert time.monotonic() < begun + 20

    await against(tmp_path, work)


def _has_ended(connection: socket.socket) -> bool:
    """Send a little; whether the other end has gone."""
    connection.settimeout(0.05)
    try:
        connection.sendall(b"\r\n")
        return not connection.recv(1)
    except TimeoutError:
        return False
    except OSError:
        return True


async def test_who_does_not_read_the_answer_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = threading.Event()
    lost = protocol.BoundedProtocol.connection_lost

    def connection_lost(connection: protocol.BoundedProtocol, error: Exception | None) -> None:
        lost(connection, error)
        let_go.set()

    monkeypatch.setattr(protocol.BoundedProtocol, "connection_lost", connection_lost)

    def work(address: tuple[str, int]) -> None:
        ask = b"GET /api/v1/topics/1/posts HTTP/1.1\r\nHost: x\r\n\r\n"
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect(address)
            connection.sendall(ask * 20)
            assert let_go.wait(20)
            received = 0
            with contextlib.suppress(ConnectionResetError):
                while part := connection.recv(1 << 20):
                    received += len(part)
            assert received < 15_000_000  # of 20 million
        assert b"200 OK" in exchange(address, GET + b"Connection: close\r\n\r\n")

    await against(tmp_path, work)


async def test_a_silent_stream_shows_that_it_lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", 0.05)

    def work(address: tuple[str, int]) -> None:
        with socket.create_connection(address) as connection:
            connection.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: x\r\n\r\n")
            received = b""
            while received.count(b": still here\n\n") < 3:
                received += connection.recv(1 << 16)
        assert received.count(b'event: change\ndata: {"version": ') == 1

    await against(tmp_path, work, Limits())


async def test_there_are_never_too_many_connections(tmp_path: Path) -> None:
    def work(address: tuple[str, int]) -> None:
        held = [socket.create_connection(address) for _ in range(6)]
        try:
            assert b" 503 " in exchange(address, GET + b"Connection: close\r\n\r\n")
        finally:
            for connection in held:
                connection.close()
        answer = b""
        while b" 200 " not in answer:
            answer = exchange(address, GET + b"Connection: close\r\n\r\n")

    await against(tmp_path, work, Limits(connections=5))


async def test_requests_one_after_the_other_on_one_connection(tmp_path: Path) -> None:
    def work(address: tuple[str, int]) -> None:
        answers = exchange(address, (GET + b"\r\n") * 3 + GET + b"Connection: close\r\n\r\n")
        assert answers.count(b"HTTP/1.1 200 OK") == 4
        assert answers.count(b"x-content-type-options: nosniff") == 4
        assert b"\r\nserver:" not in answers.lower()

    await against(tmp_path, work, Limits())


async def test_a_stream_outlives_the_time_for_headers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is timed is the next request, which begins with its first byte."""
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", 0.05)

    def work(address: tuple[str, int]) -> None:
        with socket.create_connection(address, timeout=20) as connection:
            connection.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: x\r\n\r\n")
            received, begun = b"", time.monotonic()
            while time.monotonic() < begun + 5 * TIGHT.head_seconds:
                part = connection.recv(1 << 16)
                assert part, "the stream was cut"
                received += part
        assert received.count(b": still here\n\n") > 3

    await against(tmp_path, work)


async def test_the_next_request_is_timed_from_its_first_byte(tmp_path: Path) -> None:
    def work(address: tuple[str, int]) -> None:
        with socket.create_connection(address, timeout=20) as connection:
            connection.sendall(GET + b"\r\n" + GET)  # the second one's headers do not end
            begun, received = time.monotonic(), b""
            while part := connection.recv(1 << 16):
                received += part
            assert received.count(b"200 OK") == 1
            assert time.monotonic() < begun + 15  # long before an idle connection would be ended

    await against(tmp_path, work, Limits(head_seconds=0.3, idle_seconds=60))


async def test_a_slow_client_gets_all_of_a_long_answer(tmp_path: Path) -> None:
    def work(address: tuple[str, int]) -> None:
        ask = b"GET /api/v1/topics/1/posts HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect(address)
            connection.sendall(ask)
            received, begun = b"", time.monotonic()
            while part := connection.recv(1 << 15):
                received += part
                pause_here(0.03)  # the client that is tested is a slow one
            assert time.monotonic() > begun + 2 * TIGHT.send_seconds
        head, _, body = received.partition(b"\r\n\r\n")
        assert f"content-length: {len(body)}".encode() in head.lower()

    await against(tmp_path, work)


async def test_headers_beyond_the_limit_are_refused_however_they_come(tmp_path: Path) -> None:
    def work(address: tuple[str, int]) -> None:
        whole = GET + b"X: " + b"x" * 70_000 + b"\r\n\r\n"
        assert problem_in(exchange(address, whole))[0] == 431
        fits = GET + b"X: " + b"x" * 60_000 + b"\r\nConnection: close\r\n\r\n"
        assert exchange(address, fits).startswith(b"HTTP/1.1 200")

    await against(tmp_path, work, Limits())


async def test_one_address_does_not_take_the_places_of_all(tmp_path: Path) -> None:
    """127.0.0.2 is another address than 127.0.0.1, at the same machine."""

    def work(address: tuple[str, int]) -> None:
        held = [socket.create_connection(address) for _ in range(8)]
        try:
            assert b" 503 " in exchange(address, GET + b"Connection: close\r\n\r\n")
            with socket.create_connection(address, source_address=("127.0.0.2", 0)) as other:
                other.sendall(GET + b"Connection: close\r\n\r\n")
                assert other.recv(1 << 16).startswith(b"HTTP/1.1 200")
        finally:
            for connection in held:
                connection.close()

    await against(tmp_path, work, Limits(connections=50, connections_each=5))
