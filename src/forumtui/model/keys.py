"""Keys of acts: each names one act, and tells when it was begun."""

from __future__ import annotations

import re
import secrets

from forumtui.model.forum import Millis

_TIMED = re.compile(r"([0-9a-f]{12})7[0-9a-f]{19}(-[0-9]+)?")


def new_key(now: Millis) -> str:
    """A UUID of version 7 (RFC 9562) as 32 hexadecimal digits: the time, then chance."""
    return f"{now:012x}7{secrets.token_hex(10)[1:]}"


def begun(key: str) -> Millis | None:
    """When the act of this key was begun; None where the key does not tell, because an older forumtui made it."""
    found = _TIMED.fullmatch(key)
    return Millis(int(found[1], 16)) if found else None
