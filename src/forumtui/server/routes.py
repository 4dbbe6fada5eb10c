"""The kinds of routes: what happens around every operation, before and after its own function."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine, Hashable, Iterator
from email.message import Message
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.datastructures import QueryParams

from forumtui.server.callers import admit, admit_stranger, reader
from forumtui.server.ready import Ready
from forumtui.server.served import Served, served_by

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
ROOT = "/api/v1"


def operations(tag: str, kind: type[APIRoute], responses: dict[int | str, dict[str, Any]]) -> APIRouter:
    """What collects operations of one kind, which have these answers in common."""
    return APIRouter(
        prefix=ROOT,
        tags=[tag],
        route_class=kind,
        responses=responses,
        generate_unique_id_function=lambda route: route.name,
    )


class GatedRoute(APIRoute):
    """An operation for those who pass the gate."""

    def get_route_handler(self) -> Handler:
        """The operation, after the question who asks."""
        operation = super().get_route_handler()

        async def handler(request: Request) -> Response:
            await admit(request)
            if self.body_field is not None:
                _must_be_json(request)
            answer = await operation(request)
            if request.method != "GET":
                served_by(request).watcher.kick()
            elif answer.media_type == "application/json":
                return await Ready(bytes(answer.body)).to(request)
            return answer

        return handler


class StrangerRoute(APIRoute):
    """An operation that tells who one is, so nobody is asked before."""

    def get_route_handler(self) -> Handler:
        """The operation, where it is not asked for too often."""
        operation = super().get_route_handler()

        async def handler(request: Request) -> Response:
            admit_stranger(request)
            _must_be_json(request)
            return await operation(request)

        return handler


class ReadyRoute(APIRoute):
    """A reading operation whose answers are kept until the forum changes, for each member and for guests."""

    def get_route_handler(self) -> Handler:
        """The kept answer, or the operation and its answer for the next time."""
        operation = super().get_route_handler()
        known = sorted(set(_parameters(self.dependant)))

        def asked(given: QueryParams) -> tuple[tuple[str, str], ...]:
            """What the query says, without what the operation does not look at."""
            return tuple((name, value) for name in known for value in given.getlist(name))

        async def handler(request: Request) -> Response:
            await admit(request)
            served, me = served_by(request), await reader(request)
            version = await served.forum.version()
            view = await self.view(served, me, version)
            key = (view, request.scope["path"], asked(request.query_params) if request.scope["query_string"] else ())
            ready = served.kept.get(key, version)
            if ready is None:
                ready = Ready(bytes((await operation(request)).body), version)
                if await served.forum.version() == version:  # else it may be of a later one, with other rights
                    served.kept.keep(key, ready)
            return await ready.to(request)

        return handler

    async def view(self, served: Served, me: str | None, version: int) -> Hashable:  # noqa: ARG002 - others need them
        """Those for whom this is equal get the same answer."""
        return "member", me


class SharedRoute(ReadyRoute):
    """A reading operation that answers all members alike who have the same rights."""

    async def view(self, served: Served, me: str | None, version: int) -> Hashable:
        """What the viewer may see."""
        return "view", await served.views.word(me, version)


class HourlyRoute(SharedRoute):
    """One whose answers depend on the time as well, such as lists that look back over a period."""

    async def view(self, served: Served, me: str | None, version: int) -> Hashable:
        """What the viewer may see, in this hour."""
        return await super().view(served, me, version), int(time.time() // 3600)


def _parameters(dependant: Dependant) -> Iterator[str]:
    """The names of all that an operation and what it depends on look at in a query."""
    for field in dependant.query_params:
        yield field.alias
    for below in dependant.dependencies:
        yield from _parameters(below)


def _must_be_json(request: Request) -> None:
    message = Message()
    message["content-type"] = request.headers.get("content-type", "")
    if message.get_content_type() != "application/json":
        raise HTTPException(415, "The body must be JSON, and be called that: Content-Type: application/json.")
