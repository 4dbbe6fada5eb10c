"""The addresses of served forums."""

from __future__ import annotations

from forumtui.backends.shapes import Shape, Shapes
from forumtui.model import What

SOCKET = "unix:"
ROOT = "api/v1"
"""The folder below a forum's address where its answers for programs are."""

PROBLEMS = "urn:forumtui:problem:"
"""What the type of every refusal begins with."""

SHAPES = Shapes(
    "remote",
    (
        Shape(What.FORUM, rf"{ROOT}(?:/forum|/boards|/topics|/openapi\.json)?"),
        Shape(What.TOPIC, f"{ROOT}/topics/(?P<id>[^/]+)(?:/posts)?"),
        Shape(What.POST, f"{ROOT}/posts/(?P<id>[^/]+)"),
        Shape(What.MEMBER, f"{ROOT}/members/(?P<id>[^/]+)"),
    ),
)


def is_socket(location: str) -> bool:
    """Whether this is the address of a Unix socket, where the system says who asks."""
    return location.lower().startswith(SOCKET)


def is_served(location: str) -> bool:
    """Any web address, and any address of a Unix socket."""
    return location.lower().startswith(("http://", "https://")) or is_socket(location)


def socket_of(location: str) -> str | None:
    """The path of a Unix socket; None for a web address."""
    return location[len(SOCKET) :] if is_socket(location) else None
