"""Folding for search: what is searched and what is sought go through the same function.

Part of the stored format: a change needs a migration that rebuilds the full-text indexes.
"""

from __future__ import annotations

import unicodedata

from forumtui.text.pattern import pattern

_CJK = pattern("[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]")
_UNSEARCHABLE = pattern("[\0\ud800-\udfff]")
_WORD = pattern(r'"[^"]*"?|\S+')
ZERO_WIDTH_SPACE = "\u200b"
"""A separator to the tokenizer, so that each CJK character is a token and a run of them a phrase."""


def fold(text: object) -> str:
    """Casefolded NFKC, ё as е, and every CJK character a word of its own (between U+200B)."""
    if not isinstance(text, str) or not text:
        return ""
    folded = text.casefold() if text.isascii() else unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    return (
        folded
        if folded.isascii()
        else _CJK.sub(lambda found: f"{ZERO_WIDTH_SPACE}{found[0]}{ZERO_WIDTH_SPACE}", folded)
    )


def match_expression(query: str) -> str:
    """What a person typed as an FTS5 expression: all words, "phrases" kept, the last word as a prefix."""
    terms: list[str] = []
    words = _WORD.findall(_UNSEARCHABLE.sub(" ", query))
    for number, word in enumerate(words):
        quoted = word.startswith('"')
        cleaned = fold(word.strip('"').replace('"', " ")).strip()
        if not any(character.isalnum() for character in cleaned):
            continue
        prefix = number == len(words) - 1 and not quoted and not query.endswith(" ")
        terms.append(f'"{cleaned}"' + ("*" if prefix else ""))
    return " ".join(terms)
