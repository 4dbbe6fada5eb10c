"""uvicorn's HTTP protocol with what it lacks: bounds on headers and on waiting, and who is at the other end.

A client that sends its headers slowly or without end, or does not read its answer, would hold a connection for ever;
one that opens connections without end would leave none for others.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Hashable
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from forumtui.server.callers import PEER, origin, peer_of
from forumtui.server.limits import Limits
from forumtui.server.lingering import LingeringTransport
from forumtui.server.listening import LOOPBACK, Proxy
from forumtui.server.places import BACKLOG, Places
from forumtui.server.problems import MEDIA_TYPE, document

_TELL_SECONDS = 1.0
"""So long is waited for a request to refuse."""


class Config(uvicorn.Config):
    """How to serve.  ``proxy``: another server that stands between, and is believed about where requests come from."""

    def __init__(self, app: Any, limits: Limits, *, proxy: Proxy | None = None, **others: Any) -> None:
        super().__init__(
            app,
            http=BoundedProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            headers=[("X-Content-Type-Options", "nosniff")],
            proxy_headers=proxy is not None,
            forwarded_allow_ips=list(proxy.addresses) if proxy else [],
            backlog=BACKLOG,
            timeout_keep_alive=limits.idle_seconds,
            timeout_graceful_shutdown=2,
            **others,
        )
        self.limits = limits
        self.proxy = proxy
        self.places = Places(limits)


class BoundedProtocol(HttpToolsProtocol):
    """One connection."""

    config: Config

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._limits = self.config.limits
        self._in_head = True
        self._is_between = False
        """Whether nothing came yet of the next request."""
        self._is_full = False
        """Whether there is no place for this connection."""
        self._received = 0
        self._unsent = 0
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's own
        """Find out who is there; the first request must come soon."""
        lingering = LingeringTransport(transport, self.loop, lambda: not self._is_between)
        super().connection_made(cast(asyncio.Transport, lingering))
        connection = transport.get_extra_info("socket")
        if connection.family == socket.AF_UNIX:
            try:
                peer = peer_of(connection)
            except OSError:  # it is gone already
                transport.abort()
                return
            if self.config.proxy and self.config.proxy.is_user(peer.name):
                self.client = LOOPBACK  # from where a proxy is believed
            else:
                self.app_state = {**self.app_state, PEER: peer}
            self._take_place(("user", peer.uid))
        else:
            self._take_place(origin(self.client[0] if self.client else ""))

    def _take_place(self, who: Hashable) -> None:
        """Be one of somebody's connections, unless there are too many already; a proxy's are everybody's."""
        proxy = self.config.proxy
        is_proxy = proxy is not None and self.client is not None and self.client[0] in proxy.addresses
        if self.config.places.take(self, None if is_proxy else who):
            self._start("head", self._limits.head_seconds, self.transport.abort)
        elif self.config.places.tell(self):
            # closed when its request was read, or else it would never see the answer
            self._is_full = True
            self._start("head", _TELL_SECONDS, self.transport.abort)
        else:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """The end."""
        for timer in self._timers.values():
            timer.cancel()
        self.config.places.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, unless it is too much for one request."""
        if self.transport.is_closing():
            return
        if self._is_full:
            self._refuse(503, "Too many connections are open; close one of yours, or try again later.")
            return
        rest = memoryview(data)
        while rest and not self.transport.is_closing():
            most = self._limits.head + 1 - self._received if self._in_head else len(rest)
            self._take(bytes(rest[:most]))
            rest = rest[most:]

    def _take(self, data: bytes) -> None:
        """Take what is at most one request's head, or a part of its body."""
        self._received += len(data)
        self._is_between = False
        super().data_received(data)
        if self.transport.is_closing() or self._is_between:
            return
        if self._in_head:
            self._start("head", self._limits.head_seconds, self.transport.abort)
            if self._received > self._limits.head:
                self._refuse(431, f"A request's headers may have at most {self._limits.head} bytes.")
        elif self._received > self._limits.head + 2 * self._limits.body:  # twice, because chunks need some
            self.transport.abort()

    def on_message_begin(self) -> None:
        """The first bytes of a request are there."""
        super().on_message_begin()
        self._is_between = False

    def on_headers_complete(self) -> None:
        """Its headers are there."""
        self._in_head = False
        self._stop("head")
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of it is there."""
        super().on_message_complete()
        self._in_head = self._is_between = True
        self._received = 0

    def pause_writing(self) -> None:
        """The client does not read its answer."""
        super().pause_writing()
        self._expect_reading()

    def resume_writing(self) -> None:
        """It does."""
        super().resume_writing()
        self._stop("answer")

    def on_response_complete(self) -> None:
        """An answer is written; what ends the connection may take a while to leave, but not for ever."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._expect_reading()

    def timeout_keep_alive_handler(self) -> None:
        """Nothing came for a while; who has not even read the last answer is not waited for."""
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            super().timeout_keep_alive_handler()

    def send_400_response(self, msg: str) -> None:
        """What came is no HTTP."""
        del msg
        self._refuse(400, "This is no HTTP request.")

    def _refuse(self, status: int, detail: str) -> None:
        """Answer what is no whole request, and end the connection."""
        under_way: RequestResponseCycle | None = self.cycle
        if under_way is not None and not under_way.response_complete:
            self.transport.abort()  # an answer is under way; nothing may come between
            return
        body = document(status, detail)
        headers = f"content-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        self._stop("head")
        self.transport.write(b"".join([STATUS_LINE[status], headers.encode("ascii"), body]))
        self.transport.close()
        self._expect_reading()

    def _expect_reading(self) -> None:
        """End the connection when the client takes nothing of what waits for it; a slow one is waited for."""
        if "answer" not in self._timers:
            self._unsent = self.transport.get_write_buffer_size()
        self._start("answer", self._limits.send_seconds, self._look_at_reading)

    def _look_at_reading(self) -> None:
        self._timers.pop("answer", None)
        left = self.transport.get_write_buffer_size()
        if left and self._unsent - left < self._limits.send_least:
            self.transport.abort()
        elif left:
            self._expect_reading()

    def _start(self, what: str, seconds: float, then: Callable[[], None]) -> None:
        """Do something after a while, unless that is stopped."""
        if what not in self._timers:
            self._timers[what] = self.loop.call_later(seconds, then)

    def _stop(self, what: str) -> None:
        timer = self._timers.pop(what, None)
        if timer is not None:
            timer.cancel()
