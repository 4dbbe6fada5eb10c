"""What widgets and screens are served with: the time."""

from __future__ import annotations

import time

from forumtui.model import Millis


def clock() -> Millis:
    """The time now."""
    return Millis(int(time.time() * 1000))
