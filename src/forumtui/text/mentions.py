"""Finding @mentions; a name may contain spaces, so the names that are known decide where one ends."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

_AT = re.compile(r"(?<![\w@./-])@(?=\w)")
_WORD = re.compile(r"\w(?:[\w.-]*\w)?")


def mention_spans(text: str, names: Collection[str] = ()) -> Iterator[tuple[int, int, str | None]]:
    """Start, end and, where it is a known one, the name of each mention: the longest known name, else one word."""
    if "@" not in text:
        return
    known = sorted(((name, name.casefold()) for name in names if name), key=lambda pair: -len(pair[0]))
    done = 0
    for at in _AT.finditer(text):
        if at.start() < done:
            continue
        start = at.end()
        name = next((name for name, folded in known if _stands_at(text, start, name, folded)), None)
        word = _WORD.match(text, start)
        done = start + len(name) if name is not None else word.end() if word else start
        yield at.start(), done, name


def find_mentions(text: str, names: Collection[str]) -> tuple[str, ...]:
    """The known names that ``text`` mentions, each once, in order; what it quotes with ">" does not count."""
    own = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith(">"))
    return tuple(dict.fromkeys(name for _, _, name in mention_spans(own, names) if name is not None))


def _stands_at(text: str, start: int, name: str, folded: str) -> bool:
    end = start + len(name)
    if text[start:end].casefold() != folded:
        return False
    following = text[end : end + 1]
    return not (following.isalnum() or following == "_")
