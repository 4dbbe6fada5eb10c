"""How many connections a server holds: never more than it has files for, and of each client only a share.

Those beyond are told so and closed at once, so that whoever opens connections without end keeps nobody else out.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import time
from collections import Counter
from collections.abc import Hashable
from contextlib import suppress
from typing import Any

from forumtui.server.limits import Limits

BACKLOG = 256
"""Connections that wait to be accepted; asyncio accepts so many at once before one of them is looked at."""
_TOLD = 64
"""Connections beyond the limit that are told so at the same time; more are just closed."""
_OTHER_FILES = 64 + _TOLD
"""Those that are told, the forum's file, its journal, copies under way, the log ..."""
_COMPLAIN_SECONDS = 60.0
_NO_FILES = "socket.accept() out of system resource"
"""What asyncio calls it when no more files may be open."""
_log = logging.getLogger("forumtui.server")


class Places:
    """The connections that are open, and whose they are."""

    def __init__(self, limits: Limits) -> None:
        self._most = limits.connections
        self._each = limits.connections_each
        self._owners: dict[object, Hashable] = {}
        self._of_each: Counter[Hashable] = Counter()
        self._told: set[object] = set()

    def fit(self) -> None:
        """Ask the system for files enough; where it gives fewer, hold fewer connections."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = self._most + BACKLOG + _OTHER_FILES
        if soft != resource.RLIM_INFINITY and soft < wanted:
            more = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            with suppress(ValueError, OSError):  # some systems have a lower limit than they say
                resource.setrlimit(resource.RLIMIT_NOFILE, (more, hard))
            soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
            self._most = max(1, min(self._most, soft - BACKLOG - _OTHER_FILES))

    def take(self, connection: object, who: Hashable) -> bool:
        """Hold a place for somebody, None: for one who brings others; False if there is none."""
        if len(self._owners) >= self._most or (who is not None and self._of_each[who] >= self._each):
            return False
        self._owners[connection] = who
        self._of_each[who] += 1
        return True

    def tell(self, connection: object) -> bool:
        """Whether a connection that found no place may stay until it has read why."""
        if len(self._told) >= _TOLD:
            return False
        self._told.add(connection)
        return True

    def leave(self, connection: object) -> None:
        """Give a place back, if one was taken."""
        self._told.discard(connection)
        if connection in self._owners:
            self._of_each -= Counter([self._owners.pop(connection)])  # forgets those who have none left


class Complaints:
    """An event loop's exception handler that says once a minute, not a hundred times a second, that files are short."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Log what happened in the loop."""
        if context.get("message") != _NO_FILES:
            loop.default_exception_handler(context)
        elif time.monotonic() >= self._next:
            self._next = time.monotonic() + _COMPLAIN_SECONDS
            _log.error("No connection can be accepted at the moment: %s.", context.get("exception"))
