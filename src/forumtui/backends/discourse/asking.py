"""The way to one site: paths below it, their answers as fields, its errors in its own words."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from forumtui.backends.web import Answer, Handler, Limits, Params, WebClient
from forumtui.backends.web.fields import Fields
from forumtui.errors import AuthRequired, BackendError, Forbidden, Missing, NotYet, RateLimited

V = TypeVar("V")

GUESTS = Limits(pause=0.2, budget=((25, 10.0), (120, 60.0)))
"""Half of what a site grants an address, because others may be behind it as well."""
MEMBERS = Limits(pause=0.2, budget=((20, 61.0), (2800, 86_400.0)))
"""What a site grants a key, as it comes: 20 a minute, 2,880 a day; a second more, because lines are not even."""
READ_ONLY_SECONDS = 60.0
"""How long a text waits for a site that takes nothing for a while, before it is tried again."""
_HEADERS = {"dont-chunk": "true"}


class Asking:
    """Raises `BackendError`, and nothing else.  ``known``: whether it asks with a member's key."""

    def __init__(self, web: WebClient, *, known: bool = False) -> None:
        self._web = web
        self._known = known

    async def get(self, path: str, *, params: Params | None = None, into: Callable[[Fields], V]) -> V:
        """What an answer stands for.  ``path`` without its ``.json``."""

        def read(value: object) -> V:
            return into(Fields(value, f"The answer of {self._web.name}"))

        try:
            return await self._web.get_json(f"{path}.json", params=params, headers=_HEADERS, into=read)
        except Forbidden:
            await self._must_be_known()
            raise

    async def headers(self, path: str) -> Mapping[str, str]:
        """The headers of a page of the site's, their names in small letters."""
        return (await self._web.request("HEAD", path, headers=_HEADERS)).headers

    async def send(
        self, method: str, path: str, body: Mapping[str, Any], *, params: Params | None = None, safe: bool = False
    ) -> Fields:
        """Send an object; the answer, which may be empty.  ``safe``: to do it twice does no harm."""
        try:
            answer = await self._web.post_json(
                f"{path}.json", body, params=params, headers=_HEADERS, method=method, safe=safe
            )
        except Forbidden:
            await self._must_be_known()
            raise
        return Fields({} if answer is None else answer, f"The answer of {self._web.name}")

    async def _must_be_known(self) -> None:
        """Everything is forbidden to a key that was revoked, also what any guest may see.  Raises `AuthRequired` then."""
        if not self._known:
            return
        try:
            await self._web.get_json("session/current.json", headers=_HEADERS)
        except (Forbidden, Missing):
            raise AuthRequired(f"{self._web.name} does not know you by your key any more; log in again.") from None


def _body(answer: Answer) -> Fields:
    return Fields(answer.json(), "An error")


def _reason(answer: Answer) -> str:
    """Why a site refuses: in its own words, which are in the language of the member."""
    body = _body(answer)
    return " ".join(body.texts("errors")) or body.text("error") or body.text("message")


def _meaning(answer: Answer, reason: str, safe: bool) -> BackendError | None:
    """What a site says in words of its own, beside the status."""
    body = _body(answer)
    kind = body.text("error_type")
    if kind == "not_logged_in":
        return AuthRequired(f"{reason or 'This is for members only.'}  Log in first.")
    if kind == "read_only" and not safe:
        return NotYet(reason or "The site is read-only for now.", READ_ONLY_SECONDS)
    wait = body.inner("extras").number("wait_seconds")
    if answer.status == 429 and wait is not None and "retry-after" not in answer.headers:
        return RateLimited(reason or "The site was asked too often.", min(3600.0, max(1.0, float(wait))))
    return None


@asynccontextmanager
async def connect(
    base: str, options: Mapping[str, str], *, transport: Handler | None = None, limits: Limits | None = None
) -> AsyncIterator[Asking]:
    """A connection to the site at a base, with the key in the options if there is one."""
    key, client = options.get("key", ""), options.get("client", "")
    usual = MEMBERS if key else GUESTS
    known = {"user-api-key": key, "user-api-client-id": client} if key else {}
    async with WebClient(
        base, transport=transport, credentials=known, reason_of=_reason, meaning_of=_meaning, limits=limits or usual
    ) as web:
        yield Asking(web, known=bool(key))
