"""What this process must not say: the secrets it has handled, in whatever text they turn up."""

from __future__ import annotations

SHORTEST = 4
"""Shorter secrets are not looked for: they would blot out ordinary words."""
BLOT = "[secret]"

_hidden: dict[str, None] = {}


def hide(value: str) -> None:
    """Remember a secret, so that `veil` knows it."""
    from urllib.parse import quote, quote_plus

    escaped = [repr(value)[1:-1], ascii(value)[1:-1], repr(value.encode(errors="replace"))[2:-1]]
    quoted = [quote(value, safe="", errors="replace"), quote_plus(value, errors="replace")]
    for form in [value, *escaped, *quoted]:  # as libraries quote it when they complain about it
        if len(form) >= SHORTEST:
            _hidden[form] = None


def veil(text: str) -> str:
    """The text with every secret in it blotted out."""
    for secret in sorted(_hidden, key=len, reverse=True):  # the longest first: one may be part of another
        text = text.replace(secret, BLOT)
    return text
