"""A client for one origin: it asks politely, reads with limits, and raises nothing but `BackendError`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Self, TypeVar

import httpx

from forumtui.backends.seen import Seen
from forumtui.backends.web.answers import (
    IsOwn,
    MeaningOf,
    NobodyThere,
    ReasonOf,
    failure,
    is_data,
    lost_connections,
    reason_in,
)
from forumtui.backends.web.body import beginning, decoded, media_type, start, understood, whole
from forumtui.backends.web.events import MEDIA_TYPE, EventParser
from forumtui.backends.web.exchange import Answer, Handler, InMemory, answer_of
from forumtui.backends.web.origin import Credentials, Origin, Params, is_sendable
from forumtui.backends.web.politeness import Gate, Limits, Memory
from forumtui.backends.web.trust import trusted
from forumtui.errors import AuthRequired, BackendError, Missing, Offline, RateLimited, Refused, Unreadable, Unsupported
from forumtui.ledger import LEDGER
from forumtui.text.sanitise import clean_line
from forumtui.values import quick_dataclass

V = TypeVar("V")

MOST_REDIRECTS = 5
_REDIRECTS = {301, 302, 303, 307, 308}
_GETS = {"GET", "HEAD"}
_USUAL = Limits()
_JSON = "application/json, application/problem+json"
_SIP = 4096
"""Bytes of a stream of events that are looked at in one go: it may be nothing but line breaks."""
_OF_TRANSPORT = {b"content-encoding", b"content-length", b"transfer-encoding", b"connection"}
"""Headers that were true of the bytes on the line, but are not of the answer."""


def _as_it_is(value: Any) -> Any:
    return value


class WebClient:
    """An async context manager; all requests go to ``address`` and below, and ``credentials`` (headers) with them.

    ``socket``: the path of a Unix socket to go through, which then is what sentences name.  ``transport``: a
    server in memory instead of a network.  A request that only reads is *safe*, another an *act*: `answers` tells how they differ when the
    line goes.  ``is_own`` knows the forum's own errors; what it does not know decides nothing.  Raises `Refused` for what is no address, `AuthRequired` for credentials that cannot be sent.
    """

    def __init__(
        self,
        address: str,
        *,
        transport: Handler | None = None,
        socket: str | None = None,
        credentials: Mapping[str, str] | None = None,
        reason_of: ReasonOf | None = None,
        meaning_of: MeaningOf | None = None,
        is_own: IsOwn = is_data,
        limits: Limits = _USUAL,
    ) -> None:
        self._origin = Origin(address, socket)
        self._transport = transport
        self._socket = socket
        try:
            self._credentials = Credentials(credentials)
        except ValueError as error:
            raise AuthRequired(f"What {self.name} is to know you by holds {error}; log in again.") from None
        self._reason_of = reason_of
        self._meaning_of = meaning_of
        self._is_own = is_own
        self._limits = limits
        self._timeout = httpx.Timeout(limits.read, connect=limits.connect)
        who = f"{self._origin.base} {self._credentials.imprint}".rstrip()
        self._gate = Gate(self.name, limits, ledger=LEDGER.get(), who=who)
        self._memory = Memory()
        self._http: httpx.AsyncClient | None = None

    def __repr__(self) -> str:
        return f"WebClient({str(self._origin.base)!r})"

    @property
    def name(self) -> str:
        """What sentences for people call the server: its host, or its socket."""
        return self._origin.name

    async def __aenter__(self) -> Self:
        try:
            self._http = await self._open()
        except (ImportError, ValueError, httpx.InvalidURL):
            # The message would quote the proxy's address, which may hold a password.
            raise Offline("The proxy that the environment names cannot be used.") from None
        except OSError as error:
            said = clean_line(str(error), 160)
            raise Offline(f"The certificates of this computer cannot be read: {said}.") from error
        return self

    async def __aexit__(self, *_: object) -> None:
        http, self._http = self._http, None
        if http is not None:
            await http.aclose()

    async def _open(self) -> httpx.AsyncClient:
        # The gate counts requests; httpx must not, for it loses count when requests are cancelled.
        pool = httpx.Limits(max_connections=None, max_keepalive_connections=self._limits.at_once)
        headers = {"user-agent": f"forumtui/{_version()}", "accept-encoding": "gzip"}
        if self._transport is not None:
            return httpx.AsyncClient(transport=InMemory(self._transport), headers=headers)
        if self._socket is not None:
            transport = httpx.AsyncHTTPTransport(uds=self._socket, limits=pool, verify=False)
            return httpx.AsyncClient(transport=transport, headers=headers)
        # Reading all certificates takes long enough to be felt, and a thread can do it, where they are needed at all.
        secure = self._origin.base.scheme == "https"
        context = await asyncio.to_thread(trusted) if secure else False
        return httpx.AsyncClient(verify=context, limits=pool, headers=headers)

    # -- asking

    async def get_json(
        self,
        path: str,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        conditional: bool = False,
        into: Callable[[Any], V] = _as_it_is,
    ) -> V:
        """Read a JSON value, and what ``into`` makes of it: in a thread, where there is much of it.

        ``conditional``: keep the answer, and next time only ask whether it is still so.
        """
        asked = self._asked("GET", path, params, {"accept": _JSON, **(headers or {})})
        answer = await (self._get_again if conditional else self._request)(asked)
        return await understood(answer, self.name, into)

    async def post_json(
        self,
        path: str,
        body: Any,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        method: str = "POST",
        safe: bool = False,
    ) -> Any:
        """Send a JSON value; the JSON of the answer, or None if it has no body.  ``safe``: it only asks."""
        asked = self._asked(
            method,
            path,
            params,
            {"accept": _JSON, "content-type": "application/json", **(headers or {})},
            json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"),
            safe=safe,
        )
        answer = await self._request(asked)
        return await understood(answer, self.name, _as_it_is) if answer.content else None

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        safe: bool | None = None,
    ) -> Answer:
        """Ask anything; the complete answer, if its status is one of success.

        A query belongs into ``params``, and ids in ``path`` must be quoted.  ``safe``: by default GET and HEAD are.
        """
        safe = method in _GETS if safe is None else safe
        return answer_of(await self._request(self._asked(method, path, params, headers, content, safe=safe)))

    async def _request(self, asked: _Asked) -> httpx.Response:
        with lost_connections(self.name, safe=asked.safe):
            async with self._gate.turn(), asyncio.timeout(self._limits.total):
                return await self._read(await self._send(asked), safe=asked.safe)

    async def _get_again(self, asked: _Asked) -> httpx.Response:
        """Read what may be known already, in which case the server only says so."""
        key = f"{asked.url} {sorted(asked.headers.items())}"
        with lost_connections(self.name, safe=True):
            async with self._gate.turn(), asyncio.timeout(self._limits.total):
                kept = self._memory.get(key)
                response = await self._send(asked, kept.validators if kept is not None else None)
                if response.status_code == 304 and kept is not None:
                    await _put_aside(response, self.name)
                    return httpx.Response(200, headers=kept.headers, content=kept.body)
                answer = await self._read(response, safe=True)
        self._memory.put(key, answer)
        return answer

    async def pieces(self, path: str) -> AsyncGenerator[bytes, None]:
        """A file of any size in pieces, until it is complete; use it in an ``aclosing``.

        Raises `Offline` when the line goes or is silent for too long.
        """
        asked = self._asked("GET", path)
        with lost_connections(self.name, safe=True):
            async with self._gate.turn(), asyncio.timeout(self._limits.total):
                response = await self._send(asked)
                if not response.is_success:
                    await self._read(response, safe=True)
            try:
                async with aclosing(decoded(response, self.name)) as pieces:
                    async for piece in pieces:
                        yield piece
            finally:
                await response.aclose()

    async def glance(self, address: str) -> Seen:
        """The beginning of what answers at an address, whatever its status, as it is shown to people.

        Redirects are followed within the origin.  Raises `Elsewhere` for others, `RateLimited` for a 429.
        """
        asked = self._asked("GET", address, None, {"accept": "text/html, application/json;q=0.9"})
        with lost_connections(self.name, safe=True):
            async with self._gate.turn(), asyncio.timeout(self._limits.total):
                response = await self._send(asked)
                if response.status_code == 429:
                    await self._read(response, safe=True)
                try:
                    body = await start(response, self._limits.size, self.name)
                finally:
                    await response.aclose()
        return Seen.of(str(response.request.url), response.status_code, dict(response.headers), body)

    async def events(
        self, path: str, *, params: Params | None = None, headers: Mapping[str, str] | None = None
    ) -> AsyncGenerator[tuple[str, str], None]:
        """The events of a stream as (name, data), uncleaned, until the server ends it; use it in an ``aclosing``.

        Raises `Offline` when the line goes or is silent for too long, `Unsupported` if there is no such stream.
        """
        usual = {"accept": MEDIA_TYPE, "cache-control": "no-store", "accept-encoding": "identity"}
        timeout = httpx.Timeout(self._limits.silence, connect=self._limits.connect)
        asked = self._asked("GET", path, params, {**usual, **(headers or {})}, timeout=timeout)
        with lost_connections(self.name, safe=True):
            async with self._gate.turn(), asyncio.timeout(self._limits.total):
                response = await self._stream(asked)
            parser = EventParser(self.name)
            try:
                async with aclosing(decoded(response, self.name)) as pieces:
                    async for piece in pieces:
                        for start in range(0, len(piece), _SIP):
                            for event in parser.feed(piece[start : start + _SIP]):
                                yield event
                            await asyncio.sleep(0)
            finally:
                await response.aclose()

    async def _stream(self, asked: _Asked) -> httpx.Response:
        """An answer that is a stream of events, not yet read.  Raises `Unsupported` for any other."""
        response = await self._send(asked)
        try:
            if response.status_code == 200 and media_type(response) == MEDIA_TYPE:
                return response
            if not response.is_success and response.status_code != 406:
                await self._read(response, safe=True)
        except (Missing, NobodyThere, Unsupported):
            pass
        except BaseException:
            await response.aclose()
            raise
        await response.aclose()
        raise Unsupported(f"{self.name} sends no events; it must be asked.")

    # -- one request and its answer

    def _asked(
        self,
        method: str,
        path: str,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        *,
        safe: bool = True,
        timeout: httpx.Timeout | None = None,
    ) -> _Asked:
        given = {name.lower(): value for name, value in (headers or {}).items()}
        if not all(map(is_sendable, given.values())):
            wrong = Unreadable if safe else Refused
            raise wrong(f"What {self.name} is to be told holds characters that cannot be sent.")
        url = self._origin.url(path, params, safe=safe)
        return _Asked(method, url, given, content, safe, timeout or self._timeout)

    async def _send(self, asked: _Asked, validators: Mapping[str, str] | None = None) -> httpx.Response:
        """The first answer that is no redirect, not yet read; redirects are followed for GET and within the origin."""
        http, url = self._http, asked.url
        if http is None:
            raise Offline(f"The connection to {self.name} is closed.")
        for _ in range(MOST_REDIRECTS + 1):
            # Only here do credentials join a request, and all of these are for the origin.
            headers = {**asked.headers, **(validators or {}), **self._credentials.headers}
            request = http.build_request(
                asked.method, url, headers=headers, content=asked.content, timeout=asked.timeout
            )
            response = await http.send(request, stream=True)
            location = response.headers.get("location", "")
            if response.status_code not in _REDIRECTS or not location:
                return response
            await _put_aside(response, self.name)
            await self._gate.count()
            url = self._origin.redirected(
                url, response.status_code, location, follow=asked.method in _GETS, safe=asked.safe
            )
        raise Unreadable(f"{self.name} sends us round in circles.")

    async def _read(self, response: httpx.Response, *, safe: bool) -> httpx.Response:
        """The complete answer.  Raises what its status means."""
        good = response.is_success
        try:
            if good:
                body = await whole(response, self._limits.size, self.name, values=self._limits.values)
            else:
                body = await beginning(response, self.name)
        finally:
            await response.aclose()
        headers = [(name, value) for name, value in response.headers.raw if name.lower() not in _OF_TRANSPORT]
        answer = httpx.Response(response.status_code, headers=headers, content=body)
        if good:
            return answer
        error = self._error(answer, safe=safe)
        if isinstance(error, RateLimited):
            self._gate.close_for(error.retry_after)  # whoever asks for it
        if error is not None:
            raise error
        return answer

    def _error(self, answer: httpx.Response, *, safe: bool) -> BackendError | None:
        """What an answer that is no success means."""
        plain = answer_of(answer)
        own = self._is_own(plain)
        reason = reason_in(answer, self._reason_of, self._credentials.hide)
        if own and self._meaning_of is not None:
            with suppress(Exception):  # bodies of errors come in any shape; the status says what matters
                meant = self._meaning_of(plain, reason, safe)
                if meant is not None:
                    return meant
        return failure(answer, self.name, safe=safe, own=own, reason=reason)


@quick_dataclass(frozen=True, slots=True)
class _Asked:
    """A request without its credentials."""

    method: str
    url: httpx.URL
    headers: dict[str, str]
    content: bytes | None
    safe: bool
    timeout: httpx.Timeout


async def _put_aside(response: httpx.Response, name: str) -> None:
    """Be done with an answer, but read its short body, so that the connection can be used again."""
    try:
        await beginning(response, name)
    finally:
        await response.aclose()


def _version() -> str:
    try:
        return version("forumtui")
    except PackageNotFoundError:  # run from its source
        return "0"
