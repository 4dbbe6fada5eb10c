"""The HTTP API over any store, for tests of the backend: small, in memory, and written without a look at the server."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import unquote

import httpx
from tests.waiting import LOOK, pause

from forumtui import wire
from forumtui.errors import (
    AuthRequired,
    BackendError,
    Busy,
    Conflict,
    Forbidden,
    Missing,
    Overtaken,
    RateLimited,
    Refused,
    Unreadable,
    Unsupported,
)
from forumtui.forum.store import ForumStore
from forumtui.model import Action, BoardId, Changes, Cursor, Listing, Place, PostId, TopicId, Window

STATUS: dict[type[BackendError], tuple[int, str]] = {
    AuthRequired: (401, "auth-required"),
    Forbidden: (403, "forbidden"),
    Missing: (404, "missing"),
    Conflict: (409, "conflict"),
    Overtaken: (409, "overtaken"),
    Refused: (422, "refused"),
    Unreadable: (422, "refused"),
    Unsupported: (422, "unsupported"),
    RateLimited: (429, "rate-limited"),
    Busy: (503, "busy"),
}
OUTCOMES = {"created": 201, "held": 202, "done": 200}


class OtherSide:
    """Answers requests.  ``members``: who is known by which token."""

    def __init__(self, store: ForumStore, members: dict[str, str]) -> None:
        self.store = store
        self.members = members
        self.asked: list[httpx.Request] = []
        self.streams = True
        """Whether there are events."""
        self.open_streams: list[Events] = []
        self.before: Callable[[httpx.Request], Awaitable[httpx.Response | None]] | None = None
        """Asked first; what it answers takes the place of the answer."""

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        instead = await self.before(request) if self.before is not None else None
        if instead is not None:
            return instead
        try:
            return await self._answer(request)
        except BackendError as error:
            return problem(error)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        root, *path = request.url.raw_path.decode().partition("?")[0].strip("/").split("/", 2)
        path = [unquote(part) for part in (path[1] if path[1:] else "").split("/")]
        if (root, request.url.path.split("/")[2]) != ("api", "v1"):
            raise Missing("There is no such page.")
        me = self._who(request)
        if request.method == "POST":
            return await self._post(me, path, json.loads(request.content))
        if request.method == "DELETE" and path == ["login"]:
            self.members.pop(request.headers["authorization"].removeprefix("Bearer "))
            return httpx.Response(204)
        if path == ["events"]:
            if not self.streams:
                return httpx.Response(405)
            self.open_streams.append(Events(self.store))
            return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=self.open_streams[-1])
        return _tagged(request, await self._get(me, path, dict(request.url.params)))

    def _who(self, request: httpx.Request) -> str | None:
        header = request.headers.get("authorization")
        if header is None:
            return None
        if header.removeprefix("Bearer ") not in self.members:
            raise AuthRequired("This token is not good any more.")
        return self.members[header.removeprefix("Bearer ")]

    async def _get(self, me: str | None, path: list[str], asked: dict[str, str]) -> Any:
        store, after = self.store, Cursor(asked["after"]) if "after" in asked else None
        limit = int(asked.get("limit", 50))
        match path:
            case ["forum"]:
                return await store.info(me)
            case ["boards"]:
                return {"items": wire.encode(await store.boards(me))}
            case ["topics"]:
                board = BoardId(asked["board"]) if "board" in asked else None
                return await store.topics(
                    me, Listing(asked.get("listing", "latest"), board, asked.get("period", "")), after, limit
                )
            case ["topics", topic]:
                return await store.topic(me, TopicId(topic))
            case ["topics", topic, "posts"]:
                window = Window(Place(asked.get("place", "start")), asked.get("at", ""), limit)
                return await store.posts(me, TopicId(topic), window)
            case ["posts", post]:
                return await store.post(me, PostId(post))
            case ["search"]:
                return await store.search(me, asked["q"], after, limit)
            case ["members", name]:
                return await store.member(me, name)
            case ["queue"]:
                return await store.queue(me, after, limit)
            case ["log"]:
                return await store.log(me, after, limit)
            case ["changes"]:
                changes: Changes = await store.changes(me, after, limit)
                return changes
        raise Missing("There is no such page.")

    async def _post(self, me: str | None, path: list[str], body: Any) -> httpx.Response:
        match path:
            case ["actions"]:
                receipt = await self.store.perform(_known(me), wire.decode(Action, body, strict=True))
                return httpx.Response(OUTCOMES[receipt.outcome], json=wire.encode(receipt))
            case ["actions", "find"]:
                found = await self.store.find(_known(me), wire.decode(Action, body, strict=True))
                return httpx.Response(200, json={"receipt": wire.encode(found)})
            case ["login" | "register" as way]:
                if way == "login" and body["password"] != "open sesame":
                    raise AuthRequired("Name or password is wrong.")
                if way == "register" and not body["accepts_rules"]:
                    raise Refused("Accept the rules first.")
                token = f"token-of-{body['name']}-abcdef"
                self.members[token] = body["name"]
                member = {"id": body["name"], "name": body["name"]}
                status = 201 if way == "register" else 200
                return httpx.Response(status, json={"member": member, "token": token, "expires": None})
        raise Missing("There is no such page.")


def _known(me: str | None) -> str:
    if me is None:
        raise AuthRequired("Log in first.")
    return me


def problem(error: BackendError) -> httpx.Response:
    """An error as the API tells it."""
    status, name = STATUS[type(error)]
    document = {"type": f"urn:forumtui:problem:{name}", "title": name, "status": status, "detail": str(error)}
    headers = {"content-type": "application/problem+json"}
    if isinstance(error, RateLimited):
        headers["retry-after"] = f"{error.retry_after:.0f}"
    return httpx.Response(status, headers=headers, content=json.dumps(document))


def _tagged(request: httpx.Request, value: Any) -> httpx.Response:
    body = json.dumps(value if isinstance(value, dict) else wire.encode(value)).encode()
    tag = f'"{hashlib.sha256(body).hexdigest()}"'
    if request.headers.get("if-none-match") == tag:
        return httpx.Response(304, headers={"etag": tag})
    return httpx.Response(200, headers={"etag": tag, "content-type": "application/json"}, content=body)


class Events(httpx.AsyncByteStream):
    """One event at once, and one for each change, until it is cut."""

    def __init__(self, store: ForumStore) -> None:
        self._store = store
        self.cut = asyncio.Event()
        self.looks = 0
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        seen: int | None = None
        while not self.cut.is_set():
            version = await self._store.version()
            self.looks += 1
            if version != seen:
                seen = version
                yield f'event: change\ndata: {{"version": {version}}}\n\n'.encode()
            await pause(LOOK)
        raise httpx.ReadError("cut")

    async def aclose(self) -> None:
        self.closed = True
