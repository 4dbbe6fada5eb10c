"""A connection whose end waits until what the client still sends was read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

SECONDS = 2.0
"""So long is read on; what came till then is the most that is read."""


class LingeringTransport:
    """An asyncio transport that is closed gently in the middle of a request (RFC 9112, section 9.6).

    A system that closes a connection with bytes unread resets it, and the client's system then throws away the
    answer that says why.  ``is_mid_request``: whether the client may still be sending.
    """

    def __init__(
        self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop, is_mid_request: Callable[[], bool]
    ) -> None:
        self._transport = transport
        self._loop = loop
        self._is_mid_request = is_mid_request
        self._lingers = False

    def __getattr__(self, name: str) -> Any:
        """All else is as it was."""
        return getattr(self._transport, name)

    def is_closing(self) -> bool:
        """Whether nothing that comes now is answered."""
        return self._lingers or self._transport.is_closing()

    def close(self) -> None:
        """Say that no more is sent; end the connection when the client did so, too, or after a while."""
        if self.is_closing():
            return
        if not self._is_mid_request():
            self._transport.close()
            return
        self._lingers = True
        self._transport.resume_reading()
        if self._transport.can_write_eof():  # TLS can not; its client sees the answer's end by its length
            self._transport.write_eof()
        self._loop.call_later(SECONDS, self._end)

    def _end(self) -> None:
        """Who takes long to read the answer is waited for elsewhere."""
        if self._transport.get_write_buffer_size() and not self._transport.is_closing():
            self._loop.call_later(SECONDS, self._end)
        else:
            self._transport.close()
