"""A server answers to the names that it was told, so that no page elsewhere can read it under its own."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the server is an extra: pip install 'forumtui[server]'")

import httpx
from hypothesis import given
from hypothesis import strategies as st
from tests.server.kit import UNLIMITED, check_problem

from forumtui.forum.file import SqliteForumStore
from forumtui.server.app import create_app
from forumtui.server.hosts import host_of, names_of

HERE = names_of("127.0.0.1", ["Forum.Example.org."])


async def status_of(folder: Path, host: str, names: frozenset[str]) -> httpx.Response:
    store = await SqliteForumStore.open(folder / "forum.db", create=True, title="Bees")
    transport = httpx.ASGITransport(create_app(store, UNLIMITED, names))
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://forum") as http:
            return await http.get("/api/v1/forum", headers={"Host": host})
    finally:
        await store.close()


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8765", 200),
        ("[::1]:8765", 200),
        ("192.0.2.1", 200),
        ("localhost", 200),
        ("LOCALHOST:1", 200),
        ("forum.example.org", 200),
        ("FORUM.example.org.:443", 200),
        ("", 200),
        ("evil.example", 421),
        ("evil.example:8765", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost.evil.example", 421),
        ("forum.example.org.evil.example", 421),
        ("evil.example#127.0.0.1", 421),
        ("127.0.0.1@evil.example", 421),
        ("2130706433", 421),
        ("0x7f.1", 421),
        (socket.gethostname() + ".evil", 421),
    ],
)
async def test_who_is_meant(tmp_path: Path, host: str, status: int) -> None:
    answer = await status_of(tmp_path, host, HERE)
    assert answer.status_code == status
    if status == 421:
        assert "--name" in check_problem(answer, 421, "misdirected")


def test_a_server_for_others_answers_to_the_name_of_its_machine() -> None:
    assert socket.gethostname().lower() in names_of("0.0.0.0")
    assert names_of("") == {"localhost"}
    assert names_of("127.0.0.1") == {"localhost", "127.0.0.1"}


@given(st.text(alphabet="abcflo.:[]%\\@# \t0123456789é-", max_size=30))
def test_a_host_is_the_beginning_of_its_header_up_to_the_port(header: str) -> None:
    host = host_of(header)
    rest = header.strip().lower().removeprefix(host)
    assert rest.lstrip(".")[:1] in {"", ":"} or header.strip().startswith("[")
