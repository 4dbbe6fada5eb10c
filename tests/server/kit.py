"""A forum behind its HTTP API, in this process, and short words for what tests ask of it."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the server is an extra: pip install 'forumtui[server]'")

import httpx
from tests.forum.forum_files import sql

from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import BoardDraft
from forumtui.model import Act, Action, BoardId, Body, NewTopic, PostId, Reply, TopicId
from forumtui.server.app import create_app
from forumtui.server.limits import Limits

UNLIMITED = Limits(reads=0, writes=0, searches=0, logins=0)
PASSWORD = "correct horse battery"
ROOT = "/api/v1"


@dataclass
class Api:
    """A served forum with one board; ``anna`` wrote the topic, ``bob`` answered."""

    store: SqliteForumStore
    http: httpx.AsyncClient
    app: Any
    board: BoardId
    topic: TopicId = field(init=False)
    first: PostId = field(init=False)
    second: PostId = field(init=False)
    keys: itertools.count[int] = field(default_factory=itertools.count)

    async def token(self, name: str, role: str = "", *scopes: str, **fields: Any) -> dict[str, str]:
        """The header of a member with this role, if one is named; without scopes, of all that the role allows."""
        if role:
            await self.store.house.set_role(name, role)
        return bearer(await self.store.house.issue_token(name, scopes=scopes, **fields))

    async def get(self, path: str, who: dict[str, str] | None = None, **fields: Any) -> httpx.Response:
        """A GET below the root of the API."""
        return await self.http.get(f"{ROOT}/{path}", headers=who, **fields)

    async def send(
        self, path: str, body: Any, who: dict[str, str] | None = None, *, method: str = "POST"
    ) -> httpx.Response:
        """A request with a JSON body."""
        return await self.http.request(method, f"{ROOT}/{path}", headers=who, json=body)

    async def act(self, who: dict[str, str] | None, kind: str, key: str = "", **fields: Any) -> httpx.Response:
        """An act, under a key of its own."""
        return await self.send("actions", {"key": key or self.key(), "act": {"kind": kind, **fields}}, who)

    async def behind(self, who: str, act: Act) -> tuple[TopicId, PostId]:
        """Something done in the store itself."""
        receipt = await self.store.perform(who, Action(self.key(), act))
        return receipt.topic or TopicId(""), receipt.post or PostId("")

    def key(self) -> str:
        """A new key."""
        return f"key-{next(self.keys)}"

    def feed(self) -> int:
        """The number of the change feed: it moves with every write that others may see."""
        return int(sql(self.store.path, "SELECT feed FROM forum")[0][0])

    def call_from(self, address: str) -> None:
        """From now on requests come from there."""
        transport = self.http._transport
        assert isinstance(transport, httpx.ASGITransport)
        transport.client = (address, 1)


def bearer(token: str) -> dict[str, str]:
    """The header that a token goes into."""
    return {"Authorization": f"Bearer {token}"}


def text(source: str = "words") -> dict[str, str]:
    """A body."""
    return {"source": source, "format": "markdown"}


@asynccontextmanager
async def serving(
    path: Path, limits: Limits = UNLIMITED
) -> AsyncIterator[tuple[SqliteForumStore, httpx.AsyncClient, Any]]:
    """A server in this process over a forum file, which is made if missing."""
    store = await SqliteForumStore.open(path, create=True, title="Bees")
    app = create_app(store, limits)
    transport = httpx.ASGITransport(app, client=("192.0.2.7", 1))
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://forum") as http:
            yield store, http, app
    finally:
        await store.close()


@asynccontextmanager
async def api(folder: Path, limits: Limits = UNLIMITED) -> AsyncIterator[Api]:
    """A served forum with something in it."""
    async with serving(folder / "forum.db", limits) as (store, http, app):
        made = Api(store, http, app, await store.house.add_board(BoardDraft(title="Hives")))
        made.topic, made.first = await made.behind("anna", NewTopic(made.board, "Winter", Body("How?")))
        _, made.second = await made.behind("bob", Reply(made.topic, Body("Wrap it."), made.first))
        yield made


def check_problem(answer: httpx.Response, status: int, name: str) -> str:
    """It is this problem, as RFC 9457 has it; returns its sentence."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document = json.loads(answer.content)
    assert set(document) == {"type", "title", "status", "detail"}
    assert document["type"] == f"urn:forumtui:problem:{name}"
    assert document["status"] == status
    assert document["detail"]
    if status == 401:
        assert answer.headers["www-authenticate"].startswith("Bearer")
    if status in {429, 503}:
        assert int(answer.headers["retry-after"]) >= 1
    return str(document["detail"])
