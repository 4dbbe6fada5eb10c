"""Sockets to listen at, refused in one sentence where that is not possible; and the proxy that may stand in front of them."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path

from forumtui.errors import FileProblem, ForumtuiError
from forumtui.values import quick_dataclass

_BACKLOG = 512


@contextmanager
def tcp_socket(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens at an address of this machine; 0: at a port that is free."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise ForumtuiError(f"{host} is not an address of this machine.") from error
    with socket.socket(family, kind, protocol) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen(_BACKLOG)
        except OSError as error:
            raise ForumtuiError(_no_port(host, port, error)) from error
        yield listener


def _no_port(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is in use by another program."
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"You have no right to listen at port {port}; ports from 1024 on are for everybody."
    return f"Nothing can listen at {host}, port {port}: {error.strerror}."


def is_loopback(host: str) -> bool:
    """Whether an address is reached from this machine only."""
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


@contextmanager
def unix_socket(path: Path, mode: int) -> Iterator[socket.socket]:
    """A Unix socket that listens at a path, with these permissions, removed at the end.

    One that is left from a server which is no more is replaced.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        try:
            with _only_one(path.parent):
                _make_room(path)
                before = os.umask(0o777 & ~mode)  # nobody else may connect, not even for a moment
                try:
                    listener.bind(str(path))
                finally:
                    os.umask(before)
                path.chmod(mode)
                listener.listen(_BACKLOG)
        except OSError as error:
            raise FileProblem(f"Nothing can listen at {path}: {error.strerror or error}.") from error
        mine = path.stat()
        try:
            yield listener
        finally:
            with suppress(OSError):
                if os.path.samestat(path.stat(), mine):
                    path.unlink()


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Of several servers that start at once, one looks and makes its socket at a time."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _make_room(path: Path) -> None:
    """Remove what a server left that is no more.  Raises `FileProblem` for whatever else is there."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise FileProblem(f"{path} is there, and is no socket; nothing was changed.")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(5)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise FileProblem(f"Another server listens at {path} already.")


LOOPBACK = ("127.0.0.1", 0)
"""The client of a proxy's requests on a Unix socket, until its headers say more."""


@quick_dataclass(frozen=True, slots=True)
class Proxy:
    """``user``: on a Unix socket, the proxy's user; "": whoever may open it.  ``addresses``: from where it comes over TCP."""

    user: str = ""
    addresses: tuple[str, ...] = ("127.0.0.1", "::1")

    def is_user(self, name: str) -> bool:
        """Whether somebody at the other end of a Unix socket is the proxy."""
        return self.user in {"", name}
