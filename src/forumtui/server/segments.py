"""Names in addresses: a slash that was sent as %2F is part of a name, and no end of it."""

from __future__ import annotations

from urllib.parse import quote, unquote_to_bytes

from starlette.convertors import Convertor, register_url_convertor
from starlette.types import ASGIApp, Receive, Scope, Send

_WHOLE = b"/members/"
"""Names of members follow it; all else in addresses has no slashes."""


class Segments:
    """Leaves every part of an address with a member's name in it as it was sent, apart from how that was encoded.

    Servers hand on an address in which %2F is a slash already: then `x/tokens` would be a name and the tokens of `x`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Divide the address before it is decoded."""
        if scope["type"] == "http" and _WHOLE in scope.get("raw_path", b""):
            sent = scope["raw_path"].partition(b"?")[0]
            scope = {**scope, "path": "/".join(quote(unquote_to_bytes(part), safe="") for part in sent.split(b"/"))}
        await self._app(scope, receive, send)


class _MemberName(Convertor[str]):
    """A name in one part of an address."""

    regex = "[^/]+"

    def convert(self, value: str) -> str:
        """The name itself."""
        return unquote_to_bytes(value).decode("utf-8", "replace")

    def to_string(self, value: str) -> str:
        """As it is sent."""
        return quote(value, safe="", errors="replace")


register_url_convertor("member", _MemberName())
MEMBER = "/members/{name:member}"
"""The address of a member."""
