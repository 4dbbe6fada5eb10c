"""What a name looks like: names of one look would be taken for each other."""

from __future__ import annotations

import unicodedata

_TWINS = str.maketrans(
    "аеорсухѕһԁвкмнт" + "αβεκνορτυχ" + "ɑɡ" + "0" + "1iіјıιӏ",
    "aeopcyxshdbkmht" + "abekvoptux" + "ag" + "o" + "lllllll",
)
"""Small letters that look like others, or whose capitals do: Cyrillic, Greek, phonetic, digits, and what is like l."""


def look(name: str) -> str:
    """Equal for names that look the same to a reader who does not look closely: case, blanks, twins in other scripts.

    Not every pair that Unicode knows to be confusable; what is stored of it is recomputed by setting it to null.
    """
    folded = unicodedata.normalize("NFKC", name).casefold().translate(_TWINS)
    return "".join(character for character in folded if not _unseen(character))


def _unseen(character: str) -> bool:
    """Whether a character shows nothing of its own: blanks, joiners, fillers, variation selectors."""
    return (
        character.isspace()
        or unicodedata.category(character) == "Cf"
        or "\ufe00" <= character <= "\ufe0f"
        or character in "\u034f\u115f\u1160"
    )
