"""What this process must not say: the secrets it has handled, in whatever text they turn up."""

from __future__ import annotations

import re

SHORTEST = 4
"""Shorter secrets are not looked for: they would blot out ordinary words."""
BLOT = "[secret]"

PLAIN = frozenset(
    [
        "access",
        "account",
        "added",
        "address",
        "again",
        "allowed",
        "answer",
        "answers",
        "arrived",
        "author",
        "before",
        "board",
        "body",
        "cannot",
        "changed",
        "closed",
        "code",
        "connection",
        "does",
        "done",
        "empty",
        "error",
        "failed",
        "file",
        "forbidden",
        "forum",
        "found",
        "from",
        "gone",
        "guest",
        "have",
        "header",
        "here",
        "invalid",
        "invitation",
        "known",
        "length",
        "line",
        "login",
        "member",
        "message",
        "missing",
        "moderator",
        "name",
        "needed",
        "network",
        "none",
        "nothing",
        "number",
        "online",
        "open",
        "page",
        "password",
        "please",
        "post",
        "posts",
        "public",
        "read",
        "reader",
        "refused",
        "register",
        "reply",
        "request",
        "role",
        "rules",
        "said",
        "secret",
        "send",
        "sent",
        "server",
        "such",
        "syntax",
        "text",
        "that",
        "there",
        "they",
        "this",
        "time",
        "token",
        "topic",
        "topics",
        "unknown",
        "user",
        "users",
        "value",
        "wait",
        "with",
        "word",
        "wrong",
        "your",
    ]
)
"""Words that sentences about a log-in are made of."""
_KEEP = "\0"

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
    """The text with every secret in it blotted out.

    A secret that is one of the `PLAIN` words stays where it stands as a word of a sentence: it would stand there with any
    other secret as well, so it gives nothing away.  Quoted, or as the value of something, it is blotted out all the same.
    """
    for secret in sorted(_hidden, key=len, reverse=True):  # the longest first: one may be part of another
        if secret in PLAIN:
            text = re.sub(rf"(?<![^ (]){secret}(?![^ ,;.:!?)])(?![.:]\w)", _KEEP, text).replace(secret, BLOT)
            text = text.replace(_KEEP, secret)
        else:
            text = text.replace(secret, BLOT)
    return text
