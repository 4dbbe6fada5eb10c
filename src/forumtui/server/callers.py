"""Who asks: on a Unix socket the kernel says so, on TCP a token does.

On a Unix socket no header can make somebody another: what the kernel says is all that counts, and an
``Authorization`` header is not even looked at.
"""

from __future__ import annotations

import pwd
import socket
import struct
from collections.abc import Hashable
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Annotated

from fastapi import Depends, Request

from forumtui.errors import AuthRequired, Forbidden
from forumtui.forum.identities import Identity, Scope
from forumtui.model import Ability
from forumtui.server.served import Served, served_by
from forumtui.values import quick_dataclass

PEER = "peer"
"""Where the server's protocol leaves the user at the other end of a Unix socket, in the state of a request."""
_LOGIN_FIRST = "Log in first."
_LONGEST_TOKEN = 500
_LOCAL_PEERCRED, _SOL_LOCAL, _XUCRED_BYTES = 1, 0, 76
"""Of macOS and the BSDs; Python does not name them."""


@quick_dataclass(frozen=True, slots=True)
class Peer:
    """A user of this machine, for whom the kernel vouches."""

    uid: int
    name: str


def peer_of(connection: socket.socket) -> Peer:
    """Who is at the other end of a Unix socket."""
    if hasattr(socket, "SO_PEERCRED"):
        _, uid, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    else:
        found = connection.getsockopt(_SOL_LOCAL, _LOCAL_PEERCRED, _XUCRED_BYTES)
        _, uid = struct.unpack_from("2I", found)
    return Peer(uid, _user_name(uid))


@lru_cache(maxsize=1024)
def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # as in a container, where not all users are known
        return f"user-{uid}"


# -- a request passes the gate


async def admit(request: Request) -> None:
    """Say who asks, and count the request.  Raises `AuthRequired`, `Forbidden` or `RateLimited`."""
    served = served_by(request)
    kind = "reads" if request.method == "GET" else "writes"
    most = served.limits.reads if kind == "reads" else served.limits.writes
    try:
        identity = await identify(request, served)
    except (AuthRequired, Forbidden):
        served.rates.draw((kind, _origin(request)), most)
        raise
    request.state.identity = identity
    request.state.guest = identity is None
    served.rates.draw((kind, who_counts(request)), most)


def admit_stranger(request: Request) -> None:
    """Count a request that tells a password; who asks is not known yet.  Raises `RateLimited`."""
    served = served_by(request)
    served.rates.draw(("logins", _origin(request)), served.limits.logins)


async def identify(request: Request, served: Served) -> Identity | None:
    """Who asks; None: a guest.  Raises `AuthRequired` for a token that is not good."""
    peer: Peer | None = getattr(request.state, PEER, None)
    if peer is not None:
        return await served.forum.identities.peer(peer.uid, peer.name)
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or len(token) > _LONGEST_TOKEN:
        raise AuthRequired("This forum takes tokens only: Authorization: Bearer TOKEN.")
    return await served.forum.identities.identify(token.strip())


def who_counts(request: Request) -> Hashable:
    """For whom a request that was admitted counts."""
    identity: Identity | None = request.state.identity
    return _origin(request) if identity is None else ("member", identity.member)


def _origin(request: Request) -> Hashable:
    """Where a request comes from: a user of this machine, or an address."""
    peer: Peer | None = getattr(request.state, PEER, None)
    if peer is not None:
        return "user", peer.uid
    return origin(request.client.host[:100] if request.client else "")


def origin(host: str) -> Hashable:
    """For whom an address counts; of IPv6 the network, which one client has."""
    try:
        address = ip_address(host)
    except ValueError:  # a proxy may say anything
        return "host", host
    if isinstance(address, IPv6Address) and not address.ipv4_mapped:
        return "network", int(address) >> 64
    return "address", host


# -- what routes ask for


async def reader(request: Request) -> str | None:
    """The member who reads, None for a guest.  Raises `Forbidden` for a token that may not read."""
    return reading_as(request.state.identity)


def reading_as(identity: Identity | None) -> str | None:
    """The name under which somebody reads, None for a guest.  Raises `Forbidden` for a token that may not read."""
    if identity is None:
        return None
    need(identity, Scope.READ)
    return identity.member


async def known(request: Request) -> Identity:
    """Who asks.  Raises `AuthRequired` for a guest."""
    identity: Identity | None = request.state.identity
    if identity is None:
        raise AuthRequired(_LOGIN_FIRST)
    return identity


async def moderator(request: Request) -> str:
    """The member who moderates, as far as the token goes; the store knows the member's rights."""
    identity = await known(request)
    need(identity, Scope.MODERATE)
    return identity.member


async def keeper(request: Request) -> str:
    """The admin who keeps house.  Raises `AuthRequired` or `Forbidden`."""
    identity = await known(request)
    need(identity, Scope.ADMIN)
    me = identity.member
    info = await served_by(request).forum.info(me)
    reason = info.can.refusal(Ability.KEEP)
    if reason:
        raise Forbidden(f"{reason[:1].upper()}{reason[1:]}.")
    return me


def need(identity: Identity, scope: Scope) -> None:
    """Raises `Forbidden` where the token used is not for this."""
    if scope not in identity.scopes:
        again = "  If your role allows that by now, log in again." if identity.fixed else ""
        raise Forbidden(f"This token may not be used to {scope.meaning}.{again}")


Reader = Annotated[str | None, Depends(reader)]
Known = Annotated[Identity, Depends(known)]
Moderator = Annotated[str, Depends(moderator)]
Keeper = Annotated[str, Depends(keeper)]
