"""The server's application: a forum, its limits, and the operations of the HTTP API."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.middleware import Middleware

from forumtui.server import access, acts, admin, questions
from forumtui.server.hosts import Hosts
from forumtui.server.limits import Bounds, Limits
from forumtui.server.problems import HANDLERS, LastDoor, Problem
from forumtui.server.routes import ROOT, ReadyRoute
from forumtui.server.segments import Segments
from forumtui.server.served import Forum, Served

DOCUMENT = f"{ROOT}/openapi.json"
_DESCRIPTION = """\
A forum as `forumtui serve` offers it.

**Ids** are texts, **times** are milliseconds since 1970 UTC.  Lists come in pages: give a page's `after` to get the
next one.  Every answer of a reading operation has an `ETag`; with it in `If-None-Match`, an unchanged answer is 304.

**Who you are**: over TCP the token in `Authorization: Bearer TOKEN` says so; `/login` gives one.  Over a Unix socket
the kernel says so, and no header can change it.

**Errors** are problem documents (RFC 9457, `application/problem+json`); after 429 and 503, `Retry-After` says how many
seconds to wait, and nothing was done.  421: the server does not answer to the `Host` that you named.

**Writing**: every act has a key that you make up.  When an answer is lost, send the same again: it is done once.
"""
_TAGS = [
    {"name": "Reading", "description": "What is there, and what changed."},
    {"name": "Writing", "description": "What members do, and what moderators settle."},
    {"name": "Identity", "description": "Becoming a member, logging in and out."},
    {"name": "House", "description": "Keeping house: for admins, with a token for it."},
]
_TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "description": "A token that `/login`, `/register` or an admin gave.  The words beside it are the scopes it needs: "
    "`read`, `write`, `moderate` or `admin`.  Over a Unix socket none is needed.",
}


def create_app(forum: Forum, limits: Limits | None = None, names: frozenset[str] | None = None) -> FastAPI:
    """The application that serves an open forum; ``app.state.served.watcher.end()`` ends its event streams.

    ``names``: those that it answers to (`hosts.names_of`); None: to all.
    """
    limits = limits or Limits()
    hosts = [] if names is None else [Middleware(Hosts, names=names)]
    app = _Documented(
        title="forumtui",
        version=version("forumtui"),
        description=_DESCRIPTION,
        openapi_tags=_TAGS,
        openapi_url=None,  # the document is served as ready as everything else
        docs_url=None,  # their scripts would come from elsewhere
        redoc_url=None,
        exception_handlers=HANDLERS,
        middleware=[Middleware(LastDoor), *hosts, Middleware(Bounds, limits=limits), Middleware(Segments)],
        routes=_routes(),
    )
    app.state.served = Served(forum, limits)
    return app


def _routes() -> list[Any]:
    """All routes in one list, those that are asked for most first: they are looked through for every request."""
    routers: list[APIRouter] = [
        questions.hourly,
        questions.shared,
        questions.router,
        questions.streams,
        acts.router,
        access.strangers,
        access.members,
        admin.router,
        _document,
    ]
    return [route for router in routers for route in router.routes]


class _Documented(FastAPI):
    """An application whose document also has what is not declared with its operations."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        document = super().openapi()  # the same dict each time
        document["components"]["schemas"].setdefault("Problem", Problem.model_json_schema())
        document["components"].setdefault("securitySchemes", {"token": _TOKEN})
        return document


_document = APIRouter(route_class=ReadyRoute)


@_document.get(DOCUMENT, include_in_schema=False)
async def document(request: Request) -> Response:
    """This API as an OpenAPI document."""
    return Response(json.dumps(request.app.openapi()), media_type="application/json")
