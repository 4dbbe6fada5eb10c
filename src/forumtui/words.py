"""Words of which each has a row of facts: whoever adds one writes all of them in one place."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Self


class Worded(StrEnum):
    """Words with the facts that their class names, in that order; one that lacks a fact can not be made."""

    def __new__(cls, word: str, *facts: Any) -> Self:
        """A member.  (Types allow it without facts because ``Worded(word)`` only looks one up.)"""
        names = [name for kind in reversed(cls.__mro__) for name in getattr(kind, "__annotations__", ())]
        if lacking := names[len(facts) :]:
            raise TypeError(f"the word {word} lacks its {', '.join(lacking)}")
        made = str.__new__(cls, word)
        made._value_ = word
        for name, fact in zip(names, facts, strict=True):
            setattr(made, name, fact)
        return made


class Explained(Worded):
    """Words that each say what they mean."""

    meaning: str
    """For people."""
