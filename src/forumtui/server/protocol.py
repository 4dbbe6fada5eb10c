"""uvicorn's HTTP protocol with what it lacks: bounds on headers and on waiting, and who is at the other end.

A client that sends its headers slowly or without end, or does not read its answer, would hold a connection for ever.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from forumtui.server.identity import PEER, peer_of
from forumtui.server.limits import Limits
from forumtui.server.problems import MEDIA_TYPE, document

_LOOPBACK = ("127.0.0.1", 0)


class Config(uvicorn.Config):
    """How to serve.  ``behind_proxy``: another server stands between, and says from where requests come."""

    def __init__(self, app: Any, limits: Limits, *, behind_proxy: bool, **others: Any) -> None:
        super().__init__(
            app,
            http=BoundedProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            headers=[("X-Content-Type-Options", "nosniff")],
            proxy_headers=behind_proxy,
            forwarded_allow_ips="127.0.0.1,::1",
            limit_concurrency=limits.connections,
            timeout_keep_alive=limits.idle_seconds,
            timeout_graceful_shutdown=2,
            **others,
        )
        self.limits = limits
        self.behind_proxy = behind_proxy


class BoundedProtocol(HttpToolsProtocol):
    """One connection."""

    config: Config

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._limits = self.config.limits
        self._in_head = True
        self._received = 0
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's own
        """Find out who is there; the first request must come soon."""
        super().connection_made(transport)
        connection = transport.get_extra_info("socket")
        if connection.family == socket.AF_UNIX:
            if self.config.behind_proxy:
                self.client = _LOOPBACK  # from where a proxy is believed
            else:
                try:
                    self.app_state = {**self.app_state, PEER: peer_of(connection)}
                except OSError:  # it is gone already
                    transport.abort()
        self._start("head", self._limits.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """The end."""
        for timer in self._timers.values():
            timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, unless it is too much for one request."""
        self._received += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._in_head:
            self._start("head", self._limits.head_seconds)
            if self._received > self._limits.head:
                self._refuse(431, f"A request's headers may have at most {self._limits.head} bytes.")
        elif self._received > self._limits.head + 2 * self._limits.body:  # twice, because chunks need some
            self.transport.abort()

    def on_headers_complete(self) -> None:
        """Its headers are there."""
        self._in_head = False
        self._stop("head")
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of it is there."""
        super().on_message_complete()
        self._in_head = True
        self._received = 0

    def pause_writing(self) -> None:
        """The client does not read its answer."""
        super().pause_writing()
        self._start("answer", self._limits.send_seconds)

    def resume_writing(self) -> None:
        """It does."""
        super().resume_writing()
        self._stop("answer")

    def on_response_complete(self) -> None:
        """An answer is written; what ends the connection may take a while to leave, but not for ever."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._start("answer", self._limits.send_seconds)

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
        self.transport.write(b"".join([STATUS_LINE[status], headers.encode("ascii"), body]))
        self.transport.close()
        self._start("answer", self._limits.send_seconds)

    def _start(self, what: str, seconds: float) -> None:
        """End the connection after a while, unless that is stopped."""
        if what not in self._timers:
            self._timers[what] = self.loop.call_later(seconds, self.transport.abort)

    def _stop(self, what: str) -> None:
        timer = self._timers.pop(what, None)
        if timer is not None:
            timer.cancel()
