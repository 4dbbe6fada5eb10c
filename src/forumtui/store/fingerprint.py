"""A text's identity for people who ask "is it there already?"."""

from __future__ import annotations

import hashlib

from forumtui.text.fold import fold


def fingerprint(text: str) -> str:
    """Equal for texts that differ in white space, case or compatibility forms only, which forums rewrite."""
    return hashlib.sha256(" ".join(fold(text).split()).encode("utf-8", "replace")).hexdigest()[:32]
