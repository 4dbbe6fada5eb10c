"""Which words an edit was made from, so that newer ones are not written over by mistake."""

from __future__ import annotations

import hashlib


def words_of(subject: str | None, source: str) -> str:
    """A post's words as one text: the subject's line, which may be empty, and the text."""
    return f"{subject or ''}\n{source}"


def imprint(words: str) -> str:
    """SHA-256 of what `words_of` made; other programs make it in the same way."""
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()
