"""A proxy in front of a server: who it is, and so who is believed about where requests come from."""

from __future__ import annotations

from forumtui.values import dataclass

LOOPBACK = ("127.0.0.1", 0)
"""The client of a proxy's requests on a Unix socket, until its headers say more."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """``user``: on a Unix socket, the proxy's user; "": whoever may open it.  ``addresses``: from where it comes over TCP."""

    user: str = ""
    addresses: tuple[str, ...] = ("127.0.0.1", "::1")

    def is_user(self, name: str) -> bool:
        """Whether somebody at the other end of a Unix socket is the proxy."""
        return self.user in {"", name}
