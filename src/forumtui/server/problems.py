"""What goes wrong, as problem documents (RFC 9457): every error of the server becomes an answer here."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from forumtui.errors import (
    AuthRequired,
    Busy,
    Conflict,
    FileProblem,
    Forbidden,
    ForumtuiError,
    Missing,
    Overtaken,
    RateLimited,
    Refused,
    Unreadable,
    Unsupported,
)

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger("forumtui.server")

NAMES: Mapping[int, tuple[str, str]] = {
    400: ("malformed", "The request cannot be understood"),
    401: ("auth-required", "Log in first"),
    403: ("forbidden", "That is not allowed"),
    404: ("missing", "There is no such thing"),
    405: ("method", "That cannot be done with this address"),
    408: ("slow", "The request took too long to arrive"),
    409: ("conflict", "It changed meanwhile, or was sent before with another text"),
    413: ("too-large", "The request is too large"),
    415: ("media-type", "The body must be JSON"),
    421: ("misdirected", "This server does not answer to that name"),
    422: ("refused", "The forum does not take this"),
    429: ("rate-limited", "Too many requests"),
    431: ("headers-too-large", "The request's headers are too large"),
    500: ("internal", "Something went wrong in the server"),
    503: ("busy", "The forum is busy"),
}
"""Each status that is given: the last part of the problem's type, and its title."""
_STATUSES: tuple[tuple[type[ForumtuiError], int], ...] = (
    (RateLimited, 429),
    (AuthRequired, 401),
    (Missing, 404),
    (Forbidden, 403),
    (Refused, 422),
    (Unsupported, 422),
    (Unreadable, 422),
    (Conflict, 409),
    (Busy, 503),
    (FileProblem, 503),
)
_WORDS: tuple[tuple[type[ForumtuiError], str], ...] = ((Overtaken, "overtaken"), (Unsupported, "unsupported"))
"""What more special words than those of their status tell."""
_BUSY = "Another program has been writing for too long; nothing was changed.  Try again."
_FILE = "The forum's file cannot be used just now; its keeper finds the reason in the server's log."
_INTERNAL = "The server's keeper finds the reason in its log."
_RETRY_SECONDS = 5
_LONGEST = 1000
"""Characters of a sentence that repeats names from the request."""


class Problem(BaseModel):
    """What went wrong (RFC 9457, `application/problem+json`)."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(
        description="`urn:forumtui:problem:` and a word that programs can go by.",
        examples=["urn:forumtui:problem:missing"],
    )
    title: str = Field(description="What kind of problem it is.", examples=["There is no such thing"])
    status: int = Field(description="The HTTP status again.", examples=[404])
    detail: str = Field(description="A sentence for people.", examples=["This forum has no topic 17."])


def document(status: int, detail: str, word: str = "") -> bytes:
    """A problem document; ``word``: a more special one than the status's own."""
    name, title = NAMES.get(status, ("other", HTTPStatus(status).phrase))
    fields = {"type": f"urn:forumtui:problem:{word or name}", "title": title, "status": status, "detail": detail}
    return json.dumps(fields).encode("ascii")


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None, word: str = "") -> Response:
    """A problem document as an answer."""
    return Response(document(status, detail, word), status, headers, MEDIA_TYPE)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """These statuses as OpenAPI describes them."""
    return {status: _described(status) for status in statuses}


def _described(status: int) -> dict[str, Any]:
    name, title = NAMES[status]
    example = {"type": f"urn:forumtui:problem:{name}", "title": title, "status": status, "detail": f"{title}."}
    answer: dict[str, Any] = {
        "description": f"{title} (`{name}`).",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
    }
    if status in {429, 503}:
        answer["headers"] = {
            "Retry-After": {"description": "Seconds to wait before asking again.", "schema": {"type": "integer"}}
        }
    if status == 401:
        answer["headers"] = {"WWW-Authenticate": {"description": "`Bearer`.", "schema": {"type": "string"}}}
    return answer


# -- errors become answers


async def on_forum_error(request: Request, error: Exception) -> Response:
    """An error of the forum's own."""
    assert isinstance(error, ForumtuiError)
    status = next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)
    if status == 403 and getattr(request.state, "guest", False):
        status = 401  # a guest may be somebody after logging in
    if status == 500:
        raise error
    detail, headers = str(error), {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="forumtui"'
    elif isinstance(error, RateLimited):
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    elif status == 503:
        headers["Retry-After"] = str(_RETRY_SECONDS)
        _log.warning("%s", error)
        detail = _BUSY if isinstance(error, Busy) else _FILE  # the sentence names the file, which is not their business
    return problem(status, detail, headers, next((word for kind, word in _WORDS if isinstance(error, kind)), ""))


async def on_http_error(request: Request, error: Exception) -> Response:
    """An error of HTTP itself."""
    assert isinstance(error, HTTPException)
    detail = error.detail
    headers = dict(error.headers or {})
    if error.status_code == 400:
        detail = "The body is no JSON that can be read."
    elif error.status_code == 404:
        detail = "This server has no such address."
    elif error.status_code == 405:
        allowed = _methods_at(request)
        detail, headers["Allow"] = f"This address knows only {allowed}.", allowed
    return problem(error.status_code, detail, headers)


def _methods_at(request: Request) -> str:
    """What the address of a request can do, over all its routes."""
    routes = [route for route in request.app.routes if route.path_regex.match(request.scope["path"])]
    return ", ".join(sorted({method for route in routes for method in route.methods or ()}))


async def on_invalid(_: Request, error: Exception) -> Response:
    """A request that is not what the documentation says."""
    assert isinstance(error, RequestValidationError)
    flaws = error.errors()
    if any(flaw["type"] == "json_invalid" for flaw in flaws):
        return problem(400, "The body is no JSON that can be read.")
    return problem(422, "; ".join(map(_said, flaws[:5]))[:_LONGEST])


def _said(flaw: Mapping[str, Any]) -> str:
    place, *names = flaw["loc"]
    name = ".".join(map(str, names)) or f"the {place}"
    return f'"{name}": {flaw["msg"][:1].lower()}{flaw["msg"][1:]}'


async def on_disconnect(_: Request, __: Exception) -> Response:
    """A client that went away before its request was whole; nobody reads this."""
    return problem(400, "The request was not whole.")


class LastDoor:
    """Whatever nobody foresaw: a problem document for the client, the traceback for the log."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; no exception leaves."""
        started = False

        async def noticing(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, noticing)
        except Exception:  # the last door: whatever happened, the client gets an answer
            _log.exception("Unforeseen, at %s %s", scope.get("method", ""), ascii(scope.get("path", "")))
            if started:
                raise  # the server ends the connection, so that nobody takes the half for the whole
            await problem(500, _INTERNAL)(scope, receive, send)


HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    ForumtuiError: on_forum_error,
    HTTPException: on_http_error,
    RequestValidationError: on_invalid,
    ClientDisconnect: on_disconnect,
}
