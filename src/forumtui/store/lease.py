"""A claim on an outbox row: who sends it, and until when nobody else may."""

from __future__ import annotations

import os
import socket

LEASE_MS = 60_000


def is_live(lease: str | None, until: int | None, now: int) -> bool:
    """Whether somebody is at it.

    A lease of a process of this host that is gone is dead at once; so is one that ends later than any
    can: the clock was set back.
    """
    if lease is None or until is None or not now < until <= now + LEASE_MS:
        return False
    host, _, rest = lease.partition(":")
    pid = rest.partition(":")[0]
    return not (host == socket.gethostname() and pid.isdigit() and not is_alive(int(pid)))


def is_alive(pid: int) -> bool:
    """Whether a process of this host runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
