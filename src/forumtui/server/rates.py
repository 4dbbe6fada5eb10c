"""How often somebody may ask: a bucket for each, which fills steadily and is emptied by requests."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

from forumtui.errors import RateLimited

MOST_BUCKETS = 20_000


class Rates:
    """Buckets that hold a minute's worth of requests; those that were used last are remembered.

    Of each only the time at which it will be full again is kept, so a forgotten one is a full one.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic, most: int = MOST_BUCKETS) -> None:
        self._now = now
        self._most = most
        self._full_at: OrderedDict[Hashable, float] = OrderedDict()

    def draw(self, who: Hashable, per_minute: int) -> None:
        """Count a request.  Raises `RateLimited` where the bucket is empty; 0 a minute means no limit."""
        if not per_minute:
            return
        now = self._now()
        full_at = max(now, self._full_at.get(who, now)) + 60 / per_minute
        wait = full_at - now - 60
        if wait > 1e-6:  # seconds; what floats lose
            raise RateLimited("Too many requests; wait a little.", wait)
        self._full_at[who] = full_at
        self._full_at.move_to_end(who)
        if len(self._full_at) > self._most:
            self._full_at.popitem(last=False)

    def __len__(self) -> int:
        return len(self._full_at)
