"""Words of which each has a row of facts: whoever adds one writes all of them in one place."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Explained(StrEnum):
    """Words that each say what they mean; one that does not can not be made."""

    meaning: str
    """For people."""

    def __new__(cls, word: str, meaning: str = "") -> Self:
        """A member.  (Its meaning has a default because ``Explained(word)`` only looks one up.)"""
        if not meaning:
            raise TypeError(f"the word {word} lacks its meaning")
        made = str.__new__(cls, word)
        made._value_ = word
        made.meaning = meaning
        return made
