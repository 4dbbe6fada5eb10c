"""The headers by which a server knows us, kept out of sight."""

from __future__ import annotations

import re
from collections.abc import Mapping

_WORTH_HIDING = 8
"""Characters; shorter parts are words such as Bearer."""


class Credentials:
    """Headers that no repr shows; `hide` takes them out of what a server echoes.

    Raises `ValueError`, without the value, for one that cannot be sent.
    """

    def __init__(self, headers: Mapping[str, str] | None) -> None:
        self.headers = {name.lower(): value.strip() for name, value in (headers or {}).items()}
        if not all(map(is_sendable, self.headers.values())):
            raise ValueError("characters that cannot be sent")
        parts = {part for value in self.headers.values() for part in (value, *re.split(r"[\s;,=]+", value))}
        self._parts = sorted((part for part in parts if len(part) >= _WORTH_HIDING), key=len, reverse=True)

    def hide(self, text: str) -> str:
        """The text without what is secret in it: each value, and what is long in one, such as the token of a pair."""
        for part in self._parts:
            text = text.replace(part, "…")
        return text


def is_sendable(value: str) -> bool:
    """Whether it can be a header's value.  httpx and h11 would quote one that can not in their errors."""
    return value.isascii() and value.isprintable() and value == value.strip()
