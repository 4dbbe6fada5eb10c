"""Under which names a server answers: a page elsewhere must not read a forum by giving its address another name.

A browser that visits such a page sends the page's own name as `Host`, whatever address it stands for (DNS rebinding).
Numbers can not be made to stand for something else, so they are always good.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import ip_address

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from forumtui.server.callers import PEER
from forumtui.server.listening import is_loopback
from forumtui.server.problems import problem

_LONGEST = 100
"""Characters of a name that are repeated."""


def names_of(address: str, more: Iterable[str] = ()) -> frozenset[str]:
    """The names of a server that listens at an address ("" : at a Unix socket), and ``more`` that it was told."""
    own = {"localhost", address}
    if address and not is_loopback(address):  # others reach it by the machine's name
        own |= {socket.gethostname(), socket.getfqdn()}
    return frozenset(name.rstrip(".").lower() for name in {*own, *more} if name)


class Hosts:
    """Refuses requests that are meant for another server; over a Unix socket no browser comes, so any name will do."""

    def __init__(self, app: ASGIApp, names: frozenset[str]) -> None:
        self.app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request for this server."""
        refusal = None
        if scope["type"] == "http" and PEER not in scope.get("state", {}):
            refusal = self._refusal([value for name, value in scope["headers"] if name == b"host"])
        await (refusal or self.app)(scope, receive, send)

    def _refusal(self, given: list[bytes]) -> Response | None:
        if len(given) > 1:
            return problem(400, "A request has one Host.")
        host = host_of(given[0].decode("latin-1")) if given else ""
        if not host or host in self._names or _is_number(host):
            return None
        return problem(
            421,
            f'This server does not answer to the name "{host[:_LONGEST]}".  '
            "If it should, its keeper starts it with: --name NAME",
        )


def host_of(header: str) -> str:
    """The name or number in a Host header, without its port."""
    header = header.strip().lower()
    if header.startswith("["):
        return header.partition("]")[0] + "]"
    return header.partition(":")[0].rstrip(".")


def _is_number(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
