"""Finding @mentions; a name may contain spaces, so the names that are known decide where one ends."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cached_property

from forumtui.text.pattern import pattern

_AT = pattern(r"(?<![\w@./-])@(?=\w)")
_WORD = pattern(r"\w(?:[\w.-]*\w)?")
_FIRST_WORD = pattern(r"\w+")


class Names:
    """The names that a mention may be, found by their first word; nothing is prepared until an "@" is met."""

    def __init__(self, names: Collection[str] = ()) -> None:
        self._names = names

    def mentions(self, text: str) -> Iterator[tuple[int, int, str | None]]:
        """Start and end of each mention, and its name: the longest known one, else None for one word."""
        done = 0
        for at in _AT.finditer(text) if "@" in text else ():
            start = at.end()
            word = _WORD.match(text, start)
            if at.start() < done or word is None:
                continue
            name = self._name_at(text, start)
            done = word.end() if name is None else start + len(name)
            yield at.start(), done, name

    def found_in(self, text: str) -> tuple[str, ...]:
        """Those that ``text`` mentions, each once, in order; what it quotes with ">" does not count."""
        own = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith(">"))
        return tuple(dict.fromkeys(name for _, _, name in self.mentions(own) if name is not None))

    def _name_at(self, text: str, start: int) -> str | None:
        first = _FIRST_WORD.match(text, start)
        for name, folded in self._by_first_word.get(first[0].casefold(), ()) if first else ():
            end = start + len(name)
            following = text[end : end + 1]
            if text[start:end].casefold() == folded and not (following.isalnum() or following == "_"):
                return name
        return None

    @cached_property
    def _by_first_word(self) -> dict[str, list[tuple[str, str]]]:
        """Longest names first."""
        index: dict[str, list[tuple[str, str]]] = {}
        for name in sorted(set(self._names), key=lambda name: (-len(name), name)):
            if first := _FIRST_WORD.match(name):
                index.setdefault(first[0].casefold(), []).append((name, name.casefold()))
        return index


def first_words(text: str) -> set[str]:
    """The words that mentions begin with: by them one finds the names that they may be."""
    found = (_FIRST_WORD.match(text, at.end()) for at in _AT.finditer(text))
    return {word[0] for word in found if word is not None}


def find_mentions(text: str, names: Collection[str]) -> tuple[str, ...]:
    """The known names that ``text`` mentions, each once, in order; what it quotes with ">" does not count."""
    return Names(names).found_in(text)
